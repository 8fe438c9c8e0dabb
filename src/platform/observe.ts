import { CallError } from './call-error.ts';
import type { Health, PlatformClient } from './client.ts';
import { fitsPlatformTime, type Signer } from './request-token.ts';
import { RpcCode } from './rpc-status.ts';

/** Beyond this much skew, in milliseconds, no request is signed at the platform's time: seven days. */
export const MAX_PROVABLE_SKEW = 7 * 24 * 3_600_000;

/** What the platform said about itself and about the credentials. Nothing is changed by asking. */
export interface Observation {
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

/** Asks for health and clock, and proves the credentials; the two do not wait for each other. */
export async function observe(client: PlatformClient, signer: Signer): Promise<Observation> {
  const [observation, ping] = await Promise.all([observePlatform(client), answerTo(client.pingPong(signer))]);
  return explain({ ...observation, ping }, client, signer);
}

/** Asks for health and clock alone. */
export async function observePlatform(client: PlatformClient): Promise<Observation> {
  const health = await orError(client.checkHealth());
  if (health instanceof CallError || health.time === undefined) return { health };
  return { health, skew: health.time.getTime() - health.localTime.getTime() };
}

/** Proves credentials that came about only after health and clock were asked for. */
export async function observeAccount(
  observation: Observation,
  client: PlatformClient,
  signer: Signer,
): Promise<Observation> {
  return explain({ ...observation, ping: await answerTo(client.pingPong(signer)) }, client, signer);
}

/**
 * A skewed clock and revoked credentials look the same on the wire, both are Unauthenticated. A ping that is
 * signed at the platform's time, once, tells which it is.
 */
async function explain(
  observation: Observation,
  client: PlatformClient,
  signer: Signer,
): Promise<Observation> {
  const { health, skew, ping } = observation;
  if (health instanceof CallError || skew === undefined) return observation;
  if (!(ping instanceof CallError) || ping.code !== RpcCode.Unauthenticated) return observation;
  if (!isProvable(skew, health.roundTrip)) return observation;
  return { ...observation, pingAtServerTime: await answerTo(client.pingPongAt(signer, skew)) };
}

/** With a skew within the error of its measurement a second ping would say the same as the first. */
function isProvable(skew: number, roundTrip: number): boolean {
  return Math.abs(skew) > measurementError(roundTrip) && Math.abs(skew) <= MAX_PROVABLE_SKEW;
}

/** Whether nothing is known of the clock by which requests, signed at the local time, would be refused. */
export function canSign({ health, skew }: Observation): boolean {
  return (
    health instanceof CallError ||
    skew === undefined ||
    fitsPlatformTime(skew, measurementError(health.roundTrip))
  );
}

/** How far a skew may be from the truth, in milliseconds. */
function measurementError(roundTrip: number): number {
  // The platform tells its time in whole seconds.
  return 1000 + roundTrip / 2;
}

function answerTo(ping: Promise<void>): Promise<Answer> {
  return orError(ping.then(() => 'accepted' as const));
}

async function orError<T>(call: Promise<T>): Promise<T | CallError> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof CallError) return error;
    throw error;
  }
}
