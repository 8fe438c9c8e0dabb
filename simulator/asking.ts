import { formatDuration } from '../src/util/duration.ts';
import type { Credentials } from './accounts.ts';
import { callByProtobuf } from './protobuf-client.ts';

/** What a cnspec finds out by asking. */
export interface Finding {
  /** Whether the ping was accepted. */
  accepted: boolean;
  /** What goes into `upstream.api` of its status. */
  api: { status?: unknown; timestamp?: unknown; version?: unknown };
  /** In cnspec's words; nothing where the clocks agree. */
  skewWarning: string | undefined;
}

/** The skew that cnspec warns beyond, in milliseconds. */
const WARNS_BEYOND = 30_000;

/** Asks the platform of a mondoo.yml what `cnspec status` asks, in the way that the real one does: by protobuf. */
export async function askPlatform(config: Credentials): Promise<Finding> {
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
