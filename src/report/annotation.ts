import type { Finding } from '../errors.ts';
import type { Problem } from '../status/problem.ts';
import { plainText } from '../values/plain-text.ts';
import { TITLES } from './titles.ts';

/** The longest texts of one problem: an annotation has room for 4096 characters, and may tell of two. */
const LONGEST_MESSAGE = 1200;
const LONGEST_REMEDY = 600;

/** The text of the annotation that a failure ends with: each problem, its remedy, and where to read more. */
export function annotationText(problems: Problem[], env: NodeJS.ProcessEnv): string {
  const [told, untold] = [problems.slice(0, 2), problems.slice(2)];
  const texts = told.map(({ code, message, remedy }, index) =>
    [
      // The annotation itself has the first one's title.
      ...(index > 0 ? [TITLES[code]] : []),
      plainText(message, LONGEST_MESSAGE),
      `What to do: ${plainText(remedy, LONGEST_REMEDY)}`,
      `More: ${documentation(code, env)}`,
    ].join('\n'),
  );
  if (untold.length > 0) texts.push(`Also: ${untold.map(({ code }) => TITLES[code]).join(', ')}`);
  return texts.join('\n\n');
}

/** The section on a finding in the page on troubleshooting, of the very version of the action that runs. */
export function documentation(code: Finding, env: NodeJS.ProcessEnv): string {
  const section = `docs/troubleshooting.md#${code}`;
  // Both are empty for an action that the workflow's own repository holds.
  const repository = env.GITHUB_ACTION_REPOSITORY || env.GITHUB_REPOSITORY;
  const ref = env.GITHUB_ACTION_REPOSITORY ? env.GITHUB_ACTION_REF || 'HEAD' : env.GITHUB_SHA || 'HEAD';
  return repository && env.GITHUB_SERVER_URL
    ? `${env.GITHUB_SERVER_URL}/${repository}/blob/${ref}/${section}`
    : section;
}
