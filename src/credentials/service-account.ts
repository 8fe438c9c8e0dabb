import type { ServiceAccount, Validity } from '../platform/account.ts';
import { isMrn, MRN_SHAPE, type Mrn, type MrnKind, ownerOf } from '../util/mrn.ts';
import { DEFAULT_ENDPOINT, isTrustedHost, parseEndpoint, parseProxyUrl, readUrl } from '../util/url.ts';
import { readCertificate } from './certificate.ts';
import type { CredentialsDocument } from './decode.ts';
import { expiryNotice } from './expiry.ts';
import { invalid, kindOf } from './fields.ts';
import { readPrivateKey } from './private-key.ts';

const COPY_AGAIN = 'Copy the credentials from the Mondoo Console again; do not edit them by hand.';

/**
 * Checks credentials offline.
 * @param endpoint the input `api-endpoint`, which wins over the credentials' own
 * @throws ActionError
 */
export function readServiceAccount(
  document: CredentialsDocument,
  { endpoint, now }: { endpoint?: string | undefined; now: Date },
): { account: ServiceAccount; warnings: string[] } {
  const warnings: string[] = [];
  const mrn = readMrn(document, 'mrn', 'service account') ?? missing(document, 'mrn');
  const privateKey = readPrivateKey(readText(document, 'private_key') ?? missing(document, 'private_key'));
  const owners = ['scope_mrn', 'space_mrn', 'parent_mrn'].map((field) => readMrn(document, field, 'owner'));
  const account: ServiceAccount = {
    mrn,
    privateKey,
    ownerMrn: owners.find(Boolean) ?? (ownerOf(mrn) as Mrn),
    apiEndpoint: endpoint ?? readEndpoint(document, warnings),
  };
  const proxy = readText(document, 'api_proxy');
  if (proxy !== undefined) {
    account.apiProxy = readUrl(proxy, parseProxyUrl, {
      code: 'invalid-credentials',
      subject: 'The field api_proxy of the credentials',
      remedy: 'Write it like http://proxy.example.com:3128, or remove the field and set the input api-proxy.',
    });
  }
  const agentMrn = readMrn(document, 'agent_mrn', 'client');
  if (agentMrn !== undefined) account.agentMrn = agentMrn;

  const pem = readText(document, 'certificate');
  if (pem === undefined) {
    warnings.push(
      'The credentials have no certificate. cnspec works without it, but its expiry cannot be checked here.',
    );
    return { account, warnings };
  }
  account.certificate = readCertificate(pem, privateKey);
  const outdated = certificateProblem(account.certificate, now);
  const expiry = expiryNotice(account.certificate, now);
  if (expiry) warnings.push(expiry);
  else if (outdated) {
    warnings.push(`The certificate of the credentials ${outdated}. Mondoo Platform may refuse them: renew them soon.`);
  }
  return { account, warnings };
}

/** Says since when a certificate is out of its dates; nothing if it is within them. */
export function certificateProblem({ from, to }: Validity, now: Date): string | undefined {
  if (to < now) return `expired on ${to.toISOString()}`;
  return from > now ? `is not valid before ${from.toISOString()}` : undefined;
}

function readEndpoint(document: CredentialsDocument, warnings: string[]): string {
  const text = readText(document, 'api_endpoint');
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

function readMrn(document: CredentialsDocument, field: string, kind: MrnKind): Mrn | undefined {
  const text = readText(document, field);
  if (text === undefined || isMrn(kind, text)) return text;
  const named = kind === 'owner' ? 'a space or an organization' : `a ${kind}`;
  throw invalid(
    `The field ${field} of the credentials is not the MRN of ${named}: it should look like ${MRN_SHAPE[kind]}.`,
    COPY_AGAIN,
  );
}

/** Absent, null and empty are the same, as in Go. */
function readText(document: CredentialsDocument, field: string): string | undefined {
  const value = document[field] ?? '';
  if (typeof value === 'string') return value || undefined;
  throw invalid(`The field ${field} of the credentials is ${kindOf(value)} where text is expected.`, COPY_AGAIN);
}

function missing(document: CredentialsDocument, field: string): never {
  const keys = Object.keys(document).length;
  throw invalid(
    keys === 0
      ? 'The credentials are an empty object.'
      : `The field ${field} of the credentials is missing or empty (the credentials have ${keys} other ${keys === 1 ? 'field' : 'fields'}).`,
    'Use the credentials JSON as the Mondoo Console gives it: Integrations, Add New Integration, Generate Long-Lived Credentials.',
  );
}
