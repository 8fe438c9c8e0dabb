import path from 'node:path';
import { ActionError } from '../util/errors.ts';
import { isMrn } from '../util/mrn.ts';
import { plainText } from '../util/text.ts';
import { parseEndpoint } from '../util/url.ts';
import { environmentForCnspec } from './environment.ts';
import type { CnspecContext, CnspecResult } from './result.ts';
import { askProviders, askStatus, type CnspecAnswer } from './status.ts';

/** Milliseconds; no finding depends on the providers. */
const PROVIDERS_TIMEOUT = 5000;

/** What both must agree on. `authenticated`: whether the platform accepted the ping; undefined if inconclusive. */
export type Expected = Pick<CnspecAnswer, 'serviceAccount' | 'endpoint' | 'client'> & {
  authenticated: boolean | undefined;
};

export async function compareWithCnspec(
  executable: string,
  configPath: string,
  expected: Expected,
  { env, temp, signal, log }: Pick<CnspecContext, 'env' | 'temp' | 'signal' | 'log'>,
): Promise<CnspecResult> {
  const options = { cwd: temp || path.dirname(configPath), env: environmentForCnspec(env), signal };
  log(plainText(`→ running \`${executable} status\``, 1000));
  try {
    const answer = await askStatus(executable, configPath, options);
    const soon = AbortSignal.any([signal, AbortSignal.timeout(PROVIDERS_TIMEOUT)]);
    const providers = await askProviders(executable, { ...options, signal: soon });
    const version = answer.version ? { version: answer.version } : {};
    return { ...version, answer, providers, failure: findDisagreement(answer, expected) };
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    return { failure: error };
  }
}

export function findDisagreement(answer: CnspecAnswer, expected: Expected): ActionError | undefined {
  const authenticated = expected.authenticated ?? answer.authenticated;
  // If it isn't registered, the rest of its answer is about another configuration.
  const says = answer.registered ? describe(answer) : ['it has no service account'];
  const found = answer.registered ? describe({ ...expected, authenticated }) : ['there is one'];
  const differs = (_: string, index: number) => says[index] !== found[index];
  const cnspec = says.filter(differs).join(', ');
  const step = found.filter(differs).join(', ');
  if (cnspec === '') return undefined;
  const version = answer.version === undefined ? '' : ` ${answer.version}`;
  return new ActionError(
    'cnspec-failed',
    `cnspec${version} and the action disagree about the same \`mondoo.yml\`. cnspec reports that ${cnspec}. The action found that ${step}.`,
    'Run `cnspec status` in a step of its own and compare. Typical causes are another program named `cnspec` on `PATH`, an old version, or a proxy or CA that only one of the two uses.',
  );
}

/** Follows "cnspec reports that". */
function describe({ serviceAccount = '', endpoint, client, authenticated }: Expected): string[] {
  const quoted = (kind: 'service account' | 'client', mrn: string) => (isMrn(kind, mrn) ? `\`${mrn}\`` : 'unreadable');
  return [
    `its service account is ${quoted('service account', serviceAccount)}`,
    `its endpoint is ${normalized(endpoint)}`,
    client === undefined ? 'it has no client' : `its client is ${quoted('client', client)}`,
    `Mondoo Platform ${authenticated ? 'accepts' : 'rejects'} the service account`,
  ];
}

function normalized(endpoint = ''): string {
  try {
    return `\`${parseEndpoint(endpoint, Error)}\``;
  } catch {
    return 'unreadable';
  }
}
