import { redact } from '../cnspec/redact.ts';
import { CallError } from '../platform/call-error.ts';
import { type Result, targetOf, usableClient } from '../status/result.ts';
import type { Verdict } from '../status/verdict.ts';
import { formatDuration } from '../util/duration.ts';
import { TITLES } from '../util/errors.ts';
import { NO_CLIENT } from '../util/mrn.ts';

/** Beyond this skew, in milliseconds, cnspec warns. */
const WARNS_BEYOND = 30_000;

/** What log, outputs, summary and JSON have in common, in cnspec's words; undefined if it isn't known. */
export function factsOf(result: Result) {
  const { startedAt, identity, account, check, cnspec } = result;
  const target = targetOf(result);
  const health = check?.health instanceof CallError ? undefined : check?.health;
  const time = health?.time && timestamp(health.time);
  return {
    time: timestamp(startedAt),
    owner: target?.ownerMrn,
    client: account && (usableClient(result) ?? NO_CLIENT),
    serviceAccount: account?.mrn,
    /** Of long-lived credentials: other accounts live as long as the job. */
    certificate: identity?.kind === 'service account' ? identity.account.certificate : undefined,
    api: { endpoint: target?.apiEndpoint, status: health?.status, timestamp: time, version: health?.apiVersion },
    skew: check?.skew === undefined ? undefined : formatDuration(check.skew),
    latestVersion: cnspec?.answer?.latestVersion ?? cnspec?.latestVersion,
  };
}

/** What cnspec warned of, and its warning of a skewed clock if it would warn or the verdict names the clock. */
export function warningsOf({ check, cnspec }: Result, { findings }: Verdict): string[] {
  const warnings = (cnspec?.answer?.warnings ?? []).map(redact);
  const skew = check?.skew ?? 0;
  if (Math.abs(skew) <= WARNS_BEYOND && !findings.includes('clock-skew')) return warnings;
  const others = warnings.filter((warning) => !warning.startsWith('possible clock skew'));
  return [...others, `possible clock skew detected: ${formatDuration(skew)}`];
}

/** The verdict in a few words. */
export function titleOf({ registration }: Result, verdict: Verdict): string {
  const [first] = [...verdict.fatal, ...verdict.tolerated];
  if (first) return findingTitle(first, verdict.fatal);
  return registration.clientMrn === undefined ? 'The credentials work' : 'cnspec is registered';
}

/** The title of a finding, which says so if it doesn't fail the job. */
export function findingTitle(finding: Verdict['fatal'][number], fatal: Verdict['fatal']): string {
  const title = TITLES[finding.code];
  return finding.code === 'skipped' || fatal.includes(finding) ? title : `${title}, but \`fail-on\` lets it pass`;
}

/** RFC 3339 in UTC with whole seconds, as Go writes it. */
export function timestamp(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}
