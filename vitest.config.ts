import './simulator/require-node-24.mjs';
import { randomInt } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { defineConfig } from 'vitest/config';

/** What `drawn` in __tests__/scenarios/drawn.ts draws by, in all files of a run. */
const SEED = process.env.SEED ?? String(randomInt(2 ** 31));

/** Files that draw their cases: each file operation, each workflow of the documentation. */
const EXHAUSTIVE = ['scenarios/killed', 'scenarios/left-behind', 'scenarios/disk-faults', 'docs/recipes'].map(
  (name) => `__tests__/${name}.test.ts`,
);

/** Tests of logic share their workers, as the start of one takes longer than most of these files. */
const LOGIC = [
  'bench',
  'config',
  'credentials',
  'github',
  'platform',
  'report',
  'status',
  'terminal',
  'util',
].map((name) => `__tests__/${name}/**/*.test.ts`);

export default defineConfig(({ mode }) => ({
  test: {
    // A project adds its files to those of the root, which therefore has none.
    include: [],
    ...(mode === 'test' && {
      projects: [
        { extends: true, test: { name: 'logic', include: LOGIC, isolate: false } },
        { extends: true, test: { name: 'whole', include: ['__tests__/**/*.test.ts'], exclude: LOGIC } },
      ],
    }),
    // Only a test that hangs may exceed these, however busy the machine is.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Scenarios wait more than they compute: for processes, servers and retries.
    maxWorkers: os.availableParallelism() + 2,
    env: { SEED },
    // Without this mode, each property is checked with fast-check's default of 100 cases.
    ...(mode === 'fuzz' && {
      include: filesWithProperties(),
      setupFiles: ['__tests__/fuzz.ts'],
      testTimeout: 600_000,
    }),
    // Without this mode, `npm test` runs a drawn sample of these cases.
    ...(mode === 'exhaustive' && { include: EXHAUSTIVE, env: { SEED, EXHAUSTIVE: 'true' } }),
    // Without this mode, a step is ended at one random moment for each method and signal.
    ...(mode === 'soak' && {
      include: ['__tests__/scenarios/killed.test.ts'],
      env: { SEED, SOAK: '100' },
    }),
    coverage: {
      include: ['src/**/*.ts'],
      // The scenarios run these in the built action, where coverage isn't counted.
      exclude: [
        '**/*.d.ts',
        'src/!(inputs|input-reader).ts',
        'src/github/{entry,job,log,report}.ts',
        'src/terminal/!(ci).ts',
      ],
      reporter: ['text-summary'],
      thresholds: { lines: 85, branches: 85 },
    },
  },
}));

function filesWithProperties(): string[] {
  return readdirSync('__tests__', { recursive: true, encoding: 'utf8' })
    .map((file) => `__tests__/${file.replaceAll(path.sep, '/')}`)
    .filter((file) => file.endsWith('.test.ts') && readFileSync(file, 'utf8').includes("from 'fast-check'"));
}
