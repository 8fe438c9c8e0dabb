import './require-node-24.mjs';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { startPlatform } from './platform.ts';
import { chooseScenario, listScenarios, refuseOptionsOfNpm, runCommand, UsageError } from './usage.ts';

const HELP = `Serves a Mondoo Platform on this machine until it is stopped, for a workflow that uses the action.

  npm run simulator -- --credentials-file PATH [--scenario NAME]

Writes throwaway credentials for it to PATH and prints one line when it is ready.

Scenarios ("registered" where none is named):
${listScenarios()}`;

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
  const file = values['credentials-file'];
  if (file === undefined) throw new UsageError('--credentials-file is missing.');
  const scenario = chooseScenario(values.scenario);

  const platform = await startPlatform();
  const { inputs, job, idTokens, releases } = await scenario.prepare(platform);
  const { credentials } = inputs;
  if (!credentials || job || releases) {
    await Promise.all([platform.close(), idTokens?.close(), releases?.close()]);
    throw new UsageError(
      `The scenario "${scenario.name}" is about more than a credentials file: see npm start.`,
    );
  }
  try {
    // What stands there may be real credentials.
    await writeFile(file, credentials, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    await platform.close();
    throw new UsageError(`${file} cannot be created (${(error as NodeJS.ErrnoException).code}).`);
  }
  console.log(`Ready: scenario ${scenario.name} at ${platform.endpoint}, credentials in ${file}`);

  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await platform.close();
}, HELP);
