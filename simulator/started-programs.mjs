/**
 * Loaded into a step before its script: writes down what each program that the step starts is called with, when it
 * starts. Whoever looks at the machine's processes misses one that is gone in a moment.
 *
 * Node tells of programs that are started asynchronously: of all that the action starts, but for taskkill, which gets
 * a number. It is JavaScript, as it costs each step less time than TypeScript.
 */
import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';

const { STARTED_PROGRAMS: file = '' } = process.env;
// Nobody but the runner knows of it.
delete process.env.STARTED_PROGRAMS;

subscribe('child_process', ({ process: child }) => {
  // It gets its arguments only after this.
  process.nextTick(() => {
    for (const argument of child.spawnargs ?? []) appendFileSync(file, `${JSON.stringify(argument)}\n`);
  });
});
