export interface Version {
  major: number;
  minor: number;
  patch: number;
}

/** Parses a release tag such as `v1.2.3`; undefined for others, for example `v1` and `v1.2.3-rc.1`. */
export function parseTag(tag: string): Version | undefined {
  const match = /^v(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/.exec(tag);
  if (!match) return undefined;
  const [major, minor, patch] = match.slice(1).map(Number) as [number, number, number];
  return { major, minor, patch };
}

/**
 * Names the tags that move to a release: `v1` and `v1.2` for `v1.2.3`, except those that a higher version holds.
 * @param all all existing tags
 * @throws Error if the tag isn't a release
 */
export function movingTags(tag: string, all: readonly string[]): string[] {
  const version = parseTag(tag);
  if (!version) throw new Error(`"${tag}" isn't a release tag such as v1.2.3.`);
  const higher = all
    .map(parseTag)
    .filter((other) => other !== undefined)
    .filter((other) => compare(other, version) > 0 && other.major === version.major);
  const { major, minor } = version;
  const moving: string[] = [];
  if (higher.length === 0) moving.push(`v${major}`);
  if (!higher.some((other) => other.minor === minor)) moving.push(`v${major}.${minor}`);
  return moving;
}

function compare(one: Version, other: Version): number {
  return one.major - other.major || one.minor - other.minor || one.patch - other.patch;
}
