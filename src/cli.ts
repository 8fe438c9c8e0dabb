#!/usr/bin/env node
// An older Node can read this file only, so everything else is loaded on demand.
const NEEDED = 24;

if (Number.parseInt(process.versions.node, 10) >= NEEDED) {
  void import('./terminal/command.ts').then(async ({ runCommand }) => {
    process.exitCode = await runCommand(process.argv.slice(2), process.env);
    // Exit now: a pending DNS lookup keeps Node alive.
    process.stderr.write('', () => process.stdout.write('', () => process.exit()));
  });
} else {
  process.stderr.write(`register-cnspec needs Node ${NEEDED} or later. This is Node ${process.versions.node}.\n`);
  process.exitCode = 2;
}
