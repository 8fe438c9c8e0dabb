import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { issueCertificate } from './certificate.ts';
import { ksuid } from './ksuid.ts';

export interface Credentials {
  /** `//agents.api.mondoo.app/{spaces|organizations}/<id>/serviceaccounts/<id>` */
  mrn: string;
  /** `//captain.api.mondoo.app/spaces/<id>`; an organization's account has none. */
  space_mrn?: string;
  /** `//captain.api.mondoo.app/{spaces|organizations}/<id>` */
  parent_mrn: string;
  scope_mrn: string;
  private_key: string;
  /** PEM, X.509, for the same key and signed by it. */
  certificate: string;
  api_endpoint: string;
  typename: 'ServiceAccountCredentials';
}

export interface AccountOptions {
  space?: string;
  /** Owns the account instead of a space. */
  organization?: string;
  endpoint?: string;
  /** Default: ten years from now. */
  certificateNotAfter?: Date;
}

export interface MintedAccount {
  credentials: Credentials;
  publicKey: KeyObject;
}

const YEAR = 365 * 86_400_000;

/** Creates a service account that no real platform knows. */
export async function mintAccount({
  space = 'lunalectric-website',
  organization,
  endpoint = 'https://us.api.mondoo.com',
  certificateNotAfter = new Date(Date.now() + 10 * YEAR),
}: AccountOptions = {}): Promise<MintedAccount> {
  const owner = organization === undefined ? `spaces/${space}` : `organizations/${organization}`;
  const ownerMrn = `//captain.api.mondoo.app/${owner}`;
  const mrn = `//agents.api.mondoo.app/${owner}/serviceaccounts/${ksuid()}`;

  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const notBefore = new Date(Math.min(Date.now(), certificateNotAfter.getTime()) - YEAR);
  const certificate = await issueCertificate(
    { commonName: mrn, notBefore, notAfter: certificateNotAfter },
    privateKey,
    publicKey,
  );

  const credentials: Credentials = {
    mrn,
    ...(organization === undefined && { space_mrn: ownerMrn }),
    parent_mrn: ownerMrn,
    scope_mrn: ownerMrn,
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate,
    api_endpoint: endpoint,
    typename: 'ServiceAccountCredentials',
  };
  return { credentials, publicKey };
}
