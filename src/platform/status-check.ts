import type { Signer } from './account.ts';
import { CallError, RpcCode } from './call-error.ts';
import type { Health, PlatformClient } from './client.ts';
import { fitsPlatformTime } from './request-token.ts';

/** Beyond this skew, in milliseconds, no request is signed with the platform's time. */
export const MAX_PROVABLE_SKEW = 7 * 24 * 3_600_000;

export interface StatusCheck {
  health: Health | CallError;
  /** The platform's clock minus the local one, in milliseconds. */
  skew?: number;
  /** Signed at the local time. */
  ping?: 'accepted' | CallError;
  /** If the first was Unauthenticated. */
  pingAtServerTime?: 'accepted' | CallError;
}

export async function checkPlatform(client: PlatformClient): Promise<StatusCheck> {
  const health = await client.checkHealth().catch(asCallError);
  if (health instanceof CallError || health.time === undefined) return { health };
  return { health, skew: health.time.getTime() - health.localTime.getTime() };
}

/** @param known what `checkPlatform` found before */
export async function checkAccount(client: PlatformClient, signer: Signer, known?: StatusCheck): Promise<StatusCheck> {
  const [platform, ping] = await Promise.all([known ?? checkPlatform(client), outcomeOf(client.pingPong(signer))]);
  const check = { ...platform, ping };
  const { health, skew } = check;
  const isRefused = ping instanceof CallError && ping.code === RpcCode.Unauthenticated;
  if (!isRefused || health instanceof CallError || skew === undefined) return check;
  if (Math.abs(skew) <= measurementError(health) || Math.abs(skew) > MAX_PROVABLE_SKEW) return check;
  // A skewed clock and revoked credentials look the same on the wire; a ping with the platform's time decides.
  return { ...check, pingAtServerTime: await outcomeOf(client.pingPong(signer, skew)) };
}

/** Whether the platform accepted the ping at the local time; undefined if it said neither. */
export function isAccepted({ ping }: StatusCheck): boolean | undefined {
  if (ping === 'accepted') return true;
  const isRefused = ping?.code === RpcCode.Unauthenticated || ping?.code === RpcCode.PermissionDenied;
  return isRefused ? false : undefined;
}

export function isClockUnknown({ health }: StatusCheck): boolean {
  return !(health instanceof CallError) && health.time === undefined;
}

export function canSign({ health, skew }: StatusCheck): boolean {
  return health instanceof CallError || skew === undefined || fitsPlatformTime(skew, measurementError(health));
}

/** How wrong a skew may be, in milliseconds: the platform sends its time in whole seconds. */
function measurementError({ roundTrip }: Health): number {
  return 1000 + roundTrip / 2;
}

const outcomeOf = (ping: Promise<void>) => ping.then(() => 'accepted' as const, asCallError);

function asCallError(error: unknown): CallError {
  if (error instanceof CallError) return error;
  throw error;
}
