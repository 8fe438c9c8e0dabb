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

/** Stands for text that must not be quoted. */
const UNREADABLE = 'unreadable';

/** What the step found, and cnspec must find too. */
export interface Expected {
  serviceAccount: Mrn;
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
  { env, temp, signal, log }: Pick<CnspecContext, 'env' | 'temp' | 'signal' | 'log'>,
): Promise<CnspecResult> {
  const options = { cwd: temp || path.dirname(configPath), env: environmentForCnspec(env), signal };
  log(plainText(`→ asking cnspec at ${executable} for its status`, 1000));
  try {
    const answer = await askStatus(executable, configPath, options);
    const soon = AbortSignal.any([signal, AbortSignal.timeout(PROVIDERS_TIMEOUT)]);
    const providers = await askProviders(executable, { ...options, signal: soon });
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
  const authenticated = expected.authenticated ?? answer.authenticated;
  // If it isn't registered, the rest of its answer is about another configuration.
  const says = answer.registered ? describe(answer) : ['it is not registered'];
  const found = answer.registered ? describe({ ...expected, authenticated }) : ['it is registered'];
  const differencesTo = (others: string[]) => (text: string, index: number) => text !== others[index];
  const cnspec = says.filter(differencesTo(found)).join(', ');
  const step = found.filter(differencesTo(says)).join(', ');
  if (cnspec === '') return undefined;
  const version = answer.version === undefined ? '' : ` ${answer.version}`;
  return new ActionError(
    'cnspec-failed',
    `cnspec${version} and the action disagree about the same mondoo.yml. cnspec reports that ${cnspec}. The action found that ${step}.`,
    'Check for a wrapper or an old version instead of cnspec, and for a proxy or CA that only one of the two knows.',
  );
}

type Compared = Pick<CnspecAnswer, 'serviceAccount' | 'endpoint' | 'client' | 'authenticated'>;

/** Says what one of the two found, in words that fit behind "cnspec reports that". */
function describe({ serviceAccount = '', endpoint, client, authenticated }: Compared): string[] {
  const quoted = (kind: 'service account' | 'client', mrn: string) => (isMrn(kind, mrn) ? mrn : UNREADABLE);
  return [
    `its service account is ${quoted('service account', serviceAccount)}`,
    `its endpoint is ${normalized(endpoint)}`,
    client === undefined ? 'it has no client' : `its client is ${quoted('client', client)}`,
    `the platform ${authenticated ? 'accepts' : 'does not accept'} it`,
  ];
}

function normalized(endpoint = ''): string {
  try {
    return parseEndpoint(endpoint);
  } catch {
    return UNREADABLE;
  }
}
