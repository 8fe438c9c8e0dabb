import { readFile } from 'node:fs/promises';
import os from 'node:os';
import { getExecOutput } from '@actions/exec';

/** The machine that the job runs on, in the words of `cnspec status`. */
export interface Host {
  platform: {
    /** `ubuntu`, `debian`, `macos`, `windows`, ... */
    name: string;
    version: string;
    /** As `uname -m` tells it; on Windows `AMD64` or `ARM64`. */
    arch: string;
  };
  /** The first address that is not loopback, IPv4 where there is one; empty on a machine without a network. */
  ip: string;
  hostname: string;
}

/** As PROCESSOR_ARCHITECTURE names them. */
const WINDOWS_ARCH: Partial<Record<NodeJS.Architecture, string>> = { x64: 'AMD64', arm64: 'ARM64' };

/** Finds out what runs here. Nothing depends on the answer, so what cannot be found out is left empty. */
export async function describeHost(): Promise<Host> {
  const addresses = Object.values(orElse(os.networkInterfaces, {})).flatMap((addresses) => addresses ?? []);
  const outward = addresses.filter(({ internal }) => !internal);
  const address = outward.find(({ family }) => family === 'IPv4') ?? outward[0];
  return {
    platform: await describePlatform(),
    ip: address?.address ?? '',
    hostname: orElse(os.hostname, ''),
  };
}

/** A sandbox may forbid to ask. */
function orElse<T>(ask: () => T, otherwise: T): T {
  try {
    return ask();
  } catch {
    return otherwise;
  }
}

async function describePlatform(): Promise<Host['platform']> {
  switch (process.platform) {
    case 'win32':
      // cnspec's version of Windows is the build number, the third part of 10.0.20348.
      return {
        name: 'windows',
        version: os.release().split('.')[2] ?? '',
        arch: WINDOWS_ARCH[process.arch] ?? process.arch,
      };
    case 'darwin':
      return { name: 'macos', version: await macosVersion(), arch: os.machine() };
    default:
      return {
        ...linuxRelease(await textOf('/etc/os-release'), await textOf('/etc/debian_version')),
        arch: os.machine(),
      };
  }
}

/**
 * Reads a Linux distribution's name and version as cnspec does.
 * @param osRelease the content of /etc/os-release
 * @param debianVersion the content of /etc/debian_version: the only place of Debian's point release
 */
export function linuxRelease(osRelease: string, debianVersion: string): { name: string; version: string } {
  const value = (key: string) => new RegExp(`^${key}=(["']?)(.*)\\1$`, 'm').exec(osRelease)?.[2] ?? '';
  const name = value('ID') || 'linux';
  return { name, version: (name === 'debian' && debianVersion.trim()) || value('VERSION_ID') };
}

async function macosVersion(): Promise<string> {
  try {
    const { stdout } = await getExecOutput('/usr/bin/sw_vers', ['-productVersion'], { silent: true });
    return stdout.trim();
  } catch {
    return '';
  }
}

async function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}
