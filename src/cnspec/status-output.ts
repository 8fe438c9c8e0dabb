import { isVersion } from './version.ts';

/** What `cnspec status -o json` says. */
export interface CnspecStatus {
  version: string | undefined;
  latestVersion: string | undefined;
  build: string | undefined;
  /** cnspec leaves it out when it is false. */
  registered: boolean;
  /** Whether the ping failed: cnspec does not say of what. */
  pingFailed: boolean;
  /** Unchecked, as are the endpoint and the warnings. */
  serviceAccount: string | undefined;
  endpoint: string | undefined;
  /** The host of a URL, as is the next: a path may hold a token. */
  updatesUrl: string | undefined;
  providersUrl: string | undefined;
  warnings: string[];
}

/** More warnings than cnspec has, and longer ones. */
const MOST_WARNINGS = 20;
const LONGEST_TEXT = 1000;

/**
 * Finds and reads the status in what cnspec wrote to stdout, with lines of a log around it or not.
 * @returns nothing when there is no status in it
 */
export function readStatusOutput(output: string): CnspecStatus | undefined {
  for (const text of candidates(output)) {
    const json = parse(text);
    if (isObject(json) && isObject(json.client)) return readStatus(json.client, objectOf(json.upstream));
  }
  return undefined;
}

/** How many lines are tried for the first of the JSON, and for the last. */
const MOST_TRIES = 10;

/** The pieces of text that can be the JSON: a line of its own, or lines from one brace to another. */
function* candidates(output: string): Generator<string> {
  const lines = output.split(/\r?\n/).map((line) => line.trim());
  yield* lines.filter((line) => line.startsWith('{') && line.endsWith('}'));

  const at = (matches: (line: string) => boolean) =>
    lines.flatMap((line, index) => (matches(line) ? [index] : []));
  const starts = at((line) => line.startsWith('{')).slice(0, MOST_TRIES);
  const ends = at((line) => line.endsWith('}')).slice(-MOST_TRIES);
  for (const start of starts) {
    for (const end of ends.toReversed()) if (start < end) yield lines.slice(start, end + 1).join('\n');
  }
}

function readStatus(client: Json, upstream: Json): CnspecStatus {
  const text = (value: unknown) =>
    typeof value === 'string' && value !== '' && value.length <= LONGEST_TEXT ? value : undefined;
  const url = (value: unknown) => {
    const candidate = text(value);
    return candidate !== undefined && isPlainUrl(candidate) ? new URL(candidate).origin : undefined;
  };
  const version = (value: unknown) => (isVersion(value) ? value : undefined);
  return {
    version: version(client.version),
    latestVersion: version(client.latest_version),
    build: version(client.build),
    registered: client.registered === true,
    pingFailed: client.pingPongError !== undefined && client.pingPongError !== null,
    serviceAccount: text(client.service_account),
    endpoint: text(objectOf(upstream.api).endpoint),
    updatesUrl: url(client.updatesUrl),
    providersUrl: url(client.providersUrl),
    warnings: warningsIn(upstream.warnings),
  };
}

function isPlainUrl(text: string): boolean {
  if (!/^https?:\/\/[\w.:/%~[\]-]+$/.test(text) || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === '' && password === '';
}

function warningsIn(warnings: unknown): string[] {
  if (!Array.isArray(warnings)) return [];
  return warnings
    .filter((warning) => typeof warning === 'string')
    .map((warning) => warning.slice(0, LONGEST_TEXT))
    .slice(0, MOST_WARNINGS);
}

type Json = Record<string, unknown>;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectOf(value: unknown): Json {
  return isObject(value) ? value : {};
}
