import path from 'node:path';
import { ActionError } from '../util/errors.ts';
import { isMrn, type Mrn } from '../util/mrn.ts';
import { plainText } from '../util/text.ts';
import { parseEndpoint } from '../util/url.ts';
import { environmentForCnspec } from './environment.ts';
import type { CnspecContext, CnspecResult } from './result.ts';
import { askProviders, askStatus, type CnspecAnswer } from './status.ts';

/** The limit of listing the providers, which no finding depends on, in milliseconds. */
const PROVIDERS_TIMEOUT = 5000;

/** What the step found, and cnspec must find too. */
export interface Expected {
  serviceAccount: Mrn;
  /** Without a slash at its end. */
  endpoint: string;
  /** Whether the platform accepted the ping; undefined if inconclusive. */
  authenticated: boolean | undefined;
  /** The registered client that mondoo.yml names, if any. */
  client: Mrn | undefined;
}

/** Asks cnspec what it sees by a mondoo.yml, and compares that with what the step found. */
export async function compareWithCnspec(
  executable: string,
  configPath: string,
  expected: Expected,
  { env, temp, deadline, log }: Pick<CnspecContext, 'env' | 'temp' | 'deadline' | 'log'>,
): Promise<CnspecResult> {
  const options = { cwd: temp || path.dirname(configPath), env: environmentForCnspec(env), deadline };
  log(plainText(`→ asking cnspec at ${executable} for its status`, 1000));
  try {
    const answer = await askStatus(executable, configPath, options);
    const signal = AbortSignal.any([deadline.signal, AbortSignal.timeout(PROVIDERS_TIMEOUT)]);
    const providers = await askProviders(executable, { ...options, deadline: { signal } });
    const failure = findDisagreement(answer, expected);
    const { version } = answer;
    return { ...(version !== undefined && { version }), answer, providers, ...(failure && { failure }) };
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    return { failure: error };
  }
}

/** Makes an error of the differences between cnspec's answer and what the step found. */
export function findDisagreement(answer: CnspecAnswer, expected: Expected): ActionError | undefined {
  const differences = differencesOf(answer, expected);
  if (differences.length === 0) return undefined;
  const version = answer.version === undefined ? '' : ` ${answer.version}`;
  const cnspec = differences.map(({ cnspec }) => cnspec).join(', ');
  const step = differences.map(({ step }) => step).join(', ');
  return new ActionError(
    'cnspec-failed',
    `cnspec${version} and this step do not agree about the same mondoo.yml: cnspec says that ${cnspec}; this step found that ${step}.`,
    'Look for a wrapper or an old version in the place of cnspec, and at proxies and certificates that only one of the two knows.',
  );
}

/** Says what each of the two found, in words that fit behind "cnspec says that". */
function differencesOf(answer: CnspecAnswer, expected: Expected): { cnspec: string; step: string }[] {
  // The rest of its answer is about another configuration then.
  if (!answer.registered) return [{ cnspec: 'it is not registered', step: 'it is registered' }];
  const found: ReturnType<typeof differencesOf> = [];
  const compare = (cnspec: string, step: string) => {
    if (cnspec !== step) found.push({ cnspec, step });
  };
  if (!answer.silent) {
    const { serviceAccount, endpoint, client } = answer;
    const account = isMrn('service account', serviceAccount ?? '') ? serviceAccount : UNREADABLE;
    compare(`its service account is ${account}`, `its service account is ${expected.serviceAccount}`);
    compare(`its endpoint is ${normalized(endpoint)}`, `its endpoint is ${expected.endpoint}`);
    compare(describeClient(client), describeClient(expected.client));
  }
  if (expected.authenticated !== undefined) {
    compare(describePing(answer.authenticated), describePing(expected.authenticated));
  }
  return found;
}

/** Stands for text that must not be quoted. */
const UNREADABLE = 'none that can be read';

function normalized(endpoint = ''): string {
  try {
    return parseEndpoint(endpoint);
  } catch {
    return UNREADABLE;
  }
}

function describeClient(client: string | undefined): string {
  if (client === undefined) return 'it has no client';
  return `its client is ${isMrn('client', client) ? client : UNREADABLE}`;
}

function describePing(accepted: boolean): string {
  return `the platform ${accepted ? 'accepts' : 'does not accept'} it`;
}
