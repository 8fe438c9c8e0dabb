import path, { type PlatformPath } from 'node:path';
import { parseVersionSpec, type VersionSpec } from './cnspec/version.ts';
import { credentialSecrets, proxySecrets, tokenSecrets } from './credentials/secrets.ts';
import { type GetInput, inputReader, invalid, invalidValue, readSpace } from './input-reader.ts';
import { ActionError, FINDINGS, type FindingCode } from './util/errors.ts';
import { isMisspelling } from './util/misspelling.ts';
import { codeSpan, lowerCased, UNREADABLE } from './util/text.ts';
import { parseEndpoint, parseProxyUrl } from './util/url.ts';

/** What the job asks for, checked. Times are in milliseconds, URLs have no slash at their end. */
export type Inputs = ReturnType<typeof readInputs>;

/** The defaults, for an input that is empty, too. */
export const DEFAULTS = {
  register: 'true',
  'max-clock-skew': '30s',
  'fail-on': 'all',
  'on-missing-credentials': 'fail',
  timeout: '2m',
  'verify-with-cnspec': 'auto',
  'job-summary': 'true',
} as const;

/** Timers overflow after 24.8 days. */
const isTimeout = (milliseconds: number) => milliseconds > 0 && milliseconds <= 24 * 3_600_000;

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
export function readInputs(get: GetInput, { env, workspace, defaultName, mask }: InputSource) {
  const [credentials, registrationToken, apiProxy] = [get('credentials'), get('registration-token'), get('api-proxy')];
  mask(credentialSecrets(credentials.trim() || env.MONDOO_CONFIG_BASE64 || ''));
  mask(tokenSecrets(registrationToken));
  mask(proxySecrets(apiProxy));
  const read = inputReader(get, DEFAULTS);
  const register = read.boolean('register');
  refuseContradictions(credentials, registrationToken, register);
  return {
    /** A secret as it was given; may be blank. */
    credentials,
    /** A secret as it was given; may be blank. Never beside `credentials`. */
    registrationToken,
    apiEndpoint: read.url('api-endpoint', parseEndpoint, urlLike('https://eu.api.mondoo.com')),
    /** May hold a password. */
    apiProxy: read.url('api-proxy', parseProxyUrl, PROXY_URL),
    name: get('name') || defaultName,
    annotations: parseAnnotations(get('annotations')),
    register,
    expectSpace: readSpace(get('expect-space')),
    /** Absolute. */
    configPath: absolutePath(get('config-path'), workspace),
    maxClockSkew: read.duration('max-clock-skew', 'It must not be negative.', (skew) => skew >= 0),
    failOn: parseFailOn(read.text('fail-on')),
    onMissingCredentials: read.choice('on-missing-credentials', ['fail', 'skip']),
    timeout: read.duration('timeout', 'It must be more than 0s and at most 24h.', isTimeout),
    cnspecVersion: readCnspecVersion(get('cnspec-version')),
    verifyWithCnspec: read.choice('verify-with-cnspec', ['auto', 'true', 'false']),
    updatesUrl: read.url('updates-url', parseEndpoint, urlLike('https://mirror.example.com/mondoo')),
    jobSummary: read.boolean('job-summary'),
  };
}

const urlLike = (example: string) =>
  `Give an https URL without user name, password or query, such as \`${example}\`. Or leave the input out.`;
const PROXY_URL = 'Write it like `http://proxy.example.com:3128`. URL-encode characters such as @ and : in a password.';

function refuseContradictions(credentials: string, registrationToken: string, register: boolean): void {
  if (registrationToken === '') return;
  if (credentials !== '') {
    const remedy = 'Remove one of the two inputs.';
    throw invalid('registration-token', 'is set, and so is `credentials`. The action can use only one of them', remedy);
  }
  if (!register) {
    const remedy = 'Remove `register`, or pass `credentials` instead of the registration token.';
    throw invalid('registration-token', 'contradicts `register: false`. A token can only register', remedy);
  }
}

function readCnspecVersion(text: string): VersionSpec | undefined {
  const spec = parseVersionSpec(text);
  if (text === '' || spec !== undefined) return spec;
  const remedy = 'Write `latest`, `13` or `13.35.2`, in quotes, because YAML reads 13.10 as 13.1.';
  throw invalidValue('cnspec-version', text, "isn't a version of cnspec", remedy);
}

function parseAnnotations(text: string): Record<string, string> {
  const annotations = new Map<string, string>();
  for (const line of text.split('\n').filter((line) => line.trim() !== '')) {
    const at = line.indexOf('=');
    // cnspec lower-cases keys.
    const key = lowerCased(line.slice(0, Math.max(at, 0)).trim());
    const refuse = (problem: string, remedy: string) => {
      throw invalid('annotations', `${problem} in line ${annotations.size + 1} (blank lines not counted)`, remedy);
    };
    if (key === '') refuse('has no `key=value`', 'Write one `key=value` pair per line.');
    if (annotations.has(key)) refuse('has a key twice, the second time', 'Remove one of the two lines.');
    if (key.includes('\\')) refuse('has a key with a backslash', 'Write another character. cnspec splits keys there.');
    if (UNREADABLE.test(line)) refuse("has a character that cnspec can't read", 'Remove U+FFFE, U+FFFF, surrogates.');
    annotations.set(key, line.slice(at + 1).trim());
  }
  return Object.fromEntries(annotations);
}

/** The home folder, or a variable of a shell, of PowerShell or of cmd. */
const UNEXPANDED = /^~|(?<=^|[\\/])(?:\$\{?[A-Za-z_][\w:]*\}?|%[^%\\/]+%)/;

/** A path with a device, with or without an extension, a name whose end Windows drops, or a stream of a file. */
const MISREAD_BY_WINDOWS =
  /\\(?:(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[\d¹²³]) *(?:[.:][^\\]*)?|[^\\]*[. ])(?:\\|$)|\\[^\\]*:/i;

/** Makes a path to mondoo.yml absolute. A slash at its end means a folder. */
export function resolveConfig(text: string, workspace: string, paths: PlatformPath = path): string {
  const isFolder = text.endsWith('/') || text.endsWith(paths.sep);
  return paths.resolve(workspace, text, isFolder ? 'mondoo.yml' : '');
}

/** Checks `config-path`, and makes it absolute. @param paths how the job's system writes paths @throws ActionError */
export function absolutePath(text: string, workspace: string, paths: PlatformPath = path): string | undefined {
  if (text === '') return undefined;
  const unexpanded = UNEXPANDED.exec(text)?.[0];
  if (unexpanded !== undefined) {
    const problem = `has ${codeSpan(unexpanded, 60)} in it, which only a shell replaces`;
    throw invalid('config-path', problem, 'Write the whole path, or leave the input out.');
  }
  if (/[\r\n\0]/.test(text)) throw invalid('config-path', 'has more than one line', 'Give one path.');
  const file = resolveConfig(text, workspace, paths);
  if (paths.sep === '/' || !MISREAD_BY_WINDOWS.test(file)) return file;
  const remedy = 'Use no name such as NUL, CON or COM1, none that ends with a dot or a space, and none with a colon.';
  throw invalidValue('config-path', text, 'Windows takes for a device or for another name', remedy);
}

function parseFailOn(text: string): ReadonlySet<FindingCode> {
  const words = text.split(/[\s,]+/).filter(Boolean);
  // A run that is skipped passes, because the workflow set `skip`.
  const known = FINDINGS.filter((finding) => finding !== 'skipped');
  if (words.join() === 'all') return new Set(known);
  if (words.join() === 'none') return new Set();

  const remedy = `Use \`all\`, \`none\`, or a list of findings: \`${known.join('`, `')}\`.`;
  if (words.length === 0) throw invalid('fail-on', 'names no finding', remedy);
  if (words.includes('all') || words.includes('none')) {
    throw invalid('fail-on', 'has `all` or `none` beside other words', remedy);
  }
  const wrong = words.find((word) => !(known as string[]).includes(word));
  if (wrong === undefined) return new Set(words as FindingCode[]);
  const meant = known.find((finding) => isMisspelling(wrong, finding));
  const hint = meant === undefined ? '' : `Did you mean \`${meant}\`? `;
  const problem = `Unknown finding ${codeSpan(wrong, 60)} in the input \`fail-on\`.`;
  throw new ActionError('invalid-input', problem, hint + remedy);
}
