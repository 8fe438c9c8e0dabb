import type { Finding } from '../status/finding.ts';
import { type FindingCode, TITLES } from '../util/errors.ts';
import { plainText } from '../util/text.ts';

/** Links to the section on a finding in the documentation. */
export type DocumentationLink = (code: FindingCode) => string;

export function claimLines(claims: Finding['claims'] = {}): string[] {
  return Object.entries(claims).map(([name, value]) => plainText(`${name}: ${value || '(none)'}`, 280));
}

/** The text of an annotation that has the title of the first finding. */
export function annotationText(findings: Finding[], linkTo: DocumentationLink): string {
  // Two findings of this size, or one with claims, fit into the 4096 characters of an annotation.
  const texts = findings.slice(0, 2).map(({ code, message, remedy, evidence, claims }, index) => {
    const cause = plainText(message, evidence ? 650 : 1150);
    const lines = [cause, `Fix: ${plainText(remedy, 600)}`, `Docs: ${linkTo(code)}`];
    if (index > 0) lines.unshift(TITLES[code]);
    if (findings.length === 1 && claims) lines.push('The ID token says:', ...claimLines(claims));
    if (evidence) lines.push(`Evidence: ${plainText(evidence, 1135 - cause.length)}`);
    return lines.join('\n');
  });
  const others = findings.slice(2).map(({ code }) => TITLES[code]);
  if (others.length > 0) texts.push(`Also: ${others.join(', ')}`);
  return texts.join('\n\n');
}
