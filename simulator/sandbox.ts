import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/** The folders of one job, laid out as on a runner. All paths are absolute, and the host's. */
export interface Sandbox {
  /** Holds everything else. */
  root: string;
  /** HOME; in a container job it is mounted at /github/home. */
  home: string;
  /** GITHUB_WORKSPACE */
  workspace: string;
  /** RUNNER_WORKSPACE */
  runnerWorkspace: string;
  /** RUNNER_TEMP */
  temp: string;
  toolCache: string;
  /** What programs take for the machine's temporary folder. */
  systemTemp: string;
  /** GITHUB_EVENT_PATH */
  eventFile: string;
  /** Where GITHUB_OUTPUT and the other files that a step writes lie. */
  commandFiles: string;
}

/**
 * Creates the folders of a job under the machine's temporary folder.
 * @param event written as JSON to the event file
 * @param container whether the home folder is that of a container job, which lies below RUNNER_TEMP
 */
export async function createSandbox(event: object, container: boolean): Promise<Sandbox> {
  // On macOS the temporary folder lies behind a symlink.
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

/** Removes the folders of a job with everything in them. */
export async function removeSandbox({ root }: Sandbox): Promise<void> {
  // On Windows a file stays locked for a moment after the process that had it open is gone.
  await rm(root, { recursive: true, force: true, maxRetries: 5 });
}
