import path, { type PlatformPath } from 'node:path';
import { parseVersionSpec, type VersionSpec } from './cnspec/version.ts';
import { credentialSecrets, proxySecrets, tokenSecrets } from './credentials/secrets.ts';
import { type GetInput, InputReader, invalid, readSpace } from './input-reader.ts';
import { FINDINGS, type FindingCode } from './util/errors.ts';
import { isMisspelling } from './util/misspelling.ts';
import type { Mrn } from './util/mrn.ts';
import { plainText } from './util/text.ts';
import { parseEndpoint, parseProxyUrl } from './util/url.ts';

/** What the workflow asks for, checked. Times are in milliseconds, URLs have no slash at their end. */
export interface Inputs {
  /** A secret as it was given; may be blank. */
  credentials: string;
  /** A secret as it was given; may be blank. Never beside `credentials`. */
  registrationToken: string;
  apiEndpoint: string | undefined;
  /** May hold a password. */
  apiProxy: string | undefined;
  name: string;
  annotations: Record<string, string>;
  register: boolean;
  expectSpace: Mrn | undefined;
  /** Absolute. */
  configPath: string | undefined;
  maxClockSkew: number;
  failOn: ReadonlySet<FindingCode>;
  onMissingCredentials: 'fail' | 'skip';
  timeout: number;
  cnspecVersion: VersionSpec | undefined;
  verifyWithCnspec: 'auto' | 'true' | 'false';
  updatesUrl: string | undefined;
  jobSummary: boolean;
}

/** The defaults of action.yml, for a workflow that passes an input on although it is empty. */
export const DEFAULTS = {
  register: 'true',
  'max-clock-skew': '30s',
  'fail-on': 'all',
  'on-missing-credentials': 'fail',
  timeout: '2m',
  'verify-with-cnspec': 'auto',
  'job-summary': 'true',
} as const;

/** The longest `timeout`, a day: beyond it timers overflow, and no job waits that long. */
const LONGEST_TIMEOUT = 24 * 3_600_000;

/** What inputs are read with; a relative path starts at the workspace. */
interface InputSource {
  env: NodeJS.ProcessEnv;
  workspace: string;
  defaultName: string;
  mask: (secrets: string[]) => void;
}

/**
 * Reads and checks the inputs of the step, and masks the secrets among them first.
 * @param get returns the text of an input, empty if there is none
 * @throws ActionError `invalid-input`
 */
export function readInputs(get: GetInput, { env, workspace, defaultName, mask }: InputSource): Inputs {
  const [credentials, registrationToken, apiProxy] = [get('credentials'), get('registration-token'), get('api-proxy')];
  mask(credentialSecrets(credentials || env.MONDOO_CONFIG_BASE64 || ''));
  mask(tokenSecrets(registrationToken));
  mask(proxySecrets(apiProxy));
  const read = new InputReader(get, DEFAULTS);
  const register = read.boolean('register');
  refuseContradictions(credentials, registrationToken, register);
  return {
    credentials,
    registrationToken,
    apiEndpoint: read.url('api-endpoint', parseEndpoint, API_ENDPOINT),
    apiProxy: read.url('api-proxy', parseProxyUrl, API_PROXY),
    name: get('name') || defaultName,
    annotations: parseAnnotations(get('annotations')),
    register,
    expectSpace: readSpace(get('expect-space')),
    configPath: absolutePath(get('config-path'), workspace),
    maxClockSkew: read.duration('max-clock-skew', 'It must not be negative.', (skew) => skew >= 0),
    failOn: parseFailOn(read.text('fail-on')),
    onMissingCredentials: read.choice('on-missing-credentials', ['fail', 'skip']),
    timeout: read.duration(
      'timeout',
      'It must be more than 0s and at most 24h.',
      (timeout) => timeout > 0 && timeout <= LONGEST_TIMEOUT,
    ),
    cnspecVersion: readCnspecVersion(get('cnspec-version')),
    verifyWithCnspec: read.choice('verify-with-cnspec', ['auto', 'true', 'false']),
    updatesUrl: read.url('updates-url', parseEndpoint, UPDATES_URL),
    jobSummary: read.boolean('job-summary'),
  };
}

const API_ENDPOINT = 'Give an https URL without user name, password or query, such as https://eu.api.mondoo.com.';
const API_PROXY =
  'Write it like http://proxy.example.com:3128; characters such as @ and : in a password have to be URL-encoded.';
const UPDATES_URL =
  'Give the https URL of a mirror of https://releases.mondoo.com without user name, password or query, or leave it out.';

function refuseContradictions(credentials: string, registrationToken: string, register: boolean): void {
  if (registrationToken !== '' && credentials !== '') {
    throw invalid(
      'Both inputs credentials and registration-token are set, and only one of them can say who this is.',
      'Remove one of the two: credentials for a service account or a workload identity, registration-token to have one made for this job.',
    );
  }
  if (registrationToken !== '' && !register) {
    throw invalid(
      'The inputs registration-token and register: false contradict each other: a registration token can do nothing but register.',
      'Remove register, or pass credentials in place of the registration token.',
    );
  }
}

function readCnspecVersion(text: string): VersionSpec | undefined {
  if (text === '') return undefined;
  const spec = parseVersionSpec(text);
  if (spec !== undefined) return spec;
  throw invalid(
    `The input cnspec-version is "${plainText(text, 60)}", which is no version of cnspec.`,
    'Write latest, a major version such as 13, or an exact one such as 13.35.2 (in quotes, or YAML takes 13.10 for 13.1).',
  );
}

function parseAnnotations(text: string): Record<string, string> {
  const annotations = new Map<string, string>();
  for (const line of text.split('\n').filter((line) => line.trim() !== '')) {
    const at = line.indexOf('=');
    const [key, value] = [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    if (at < 0 || key === '') {
      throw invalid(
        `The input annotations has a line that is not key=value: line ${annotations.size + 1} of those with text.`,
        'Write one key=value pair per line.',
      );
    }
    if (annotations.has(key)) {
      throw invalid(
        `The input annotations sets the same key twice, the second time in line ${annotations.size + 1} of those with text.`,
        'Remove one of the two lines.',
      );
    }
    annotations.set(key, value);
  }
  return Object.fromEntries(annotations);
}

/**
 * Reads the input config-path.
 * @param workspace what a relative path starts at
 * @param paths how the system that the job runs on writes paths
 * @throws ActionError `invalid-input`
 */
export function absolutePath(text: string, workspace: string, paths: PlatformPath = path): string | undefined {
  if (text === '') return undefined;
  if (text.startsWith('~')) {
    throw invalid(
      'The input config-path starts with "~", which only a shell replaces with the home folder.',
      'Write the folder out, for example with ${{ runner.temp }}, or leave the input out.',
    );
  }
  if (/[\r\n\0]/.test(text)) {
    throw invalid('The input config-path has more than one line.', 'Give one path.');
  }
  return paths.resolve(workspace, text);
}

function parseFailOn(text: string): ReadonlySet<FindingCode> {
  const words = text.split(/[\s,]+/).filter(Boolean);
  const [only] = words;
  // A run that is skipped passes: that is what it was asked for.
  const known: readonly FindingCode[] = FINDINGS.filter((finding) => finding !== 'skipped');
  if (words.length === 1 && only === 'all') return new Set(known);
  if (words.length === 1 && only === 'none') return new Set();

  const isKnown = (word: string): word is FindingCode => (known as readonly string[]).includes(word);
  if (words.length > 0 && words.every(isKnown)) return new Set(words);
  throw invalid(
    `The input fail-on has ${describeMistake(words, known)}.`,
    `Use all, none, or a list of findings: ${known.join(', ')}.`,
  );
}

function describeMistake(words: string[], known: readonly string[]): string {
  if (words.includes('all') || words.includes('none')) return '"all" or "none" beside other words';
  const wrong = words.find((word) => !known.includes(word));
  if (wrong === undefined) return 'no word in it';
  const meant = known.find((finding) => isMisspelling(wrong, finding));
  const found = `"${plainText(wrong, 60)}" in it, which is no finding`;
  return meant === undefined ? `${found} that can fail a job` : `${found}: ${meant} is one`;
}
