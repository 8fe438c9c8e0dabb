import '../simulator/require-node-24.mjs';
import { parseArgs } from 'node:util';
import { runCommand, UsageError } from '../simulator/usage.ts';
import { measureCancelling } from './cancel.ts';
import { matrixInOneProcess, matrixOfProcesses } from './matrix.ts';
import { compareStartUp } from './startup.ts';

const HELP = `Measures the built action against a platform on this machine.

  npm run bench                    start-up, peak memory and waiting, beside their goals
  npm run bench -- --cancel        how long a step goes on that is cancelled
  npm run bench -- --matrix N      N jobs that register at the same moment, in one process
  npm run bench -- --processes N   the same with the built action, as N processes

A goal that is missed does not fail the command: it measures, it is no test.`;

await runCommand('npm run bench', async () => {
  const { values } = parseArgs({
    options: {
      cancel: { type: 'boolean' },
      matrix: { type: 'string' },
      processes: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  if (Object.keys(values).length > 1) throw new UsageError('Give one of the options at a time.');
  if (values.cancel) await measureCancelling();
  else if (values.matrix !== undefined) await matrixInOneProcess(count('--matrix', values.matrix));
  else if (values.processes !== undefined) await matrixOfProcesses(count('--processes', values.processes));
  else await compareStartUp();
});

function count(option: string, value: string): number {
  if (/^[1-9]\d{0,3}$/.test(value)) return Number(value);
  throw new UsageError(`${option} needs a number of jobs from 1 to 9999, not "${value}".`);
}
