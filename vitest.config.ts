import { readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig(({ mode }) => ({
  test: {
    include: ['__tests__/**/*.test.ts'],
    testTimeout: 30_000,
    // Scenarios wait more than they compute: for processes, servers and retries.
    maxWorkers: os.availableParallelism() + 1,
    // Everywhere else each property is tried with the hundred cases that fast-check tries by itself.
    ...(mode === 'fuzz' && {
      include: filesWithProperties(),
      setupFiles: ['__tests__/fuzz.ts'],
      testTimeout: 600_000,
    }),
    // Everywhere else a step is ended at four drawn moments in each way.
    ...(mode === 'soak' && {
      include: ['__tests__/scenarios/killed.test.ts'],
      env: { SOAK: '100' },
    }),
    coverage: {
      // Of the tests in this process alone: what the scenarios do in the built action does not count.
      include: ['src/**/*.ts'],
      exclude: ['**/*.d.ts'],
      reporter: ['text-summary'],
      thresholds: { lines: 90, branches: 90 },
    },
  },
}));

function filesWithProperties(): string[] {
  return readdirSync('__tests__', { recursive: true, encoding: 'utf8' })
    .map((file) => `__tests__/${file.replaceAll(path.sep, '/')}`)
    .filter((file) => file.endsWith('.test.ts') && readFileSync(file, 'utf8').includes("from 'fast-check'"));
}
