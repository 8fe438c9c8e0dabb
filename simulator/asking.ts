import { formatDuration } from '../src/util/duration.ts';
import type { Credentials } from './accounts.ts';
import { callByProtobuf } from './protobuf-client.ts';

export interface PlatformStatus {
  accepted: boolean;
  api: { status?: unknown; timestamp?: unknown; version?: unknown };
  /** In cnspec's words; undefined if the clocks agree. */
  skewWarning: string | undefined;
}

/** cnspec warns of a larger skew, in milliseconds. */
const WARNS_BEYOND = 30_000;

/** Sends a status request by protobuf to the platform in a mondoo.yml, like the real `cnspec status`. */
export async function askPlatform(config: Credentials): Promise<PlatformStatus> {
  const sentAt = Date.now();
  const health = await callByProtobuf(config.api_endpoint, 'Health/Check');
  const middle = (sentAt + Date.now()) / 2;
  const ping = await callByProtobuf(config.api_endpoint, 'AgentManager/PingPong', { as: config });

  const { status, time, apiVersion } = 'value' in health ? health.value : {};
  const skew = Date.parse(String(time)) - middle;
  return {
    accepted: 'value' in ping,
    api: { status, timestamp: time, version: apiVersion },
    skewWarning:
      Math.abs(skew) > WARNS_BEYOND ? `possible clock skew detected: ${formatDuration(skew)}` : undefined,
  };
}
