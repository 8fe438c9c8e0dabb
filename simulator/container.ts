import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Sandbox } from './sandbox.ts';

export interface Volume {
  host: string;
  container: string;
}

export interface ContainerStart {
  /** The command that creates the mount namespace. */
  unshare: string[];
  /** Becomes the root in the container. */
  root: string;
  volumes: Volume[];
  cwd: string;
}

/** The container of a job with `container:`. It differs from the host in its folders only. */
export interface Container {
  /** A command prefix that runs a program in the container with the same environment. */
  launcher: string[];
  inside(host: string): string;
  onHost(inside: string): string;
}

const START = fileURLToPath(new URL('./container-start.ts', import.meta.url));

/** Commands that may create a mount namespace for this user. */
const UNSHARE = ['unshare', '--mount', '--propagation', 'private'];
const UNSHARE_COMMANDS = [
  UNSHARE,
  [...UNSHARE, '--map-root-user'],
  ['sudo', '-n', '--preserve-env=JOB_ENVIRONMENT', ...UNSHARE],
];

/** Prepares the container of a job. It exists while a step runs. */
export async function createContainer(folders: Sandbox): Promise<Container> {
  const root = path.join(folders.root, 'container');
  await mkdir(root);
  const unshare = findUnshare();
  if (unshare === undefined)
    throw new Error('This user may not mount anything here, which a container job needs.');
  // In the order of the runner: the first match counts.
  const volumes = [
    { host: path.join(folders.temp, '_github_home'), container: '/github/home' },
    { host: path.dirname(folders.eventFile), container: '/github/workflow' },
    { host: path.dirname(folders.temp), container: '/__w' },
    { host: folders.toolCache, container: '/__t' },
  ];
  const translate = (file: string, from: keyof Volume, to: keyof Volume) => {
    const volume = volumes.find((known) => `${file}/`.startsWith(`${known[from]}/`));
    return volume ? volume[to] + file.slice(volume[from].length) : file;
  };
  const inside = (host: string) => translate(host, 'host', 'container');
  return {
    launcher: launcherOf({ unshare, root, volumes, cwd: inside(folders.workspace) }),
    inside,
    onHost: (file) => translate(file, 'container', 'host'),
  };
}

export function hasContainers(): boolean {
  return findUnshare() !== undefined;
}

let tried: { unshare: string[] | undefined } | undefined;

function findUnshare(): string[] | undefined {
  tried ??= { unshare: process.platform === 'linux' ? UNSHARE_COMMANDS.find(canUnshare) : undefined };
  return tried.unshare;
}

function canUnshare(unshare: string[]): boolean {
  const root = mkdtempSync(path.join(os.tmpdir(), 'container-'));
  try {
    const [program = '', ...args] = launcherOf({ unshare, root, volumes: [], cwd: '/' });
    // If the file is visible in the container, the repository is too.
    return spawnSync(program, [...args, 'test', '-f', START]).status === 0;
  } finally {
    rmSync(root, { recursive: true });
  }
}

function launcherOf(start: ContainerStart): string[] {
  return [process.execPath, START, JSON.stringify(start)];
}
