/** How the first line of every mondoo.yml of ours begins: it tells our files from everybody else's. */
export const MARK = '# Written by register-cnspec';

/** Tells whether the content of a file is one of ours. */
export function isOurs(content: string): boolean {
  return content.startsWith(MARK);
}
