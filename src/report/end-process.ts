/**
 * Ends the process as soon as all that it printed is written, whatever else is under way. Only a name that is still
 * being resolved is waited for, as Node cannot cancel that.
 */
export function endProcess(): void {
  process.stdout.write('', () => process.exit());
}
