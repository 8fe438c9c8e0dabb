/** How the first line of every mondoo.yml of ours begins. */
const MARK = '# Written by register-cnspec';

/** Writes the first line of a mondoo.yml, which says who wrote it and from which source. */
export function firstLine(source: string): string {
  return `${MARK} from ${source}, and removed by it when the job ends. It holds a private key: do not copy it.`;
}

/** Tells whether the text of a file is ours, from whichever run. */
export function isOurs(text: string): boolean {
  return text.startsWith(MARK);
}
