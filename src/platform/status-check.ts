import type { Signer } from './account.ts';
import { CallError } from './call-error.ts';
import type { Health, PlatformClient } from './client.ts';
import { fitsPlatformTime } from './request-token.ts';
import { RpcCode } from './rpc-status.ts';

/** Beyond this much skew, in milliseconds, no request is signed at the platform's time: seven days. */
export const MAX_PROVABLE_SKEW = 7 * 24 * 3_600_000;

/** What the platform said about itself and about the credentials. Nothing is changed by asking. */
export interface StatusCheck {
  health: Health | CallError;
  /** The platform's clock minus the local one, in milliseconds; absent where the platform did not tell its time. */
  skew?: number;
  /** The answer to a ping as cnspec would send it, signed at the local time; absent where there is nobody to sign. */
  ping?: Answer;
  /** The answer to a second ping, signed at the platform's time: only where the first was Unauthenticated. */
  pingAtServerTime?: Answer;
}

/** What a ping comes to. */
type Answer = 'accepted' | CallError;

/** Asks for health and clock alone. */
export async function checkPlatform(client: PlatformClient): Promise<StatusCheck> {
  const health = await orError(client.checkHealth());
  if (health instanceof CallError || health.time === undefined) return { health };
  return { health, skew: health.time.getTime() - health.localTime.getTime() };
}

/**
 * Proves credentials, and asks for health and clock beside that unless they are known.
 * @param known what `checkPlatform` found out before
 */
export async function checkAccount(client: PlatformClient, signer: Signer, known?: StatusCheck): Promise<StatusCheck> {
  const [check, ping] = await Promise.all([
    known ?? checkPlatform(client),
    orError(client.pingPong(signer).then(() => 'accepted' as const)),
  ]);
  return explain({ ...check, ping }, client, signer);
}

/** Whether the platform accepted the ping at the local time; undefined if it said neither. */
export function isAccepted({ ping }: StatusCheck): boolean | undefined {
  if (ping === 'accepted') return true;
  const isRefused = ping?.code === RpcCode.Unauthenticated || ping?.code === RpcCode.PermissionDenied;
  return isRefused ? false : undefined;
}

/** Whether the platform answered without telling its time. */
export function isClockUnknown({ health }: StatusCheck): boolean {
  return !(health instanceof CallError) && health.time === undefined;
}

/**
 * A skewed clock and revoked credentials look the same on the wire, both are Unauthenticated. A ping that is
 * signed at the platform's time, once, tells which it is.
 */
async function explain(check: StatusCheck, client: PlatformClient, signer: Signer): Promise<StatusCheck> {
  const { health, skew, ping } = check;
  if (health instanceof CallError || skew === undefined) return check;
  if (!(ping instanceof CallError) || ping.code !== RpcCode.Unauthenticated) return check;
  if (!isProvable(skew, health.roundTrip)) return check;
  return {
    ...check,
    pingAtServerTime: await orError(client.pingPongAt(signer, skew).then(() => 'accepted' as const)),
  };
}

/** With a skew within the error of its measurement a second ping would say the same as the first. */
function isProvable(skew: number, roundTrip: number): boolean {
  return Math.abs(skew) > measurementError(roundTrip) && Math.abs(skew) <= MAX_PROVABLE_SKEW;
}

/** Whether nothing is known of the clock by which requests, signed at the local time, would be refused. */
export function canSign({ health, skew }: StatusCheck): boolean {
  return (
    health instanceof CallError || skew === undefined || fitsPlatformTime(skew, measurementError(health.roundTrip))
  );
}

/** How far a skew may be from the truth, in milliseconds. */
function measurementError(roundTrip: number): number {
  // The platform tells its time in whole seconds.
  return 1000 + roundTrip / 2;
}

async function orError<T>(call: Promise<T>): Promise<T | CallError> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof CallError) return error;
    throw error;
  }
}
