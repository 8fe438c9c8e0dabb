import { CallError } from '../platform/call-error.ts';
import { type Facts, targetOf } from '../status/facts.ts';
import type { Verdict } from '../status/verdict.ts';
import { formatDuration } from '../values/duration.ts';
import { spaceId } from '../values/mrn.ts';
import { plainText } from '../values/plain-text.ts';
import { documentation } from './annotation.ts';
import { NO_CLIENT, timestamp } from './cnspec-words.ts';
import { TITLES } from './titles.ts';

/**
 * Writes the job summary: the verdict, then what is wrong and what to do, or who is registered where. All ids
 * are a click away. It is HTML because GitHub takes no Markdown inside of HTML, so that text from elsewhere stays text.
 */
export function summaryHtml(
  facts: Facts,
  verdict: Verdict,
  configPath: string | undefined,
  env: NodeJS.ProcessEnv,
): string {
  const mark = verdict.passed ? (MARKS[verdict.status] ?? '⚠️') : '❌';
  const problems = [...verdict.fatal, ...verdict.tolerated].flatMap(({ code, message, remedy }) => [
    `<p><b>${code}</b>: ${prose(message)}</p>`,
    `<p><b>What to do:</b> ${prose(remedy)} <a href="${escapeHtml(documentation(code, env))}">Read more</a></p>`,
  ]);
  const rows = summaryRows(facts, configPath).map(
    ([label, value]) => `<tr><td>${label}</td><td><code>${escapeHtml(value)}</code></td></tr>`,
  );
  const lines = [
    `<h3>${mark} ${heading(facts, verdict)}</h3>`,
    ...(problems.length > 0 ? problems : glance(facts)),
    ...(rows.length > 0
      ? ['<details><summary>Who, where and when</summary>', '<table>', ...rows, '</table>', '</details>']
      : []),
  ];
  return `${lines.join('\n')}\n`;
}

/** The verdict in a few words; a check that wants no client is good without one. */
function heading({ registration }: Facts, { status }: Verdict): string {
  const isCheckOnly = status === 'ok' && registration.clientMrn === undefined;
  return isCheckOnly ? 'The credentials are good' : TITLES[status];
}

/** All that one wants to see of a run in which all is well: whose it is, and what looked at it. */
function glance(facts: Facts): string[] {
  const target = targetOf(facts);
  if (!target) return [];
  const { registration, cnspec, observation } = facts;
  const space = spaceId(target.ownerMrn);
  const where = space === undefined ? 'Organization' : `Space <code>${escapeHtml(space)}</code>`;
  const words = [
    `${where} at <code>${escapeHtml(new URL(target.apiEndpoint).host)}</code>`,
    registration.clientMrn === undefined ? NO_CLIENT : `client <code>${escapeHtml(registration.name)}</code>`,
    observation?.skew !== undefined && `clock skew ${formatDuration(observation.skew)}`,
    cnspec?.answer && `cnspec ${escapeHtml(cnspec.version ?? '')} agrees`,
  ];
  return [`<p>${words.filter(Boolean).join(' · ')}</p>`];
}

/** For verdicts that pass without a warning. */
const MARKS: Partial<Record<Verdict['status'], string>> = { ok: '✅', skipped: '⏭️' };

function summaryRows(facts: Facts, configPath: string | undefined): [string, string][] {
  const { account, observation, registration, cnspec } = facts;
  const target = targetOf(facts);
  if (target === undefined) return [];
  const rows: [string, string | undefined][] = [
    ['Owner', target.ownerMrn],
    ['Client', account && (registration.clientMrn ?? NO_CLIENT)],
    ['Service account', account?.mrn],
    ['API endpoint', target.apiEndpoint],
  ];
  if (observation && !(observation.health instanceof CallError)) {
    rows.push(['API status', observation.health.status], ['API version', observation.health.apiVersion]);
  }
  if (observation?.skew !== undefined) rows.push(['Clock skew', formatDuration(observation.skew)]);
  rows.push(['cnspec', cnspec?.version], ['mondoo.yml', configPath], ['Time', timestamp(facts.now)]);
  return rows.filter((row): row is [string, string] => row[1] !== undefined);
}

/** Escapes a sentence; MRNs, and what stands between backticks, are shown as code. */
function prose(text: string): string {
  return escapeHtml(text).replace(/`([^`]+)`|(\/\/\w+\.api\.mondoo\.app\/[\w./-]*\w)/g, '<code>$1$2</code>');
}

function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return plainText(text, 2000).replace(/[&<>"']/g, (character) => entities[character]!);
}
