import { ActionError } from '../util/errors.ts';

/** Go's names of operating systems and architectures, by Node's. */
const SYSTEMS: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'linux',
  darwin: 'darwin',
  win32: 'windows',
};
const ARCHITECTURES: Partial<Record<NodeJS.Architecture, string>> = { x64: 'amd64', arm64: 'arm64' };

/**
 * Names the archive that holds a release for the runner's OS and architecture.
 * @throws ActionError `cnspec-failed` if there is none
 */
export function archiveFor(
  version: string,
  { platform, arch }: Pick<NodeJS.Process, 'platform' | 'arch'> = process,
): string {
  const [system, architecture] = [SYSTEMS[platform], ARCHITECTURES[arch]];
  if (system === undefined || architecture === undefined) {
    throw new ActionError(
      'cnspec-failed',
      `cnspec ${version} could not be installed: this action knows no build of it for this machine (${platform}, ${arch}), only for Linux, macOS and Windows on x64 and arm64.`,
      'Install cnspec in a step before this one and leave the input cnspec-version out.',
    );
  }
  return `cnspec_${version}_${system}_${architecture}.${system === 'windows' ? 'zip' : 'tar.gz'}`;
}

/** Finds the SHA-256 of a file, in lower-case hex, in the text of a SHA256SUMS file. */
export function checksumIn(sums: string, file: string): string | undefined {
  for (const line of sums.split(/\r?\n/)) {
    // sha256sum puts a star before the name of a file that it read in binary mode.
    const [, sum, name] = /^([\da-fA-F]{64})[ \t]+\*?(\S+)[ \t]*$/.exec(line) ?? [];
    if (name === file) return sum?.toLowerCase();
  }
  return undefined;
}

export function archivesIn(sums: string): string[] {
  return [...sums.matchAll(/^[\da-fA-F]{64}[ \t]+\*?(cnspec_[\w.+-]+\.(?:tar\.gz|zip))[ \t]*\r?$/gm)].map(
    ([, name]) => name as string,
  );
}
