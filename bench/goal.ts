/** What a figure is counted in, and how many decimals it is printed with; a plain number has no name. */
const DIGITS = { x: 2, ms: 0, '': 1 } as const;

/** Says whether a figure meets its goal. It counts as it is printed. */
export function verdictOn(figure: number, most: number, unit: keyof typeof DIGITS): string {
  const digits = DIGITS[unit];
  const name = unit && ` ${unit}`;
  const goal = `goal at most ${most.toFixed(Math.min(digits, 1))}${name}`;
  return Number(figure.toFixed(digits)) <= most
    ? `${goal}: met`
    : `${goal}: MISSED by ${(figure - most).toFixed(digits)}${name}`;
}
