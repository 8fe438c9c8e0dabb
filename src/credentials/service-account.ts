import type { ServiceAccount, Validity } from '../platform/account.ts';
import { DEFAULT_ENDPOINT, isTrustedHost, parseEndpoint } from '../util/endpoint.ts';
import { ActionError } from '../util/errors.ts';
import { isMrn, MRN_SHAPE, type Mrn, type MrnKind, ownerOf } from '../util/mrn.ts';
import { parseProxyUrl } from '../util/proxy-url.ts';
import { readUrl } from '../util/url-error.ts';
import { readCertificate } from './certificate.ts';
import type { CredentialsDocument } from './decode.ts';
import { expiryNotice } from './expiry.ts';
import { readPrivateKey } from './private-key.ts';

/** A service account and what its owner should know about it although it works. */
export interface CheckedServiceAccount {
  account: ServiceAccount;
  warnings: string[];
}

/**
 * Checks the fields of credentials, offline, and reads the ones that the work needs.
 * @param endpoint the endpoint that the input `api-endpoint` names, which wins over the credentials' own
 * @throws ActionError `invalid-credentials`, naming the field, what was found and the remedy
 */
export function readServiceAccount(
  document: CredentialsDocument,
  { endpoint, now }: { endpoint?: string | undefined; now: Date },
): CheckedServiceAccount {
  const mrn = requiredMrn(document, 'mrn', 'service account');
  const privateKey = readPrivateKey(requiredText(document, 'private_key'));
  const warnings: string[] = [];

  const account: ServiceAccount = {
    mrn,
    privateKey,
    ownerMrn: readOwner(document, mrn),
    apiEndpoint: endpoint ?? readEndpoint(document, warnings),
  };
  const apiProxy = readProxy(document);
  if (apiProxy !== undefined) account.apiProxy = apiProxy;
  const agentMrn = optionalMrn(document, 'agent_mrn', 'client');
  if (agentMrn !== undefined) account.agentMrn = agentMrn;

  const certificate = optionalText(document, 'certificate');
  if (certificate === undefined) {
    warnings.push(
      'The credentials have no certificate. cnspec works without it, but its expiry cannot be checked here.',
    );
  } else {
    account.certificate = readCertificate(certificate, privateKey);
    const outdated = certificateProblem(account.certificate, now);
    const expiry = expiryNotice(account.certificate, now);
    if (expiry) warnings.push(expiry);
    else if (outdated) {
      warnings.push(
        `The certificate of the credentials ${outdated}. Mondoo Platform may refuse them: renew them soon.`,
      );
    }
  }
  return { account, warnings };
}

/** Says since when a certificate is out of its dates, or nothing when it is within them. */
export function certificateProblem({ from, to }: Validity, now: Date): string | undefined {
  if (to < now) return `expired on ${to.toISOString()}`;
  if (from > now) return `is not valid before ${from.toISOString()}`;
  return undefined;
}

function readOwner(document: CredentialsDocument, mrn: Mrn): Mrn {
  const scope = optionalMrn(document, 'scope_mrn', 'owner');
  const space = optionalMrn(document, 'space_mrn', 'owner');
  const parent = optionalMrn(document, 'parent_mrn', 'owner');
  return scope ?? space ?? parent ?? (ownerOf(mrn) as Mrn);
}

function readEndpoint(document: CredentialsDocument, warnings: string[]): string {
  const text = optionalText(document, 'api_endpoint');
  if (text === undefined) {
    warnings.push(
      `The credentials have no api_endpoint, so ${DEFAULT_ENDPOINT} is used, as cnspec would. For an account of another region set the input api-endpoint.`,
    );
    return DEFAULT_ENDPOINT;
  }
  const endpoint = readUrl(text, parseEndpoint, {
    code: 'invalid-credentials',
    subject: 'The field api_endpoint of the credentials',
    remedy:
      'It has to be an https URL such as https://us.api.mondoo.com: copy the credentials again, or set the input api-endpoint.',
  });
  if (!isTrustedHost(endpoint)) {
    warnings.push(
      `The credentials send cnspec to ${new URL(endpoint).host}, which is not a host of mondoo.com. If that is meant, say so with the input api-endpoint.`,
    );
  }
  return endpoint;
}

function readProxy(document: CredentialsDocument): string | undefined {
  const text = optionalText(document, 'api_proxy');
  if (text === undefined) return undefined;
  return readUrl(text, parseProxyUrl, {
    code: 'invalid-credentials',
    subject: 'The field api_proxy of the credentials',
    remedy: 'Write it like http://proxy.example.com:3128, or remove the field and set the input api-proxy.',
  });
}

function requiredMrn(document: CredentialsDocument, field: string, kind: MrnKind): Mrn {
  return checkedMrn(requiredText(document, field), field, kind);
}

function optionalMrn(document: CredentialsDocument, field: string, kind: MrnKind): Mrn | undefined {
  const text = optionalText(document, field);
  return text === undefined ? undefined : checkedMrn(text, field, kind);
}

function checkedMrn(text: string, field: string, kind: MrnKind): Mrn {
  if (isMrn(kind, text)) return text;
  throw new ActionError(
    'invalid-credentials',
    `The field ${field} of the credentials is not the MRN of ${kind === 'owner' ? 'a space or an organization' : `a ${kind}`}: it should look like ${MRN_SHAPE[kind]}.`,
    'Copy the credentials from the Mondoo Console again; do not edit them by hand.',
  );
}

function requiredText(document: CredentialsDocument, field: string): string {
  const text = optionalText(document, field);
  if (text !== undefined) return text;
  const keys = Object.keys(document).length;
  throw new ActionError(
    'invalid-credentials',
    keys === 0
      ? 'The credentials are an empty object.'
      : `The field ${field} of the credentials is missing or empty (the credentials have ${keys} other ${keys === 1 ? 'field' : 'fields'}).`,
    'Use the credentials JSON as the Mondoo Console gives it: Integrations, Add New Integration, Generate Long-Lived Credentials.',
  );
}

/** Absent, null and empty are one: Go, in which cnspec is written, does not tell them apart either. */
function optionalText(document: CredentialsDocument, field: string): string | undefined {
  const value = document[field];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string') return value;
  throw new ActionError(
    'invalid-credentials',
    `The field ${field} of the credentials is ${Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`} where text is expected.`,
    'Copy the credentials from the Mondoo Console again; do not edit them by hand.',
  );
}
