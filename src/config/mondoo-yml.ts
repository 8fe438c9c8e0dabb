import { Document, Scalar, visit } from 'yaml';
import type { CredentialsDocument } from '../credentials/decode.ts';
import { MARK } from './mark.ts';

/** What the step adds to the keys that the credentials have. */
export interface Additions {
  apiEndpoint: string;
  /** Only one that workflow or credentials name: what the environment says holds for later steps anyway. */
  apiProxy: string | undefined;
  /** Only one that the workflow names. */
  updatesUrl: string | undefined;
  annotations: Record<string, string>;
  agentMrn: string | undefined;
}

/** The keys and values of mondoo.yml: every key that the credentials had, and what the step adds. */
export function mondooConfig(credentials: CredentialsDocument, additions: Additions): CredentialsDocument {
  const config: CredentialsDocument = { ...credentials, api_endpoint: additions.apiEndpoint };
  for (const key of ['private_key', 'certificate']) {
    const pem = config[key];
    if (typeof pem === 'string') config[key] = pem.replace(/[ \t]*\r?\n/g, '\n');
  }
  if (additions.apiProxy !== undefined) config.api_proxy = additions.apiProxy;
  if (additions.updatesUrl !== undefined) config.updates_url = additions.updatesUrl;
  if (additions.agentMrn !== undefined) config.agent_mrn = additions.agentMrn;
  if (Object.keys(additions.annotations).length > 0) {
    config.annotations = { ...asMap(credentials.annotations), ...additions.annotations };
  }
  return config;
}

/**
 * Writes the text of mondoo.yml, each PEM as a block of lines, as cnspec itself does.
 * Its reader must not see other keys than ours, and it is not this library: cnspec's follows YAML 1.1 in places,
 * and takes U+0085, U+2028 and U+2029 for line ends. What the two could read differently is quoted and escaped.
 * @param mark how its first line begins
 */
export function renderMondooYml(config: CredentialsDocument, mark = MARK): string {
  const document = new Document(config, { compat: 'yaml-1.1', aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value !== 'string') return;
      if (PEM.test(node.value)) node.type = Scalar.BLOCK_LITERAL;
      else if (!ONE_LINE.test(node.value)) node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  const text = document
    .toString({ lineWidth: 0, doubleQuotedMinMultiLineLength: Number.POSITIVE_INFINITY })
    // Only inside of double quotes by now.
    .replace(MISREAD, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `${mark}, and removed by it when the job ends. It holds a private key: do not copy it.\n${text}`;
}

const PEM = /^-----BEGIN [A-Z ]+-----\n(?:[\w+/=]+\n)+-----END [A-Z ]+-----\n?$/;

/** Text that no parser of YAML can take for more than one line. */
const ONE_LINE = /^[\u0020-\u007e\u00a0-\u2027\u202a-\ufefe\uff00-\u{10ffff}]*$/u;

/** Characters that parsers of YAML take for line ends, refuse, or drop. */
const MISREAD = /[\u007f-\u009f\u2028\u2029\ufeff]/g;

function asMap(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}
