import os from 'node:os';
import { cleanUp } from '../cleanup.ts';
import { readInputs } from '../inputs.ts';
import { JobCancelled } from '../job.ts';
import { VERSION } from '../platform/agent-info.ts';
import { run } from '../register.ts';
import { notices } from '../report/notices.ts';
import { inWords } from '../report/words.ts';
import { ActionError, describeCrash } from '../util/errors.ts';
import { findCi } from './ci.ts';
import { terminalJob } from './job.ts';
import { HELP, readOptions, UsageError } from './options.ts';
import { createOutput, WORDS } from './report.ts';
import { readState, removeState } from './state.ts';

const ANSWERS = { '--help': HELP, '-h': HELP, '--version': VERSION };

/** Runs the command. @returns its exit code */
export async function runCommand(args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  process.on('uncaughtException', (error) => process.exit(explain(error)));
  // If the reader closes the pipe, finish anyway.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const asked = Object.entries(ANSWERS).find(([option]) => args.includes(option));
  if (!asked) return execute(args, env).catch(explain);
  process.stdout.write(`${asked[1]}\n`);
  return 0;
}

function explain(error: unknown): number {
  const isUsage = error instanceof UsageError;
  const text = isUsage ? `${error.message} For help: register-cnspec --help` : inWords(describeCrash(error), WORDS);
  process.stderr.write(`${text}\n`);
  return isUsage ? 2 : 1;
}

async function execute(args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const options = readOptions(args, env);
  const { command, option, config, credentials, registrationToken } = options;
  const ci = findCi(env);
  const output = createOutput(options, ci.name === 'Azure Pipelines');
  const cleanUpEarlier = async () => {
    const left = config && readState(config);
    const refused = `An earlier command left \`mondoo.yml\` at \`${config}\`.`;
    const remedy = 'Run `register-cnspec cleanup` with the same `--config`, or use another path.';
    if (left && command === 'check') throw new ActionError('runner-error', refused, remedy);
    if (left || command === 'cleanup') await cleanUp(left || {}, { env, ...output });
    if (config && left) removeState(config, left);
  };
  if (command === 'cleanup') {
    await cleanUpEarlier().catch((error) => {
      if (!(error instanceof ActionError)) throw error;
      output.warn(`${error.message} ${error.remedy}`);
    });
    return 0;
  }

  const job = terminalJob(env, ci, options, output);
  const inputs: Record<string, string> = {
    credentials: credentials.text,
    'registration-token': registrationToken,
    register: String(command === 'register'),
    'config-path': option('config'),
    annotations: option('annotation'),
  };
  try {
    const { passed } = await run(job, async () => {
      const read = readInputs((name) => inputs[name] ?? option(name), job);
      // So that no client and no key is forgotten.
      await cleanUpEarlier();
      return read;
    });
    return passed ? 0 : 1;
  } catch (error) {
    if (!(error instanceof JobCancelled)) throw error;
    output.log(notices.cancelled(error.signalName, job.manifest.client));
    return 128 + os.constants.signals[error.signalName];
  } finally {
    const { config: kept, client, pendingClientName } = job.manifest;
    // A manifest that is empty was not saved: the state is an earlier command's.
    if (config && 'config' in job.manifest && !kept && !client && !pendingClientName) removeState(config, job.manifest);
  }
}
