import { describe, expect } from 'vitest';
import { PULL_REQUEST, PUSH } from '../../simulator/events.ts';
import { test } from '../scenarios/stage.ts';
import { logOf, runDocumented as run, summaryOf } from './documented-run.ts';

const JOB = `runs-on: ubuntu-latest
    steps:`;

// The runner of these tests must be as strict as GitHub's.
describe
  .skipIf(process.platform === 'win32')
  .concurrent('the workflow runner of the documentation tests', () => {
    test('skips steps that need a failed job, and runs steps that always run', async ({ stage }) => {
      const text = `
jobs:
  after:
    needs: [first, second]
    ${JOB}
      - run: echo after
  report:
    needs: [first, second, after]
    if: always()
    ${JOB}
      - env:
          RESULTS: \${{ needs.first.result }} \${{ needs.second.result }} \${{ needs.after.result }} \${{ needs.first.outputs.said }}
        run: echo "$RESULTS" >> "$GITHUB_STEP_SUMMARY"
  sorry:
    needs: first
    if: failure()
    ${JOB}
      - run: echo sorry >> "$GITHUB_STEP_SUMMARY"
  first:
    outputs:
      said: \${{ steps.say.outputs.said }}
    ${JOB}
      - id: say
        run: echo said=this >> "$GITHUB_OUTPUT"
      - run: exit 3
      - run: echo never >> "$GITHUB_STEP_SUMMARY"
      - if: steps.say.outputs.said == 'this'
        run: echo never >> "$GITHUB_STEP_SUMMARY"
      - if: always()
        run: echo at last >> "$GITHUB_STEP_SUMMARY"
  second:
    ${JOB}
      - id: tried
        continue-on-error: true
        run: exit 1
      - if: steps.tried.outcome == 'failure' && steps.tried.conclusion == 'success'
        run: echo went on >> "$GITHUB_STEP_SUMMARY"
`;
      const ran = await run(stage, text, PUSH);
      expect(ran.failed).toEqual(['first']);
      expect(summaryOf(ran), logOf(ran)).toBe('at last\nwent on\nfailure success skipped this\nsorry\n');
    });

    test('passes files between jobs as artifacts, each in a folder, and rejects a duplicate name', async ({
      stage,
    }) => {
      const upload = (leg: string) => `
      - run: mkdir out && echo ${leg} > out/file
      - uses: actions/upload-artifact@0
        with:
          name: part-${leg}
          path: out`;
      const text = `
jobs:
  one:
    ${JOB}${upload('one')}
  two:
    ${JOB}${upload('two')}
      - run: echo other > other
      - uses: actions/upload-artifact@0
        with:
          name: other
          path: other
  all:
    needs: [one, two]
    ${JOB}
      - uses: actions/download-artifact@0
        with:
          pattern: part-*
          path: parts
      - run: find parts -type f | sort >> "$GITHUB_STEP_SUMMARY"
`;
      const ran = await run(stage, text, PUSH);
      expect(ran.artifacts).toEqual(['other', 'part-one', 'part-two']);
      expect(summaryOf(ran)).toBe('parts/part-one/file\nparts/part-two/file\n');
      await expect(run(stage, text.replace('part-two', 'part-one'), PUSH)).rejects.toThrow('already');
    });

    const call = (lines: string) => `
permissions:
  contents: read
jobs:
  gate:
    uses: <owner>/register-cnspec/.github/workflows/gate.yml@v1
${lines}`;

    test('gives a called workflow only the secrets that are passed to it', async ({ stage }) => {
      const ran = await run(stage, call(''), PULL_REQUEST);
      expect(ran.failed).toEqual(['gate / gate']);
      expect(ran.steps[0]?.step?.outputs.status).toBe('missing-credentials');
      const inherited = await run(stage, call('    secrets: inherit'), PULL_REQUEST);
      expect(inherited.failed, logOf(inherited)).toEqual([]);
    });

    test('rejects inputs and secrets that a called workflow does not declare', async ({ stage }) => {
      const secrets = call('    secrets:\n      OTHER: x');
      await expect(run(stage, secrets, PUSH)).rejects.toThrow("doesn't declare OTHER");
      await expect(run(stage, call('    with:\n      register: true'), PUSH)).rejects.toThrow('register');
    });
  });
