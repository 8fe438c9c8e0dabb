import type { ReservedKeyFile } from './config/reserve.ts';
import type { CredentialsDocument } from './credentials/decode.ts';
import type { Identified } from './identify.ts';
import type { Work } from './job.ts';
import type { ServiceAccount } from './platform/account.ts';
import type { PlatformClient } from './platform/client.ts';
import type { StatusCheck } from './platform/status-check.ts';
import type { Result } from './status/result.ts';

/** A service account that signs requests, and the document that it goes into mondoo.yml with. */
export interface Session {
  account: ServiceAccount;
  document: CredentialsDocument;
}

/** What signing in found out; without a session it failed. */
export interface SignedIn {
  session?: Session;
  found: Partial<Result>;
}

/** What signing in takes. */
export interface SignInContext extends Work, Identified {
  platform: PlatformClient;
  keyFile: ReservedKeyFile | undefined;
  /** Health and clock, as far as they are known. */
  check: StatusCheck | undefined;
}
