/** The cnspec that a workflow asks for: the newest, the newest of a major version, or one release. */
export type VersionSpec = { kind: 'latest' } | { kind: 'major'; major: number } | { kind: 'exact'; version: string };

const NUMBER = String.raw`(?:0|[1-9]\d{0,8})`;
const EXACT = new RegExp(`^${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-[0-9A-Za-z][0-9A-Za-z.-]{0,30})?$`);
const MAJOR = new RegExp(`^${NUMBER}$`);

/** Parses `latest`, a major version such as `13`, or a release such as `13.35.2`. */
export function parseVersionSpec(text: string): VersionSpec | undefined {
  if (text.toLowerCase() === 'latest') return { kind: 'latest' };
  const version = text.replace(/^v(?=\d)/i, '');
  if (MAJOR.test(version)) return { kind: 'major', major: Number(version) };
  return isReleaseVersion(version) ? { kind: 'exact', version } : undefined;
}

export function isReleaseVersion(text: unknown): text is string {
  return typeof text === 'string' && EXACT.test(text);
}

export function majorOf(version: string): number | undefined {
  const major = /^v?(\d+)\./.exec(version)?.[1];
  return major === undefined ? undefined : Number(major);
}
