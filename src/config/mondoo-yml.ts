import { Document } from 'yaml';
import type { CredentialsDocument } from '../credentials/decode.ts';

/** How the first line of every mondoo.yml of ours begins: it tells our files from everybody else's. */
const MARK = '# Written by register-cnspec';

/** What the step adds to the keys that the credentials have. */
export interface Additions {
  apiEndpoint: string;
  /** Only one that the workflow names: what the environment says holds for later steps anyway. */
  apiProxy: string | undefined;
  annotations: Record<string, string>;
  agentMrn: string | undefined;
}

/** The keys and values of mondoo.yml: every key that the credentials had, and what the step adds. */
export function mondooConfig(credentials: CredentialsDocument, additions: Additions): CredentialsDocument {
  const config: CredentialsDocument = { ...credentials, api_endpoint: additions.apiEndpoint };
  if (additions.apiProxy !== undefined) config.api_proxy = additions.apiProxy;
  if (additions.agentMrn !== undefined) config.agent_mrn = additions.agentMrn;
  if (Object.keys(additions.annotations).length > 0) {
    config.annotations = { ...asMap(credentials.annotations), ...additions.annotations };
  }
  return config;
}

/** Writes the text of mondoo.yml, each PEM as a block of lines, as cnspec itself does. */
export function renderMondooYml(config: CredentialsDocument): string {
  // cnspec's parser follows YAML 1.1 in places: what 1.1 would not take for a string is quoted.
  const document = new Document(config, { compat: 'yaml-1.1', aliasDuplicateObjects: false });
  const text = document.toString({ blockQuote: 'literal', lineWidth: 0 });
  return `${MARK}, and removed by it when the job ends. It holds a private key: do not copy it.\n${text}`;
}

/** Tells whether the content of a file is one of ours. */
export function isOurs(content: string): boolean {
  return content.startsWith(MARK);
}

function asMap(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}
