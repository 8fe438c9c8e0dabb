import '../simulator/require-node-24.mjs';
import { parseArgs } from 'node:util';
import { refuseOptionsOfNpm, runCommand, UsageError } from '../simulator/usage.ts';
import { measureCancelling } from './cancel.ts';
import { loadWarning } from './machine.ts';
import { matrixInOneProcess, matrixOfProcesses } from './matrix.ts';
import { compareStartUp } from './startup.ts';

const HELP = `Measures the built action against a simulated platform.

  npm run bench                    start-up, peak memory and waiting, with their goals
  npm run bench -- --cancel        time until a cancelled step ends
  npm run bench -- --matrix N      N jobs that register at the same moment, in one process
  npm run bench -- --processes N   the same with the built action, as N processes

A missed goal doesn't fail the command. If the machine is too busy for its figures, the command warns.`;

const OPTIONS = {
  cancel: { type: 'boolean' },
  matrix: { type: 'string' },
  processes: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

interface Choice {
  cancel?: boolean | undefined;
  matrix?: string | undefined;
  processes?: string | undefined;
}

await runCommand('npm run bench', async () => {
  refuseOptionsOfNpm('npm run bench', OPTIONS);
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help) {
    console.log(HELP);
    return;
  }
  if (Object.keys(values).length > 1) {
    throw new UsageError('Give only one of `--cancel`, `--matrix` and `--processes`.');
  }
  const measure = chooseMeasurement(values);
  const warning = loadWarning();
  if (warning) console.log(warning);
  await measure();
});

function chooseMeasurement({ cancel, matrix, processes }: Choice): () => Promise<void> {
  if (cancel) return measureCancelling;
  if (matrix !== undefined) return matrixInOneProcess.bind(undefined, count('--matrix', matrix));
  if (processes !== undefined) return matrixOfProcesses.bind(undefined, count('--processes', processes));
  return compareStartUp;
}

function count(option: string, value: string): number {
  if (/^[1-9]\d{0,3}$/.test(value)) return Number(value);
  throw new UsageError(`${option} needs a number of jobs from 1 to 9999, not "${value}".`);
}
