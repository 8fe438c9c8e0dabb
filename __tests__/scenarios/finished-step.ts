import type { Step } from '../../simulator/runner.ts';

/** A step that exited 0, printed nothing and left no files. @param changes what is different */
export function finishedStep(changes: Partial<Step> = {}): Step {
  return {
    exitCode: 0,
    signal: null,
    durationMs: 0,
    stdout: '',
    stderr: '',
    arguments: [],
    log: '',
    masks: [],
    annotations: [],
    outputs: {},
    env: {},
    path: [],
    state: {},
    summary: '',
    inputs: {},
    ...changes,
  };
}
