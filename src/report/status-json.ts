import { CallError } from '../platform/call-error.ts';
import { isAuthenticated, isRegistered, type Result, targetOf, usableClient } from '../status/result.ts';
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

/** Tells the result in the shape of `cnspec status -o json`. */
export function statusJson(result: Result, verdict: Verdict): StatusJson {
  const { host, account, check } = result;
  const client: StatusJson['client'] = { timestamp: timestamp(result.startedAt), ...host };
  const api: StatusJson['upstream']['api'] = {};
  const target = targetOf(result);
  if (target) {
    client.parentMrn = target.ownerMrn;
    api.endpoint = target.apiEndpoint;
  }
  if (account) {
    client.mrn = usableClient(result) ?? NO_CLIENT;
    client.service_account = account.mrn;
  }
  if (isRegistered(result)) client.registered = true;
  if (check?.ping !== undefined && !isAuthenticated(result)) client.pingPongError = {};

  if (check && !(check.health instanceof CallError)) {
    api.status = check.health.status;
    const time = apiTime(check);
    if (time !== undefined) api.timestamp = time;
    if (check.health.apiVersion !== undefined) api.version = check.health.apiVersion;
  }
  Object.assign(client, toldByCnspec(result));
  const upstream: StatusJson['upstream'] = { api };
  const skew = skewWarning(result, verdict);
  const warnings = [...otherWarnings(result, verdict), ...(skew === undefined ? [] : [skew])];
  if (warnings.length > 0) upstream.warnings = warnings;
  return { client, upstream };
}

/** What nobody but cnspec knows, as far as it told. */
function toldByCnspec({ cnspec }: Result): Partial<StatusJson['client']> {
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
