import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['__tests__/**/*.test.ts'],
    testTimeout: 30_000,
    coverage: {
      // Of the tests in this process alone: what the scenarios do in the built action does not count.
      include: ['src/**/*.ts'],
      exclude: ['**/*.d.ts'],
      reporter: ['text-summary'],
      thresholds: { lines: 90, branches: 90 },
    },
  },
});
