import { CallError } from '../platform/call-error.ts';
import { type Facts, isAuthenticated, isRegistered, targetOf } from '../status/facts.ts';
import type { Verdict } from '../status/verdict.ts';
import { apiTime, NO_CLIENT, otherWarnings, skewWarning, timestamp } from './cnspec-words.ts';

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
    /** Of cnspec, where it told. */
    version?: string;
    latest_version?: string;
    build?: string;
    updatesUrl?: string;
    providersUrl?: string;
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
  Object.assign(client, toldByCnspec(facts));
  const upstream: StatusJson['upstream'] = { api };
  const skew = skewWarning(facts, verdict);
  const warnings = [...otherWarnings(facts, verdict), ...(skew === undefined ? [] : [skew])];
  if (warnings.length > 0) upstream.warnings = warnings;
  return { client, upstream };
}

/** What nobody but cnspec knows, as far as it told. */
function toldByCnspec({ cnspec }: Facts): Partial<StatusJson['client']> {
  if (cnspec?.answer === undefined) return {};
  const { version, latestVersion, build, updatesUrl, providersUrl } = cnspec.answer;
  return {
    ...(version !== undefined && { version }),
    ...(latestVersion !== undefined && { latest_version: latestVersion }),
    ...(build !== undefined && { build }),
    ...(updatesUrl !== undefined && { updatesUrl }),
    ...(providersUrl !== undefined && { providersUrl }),
  };
}
