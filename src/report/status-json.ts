import { PlatformError } from '../platform/platform-error.ts';
import { type Facts, isAuthenticated, isRegistered } from '../status/facts.ts';
import type { Verdict } from '../status/verdict.ts';
import { apiTime, NO_CLIENT, skewWarning, timestamp } from './cnspec-words.ts';

/** The shape of `cnspec status -o json`, with cnspec's names, as far as it can be filled without cnspec. */
export interface StatusJson {
  client: {
    timestamp: string;
    mrn?: string;
    service_account?: string;
    parentMrn?: string;
    platform: { name: string; arch: string; version: string };
    ip: string;
    hostname: string;
    /** Left out when false. */
    registered?: true;
    /** Present when the ping failed; cnspec leaves it empty whatever the cause. */
    pingPongError?: Record<string, never>;
  };
  upstream: {
    api: { endpoint?: string; status?: string; timestamp?: string; version?: string };
    warnings?: string[];
  };
}

/** Tells the facts in the shape of `cnspec status -o json`. */
export function statusJson(facts: Facts, verdict: Verdict): StatusJson {
  const { host, account, observation, registration } = facts;
  const client: StatusJson['client'] = { timestamp: timestamp(facts.now), ...host };
  const api: StatusJson['upstream']['api'] = {};
  if (account) {
    client.mrn = registration.clientMrn ?? NO_CLIENT;
    client.service_account = account.mrn;
    client.parentMrn = account.ownerMrn;
    api.endpoint = account.apiEndpoint;
  }
  if (isRegistered(facts)) client.registered = true;
  if (observation && !isAuthenticated(facts)) client.pingPongError = {};

  if (observation && !(observation.health instanceof PlatformError)) {
    api.status = observation.health.status;
    const time = apiTime(observation);
    if (time !== undefined) api.timestamp = time;
    if (observation.health.apiVersion !== undefined) api.version = observation.health.apiVersion;
  }
  const upstream: StatusJson['upstream'] = { api };
  const warning = skewWarning(facts, verdict);
  if (warning !== undefined) upstream.warnings = [warning];
  return { client, upstream };
}
