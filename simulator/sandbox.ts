import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/** Absolute paths of the host. */
export interface Sandbox {
  root: string;
  /** HOME; a container job has it at /github/home. */
  home: string;
  /** GITHUB_WORKSPACE */
  workspace: string;
  /** RUNNER_WORKSPACE */
  runnerWorkspace: string;
  /** RUNNER_TEMP */
  temp: string;
  toolCache: string;
  /** TMPDIR of the steps. */
  systemTemp: string;
  /** GITHUB_EVENT_PATH */
  eventFile: string;
  commandFiles: string;
}

/** Creates the folders of a job. In a container job, HOME is below RUNNER_TEMP. */
export async function createSandbox(event: object, container: boolean): Promise<Sandbox> {
  // On macOS the temporary folder is behind a symlink.
  const root = await mkdtemp(path.join(await realpath(os.tmpdir()), 'github-job-'));
  const runnerWorkspace = path.join(root, 'work', 'website');
  const temp = path.join(root, 'work', '_temp');
  const sandbox: Sandbox = {
    root,
    home: container ? path.join(temp, '_github_home') : path.join(root, 'home'),
    workspace: path.join(runnerWorkspace, 'website'),
    runnerWorkspace,
    temp,
    toolCache: path.join(root, 'tools'),
    systemTemp: path.join(root, 'tmp'),
    eventFile: path.join(temp, '_github_workflow', 'event.json'),
    commandFiles: path.join(temp, '_runner_file_commands'),
  };
  const { home, workspace, toolCache, systemTemp, eventFile, commandFiles } = sandbox;
  for (const folder of [home, workspace, toolCache, systemTemp, path.dirname(eventFile), commandFiles]) {
    await mkdir(folder, { recursive: true });
  }
  await writeFile(eventFile, JSON.stringify(event, undefined, 2));
  return sandbox;
}

export async function removeSandbox({ root }: Sandbox): Promise<void> {
  // On Windows a file stays locked for a moment after its process has ended.
  await rm(root, { recursive: true, force: true, maxRetries: 5 });
}
