import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Sandbox } from './sandbox.ts';

/** A job's folder on the host, and where its container has it. */
export interface Volume {
  host: string;
  container: string;
}

/** What `container-start.ts` is told. */
export interface ContainerStart {
  /** What gets it a mount namespace, with the rest of the command behind. */
  way: string[];
  /** An empty folder, which becomes the root that the container sees. */
  root: string;
  volumes: Volume[];
  /** Where the program starts, in the container. */
  cwd: string;
}

/** The container of a job with `container:`, as far as an action can tell it from the host: by its folders. */
export interface Container {
  /** Starts a program in it, with the environment that this is started with. */
  launcher: string[];
  /** Where it has something of the host. */
  inside(host: string): string;
  /** Where the host has something of it. */
  onHost(inside: string): string;
}

const START = fileURLToPath(new URL('./container-start.ts', import.meta.url));

/** The ways to a view of the file system that this user may change, and nobody else sees. */
const UNSHARE = ['unshare', '--mount', '--propagation', 'private'];
const WAYS = [
  UNSHARE,
  [...UNSHARE, '--map-root-user'],
  ['sudo', '-n', '--preserve-env=JOB_ENVIRONMENT', ...UNSHARE],
];

/** Gets the container of a job ready; it is there for as long as a step runs in it. */
export async function createContainer(folders: Sandbox): Promise<Container> {
  const root = path.join(folders.root, 'container');
  await mkdir(root);
  const way = findWay();
  if (way === undefined)
    throw new Error('This user may not mount anything here, which a container job needs.');
  // As the runner mounts them; of two that fit, the first one is meant.
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
    launcher: launcherOf({ way, root, volumes, cwd: inside(folders.workspace) }),
    inside,
    onHost: (file) => translate(file, 'container', 'host'),
  };
}

/** Tells whether there can be a container job on this machine. */
export function hasContainers(): boolean {
  return findWay() !== undefined;
}

let tried: { way: string[] | undefined } | undefined;

/** Finds the first way that works, by going it. */
function findWay(): string[] | undefined {
  tried ??= { way: process.platform === 'linux' ? WAYS.find(works) : undefined };
  return tried.way;
}

function works(way: string[]): boolean {
  const root = mkdtempSync(path.join(os.tmpdir(), 'container-'));
  try {
    const [program = '', ...args] = launcherOf({ way, root, volumes: [], cwd: '/' });
    // That it is seen from there shows that this repository is, too.
    return spawnSync(program, [...args, 'test', '-f', START]).status === 0;
  } finally {
    rmSync(root, { recursive: true });
  }
}

function launcherOf(start: ContainerStart): string[] {
  return [process.execPath, START, JSON.stringify(start)];
}
