import { ActionError } from '../util/errors.ts';

/** Go's names of operating systems and architectures, by Node's. */
const SYSTEMS: Partial<Record<NodeJS.Platform, string>> = { linux: 'linux', darwin: 'darwin', win32: 'windows' };
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

/** Reads a SHA256SUMS file: the sums, in lower-case hex, by the name of the file. */
export function readChecksums(sums: string): Map<string, string> {
  // sha256sum puts a star before the name of a file that it read in binary mode.
  const lines = sums.matchAll(/^([\da-f]{64})[ \t]+\*?(\S+)[ \t]*\r?$/gim);
  return new Map(Array.from(lines, ([, sum, name]) => [name!, sum!.toLowerCase()]));
}
