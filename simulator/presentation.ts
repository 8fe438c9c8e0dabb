import { styleText } from 'node:util';
import { stringify } from 'yaml';
import type { IdTokenRequest } from './id-token-service.ts';
import type { RecordedRequest } from './platform.ts';

export function printSection(heading: string, text: string): void {
  const lines = text.replace(/\n+$/, '').split('\n');
  const body = lines.map((line) => (line === '' ? '' : `  ${line}`)).join('\n');
  console.log(`\n${styleText(['bold', 'cyan'], heading)}\n${body || '  (nothing)'}`);
}

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

const DOCUMENTATION = /https:\/\/github\.com\/[^\s"/]+\/[^\s"/]+\/blob\/[^\s"/]+\/(?=docs\/)/g;

/** Replaces links to commits that don't exist by paths in this repository. */
export function withLocalLinks(text: string): string {
  return text.replace(DOCUMENTATION, '');
}

const FROM_SECRETS: Record<string, string> = {
  credentials: '${{ secrets.MONDOO_CREDENTIALS }}',
  'registration-token': '${{ secrets.MONDOO_REGISTRATION_TOKEN }}',
};

/** The fields of a workload identity, none of which is a secret. Other fields may be. */
const PUBLIC_FIELDS = new Set([
  'type',
  'universeDomain',
  'scopes',
  'audience',
  'subjectTokenType',
  'issuerUri',
]);

/** The job of a workflow whose step has these inputs. It shows no credentials except a workload identity. */
export function formatJob(inputs: Record<string, string>): string {
  const identity = readWorkloadIdentity(inputs.credentials ?? '');
  const permissions = { contents: 'read', ...(identity && { 'id-token': 'write' }) };
  const shown = Object.entries(inputs).map(([name, value]) => [
    name,
    (name === 'credentials' && identity && publicText(identity)) || (FROM_SECRETS[name] ?? value),
  ]);
  const steps = [{ uses: '<owner>/register-cnspec@v1', with: Object.fromEntries(shown) }];
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
 * Returns undefined if the workload identity has other fields. Formats the parsed object, because only the last of two
 * fields with the same name is parsed.
 */
function publicText(identity: object): string | undefined {
  const text = JSON.stringify(identity, undefined, 2);
  const isPublic = Object.keys(identity).every((name) => PUBLIC_FIELDS.has(name));
  return isPublic && !/private.?key/i.test(text) ? text : undefined;
}

export function formatIdTokenRequests(requests: readonly IdTokenRequest[]): string {
  return formatTable(
    requests.map(({ line, status }) => {
      const { searchParams } = new URL(line.replace(/^\S+ /, ''), 'http://127.0.0.1');
      const audience = searchParams.get('audience') || "the repository's owner";
      return ['an ID token', String(status ?? 'no response'), `for ${audience}`];
    }),
  );
}

/** One row per request: method, status, and who authenticated or why that failed. */
export function formatRequests(requests: readonly RecordedRequest[]): string {
  return formatTable(
    requests.map((request) => [
      request.method,
      request.status === undefined ? 'no response' : String(request.status),
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
