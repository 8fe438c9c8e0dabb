import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { issueCertificate } from './certificate.ts';
import { ksuid } from './ksuid.ts';

/** A service account's credentials, key by key as the Console puts them into its file. */
export interface Credentials {
  /** `//agents.api.mondoo.app/{spaces|organizations}/<id>/serviceaccounts/<id>` */
  mrn: string;
  /** `//captain.api.mondoo.app/spaces/<id>`; an organization's account has none. */
  space_mrn?: string;
  /** `//captain.api.mondoo.app/{spaces|organizations}/<id>` */
  parent_mrn: string;
  /** The same as `parent_mrn`. */
  scope_mrn: string;
  /** PEM, PKCS#8, EC P-384. */
  private_key: string;
  /** PEM, X.509, for the same key and signed by it. */
  certificate: string;
  api_endpoint: string;
  typename: 'ServiceAccountCredentials';
}

/** What a service account can be asked to be. */
export interface AccountOptions {
  /** The id of the space that owns the account. */
  space?: string;
  /** The id of the organization that owns the account, in place of a space. */
  organization?: string;
  endpoint?: string;
  /** The end of the certificate's validity; ten years from now when it is left out. */
  certificateNotAfter?: Date;
}

/** A service account: what its owner holds, and what the platform keeps. */
export interface MintedAccount {
  credentials: Credentials;
  publicKey: KeyObject;
}

const YEAR = 365 * 86_400_000;

/** Mints a throwaway service account that no real platform knows. */
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
