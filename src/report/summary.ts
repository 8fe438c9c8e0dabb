import { CallError } from '../platform/call-error.ts';
import { type Facts, targetOf } from '../status/facts.ts';
import type { Verdict } from '../status/verdict.ts';
import { formatDuration } from '../values/duration.ts';
import { plainText } from '../values/plain-text.ts';
import { documentation } from './annotation.ts';
import { NO_CLIENT } from './cnspec-words.ts';
import { TITLES } from './titles.ts';

/**
 * Writes the job summary: the verdict, then what to do, then who and where.
 * It is HTML because GitHub takes no Markdown inside of HTML, so that text from elsewhere stays text.
 */
export function summaryHtml(
  facts: Facts,
  verdict: Verdict,
  configPath: string | undefined,
  env: NodeJS.ProcessEnv,
): string {
  const mark = verdict.passed ? (MARKS[verdict.status] ?? '⚠️') : '❌';
  const problems = [...verdict.fatal, ...verdict.tolerated].map(
    ({ code, message, remedy }) =>
      `<p><b>${code}</b>: ${prose(message)}<br><b>What to do:</b> ${prose(remedy)} <a href="${escapeHtml(documentation(code, env))}">Read more</a></p>`,
  );
  const rows = summaryRows(facts, configPath).map(
    ([label, value]) => `<tr><td>${label}</td><td><code>${escapeHtml(value)}</code></td></tr>`,
  );
  return `${[`<h3>${mark} ${TITLES[verdict.status]}</h3>`, ...problems, ...(rows.length > 0 ? ['<table>', ...rows, '</table>'] : [])].join('\n')}\n`;
}

/** For verdicts that pass without a warning. */
const MARKS: Partial<Record<Verdict['status'], string>> = { ok: '✅', skipped: '⏭️' };

function summaryRows(facts: Facts, configPath: string | undefined): [string, string][] {
  const { account, observation, registration, cnspec } = facts;
  const target = targetOf(facts);
  const rows: [string, string | undefined][] = [
    ['Owner', target?.ownerMrn],
    ['Client', account && (registration.clientMrn ?? NO_CLIENT)],
    ['Service account', account?.mrn],
    ['API endpoint', target?.apiEndpoint],
  ];
  if (observation && !(observation.health instanceof CallError)) {
    rows.push(['API status', observation.health.status], ['API version', observation.health.apiVersion]);
  }
  if (observation?.skew !== undefined) rows.push(['Clock skew', formatDuration(observation.skew)]);
  rows.push(['cnspec', cnspec?.version], ['mondoo.yml', configPath]);
  return rows.filter((row): row is [string, string] => row[1] !== undefined);
}

/** Escapes a sentence; what stands between backticks is shown as code. */
function prose(text: string): string {
  return escapeHtml(text).replace(/`([^`]+)`/g, '<code>$1</code>');
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
