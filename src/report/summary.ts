import { redact } from '../cnspec/redact.ts';
import type { ServiceAccount } from '../platform/account.ts';
import type { Result } from '../status/result.ts';
import type { Verdict } from '../status/verdict.ts';
import { describeSkew } from '../util/duration.ts';
import { spaceId } from '../util/mrn.ts';
import { plainText } from '../util/text.ts';
import { isMondooHost } from '../util/url.ts';
import type { DocumentationLink } from './annotation.ts';
import { factsOf, findingTitle, titleOf } from './facts.ts';

/** For verdicts that pass without a warning. */
const MARKS: Partial<Record<Verdict['status'], string>> = { ok: '✅', skipped: '⏭️' };

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/**
 * The job summary: the verdict, then the findings or one line on the client, warnings, and details.
 * It is HTML, in which no Markdown counts, so text from elsewhere stays text.
 */
export function summaryHtml(result: Result, verdict: Verdict, linkTo: DocumentationLink, next: string): string {
  const { passed, status, fatal, tolerated } = verdict;
  const mark = passed ? (MARKS[status] ?? '⚠️') : '❌';
  const findings = [...fatal, ...tolerated];
  const sections = findings.flatMap((finding) => [
    findings.length > 1 && `<h4>${prose(findingTitle(finding, fatal))}</h4>`,
    `<p><b>Cause:</b> ${prose(finding.message)}</p>`,
    `<p><b>Fix:</b> ${prose(finding.remedy)}</p>`,
    `<p><a href="${escapeHtml(linkTo(finding.code))}">More about ${code(finding.code)}</a></p>`,
    finding.claims && `<p>The ID token says:</p>\n${table(finding.claims)}`,
    finding.evidence && `<details><summary>Evidence</summary><p>${prose(finding.evidence)}</p></details>`,
  ]);
  const warned = (result.cnspec?.answer?.warnings ?? []).map((text) => `\`cnspec status\` warns: ${redact(text)}`);
  const lines = [
    `<h3>${mark} ${prose(titleOf(result, verdict))}</h3>`,
    ...sections,
    ...(status === 'ok' ? successLines(result, next) : []),
    ...[...(result.warnings ?? []), ...warned].map((warning) => `<p>⚠️ ${prose(warning)}</p>`),
    ...details(result, verdict),
  ];
  return lines.filter(Boolean).join('\n').concat('\n');
}

/** Who is registered where, on one line, and what comes next. */
function successLines({ account, registration, check, cnspec }: Result, next: string): string[] {
  if (!account) return [];
  const { wanted, name, clientMrn } = registration;
  const words = [
    clientMrn === undefined ? 'No client registered' : `Client ${code(wanted ? name : clientMrn.replace(/.*\//, ''))}`,
    `${ownerOf(account)} at ${code(new URL(account.apiEndpoint).host)}`,
    check?.skew !== undefined && `clock ${escapeHtml(describeSkew(check.skew))}`,
    cnspec?.answer && `${code('cnspec status')} ${escapeHtml(cnspec.version ?? '')} agrees`,
  ];
  return [`<p>${words.filter(Boolean).join(' · ')}</p>`, `<p><b>Next:</b> ${prose(next)}</p>`];
}

function ownerOf({ ownerMrn, apiEndpoint }: ServiceAccount): string {
  const id = spaceId(ownerMrn);
  if (id === undefined) return `organization ${code(ownerMrn.replace(/.*\//, ''))}`;
  if (!isMondooHost(apiEndpoint)) return `space ${code(id)}`;
  return `space <a href="https://console.mondoo.com/space/overview?spaceId=${id}">${code(id)}</a>`;
}

function details(result: Result, { passed, findings }: Verdict): string[] {
  const { time, owner, client, serviceAccount, api } = factsOf(result);
  if (!owner) return [];
  const skew = result.check?.skew;
  const values = {
    Owner: owner,
    Client: client,
    'Service\u00a0account': serviceAccount,
    'API endpoint': api.endpoint,
    'API status': api.status,
    'API version': api.version,
    Clock: skew === undefined ? undefined : describeSkew(skew, findings.includes('clock-skew') ? 0 : undefined),
    cnspec: result.cnspec?.version,
    'mondoo.yml': passed ? result.configPath : undefined,
    'Checked at': time,
  };
  return ['<details><summary>Details</summary>', table(values), '</details>'];
}

function table(values: Record<string, string | undefined>): string {
  const rows = Object.entries(values).flatMap(([label, value]) =>
    value === undefined ? [] : `<tr><td>${label}</td><td>${code(value || '(none)')}</td></tr>`,
  );
  return ['<table>', '<tr><th>Name</th><th>Value</th></tr>', ...rows, '</table>'].join('\n');
}

function code(text: string): string {
  return `<code>${escapeHtml(text)}</code>`;
}

/** Escapes a message; MRNs, endpoints and text in backticks become code. */
function prose(text: string): string {
  return escapeHtml(text).replace(/`([^`]+)`|((?:https?:)?\/\/[\w.:/[\]-]*\w)/g, '<code>$1$2</code>');
}

function escapeHtml(text: string): string {
  return plainText(text, 2000).replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
