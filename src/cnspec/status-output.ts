import { isVersion } from './version.ts';

/** What `cnspec status -o json` says. Service account, client, endpoint and warnings are unchecked text. */
export interface CnspecStatus {
  version?: string | undefined;
  latestVersion?: string | undefined;
  build?: string | undefined;
  registered: boolean;
  pingFailed: boolean;
  serviceAccount?: string | undefined;
  client?: string | undefined;
  endpoint?: string | undefined;
  /** The origin only, as the path of a URL may hold a token. */
  updatesUrl?: string | undefined;
  providersUrl?: string | undefined;
  warnings: string[];
}

/** What cnspec says in place of a client's MRN if there is no client. */
const NO_CLIENT = 'no managed client';

const MAX_WARNINGS = 20;
const MAX_TEXT = 1000;
const MAX_PROVIDERS = 200;

/** How many lines are tried as the start of the JSON, and how many as its end. */
const MAX_LINES = 10;

/** Finds the status in the output of `cnspec status -o json`, which may have lines of a log around it. */
export function readStatusOutput(output: string): CnspecStatus | undefined {
  for (const text of candidates(output)) {
    const json = objectIn(parse(text));
    const client = objectIn(json?.client);
    if (client) return readStatus(client, objectIn(json?.upstream) ?? {});
  }
  return undefined;
}

/** Reads names from the output of `cnspec providers list`: `mock 13.0.0 with connectors: mock, upstream`. */
export function readProvidersOutput(output: string): string[] {
  const names = [...output.matchAll(/^[ \t]*([a-z\d][a-z\d._-]{0,63}) v?\d[\w.+-]{0,63}(?=[ \t\r]*$|[ \t]+with )/gim)];
  return [...new Set(names.map(([, name]) => name as string))].slice(0, MAX_PROVIDERS);
}

/** Text that may be the JSON: a line, or lines from one brace to another. */
function* candidates(output: string): Generator<string> {
  const lines = output.split(/\r?\n/).map((line) => line.trim());
  yield* lines.filter((line) => line.startsWith('{') && line.endsWith('}'));

  const indexes = (matches: (line: string) => boolean) =>
    lines.flatMap((line, index) => (matches(line) ? [index] : []));
  const starts = indexes((line) => line.startsWith('{')).slice(0, MAX_LINES);
  const ends = indexes((line) => line.endsWith('}')).slice(-MAX_LINES);
  for (const start of starts) {
    for (const end of ends.toReversed()) if (start < end) yield lines.slice(start, end + 1).join('\n');
  }
}

function readStatus(client: Json, upstream: Json): CnspecStatus {
  const mrn = textOf(client.mrn);
  return {
    version: versionOf(client.version),
    latestVersion: versionOf(client.latest_version),
    build: versionOf(client.build),
    registered: client.registered === true,
    pingFailed: client.pingPongError !== undefined && client.pingPongError !== null,
    serviceAccount: textOf(client.service_account),
    client: mrn === NO_CLIENT ? undefined : mrn,
    endpoint: textOf(objectIn(upstream.api)?.endpoint),
    updatesUrl: originOf(client.updatesUrl),
    providersUrl: originOf(client.providersUrl),
    warnings: warningsIn(upstream.warnings),
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= MAX_TEXT ? value : undefined;
}

function versionOf(value: unknown): string | undefined {
  return isVersion(value) ? value : undefined;
}

function originOf(value: unknown): string | undefined {
  const text = textOf(value) ?? '';
  const url = /^https?:\/\/[\w.:/%~[\]-]+$/.test(text) ? URL.parse(text) : null;
  return url?.username === '' && url.password === '' ? url.origin : undefined;
}

function warningsIn(warnings: unknown): string[] {
  if (!Array.isArray(warnings)) return [];
  return warnings
    .filter((warning) => typeof warning === 'string')
    .map((warning) => warning.slice(0, MAX_TEXT))
    .slice(0, MAX_WARNINGS);
}

type Json = Record<string, unknown>;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function objectIn(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}
