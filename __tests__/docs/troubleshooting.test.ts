import { describe, expect, it } from 'vitest';
import { readPages, sectionsOf } from '../../scripts/markdown.ts';
import { FINDINGS, TITLES } from '../../src/util/errors.ts';
import { test } from '../scenarios/stage.ts';
import { SITUATIONS } from './situations.ts';

const page = readPages().find(({ path }) => path === 'docs/troubleshooting.md')!;
const sections = sectionsOf(page);

/** Lines that the page shows, with their finding and the situation that causes them. */
const shown = sections.flatMap(({ anchor, blocks }) =>
  blocks
    .filter(({ info }) => info.startsWith('text '))
    .map(({ info, text }) => ({
      finding: anchor,
      situation: info.slice('text '.length),
      lines: text.split('\n'),
    })),
);

describe('docs/troubleshooting.md', () => {
  it.each(FINDINGS)(
    'has a section on %s, linked by the annotation, with log lines, cause and fix',
    (code) => {
      expect(sections.map(({ anchor }) => anchor)).toContain(code);
      expect(shown.filter(({ finding }) => finding === code)).not.toEqual([]);
      const text = page.text.split(/^## /m).find((section) => section.startsWith(`${code}\n`));
      expect(text).toContain('**Cause:**');
      expect(text).toContain('**Fix:**');
    },
  );

  it.each(FINDINGS)('lists the title of %s and links to its section', (code) => {
    expect(page.text).toContain(`| ${TITLES[code]} | [${code}](#${code}) |`);
  });

  it('shows log lines for findings only, and each situation once', () => {
    expect(FINDINGS).toEqual(expect.arrayContaining([...new Set(shown.map(({ finding }) => finding))]));
    const situations = shown.map(({ situation }) => situation);
    expect(situations).toEqual([...new Set(situations)]);
  });
});

describe.concurrent('a run prints the lines of docs/troubleshooting.md', () => {
  test.for(shown)('of $finding: $situation', async ({ finding, situation, lines }, { stage }) => {
    const step = await SITUATIONS[situation]!(stage);
    expect(step.outputs.status, step.log).toBe(finding);
    const seen = [
      ...step.log.split('\n'),
      ...step.annotations.flatMap(({ title = '', message }) => [title, ...message.split('\n')]),
    ];
    expect(lines[0]).toBe(TITLES[finding as keyof typeof TITLES]);
    for (const line of lines) expect(seen).toContainEqual(expect.stringMatching(pattern(line)));
  });
});

/** The text in place of `…` differs from run to run. */
function pattern(line: string): RegExp {
  const fixed = line.split('…').map((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${fixed.join('.+')}$`);
}
