import type { Health, PlatformClient } from './client.ts';
import { PlatformError } from './platform-error.ts';
import { RpcCode } from './rpc-status.ts';

/** Beyond this much skew, in milliseconds, no request is signed at the platform's time: seven days. */
export const MAX_PROVABLE_SKEW = 7 * 24 * 3_600_000;

/** What the platform said about itself and about the credentials. Nothing is changed by asking. */
export interface Observation {
  health: Health | PlatformError;
  /** The platform's clock minus the local one, in milliseconds; absent where the platform did not tell its time. */
  skew?: number;
  /** The answer to a ping as cnspec would send it, signed at the local time. */
  ping: 'accepted' | PlatformError;
  /** The answer to a second ping, signed at the platform's time: only where the first was Unauthenticated. */
  pingAtServerTime?: 'accepted' | PlatformError;
}

/**
 * Asks for health and clock, and proves the credentials.
 *
 * A skewed clock and revoked credentials look the same on the wire, both are Unauthenticated. A ping that is
 * signed at the platform's time, once, tells which it is.
 */
export async function observe(client: PlatformClient): Promise<Observation> {
  const [health, ping] = await Promise.all([
    outcome(client.checkHealth()),
    outcome(client.pingPong().then(() => 'accepted' as const)),
  ]);
  const observation: Observation = { health, ping };
  if (health instanceof PlatformError || health.time === undefined) return observation;

  const skew = health.time.getTime() - health.localTime.getTime();
  observation.skew = skew;
  if (ping !== 'accepted' && ping.code === RpcCode.Unauthenticated && isProvable(skew, health.roundTrip)) {
    observation.pingAtServerTime = await outcome(client.pingPongAt(skew).then(() => 'accepted' as const));
  }
  return observation;
}

/** With a skew within the error of its measurement a second ping would say the same as the first. */
function isProvable(skew: number, roundTrip: number): boolean {
  // The platform tells its time in whole seconds.
  const measurementError = 1000 + roundTrip / 2;
  return Math.abs(skew) > measurementError && Math.abs(skew) <= MAX_PROVABLE_SKEW;
}

async function outcome<T>(call: Promise<T>): Promise<T | PlatformError> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof PlatformError) return error;
    throw error;
  }
}
