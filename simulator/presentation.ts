import { styleText } from 'node:util';
import { stringify } from 'yaml';
import type { IdTokenRequest } from './id-token-service.ts';
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

/** Where a workflow has its secrets from. */
const FROM_SECRETS: Record<string, string> = {
  credentials: '${{ secrets.MONDOO_CREDENTIALS }}',
  'registration-token': '${{ secrets.MONDOO_REGISTRATION_TOKEN }}',
};

/** Writes the step of a workflow that has these inputs. A workload identity stands there as it is: it is no secret. */
export function formatStep(inputs: Record<string, string>): string {
  const shown = Object.entries(inputs).map(([name, value]) => [
    name,
    value.includes('external_account') ? value : (FROM_SECRETS[name] ?? value),
  ]);
  return stringify([{ uses: './', with: Object.fromEntries(shown) }], { lineWidth: 0 });
}

/** Lists what GitHub was asked for ID tokens, and how it answered. The paths are long, and mean nothing. */
export function formatIdTokenRequests(requests: readonly IdTokenRequest[]): string {
  return formatTable(
    requests.map(({ line, status }) => {
      const { searchParams } = new URL(line.replace(/^\S+ /, ''), 'http://127.0.0.1');
      const audience = searchParams.get('audience') || "the repository's owner";
      return ['an ID token', String(status ?? 'no answer'), `for ${audience}`];
    }),
  );
}

/** Lists what a platform was asked, how it answered, and who proved to be asking, or by what it was tried in vain. */
export function formatRequests(requests: readonly RecordedRequest[]): string {
  return formatTable(
    requests.map((request) => [
      request.method,
      request.status === undefined ? 'no answer' : String(request.status),
      describeProof(request),
      request.refusal ? `(${request.refusal})` : '',
    ]),
  );
}

function describeProof({ headers, serviceAccount, token, refusal }: RecordedRequest): string {
  if (serviceAccount !== undefined) return `by ${serviceAccount}`;
  if (token !== undefined) return refusal ? `${token}, refused` : `by ${token}`;
  return headers.authorization === undefined ? 'without credentials' : 'not authenticated';
}
