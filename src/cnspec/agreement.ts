import { ActionError } from '../errors.ts';
import { parseEndpoint } from '../values/endpoint.ts';
import { isMrn } from '../values/mrn.ts';
import type { CnspecAnswer } from './cnspec.ts';

/** What this step has found out by itself, and cnspec must have found out as well. */
export interface Expected {
  /** MRN */
  serviceAccount: string;
  /** Without a slash at its end. */
  endpoint: string;
  /** Whether the platform accepted the ping; nothing where it gave no answer to it. */
  authenticated: boolean | undefined;
}

/** What each of the two saw, where that is not the same, in words that fit behind "cnspec says that". */
interface Difference {
  cnspec: string;
  step: string;
}

/**
 * Makes sure that cnspec sees what this step saw.
 * @throws ActionError `cnspec-failed`, saying what each of the two saw
 */
export function requireAgreement(answer: CnspecAnswer, expected: Expected): void {
  const found = differences(answer, expected);
  if (found.length === 0) return;
  const version = answer.version === undefined ? '' : ` ${answer.version}`;
  const cnspec = found.map(({ cnspec }) => cnspec).join(', ');
  const step = found.map(({ step }) => step).join(', ');
  throw new ActionError(
    'cnspec-failed',
    `cnspec${version} and this step do not agree about the same mondoo.yml: cnspec says that ${cnspec}; this step found that ${step}.`,
    'Look for a wrapper or an old version in the place of cnspec, and at proxies and certificates that only one of the two knows.',
  );
}

/**
 * Makes sure that the cnspec that answers is the one that was installed.
 * @throws ActionError `cnspec-failed`
 */
export function requireVersion(answer: CnspecAnswer, installed: string): void {
  const version = answer.version?.replace(/^v/, '').replace(/\+.*$/, '');
  if (version === installed) return;
  throw new ActionError(
    'cnspec-failed',
    `cnspec ${installed} was installed, but the program says that it is ${version ?? 'of no version'}.`,
    'Look at the archive that the releases host has for that version, and remove the version from the tool cache of the machine.',
  );
}

function differences(answer: CnspecAnswer, expected: Expected): Difference[] {
  // Whatever else it says, then, is of another configuration.
  if (!answer.registered) return [{ cnspec: 'it is not registered', step: 'it is registered' }];

  const found: Difference[] = [];
  const { serviceAccount, endpoint } = answer;
  if (!answer.silent && serviceAccount !== expected.serviceAccount) {
    // Its text may be anything.
    const other = serviceAccount !== undefined && isMrn('service account', serviceAccount);
    found.push({
      cnspec: `its service account is ${other ? serviceAccount : 'none that can be read'}`,
      step: `its service account is ${expected.serviceAccount}`,
    });
  }
  if (!answer.silent && endpoint?.replace(/\/+$/, '') !== expected.endpoint) {
    found.push({
      cnspec: `its endpoint is ${readable(endpoint) ?? 'none that can be read'}`,
      step: `its endpoint is ${expected.endpoint}`,
    });
  }
  if (expected.authenticated !== undefined && answer.authenticated !== expected.authenticated) {
    const said = (accepted: boolean) => `the platform ${accepted ? 'accepts' : 'does not accept'} it`;
    found.push({ cnspec: said(answer.authenticated), step: said(expected.authenticated) });
  }
  return found;
}

function readable(endpoint: string | undefined): string | undefined {
  try {
    return endpoint && parseEndpoint(endpoint);
  } catch {
    return undefined;
  }
}
