import { info, warning } from '@actions/core';
import { decodeCredentials, parseCredentials } from './credentials/decode.ts';
import { isExternalAccount, readExternalAccount } from './credentials/external-account.ts';
import type { Identity } from './credentials/identity.ts';
import { type Lack, missingCredentials, missingIdToken } from './credentials/missing.ts';
import { readRegistrationToken } from './credentials/registration-token.ts';
import { documentSecrets } from './credentials/secrets.ts';
import { readServiceAccount } from './credentials/service-account.ts';
import { findCredentials } from './credentials/source.ts';
import { findIdTokenEndpoint } from './github/id-token.ts';
import { readTrigger } from './github/trigger.ts';
import type { Inputs } from './inputs.ts';
import { mask } from './mask.ts';

/**
 * Finds out who the step is, without asking anybody, and masks what shows only when the credentials are decoded.
 * @throws ActionError where there is no identity, or one that cannot work
 */
export async function identify(inputs: Inputs, now: Date): Promise<Identity> {
  const { registrationToken, apiEndpoint: endpoint } = inputs;
  if (registrationToken !== '') {
    const { token, warnings } = readRegistrationToken(registrationToken, { endpoint, now });
    tell(`→ loaded a registration token for ${token.ownerMrn}`, warnings);
    return { kind: 'registration token', token };
  }

  const given = findCredentials(inputs.credentials, process.env);
  if (given === undefined) throw missingCredentials(await lackIn(inputs));
  const decoded = decodeCredentials(given.text);
  const document = await parseCredentials(decoded);
  const loaded = `→ loaded credentials from ${given.source} (${decoded.form})`;

  mask(documentSecrets(document));
  if (isExternalAccount(document)) {
    const { account, warnings } = readExternalAccount(document, endpoint);
    tell(`${loaded}: a workload identity for ${account.ownerMrn}`, warnings);
    const idTokens = findIdTokenEndpoint(process.env);
    if (idTokens === undefined) throw missingIdToken(await lackIn(inputs));
    return { kind: 'workload identity', account, idTokens };
  }

  const { account, warnings } = readServiceAccount(document, { endpoint, now });
  tell(loaded, warnings);
  return { kind: 'service account', document, account };
}

function tell(loaded: string, warnings: string[]): void {
  info(loaded);
  for (const text of warnings) warning(text);
}

async function lackIn({ onMissingCredentials }: Inputs): Promise<Lack> {
  return { trigger: await readTrigger(process.env), env: process.env, onMissingCredentials };
}
