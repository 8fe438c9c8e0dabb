import { styleText } from 'node:util';
import { stringify } from 'yaml';
import type { RecordedRequest } from './platform.ts';

/** Prints a part of the story under its heading; the heading is coloured where the terminal wants colours. */
export function printSection(heading: string, text: string): void {
  const lines = text.replace(/\n+$/, '').split('\n');
  const body = lines.map((line) => (line === '' ? '' : `  ${line}`)).join('\n');
  console.log(`\n${styleText(['bold', 'cyan'], heading)}\n${body || '  (nothing)'}`);
}

/** Lays out rows so that their columns stand below each other. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Writes the step of a workflow that has these inputs; the credentials come from a secret there. */
export function formatStep(inputs: Record<string, string>): string {
  const step = { uses: './', with: { ...inputs, credentials: '${{ secrets.MONDOO_CREDENTIALS }}' } };
  return stringify([step], { lineWidth: 0 });
}

/** Lists what a platform was asked, how it answered, and who proved to be asking. */
export function formatRequests(requests: readonly RecordedRequest[]): string {
  return formatTable(
    requests.map(({ method, status, headers, serviceAccount, refusal }) => [
      method,
      status === undefined ? 'no answer' : String(status),
      headers.authorization === undefined
        ? 'without credentials'
        : serviceAccount === undefined
          ? 'not authenticated'
          : `by ${serviceAccount}`,
      refusal ? `(${refusal})` : '',
    ]),
  );
}
