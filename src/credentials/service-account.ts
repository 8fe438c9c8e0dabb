import { type KeyObject, X509Certificate } from 'node:crypto';
import type { ServiceAccount, Validity } from '../platform/account.ts';
import { type Mrn, ownerOf } from '../util/mrn.ts';
import { isTrustedHost, parseProxyUrl } from '../util/url.ts';
import type { CredentialsDocument } from './decode.ts';
import { expiryNotice } from './expiry.ts';
import { COPY_CREDENTIALS, fieldsOf, invalid } from './fields.ts';
import { readPrivateKey } from './private-key.ts';

const PROXY = 'Write it like `http://proxy.example.com:3128`. Or remove the field and set the input `api-proxy`.';

/**
 * Checks credentials offline.
 * @param endpoint the input `api-endpoint`, which wins over the credentials' own
 * @throws ActionError
 */
export function readServiceAccount(
  document: CredentialsDocument,
  { endpoint, now }: { endpoint?: string | undefined; now: Date },
): { account: ServiceAccount; warnings: string[] } {
  const fields = fieldsOf(document, 'credentials', COPY_CREDENTIALS);
  const warnings: string[] = [];
  const mrn = fields.required('mrn', fields.mrn('mrn', 'service account'));
  const privateKey = readPrivateKey(fields.required('private_key'));
  const owners = ['scope_mrn', 'space_mrn', 'parent_mrn'].map((field) => fields.mrn(field, 'owner'));
  const apiEndpoint = endpoint ?? fields.endpoint(warnings);
  if (endpoint === undefined && !isTrustedHost(apiEndpoint)) {
    warnings.push(
      `The credentials send cnspec to \`${new URL(apiEndpoint).host}\`, which isn't a host of mondoo.com. If you trust this host, set the input \`api-endpoint\`.`,
    );
  }
  const ownerMrn = owners.find(Boolean) ?? (ownerOf(mrn) as Mrn);
  const account: ServiceAccount = { mrn, privateKey, ownerMrn, apiEndpoint };
  const apiProxy = fields.url('api_proxy', parseProxyUrl, PROXY);
  if (apiProxy !== undefined) account.apiProxy = apiProxy;
  const agentMrn = fields.mrn('agent_mrn', 'client');
  if (agentMrn !== undefined) account.agentMrn = agentMrn;

  const pem = fields.text('certificate');
  const certificate = pem && readCertificate(pem, privateKey);
  if (!certificate || Number.isNaN(certificate.from.getTime() + certificate.to.getTime())) {
    warnings.push(
      `The credentials have no ${pem ? 'readable date in their certificate' : 'certificate'}. cnspec works without it, but the action can't check its expiry.`,
    );
    return { account, warnings };
  }
  account.certificate = certificate;
  const outdated = certificateProblem(certificate, now);
  const expiry = expiryNotice(certificate, now);
  if (expiry) warnings.push(expiry);
  else if (outdated) {
    warnings.push(`The certificate of the credentials ${outdated}. Mondoo Platform may reject them. Renew them soon.`);
  }
  return { account, warnings };
}

/** Says since when a certificate is out of its dates; nothing if it is within them. */
export function certificateProblem({ from, to }: Validity, now: Date): string | undefined {
  if (to < now) return `expired on ${to.toISOString()}`;
  return from > now ? `is not valid before ${from.toISOString()}` : undefined;
}

/** Reads the certificate of a key. Its dates may be unreadable; cnspec never sends it. @throws ActionError */
export function readCertificate(pem: string, key: KeyObject): Validity {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch {
    throw invalid(
      'The field `certificate` of the credentials isn\'t a readable PEM certificate ("-----BEGIN CERTIFICATE-----").',
      'Copy the credentials again from the Mondoo Console, or remove the field. cnspec works without it.',
    );
  }
  if (certificate.checkPrivateKey(key)) return { from: certificate.validFromDate, to: certificate.validToDate };
  throw invalid(
    "The fields `certificate` and `private_key` of the credentials don't belong together.",
    'The secret mixes two sets of credentials. Copy one whole set from the Mondoo Console and store it again.',
  );
}
