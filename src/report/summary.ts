import { expiryNotice } from '../credentials/expiry.ts';
import type { Result } from '../status/result.ts';
import type { Verdict } from '../status/verdict.ts';
import { spaceId } from '../util/mrn.ts';
import { plainText } from '../util/text.ts';
import type { DocumentationLink } from './annotation.ts';
import { factsOf, NO_CLIENT } from './facts.ts';
import { TITLES } from './titles.ts';

/** For verdicts that pass without a warning. */
const MARKS: Partial<Record<Verdict['status'], string>> = { ok: '✅', skipped: '⏭️' };

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/**
 * The job summary: the verdict, then the findings or one line on the client, then details.
 * It is HTML because GitHub ignores Markdown inside HTML, so text from elsewhere stays text.
 */
export function summaryHtml(result: Result, verdict: Verdict, linkTo: DocumentationLink): string {
  const { passed, status, fatal, tolerated } = verdict;
  const mark = passed ? (MARKS[status] ?? '⚠️') : '❌';
  const isCheckOnly = status === 'ok' && result.registration.clientMrn === undefined;
  const findings = [...fatal, ...tolerated].flatMap(({ code, message, remedy }) => [
    `<p><b>${code}</b>: ${prose(message)}</p>`,
    `<p><b>What to do:</b> ${prose(remedy)} <a href="${escapeHtml(linkTo(code))}">Read more</a></p>`,
  ]);
  const lines = [
    `<h3>${mark} ${isCheckOnly ? 'The credentials are good' : TITLES[status]}</h3>`,
    ...(findings.length > 0 ? findings : summaryLine(result)),
    ...expiry(result),
    ...details(result, passed),
  ];
  return `${lines.join('\n')}\n`;
}

function expiry(result: Result): string[] {
  const { certificate } = factsOf(result);
  const notice = certificate && expiryNotice(certificate, result.startedAt);
  return notice === undefined ? [] : [`<p>⚠️ ${prose(notice)}</p>`];
}

function summaryLine(result: Result): string[] {
  const { owner, api, skew } = factsOf(result);
  if (!owner || !api.endpoint) return [];
  const { registration, cnspec } = result;
  const space = spaceId(owner);
  const words = [
    `${space ? `Space ${code(space)}` : 'Organization'} at ${code(new URL(api.endpoint).host)}`,
    registration.clientMrn === undefined ? NO_CLIENT : `client ${code(registration.name)}`,
    skew && `clock skew ${skew}`,
    cnspec?.answer && `cnspec ${escapeHtml(cnspec.version ?? '')} agrees`,
  ];
  return [`<p>${words.filter(Boolean).join(' · ')}</p>`];
}

function details(result: Result, passed: boolean): string[] {
  const { time, owner, client, serviceAccount, api, skew } = factsOf(result);
  if (!owner) return [];
  const values = {
    Owner: owner,
    Client: client,
    'Service account': serviceAccount,
    'API endpoint': api.endpoint,
    'API status': api.status,
    'API version': api.version,
    'Clock skew': skew,
    cnspec: result.cnspec?.version,
    'mondoo.yml': passed ? result.configPath : undefined,
    Time: time,
  };
  const rows = Object.entries(values).flatMap(([label, value]) =>
    value === undefined ? [] : `<tr><td>${label}</td><td>${code(value)}</td></tr>`,
  );
  return ['<details><summary>Who, where and when</summary>', '<table>', ...rows, '</table>', '</details>'];
}

function code(text: string): string {
  return `<code>${escapeHtml(text)}</code>`;
}

/** Escapes a message; MRNs and text in backticks become code. */
function prose(text: string): string {
  return escapeHtml(text).replace(/`([^`]+)`|(\/\/\w+\.api\.mondoo\.app\/[\w./-]*\w)/g, '<code>$1$2</code>');
}

function escapeHtml(text: string): string {
  return plainText(text, 2000).replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
