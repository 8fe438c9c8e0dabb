import type { Finding } from '../status/finding.ts';
import type { FindingCode } from '../util/errors.ts';
import { plainText } from '../util/text.ts';
import { TITLES } from './titles.ts';

/** The longest texts of one problem: an annotation has room for 4096 characters, and may tell of two. */
const LONGEST_MESSAGE = 1150;
const LONGEST_REMEDY = 600;

/** Links to the section on a finding in the documentation. */
export type DocumentationLink = (code: FindingCode) => string;

/** The text of the annotation that a failure ends with: each problem, its remedy, and where to read more. */
export function annotationText(findings: Finding[], linkTo: DocumentationLink): string {
  const [told, untold] = [findings.slice(0, 2), findings.slice(2)];
  const texts = told.map(({ code, message, remedy }, index) =>
    [
      // The annotation itself has the first one's title.
      ...(index > 0 ? [TITLES[code]] : []),
      plainText(message, LONGEST_MESSAGE),
      `What to do: ${plainText(remedy, LONGEST_REMEDY)}`,
      `More: ${linkTo(code)}`,
    ].join('\n'),
  );
  if (untold.length > 0) texts.push(`Also: ${untold.map(({ code }) => TITLES[code]).join(', ')}`);
  return texts.join('\n\n');
}
