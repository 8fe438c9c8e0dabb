import './require-node-24.mjs';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startPlatform } from './platform.ts';
import { scenarios } from './scenarios.ts';
import { chooseScenario, listScenarios, refuseOptionsOfNpm, runCommand, UsageError } from './usage.ts';

const HELP = `Serves a Mondoo Platform on this machine until it is stopped, for a workflow that uses the action, or a real cnspec.

  npm run simulator -- [--scenario NAME] [--credentials-file PATH]

Writes throwaway credentials for it to PATH, else to a file that goes when it ends, and prints one line when it is
ready. A real cnspec takes them: MONDOO_AUTO_UPDATE=false cnspec status --config PATH

Scenarios ("registered" where none is named):
${listScenarios(scenarios.filter(({ needsJob }) => !needsJob))}`;

const OPTIONS = {
  scenario: { type: 'string', default: 'registered' },
  'credentials-file': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

await runCommand(async () => {
  refuseOptionsOfNpm('npm run simulator', OPTIONS);
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const scenario = chooseScenario(values.scenario);

  if (scenario.needsJob) {
    throw new UsageError(
      `The scenario "${scenario.name}" is about more than a credentials file: see npm start.`,
    );
  }
  const platform = await startPlatform();
  const { credentials = '' } = (await scenario.prepare(platform)).inputs;
  const folder = await mkdtemp(path.join(os.tmpdir(), 'simulator-'));
  // JSON is YAML too.
  const file = values['credentials-file'] ?? path.join(folder, 'mondoo.yml');
  const end = () => Promise.all([platform.close(), rm(folder, { recursive: true })]);
  try {
    // What stands there may be real credentials.
    await writeFile(file, credentials, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    await end();
    throw new UsageError(`${file} cannot be created (${(error as NodeJS.ErrnoException).code}).`);
  }
  const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  console.log(`Ready: scenario ${scenario.name} at ${platform.endpoint}, credentials in ${file}`);

  await stopped;
  await end();
}, HELP);
