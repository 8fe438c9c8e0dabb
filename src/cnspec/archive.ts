import { ActionError } from '../errors.ts';

/** The names that releases have for operating systems and processors: those of Go. */
const SYSTEMS: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'linux',
  darwin: 'darwin',
  win32: 'windows',
};
const PROCESSORS: Partial<Record<NodeJS.Architecture, string>> = { x64: 'amd64', arm64: 'arm64' };

/** A machine that cnspec is to run on, in Node's words. */
export interface Machine {
  platform: NodeJS.Platform;
  arch: NodeJS.Architecture;
}

/**
 * Names the archive that holds a version of cnspec for a machine.
 * @throws ActionError `cnspec-failed` where there is none for such machines
 */
export function archiveFor(version: string, { platform, arch }: Machine): string {
  const [system, processor] = [SYSTEMS[platform], PROCESSORS[arch]];
  if (system === undefined || processor === undefined) {
    throw new ActionError(
      'cnspec-failed',
      `cnspec ${version} could not be installed: this action knows no build of it for this machine (${platform}, ${arch}), only for Linux, macOS and Windows on x64 and arm64.`,
      'Install cnspec in a step before this one and leave the input cnspec-version out.',
    );
  }
  return `cnspec_${version}_${system}_${processor}.${system === 'windows' ? 'zip' : 'tar.gz'}`;
}
