import os from 'node:os';
import path, { type PlatformPath } from 'node:path';
import { getInput, getMultilineInput } from '@actions/core';
import { parseVersionWish, type VersionWish } from './cnspec/version.ts';
import { ActionError, FINDINGS, type Finding } from './errors.ts';
import { parseDuration } from './values/duration.ts';
import { parseEndpoint } from './values/endpoint.ts';
import { isMisspelling } from './values/misspelling.ts';
import { plainText } from './values/plain-text.ts';
import { parseProxyUrl } from './values/proxy-url.ts';
import { readUrl } from './values/url-error.ts';
import { workspaceOf } from './values/workspace.ts';

/** The inputs that may hold a secret, as they were given: to be masked before anything is said of them. */
export interface SecretInputs {
  /** May be blank. */
  credentials: string;
  /** May be blank. */
  registrationToken: string;
  /** May be blank, or no URL. */
  apiProxy: string;
}

/** What the workflow asks for, checked. */
export interface Inputs {
  /** The secret as it was given; may be blank. */
  credentials: string;
  /** The secret as it was given; may be blank. Never beside `credentials`. */
  registrationToken: string;
  /** Without a slash at its end. */
  apiEndpoint: string | undefined;
  /** A URL, which may hold a password. */
  apiProxy: string | undefined;
  /** The name of the client in the space's list. */
  name: string;
  annotations: Record<string, string>;
  register: boolean;
  /** Absolute. */
  configPath: string | undefined;
  /** Milliseconds. */
  maxClockSkew: number;
  failOn: ReadonlySet<Finding>;
  /** What a run that GitHub gives no secrets to ends in. */
  onMissingCredentials: 'fail' | 'skip';
  /** Milliseconds. */
  timeout: number;
  /** The cnspec to install; nothing when none is asked for. */
  cnspecVersion: VersionWish | undefined;
  /** Whether the real cnspec has to agree: where it is there, in any case, or not at all. */
  verifyWithCnspec: 'auto' | 'true' | 'false';
  /** Where cnspec comes from, when the workflow names a place. Without a slash at its end. */
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

type DefaultedInput = keyof typeof DEFAULTS;

/** The longest `timeout`, a day: beyond it timers overflow, and no job waits that long. */
const LONGEST_TIMEOUT = 24 * 3_600_000;

/** Reads the inputs that may hold a secret. */
export function readSecrets(): SecretInputs {
  return {
    credentials: getInput('credentials'),
    registrationToken: getInput('registration-token'),
    apiProxy: getInput('api-proxy'),
  };
}

/**
 * Reads and checks all the other inputs of the step.
 * @throws ActionError `invalid-input`
 */
export function readInputs({ credentials, registrationToken, apiProxy }: SecretInputs): Inputs {
  const register = readBoolean('register');
  refuseContradictions(credentials, registrationToken, register);
  return {
    credentials,
    registrationToken,
    apiEndpoint: readEndpoint(),
    apiProxy: checkProxy(apiProxy),
    name: readName(),
    annotations: readAnnotations(),
    register,
    configPath: absolutePath(getInput('config-path'), workspaceOf(process.env)),
    maxClockSkew: readDuration('max-clock-skew', 'It must not be negative.', (skew) => skew >= 0),
    failOn: readFailOn(),
    onMissingCredentials: readChoice('on-missing-credentials', ['fail', 'skip']),
    timeout: readDuration(
      'timeout',
      'It must be more than 0s and at most 24h.',
      (timeout) => timeout > 0 && timeout <= LONGEST_TIMEOUT,
    ),
    cnspecVersion: readCnspecVersion(),
    verifyWithCnspec: readChoice('verify-with-cnspec', ['auto', 'true', 'false']),
    updatesUrl: readUpdatesUrl(),
    jobSummary: readBoolean('job-summary'),
  };
}

function refuseContradictions(credentials: string, registrationToken: string, register: boolean): void {
  if (registrationToken === '') return;
  if (credentials !== '') {
    throw new ActionError(
      'invalid-input',
      'Both inputs credentials and registration-token are set, and only one of them can say who this is.',
      'Remove one of the two: credentials for a service account or a workload identity, registration-token to have one made for this job.',
    );
  }
  if (!register) {
    throw new ActionError(
      'invalid-input',
      'The inputs registration-token and register: false contradict each other: a registration token can do nothing but register.',
      'Remove register, or pass credentials in place of the registration token.',
    );
  }
}

function readEndpoint(): string | undefined {
  const text = getInput('api-endpoint');
  if (text === '') return undefined;
  return readUrl(text, parseEndpoint, {
    code: 'invalid-input',
    subject: 'The input api-endpoint',
    remedy: 'Give an https URL without user name, password or query, such as https://eu.api.mondoo.com.',
  });
}

function readCnspecVersion(): VersionWish | undefined {
  const text = getInput('cnspec-version');
  if (text === '') return undefined;
  const wish = parseVersionWish(text);
  if (wish !== undefined) return wish;
  throw new ActionError(
    'invalid-input',
    `The input cnspec-version is "${plainText(text, 60)}", which is no version of cnspec.`,
    'Write latest, a major version such as 13, or an exact one such as 13.35.2 (in quotes, or YAML takes 13.10 for 13.1).',
  );
}

function readUpdatesUrl(): string | undefined {
  const text = getInput('updates-url');
  if (text === '') return undefined;
  return readUrl(text, parseEndpoint, {
    code: 'invalid-input',
    subject: 'The input updates-url',
    remedy:
      'Give the https URL of a mirror of https://releases.mondoo.com without user name, password or query, or leave it out.',
  });
}

function checkProxy(text: string): string | undefined {
  if (text === '') return undefined;
  return readUrl(text, parseProxyUrl, {
    code: 'invalid-input',
    subject: 'The input api-proxy',
    remedy:
      'Write it like http://proxy.example.com:3128; characters such as @ and : in a password have to be URL-encoded.',
  });
}

function readName(): string {
  const { GITHUB_REPOSITORY, GITHUB_JOB } = process.env;
  return getInput('name') || [GITHUB_REPOSITORY, GITHUB_JOB].filter(Boolean).join('/') || os.hostname();
}

function readAnnotations(): Record<string, string> {
  const annotations = new Map<string, string>();
  for (const line of getMultilineInput('annotations')) {
    const at = line.indexOf('=');
    const [key, value] = [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    if (at < 0 || key === '') {
      throw new ActionError(
        'invalid-input',
        `The input annotations has a line that is not key=value: line ${annotations.size + 1} of those with text.`,
        'Write one key=value pair per line.',
      );
    }
    if (annotations.has(key)) {
      throw new ActionError(
        'invalid-input',
        `The input annotations sets the same key twice, the second time in line ${annotations.size + 1} of those with text.`,
        'Remove one of the two lines.',
      );
    }
    annotations.set(key, value);
  }
  return Object.fromEntries(annotations);
}

function inputOrDefault(name: DefaultedInput): string {
  return getInput(name) || DEFAULTS[name];
}

function readBoolean(name: DefaultedInput): boolean {
  const text = inputOrDefault(name).toLowerCase();
  if (text === 'true' || text === 'false') return text === 'true';
  throw new ActionError(
    'invalid-input',
    `The input ${name} is "${plainText(text, 60)}", neither true nor false.`,
    `Set ${name} to true or false, or leave it out.`,
  );
}

function readChoice<Choice extends string>(name: DefaultedInput, choices: readonly Choice[]): Choice {
  const text = inputOrDefault(name).toLowerCase();
  const choice = choices.find((choice) => choice === text);
  if (choice !== undefined) return choice;
  throw new ActionError(
    'invalid-input',
    `The input ${name} is "${plainText(text, 60)}", which is none of ${choices.join(', ')}.`,
    `Set ${name} to one of these, or leave it out.`,
  );
}

/**
 * Reads the input config-path.
 * @param workspace what a relative path starts at
 * @param paths how the system that the job runs on writes paths
 * @throws ActionError `invalid-input`
 */
export function absolutePath(
  text: string,
  workspace: string,
  paths: PlatformPath = path,
): string | undefined {
  if (text === '') return undefined;
  if (text.startsWith('~')) {
    throw new ActionError(
      'invalid-input',
      'The input config-path starts with "~", which only a shell replaces with the home folder.',
      'Write the folder out, for example with ${{ runner.temp }}, or leave the input out.',
    );
  }
  if (/[\r\n\0]/.test(text)) {
    throw new ActionError('invalid-input', 'The input config-path has more than one line.', 'Give one path.');
  }
  return paths.resolve(workspace, text);
}

function readDuration(name: DefaultedInput, range: string, fits: (milliseconds: number) => boolean): number {
  const text = inputOrDefault(name);
  const duration = parseDuration(text);
  if (duration !== undefined && fits(duration)) return duration;
  const found =
    duration !== undefined
      ? `is out of range. ${range}`
      : /^-?[\d.]+$/.test(text)
        ? 'is a number without a unit.'
        : `is not a duration. ${range}`;
  throw new ActionError(
    'invalid-input',
    `The input ${name} is "${plainText(text, 60)}", which ${found}`,
    `Write it like 30s, 2m or 1m30s.`,
  );
}

function readFailOn(): ReadonlySet<Finding> {
  const words = inputOrDefault('fail-on')
    .split(/[\s,]+/)
    .filter(Boolean);
  const [only] = words;
  // A run that is skipped passes: that is what it was asked for.
  const known: readonly Finding[] = FINDINGS.filter((finding) => finding !== 'skipped');
  if (words.length === 1 && only === 'all') return new Set(known);
  if (words.length === 1 && only === 'none') return new Set();

  const isKnown = (word: string): word is Finding => (known as readonly string[]).includes(word);
  if (words.length > 0 && words.every(isKnown)) return new Set(words);
  throw new ActionError(
    'invalid-input',
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
