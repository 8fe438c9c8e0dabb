import { CallError } from '../platform/call-error.ts';
import { type Facts, isAuthenticated, isRegistered, targetOf } from '../status/facts.ts';
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
  const target = targetOf(facts);
  if (target) {
    client.parentMrn = target.ownerMrn;
    api.endpoint = target.apiEndpoint;
  }
  if (account) {
    client.mrn = registration.clientMrn ?? NO_CLIENT;
    client.service_account = account.mrn;
  }
  if (isRegistered(facts)) client.registered = true;
  if (observation?.ping !== undefined && !isAuthenticated(facts)) client.pingPongError = {};

  if (observation && !(observation.health instanceof CallError)) {
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
