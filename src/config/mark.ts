/** How the first line of every mondoo.yml of ours begins: it tells our files from everybody else's. */
export const MARK = '# Written by register-cnspec';

/** Names the workflow run that a job belongs to; nothing outside of one. */
export function runOf({
  GITHUB_RUN_ID = '',
  GITHUB_RUN_ATTEMPT = '',
}: NodeJS.ProcessEnv): string | undefined {
  const run = `${GITHUB_RUN_ID}.${GITHUB_RUN_ATTEMPT}`;
  return /^\d+\.\d+$/.test(run) ? run : undefined;
}

/**
 * Writes how the first line of one mondoo.yml begins, which no other has.
 * @param run of the workflow, as `runOf` names it
 * @param id of the one use of the action
 */
export function markOf(run: string | undefined, id: string): string {
  return `${markOfRun(run)} as ${id}`;
}

/** Tells whether the content of a file is one of ours. */
export function isOurs(content: string): boolean {
  return content.startsWith(MARK);
}

/** Tells whether it is one of ours that a job of this very run wrote. */
export function isOfRun(content: string, run: string | undefined): boolean {
  return run !== undefined && content.startsWith(`${markOfRun(run)} `);
}

function markOfRun(run: string | undefined): string {
  return run === undefined ? MARK : `${MARK} in run ${run}`;
}
