import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { proseOf } from '../../scripts/markdown.ts';
import { averageWords, findWords } from '../../scripts/words.ts';

describe('findWords', () => {
  it.each([
    'Whoever asks twice gets it no sooner.',
    'The README has the ways in.',
    'A build script, for one, can read it.',
    'The two have to agree.',
    'The step takes back what it did.',
    'cnspec ends well.',
    'The clock of this machine is wrong.',
    'The token is no secret.',
    'Certificates are verified also when the variable is set.',
    'The table stands in the README.',
    'The file lies inside the workspace.',
    'It agrees. Where cnspec is there, it is asked.',
    'The step tells later steps nothing.',
    'Each try is signed anew.',
    'The request is tried again.',
    'No answer came: the answer was lost.',
    'It is not only the clock.',
    'Dependabot set this run off.',
    'The story of main reads top to bottom.',
    'Register with a workload identity.',
    'One idea: another; and a third: too many.',
  ])('finds avoided words: %s', (paragraph) => {
    expect(findWords(paragraph)).not.toEqual([]);
  });

  it.each([
    'A red run tells you what is wrong.',
    'Where does mondoo.yml go?',
    'There is no cnspec on PATH.',
    'The account is no longer valid.',
    'It waits for one minute.',
    "You don't have to install cnspec.",
    'WIF stands for workload identity federation.',
    'Paste the workload identity JSON.',
    'Run the virtual machine again.',
    'Set `HTTPS_PROXY`: host, domain, `host:port`.',
    'Two ways in which a job can fail.',
  ])('finds nothing in plain words: %s', (paragraph) => {
    expect(findWords(paragraph)).toEqual([]);
  });
});

it('lint-words fails for an argument that is not the path of a page or a source file', () => {
  const root = path.join(import.meta.dirname, '../..');
  const args = ['scripts/lint-words.ts', 'docs/outputs.md', '--help'];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stderr).toMatch(/^lint-words: --help: no page or source file has this path\. .*\n$/);
});

it('averageWords counts sentences, not the dots within words', () => {
  expect(
    averageWords(['One two three. Four five.', 'cnspec 13.0.0 writes `mondoo.yml` (0600).']),
  ).toBeCloseTo(10 / 3);
});

it('proseOf returns paragraphs, items, headings and cells, without code and generated tables', () => {
  const text = `# A heading

A paragraph with \`code\` and **a label:** in it.

- An item

> [!NOTE]
> A note.

| a cell |
| --- |

\`\`\`
code
\`\`\`

<!-- inputs: written by npm run docs -->

| generated |
| --- |

<!-- /inputs -->
`;
  expect(proseOf({ text })).toEqual({
    paragraphs: ['A paragraph with CODE and a label in it.', 'An item', 'A note.'],
    cells: ['A heading', 'a cell'],
  });
});
