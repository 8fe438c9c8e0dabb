import { type KeyObject, X509Certificate } from 'node:crypto';
import type { ServiceAccount, Validity } from '../platform/account.ts';
import { type Mrn, ownerOf } from '../util/mrn.ts';
import { isTrustedHost, parseProxyUrl } from '../util/url.ts';
import type { CredentialsDocument } from './decode.ts';
import { COPY_CREDENTIALS, fieldsOf, invalid } from './fields.ts';
import { readPrivateKey } from './private-key.ts';

const PROXY = 'Write it like `http://proxy.example.com:3128`. Or remove the field and set the input `api-proxy`.';

const DAY = 86_400_000;

/** Days before the expiry from which the action warns. */
const SOON = 30;

/** A service account that signs requests, and its fields for mondoo.yml. */
export interface Session {
  account: ServiceAccount;
  /** The key is canonical PEM, in which cnspec and post recognize it. */
  document: CredentialsDocument;
}

/**
 * Checks credentials offline.
 * @param endpoint the input `api-endpoint`, which wins over the credentials' own
 * @throws ActionError
 */
export function readServiceAccount(
  document: CredentialsDocument,
  { endpoint, now }: { endpoint?: string | undefined; now: Date },
): Session & { warnings: string[] } {
  const fields = fieldsOf(document, 'credentials', COPY_CREDENTIALS);
  const warnings: string[] = [];
  const mrn = fields.required('mrn', fields.mrn('mrn', 'service account'));
  const privateKey = readPrivateKey(fields.required('private_key'));
  const owners = ['scope_mrn', 'space_mrn', 'parent_mrn'].map((field) => fields.mrn(field, 'owner'));
  const apiEndpoint = endpoint ?? fields.endpoint(warnings);
  if (endpoint === undefined && !isTrustedHost(apiEndpoint)) {
    warnings.push(
      `The credentials name the API endpoint \`${new URL(apiEndpoint).host}\`, which isn't a host of mondoo.com. If you trust this host, set the input \`api-endpoint\`.`,
    );
  }
  const ownerMrn = owners.find(Boolean) ?? (ownerOf(mrn) as Mrn);
  const apiProxy = fields.url('api_proxy', parseProxyUrl, PROXY);
  const agentMrn = fields.mrn('agent_mrn', 'client');
  const pem = fields.text('certificate');
  const certificate = pem === undefined ? undefined : readCertificate(pem, privateKey);
  const warning = certificate
    ? validityWarning(certificate, now)
    : `The credentials have no ${pem ? 'readable date in their certificate' : 'certificate'}. cnspec works without it, but the action can't check the expiry of the credentials. To get expiry warnings, generate new credentials.`;
  if (warning) warnings.push(warning);
  return {
    account: { mrn, privateKey, ownerMrn, apiEndpoint, apiProxy, agentMrn, certificate },
    document: { ...document, private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }) },
    warnings,
  };
}

/** Warns of a certificate that isn't valid yet, or ends within 30 days, and says what to do. */
export function validityWarning(certificate: Validity, now: Date): string | undefined {
  const subject = 'The certificate of the credentials';
  const { to } = certificate;
  const days = Math.floor((to.getTime() - now.getTime()) / DAY);
  const outdated = certificateProblem(certificate, now);
  if (days >= SOON) return outdated && `${subject} ${outdated}. It may be rejected. Check the runner's clock.`;
  const left = days < 1 ? 'less than a day' : days === 1 ? '1 day' : `${days} days`;
  return `${subject} ${to < now ? outdated : `expires on ${to.toISOString()}, in ${left}`}. Mondoo Platform may reject expired credentials. Generate new credentials in the Mondoo Console, store them as the secret, then delete the old service account.`;
}

/** Says since when a certificate is out of its dates; nothing if it is within them. */
export function certificateProblem({ from, to }: Validity, now: Date): string | undefined {
  if (to < now) return `expired on ${to.toISOString()}`;
  return from > now ? `is not valid before ${from.toISOString()}` : undefined;
}

/**
 * Reads the certificate of a key, with any dates, because cnspec never sends it.
 * @returns undefined if a date is unreadable
 * @throws ActionError
 */
export function readCertificate(pem: string, key: KeyObject): Validity | undefined {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch {
    throw invalid(
      'The field `certificate` of the credentials isn\'t a readable PEM certificate ("-----BEGIN CERTIFICATE-----").',
      'Copy the credentials again from the Mondoo Console, or remove the field. cnspec works without it.',
    );
  }
  if (!certificate.checkPrivateKey(key)) {
    throw invalid(
      "The fields `certificate` and `private_key` of the credentials don't belong together. The secret mixes two sets of credentials.",
      'Copy one whole set from the Mondoo Console and store it again.',
    );
  }
  // For a date that Node can't read, `validToDate` may be anything, but the text is `Bad time value`.
  const [from, to] = [new Date(certificate.validFrom), new Date(certificate.validTo)];
  return Number.isNaN(from.getTime() + to.getTime()) ? undefined : { from, to };
}
