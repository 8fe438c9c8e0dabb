import type { Finding } from '../status/finding.ts';
import type { FindingCode } from '../util/errors.ts';
import { plainText } from '../util/text.ts';
import { TITLES } from './titles.ts';

/** Two findings fit into the 4096 characters of an annotation. */
const MAX_FINDINGS = 2;
const MAX_MESSAGE = 1200;
const MAX_REMEDY = 600;

/** Links to the section on a finding in the documentation. */
export type DocumentationLink = (code: FindingCode) => string;

/** The text of an annotation that has the title of the first finding. */
export function annotationText(findings: Finding[], linkTo: DocumentationLink): string {
  const texts = findings.slice(0, MAX_FINDINGS).map(({ code, message, remedy }, index) => {
    const title = index > 0 ? `${TITLES[code]}\n` : '';
    return `${title}${plainText(message, MAX_MESSAGE)}\nWhat to do: ${plainText(remedy, MAX_REMEDY)}\nMore: ${linkTo(code)}`;
  });
  const others = findings.slice(MAX_FINDINGS).map(({ code }) => TITLES[code]);
  if (others.length > 0) texts.push(`Also: ${others.join(', ')}`);
  return texts.join('\n\n');
}
