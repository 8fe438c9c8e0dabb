import { expiryNotice } from '../credentials/expiry.ts';
import { CallError } from '../platform/call-error.ts';
import { ownCertificate, type Result, targetOf, usableClient } from '../status/result.ts';
import type { Verdict } from '../status/verdict.ts';
import { formatDuration } from '../util/duration.ts';
import { spaceId } from '../util/mrn.ts';
import { plainText } from '../util/text.ts';
import type { DocumentationLink } from './annotation.ts';
import { NO_CLIENT, timestamp } from './cnspec-words.ts';
import { TITLES } from './titles.ts';

/**
 * Writes the job summary: the verdict, then what is wrong and what to do, or who is registered where. All ids
 * are a click away. It is HTML because GitHub takes no Markdown inside of HTML, so that text from elsewhere stays text.
 */
export function summaryHtml(result: Result, verdict: Verdict, linkTo: DocumentationLink): string {
  const mark = verdict.passed ? (MARKS[verdict.status] ?? '⚠️') : '❌';
  const findings = [...verdict.fatal, ...verdict.tolerated].flatMap(({ code, message, remedy }) => [
    `<p><b>${code}</b>: ${prose(message)}</p>`,
    `<p><b>What to do:</b> ${prose(remedy)} <a href="${escapeHtml(linkTo(code))}">Read more</a></p>`,
  ]);
  const rows = summaryRows(result, verdict).map(
    ([label, value]) => `<tr><td>${label}</td><td><code>${escapeHtml(value)}</code></td></tr>`,
  );
  const lines = [
    `<h3>${mark} ${heading(result, verdict)}</h3>`,
    ...(findings.length > 0 ? findings : glance(result)),
    ...expiry(result),
    ...(rows.length > 0
      ? ['<details><summary>Who, where and when</summary>', '<table>', ...rows, '</table>', '</details>']
      : []),
  ];
  return `${lines.join('\n')}\n`;
}

/** What the warning says, where people look first. */
function expiry(result: Result): string[] {
  const certificate = ownCertificate(result);
  const notice = certificate && expiryNotice(certificate, result.startedAt);
  return notice === undefined ? [] : [`<p>⚠️ ${prose(notice)}</p>`];
}

/** The verdict in a few words; a check that wants no client is good without one. */
function heading({ registration }: Result, { status }: Verdict): string {
  const isCheckOnly = status === 'ok' && registration.clientMrn === undefined;
  return isCheckOnly ? 'The credentials are good' : TITLES[status];
}

/** All that one wants to see of a run in which all is well: whose it is, and what looked at it. */
function glance(result: Result): string[] {
  const target = targetOf(result);
  if (!target) return [];
  const { registration, cnspec, check } = result;
  const space = spaceId(target.ownerMrn);
  const where = space === undefined ? 'Organization' : `Space <code>${escapeHtml(space)}</code>`;
  const words = [
    `${where} at <code>${escapeHtml(new URL(target.apiEndpoint).host)}</code>`,
    registration.clientMrn === undefined ? NO_CLIENT : `client <code>${escapeHtml(registration.name)}</code>`,
    check?.skew !== undefined && `clock skew ${formatDuration(check.skew)}`,
    cnspec?.answer && `cnspec ${escapeHtml(cnspec.version ?? '')} agrees`,
  ];
  return [`<p>${words.filter(Boolean).join(' · ')}</p>`];
}

/** For verdicts that pass without a warning. */
const MARKS: Partial<Record<Verdict['status'], string>> = { ok: '✅', skipped: '⏭️' };

function summaryRows(result: Result, { passed }: Verdict): [string, string][] {
  const { account, check, cnspec, configPath } = result;
  const target = targetOf(result);
  if (target === undefined) return [];
  const rows: [string, string | undefined][] = [
    ['Owner', target.ownerMrn],
    ['Client', account && (usableClient(result) ?? NO_CLIENT)],
    ['Service account', account?.mrn],
    ['API endpoint', target.apiEndpoint],
  ];
  if (check && !(check.health instanceof CallError)) {
    rows.push(['API status', check.health.status], ['API version', check.health.apiVersion]);
  }
  if (check?.skew !== undefined) rows.push(['Clock skew', formatDuration(check.skew)]);
  rows.push(
    ['cnspec', cnspec?.version],
    ['mondoo.yml', passed ? configPath : undefined],
    ['Time', timestamp(result.startedAt)],
  );
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
