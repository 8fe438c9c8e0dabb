import os from 'node:os';
import path from 'node:path';
import { getInput, getMultilineInput } from '@actions/core';
import { ActionError, FINDINGS, type Finding } from './errors.ts';
import { parseDuration } from './values/duration.ts';
import { type EndpointError, parseEndpoint } from './values/endpoint.ts';
import { plainText } from './values/plain-text.ts';
import { type ProxyUrlError, parseProxyUrl } from './values/proxy-url.ts';

/** The inputs that may hold a secret, as they were given: to be masked before anything is said of them. */
export interface SecretInputs {
  /** May be blank. */
  credentials: string;
  /** May be blank, or no URL. */
  apiProxy: string;
}

/** What the workflow asks for, checked. */
export interface Inputs {
  /** The secret as it was given; may be blank. */
  credentials: string;
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
  /** Milliseconds. */
  timeout: number;
  jobSummary: boolean;
}

/** The defaults of action.yml, for a workflow that passes an input on although it is empty. */
export const DEFAULTS = {
  register: 'true',
  'max-clock-skew': '30s',
  'fail-on': 'all',
  timeout: '2m',
  'job-summary': 'true',
} as const;

type DefaultedInput = keyof typeof DEFAULTS;

/** The longest `timeout`, a day: beyond it timers overflow, and no job waits that long. */
const LONGEST_TIMEOUT = 24 * 3_600_000;

/** Reads the inputs that may hold a secret. */
export function readSecrets(): SecretInputs {
  return { credentials: getInput('credentials'), apiProxy: getInput('api-proxy') };
}

/**
 * Reads and checks all the other inputs of the step.
 * @throws ActionError `invalid-input`
 */
export function readInputs({ credentials, apiProxy }: SecretInputs): Inputs {
  return {
    credentials,
    apiEndpoint: readEndpoint(),
    apiProxy: checkProxy(apiProxy),
    name: readName(),
    annotations: readAnnotations(),
    register: readBoolean('register'),
    configPath: readConfigPath(),
    maxClockSkew: readDuration('max-clock-skew', 'It must not be negative.', (skew) => skew >= 0),
    failOn: readFailOn(),
    timeout: readDuration(
      'timeout',
      'It must be more than 0s and at most 24h.',
      (timeout) => timeout > 0 && timeout <= LONGEST_TIMEOUT,
    ),
    jobSummary: readBoolean('job-summary'),
  };
}

function readEndpoint(): string | undefined {
  const text = getInput('api-endpoint');
  if (text === '') return undefined;
  try {
    return parseEndpoint(text);
  } catch (error) {
    throw new ActionError(
      'invalid-input',
      `The input api-endpoint ${(error as EndpointError).message}.`,
      'Give an https URL without user name, password or query, such as https://eu.api.mondoo.com.',
    );
  }
}

function checkProxy(text: string): string | undefined {
  if (text === '') return undefined;
  try {
    return parseProxyUrl(text);
  } catch (error) {
    throw new ActionError(
      'invalid-input',
      `The input api-proxy ${(error as ProxyUrlError).message}.`,
      'Write it like http://proxy.example.com:3128; characters such as @ and : in a password have to be URL-encoded.',
    );
  }
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

function readConfigPath(): string | undefined {
  const text = getInput('config-path');
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
  return path.resolve(process.env.GITHUB_WORKSPACE || process.cwd(), text);
}

function readDuration(name: DefaultedInput, range: string, fits: (milliseconds: number) => boolean): number {
  const text = inputOrDefault(name);
  const duration = parseDuration(text);
  if (duration !== undefined && fits(duration)) return duration;
  const found = duration === undefined ? 'is not a duration' : 'is out of range';
  throw new ActionError(
    'invalid-input',
    `The input ${name} is "${plainText(text, 60)}", which ${found}. ${range}`,
    `Write it like 30s, 2m or 1m30s.`,
  );
}

function readFailOn(): ReadonlySet<Finding> {
  const words = inputOrDefault('fail-on')
    .split(/[\s,]+/)
    .filter(Boolean);
  const [only] = words;
  if (words.length === 1 && only === 'all') return new Set(FINDINGS);
  if (words.length === 1 && only === 'none') return new Set();

  const known = (word: string): word is Finding => (FINDINGS as readonly string[]).includes(word);
  if (words.length > 0 && words.every(known)) return new Set(words);
  throw new ActionError(
    'invalid-input',
    `The input fail-on is "${plainText(words.join(', '), 200)}", with a word that is no finding, or "all" or "none" beside others.`,
    `Use all, none, or a list of findings: ${FINDINGS.join(', ')}.`,
  );
}
