import { isMap, mapIn, tryParseJson } from '../util/json.ts';
import { NO_CLIENT } from '../util/mrn.ts';
import { isWord } from '../util/text.ts';

export type CnspecStatus = NonNullable<ReturnType<typeof readStatusOutput>>;

const MAX_WARNINGS = 20;
const MAX_TEXT = 1000;
const MAX_PROVIDERS = 200;

/**
 * Finds the status in the output of `cnspec status -o json`: one line, which may have lines of a log around it.
 * @returns the service account, client, endpoint and warnings are unchecked text
 */
export function readStatusOutput(output: string) {
  const lines = output.split('\n').map((text) => text.trim());
  for (const line of lines.filter((text) => text.startsWith('{'))) {
    const { client, upstream } = mapIn(tryParseJson(line));
    if (!isMap(client)) continue;
    const { api, warnings } = mapIn(upstream);
    return {
      version: versionOf(client.version),
      latestVersion: versionOf(client.latest_version),
      build: versionOf(client.build),
      registered: client.registered === true,
      pingFailed: (client.pingPongError ?? undefined) !== undefined,
      serviceAccount: textOf(client.service_account),
      client: client.mrn === NO_CLIENT ? undefined : textOf(client.mrn),
      endpoint: textOf(mapIn(api).endpoint),
      updatesUrl: originOf(client.updatesUrl),
      providersUrl: originOf(client.providersUrl),
      warnings: (Array.isArray(warnings) ? warnings : [])
        .filter((warning) => typeof warning === 'string')
        .slice(0, MAX_WARNINGS)
        .map((warning) => warning.slice(0, MAX_TEXT)),
    };
  }
  return undefined;
}

/** Reads the version from the output of `cnspec version`. */
export function readVersionOutput(output: string): string | undefined {
  return versionOf(/^[ \t]*cnspec[ \t]+v?(\S+)/m.exec(output)?.[1]);
}

/** Reads names from the output of `cnspec providers list`: `mock 13.0.0 with connectors: mock, upstream`. */
export function readProvidersOutput(output: string): string[] {
  const names = [...output.matchAll(/^[ \t]*([a-z\d][a-z\d._-]{0,63}) v?\d[\w.+-]{0,63}(?=[ \t\r]*$|[ \t]+with )/gim)];
  return [...new Set(names.map(([, name]) => name as string))].slice(0, MAX_PROVIDERS);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= MAX_TEXT ? value : undefined;
}

function versionOf(value: unknown): string | undefined {
  return isWord(value) ? value : undefined;
}

/** The origin only, as the path of a URL may hold a token. */
function originOf(value: unknown): string | undefined {
  const text = textOf(value) ?? '';
  return /^https?:\/\/[\w.:/%~[\]-]+$/.test(text) ? URL.parse(text)?.origin : undefined;
}
