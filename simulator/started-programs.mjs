/**
 * Loaded into a step before its script: records the arguments of each program that it starts. Polling the processes
 * would miss short ones. Node's channel omits synchronous starts, such as taskkill, which gets only a number.
 * JavaScript, because it loads faster than TypeScript.
 */
import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';

const { STARTED_PROGRAMS: file = '' } = process.env;
// Hidden from the step.
delete process.env.STARTED_PROGRAMS;

subscribe('child_process', ({ process: child }) => {
  // The arguments are set after this event.
  process.nextTick(() => {
    for (const argument of child.spawnargs ?? []) appendFileSync(file, `${JSON.stringify(argument)}\n`);
  });
});
