import './require-node-24.mjs';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startPlatform } from './platform.ts';
import { scenarios } from './scenarios.ts';
import { stopRequest } from './stop-request.ts';
import { chooseScenario, listScenarios, refuseOptionsOfNpm, runCommand, UsageError } from './usage.ts';

const HELP = `Serves a simulated Mondoo Platform on loopback until you stop it. Use it for a workflow with the action, or for a real
cnspec.

  npm run simulator -- [--scenario NAME] [--credentials-file PATH]

Writes throwaway credentials for it to PATH, or to a temporary file, and prints one line when it is ready. SIGINT
(Ctrl-C) or SIGTERM ends it and removes that file. In another terminal, use the file with the command or a real cnspec:

  npx node dist/cli/index.js check --credentials PATH
  MONDOO_AUTO_UPDATE=false cnspec status --config PATH

Scenarios (default: "registered"):
${listScenarios(scenarios.filter(({ needsJob }) => !needsJob))}`;

const OPTIONS = {
  scenario: { type: 'string', default: 'registered' },
  'credentials-file': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

await runCommand('npm run simulator', async () => {
  refuseOptionsOfNpm('npm run simulator', OPTIONS);
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const scenario = chooseScenario(values.scenario);

  if (scenario.needsJob) {
    throw new UsageError(
      `The scenario "${scenario.name}" needs a whole job. Run: npm start -- --scenario ${scenario.name}.`,
    );
  }
  // Before the file is created, so that no signal leaves it behind.
  const stopped = stopRequest();
  const platform = await startPlatform();
  const { credentials = '' } = (await scenario.prepare(platform)).inputs;
  const folder = await mkdtemp(path.join(os.tmpdir(), 'simulator-'));
  // JSON is also YAML.
  const file = values['credentials-file'] ?? path.join(folder, 'mondoo.yml');
  try {
    // `wx`, because an existing file may hold real credentials.
    await writeFile(file, credentials, { mode: 0o600, flag: 'wx' }).catch(({ code }) => {
      throw new UsageError(`${file} can't be created (${code}).`);
    });
    try {
      console.log(`Ready: scenario ${scenario.name} at ${platform.endpoint}, credentials in ${file}`);
      if (!stopped.aborted) await once(stopped, 'abort');
    } finally {
      await rm(file, { force: true });
    }
  } finally {
    await Promise.all([platform.close(), rm(folder, { recursive: true })]);
  }
});
