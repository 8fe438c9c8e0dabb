import type { Finding } from '../status/finding.ts';
import type { FindingCode } from '../util/errors.ts';
import { plainText } from '../util/text.ts';
import { TITLES } from './titles.ts';

/** Links to the section on a finding in the documentation. */
export type DocumentationLink = (code: FindingCode) => string;

/** The text of an annotation that has the title of the first finding. */
export function annotationText(findings: Finding[], linkTo: DocumentationLink): string {
  // Two findings of this size fit into the 4096 characters of an annotation.
  const texts = findings.slice(0, 2).map(({ code, message, remedy }, index) => {
    const title = index > 0 ? `${TITLES[code]}\n` : '';
    return `${title}${plainText(message, 1150)}\nWhat to do: ${plainText(remedy, 600)}\nMore: ${linkTo(code)}`;
  });
  const others = findings.slice(2).map(({ code }) => TITLES[code]);
  if (others.length > 0) texts.push(`Also: ${others.join(', ')}`);
  return texts.join('\n\n');
}
