/** Which cnspec a workflow asks for: the newest, the newest of a major version, or the one it names. */
export type VersionWish =
  | { kind: 'latest' }
  | { kind: 'major'; major: number }
  | { kind: 'exact'; version: string };

const NUMBER = String.raw`(?:0|[1-9]\d{0,8})`;
const EXACT = new RegExp(`^${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-[0-9A-Za-z][0-9A-Za-z.-]{0,30})?$`);
const MAJOR = new RegExp(`^${NUMBER}$`);

/**
 * Reads the version that a workflow asks for: `latest`, a major version such as `13`, or `13.35.2`.
 * @returns nothing when the text is none of these
 */
export function parseVersionWish(text: string): VersionWish | undefined {
  if (text.toLowerCase() === 'latest') return { kind: 'latest' };
  const version = text.replace(/^v(?=\d)/i, '');
  if (MAJOR.test(version)) return { kind: 'major', major: Number(version) };
  return isReleaseVersion(version) ? { kind: 'exact', version } : undefined;
}

/** Tells whether a text names one release, as `13.35.2` does. */
export function isReleaseVersion(text: string): boolean {
  return EXACT.test(text);
}

/** Tells whether what a server or a program calls a version or a build may become an output. */
export function isVersion(text: unknown): text is string {
  return typeof text === 'string' && /^[\w.+-]{1,64}$/.test(text);
}

/** The first number of a version, or nothing where it does not begin with one. */
export function majorOf(version: string): number | undefined {
  const major = /^v?(\d+)\./.exec(version)?.[1];
  return major === undefined ? undefined : Number(major);
}
