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

/** The fields of a workload identity, which is no secret; whatever has others may hold one. */
const PUBLIC_FIELDS = new Set([
  'type',
  'universeDomain',
  'scopes',
  'audience',
  'subjectTokenType',
  'issuerUri',
]);

/**
 * Writes the job of a workflow whose step has these inputs: with a workload identity it needs the permission to ask
 * for ID tokens, and of all credentials only such an identity is shown.
 */
export function formatJob(inputs: Record<string, string>): string {
  const identity = readWorkloadIdentity(inputs.credentials ?? '');
  const permissions = { contents: 'read', ...(identity && { 'id-token': 'write' }) };
  const shown = Object.entries(inputs).map(([name, value]) => [
    name,
    (name === 'credentials' && identity && publicText(identity)) || (FROM_SECRETS[name] ?? value),
  ]);
  const steps = [{ uses: './', with: Object.fromEntries(shown) }];
  return stringify({ permissions, steps }, { lineWidth: 0 });
}

function readWorkloadIdentity(credentials: string): object | undefined {
  try {
    const identity: { type?: unknown } | null = JSON.parse(credentials);
    return identity?.type === 'external_account' ? identity : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Writes down a workload identity for anybody to see; nothing where something else is in it.
 * Written anew, as the file may say more than what is read of it: of two fields of one name only the last counts.
 */
function publicText(identity: object): string | undefined {
  const text = JSON.stringify(identity, undefined, 2);
  const isPublic = Object.keys(identity).every((name) => PUBLIC_FIELDS.has(name));
  return isPublic && !/private.?key/i.test(text) ? text : undefined;
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
  return headers.authorization === undefined ? 'without credentials' : 'refused';
}
