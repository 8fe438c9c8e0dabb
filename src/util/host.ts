import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import { promisify } from 'node:util';

/** As PROCESSOR_ARCHITECTURE names them. */
const WINDOWS_ARCH: Partial<Record<NodeJS.Architecture, string>> = { x64: 'AMD64', arm64: 'ARM64' };

/** The runner, in the words of `cnspec status`; what can't be found out is empty. */
export interface Host {
  /** `arch` is that of `uname -m`; on Windows `AMD64` or `ARM64`. */
  platform: { name: string; version: string; arch: string };
  /** The first address that isn't loopback, IPv4 if there is one. */
  ip: string;
  hostname: string;
}

export const NO_HOST: Host = { platform: { name: '', version: '', arch: '' }, ip: '', hostname: '' };

export async function describeHost(): Promise<Host> {
  let outward: os.NetworkInterfaceInfo[] = [];
  try {
    outward = Object.values(os.networkInterfaces()).flatMap((list = []) => list.filter(({ internal }) => !internal));
  } catch {
    // A sandbox may forbid it.
  }
  const address = outward.find(({ family }) => family === 'IPv4') ?? outward[0];
  return { platform: await describePlatform(), ip: address?.address ?? '', hostname: os.hostname() };
}

async function describePlatform(): Promise<Host['platform']> {
  if (process.platform === 'win32') {
    // cnspec's version of Windows is the build number, the third part of 10.0.20348.
    const version = os.release().split('.')[2] ?? '';
    return { name: 'windows', version, arch: WINDOWS_ARCH[process.arch] ?? process.arch };
  }
  const arch = os.machine();
  if (process.platform === 'darwin') {
    const run = promisify(execFile)('/usr/bin/sw_vers', ['-productVersion']);
    const version = await run.then(({ stdout }) => stdout.trim()).catch(() => '');
    return { name: 'macos', version, arch };
  }
  const read = (file: string) => readFile(file, 'utf8').catch(() => '');
  return { ...linuxRelease(await read('/etc/os-release'), await read('/etc/debian_version')), arch };
}

/**
 * Finds a distribution's name and version as cnspec does.
 * @param osRelease the content of /etc/os-release
 * @param debianVersion the content of /etc/debian_version, the only place with Debian's point release
 */
export function linuxRelease(osRelease: string, debianVersion: string): { name: string; version: string } {
  const value = (key: string) => new RegExp(`^${key}=(["']?)(.*)\\1$`, 'm').exec(osRelease)?.[2] ?? '';
  const name = value('ID') || 'linux';
  return { name, version: (name === 'debian' && debianVersion.trim()) || value('VERSION_ID') };
}
