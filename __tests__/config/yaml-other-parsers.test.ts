import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { renderMondooYml } from '../../src/config/mondoo-yml.ts';

describe('characters that the parser of cnspec takes for line ends, or refuses', () => {
  const SPECIAL = ['\u007f', '\u0080', '\u0085', '\u009f', '\u2028', '\u2029', '\ufeff'];

  it.each(SPECIAL)('are written as escapes, in keys and in values: %j', (character) => {
    const config = {
      plain: `a${character}b`,
      block: `a${character}b\nc`,
      annotations: { [`k${character}`]: character },
    };
    const text = renderMondooYml(config);
    expect(text).not.toMatch(/[\u007f-\u009f\u2028\u2029\ufeff]/);
    for (const version of ['1.1', '1.2'] as const) expect(parse(text, { version })).toEqual(config);
  });

  it('add no key to the file', () => {
    const text = renderMondooYml({ annotations: { a: 'x\u2028updates_url:\u2028 https://evil.example' } });
    // How go-yaml and libyaml read it.
    expect(parse(text.replace(/[\u0085\u2028\u2029]/g, '\n'))).not.toHaveProperty('updates_url');
  });

  it('keeps a text of white space and line ends', () => {
    expect(parse(renderMondooYml({ a: ' \n' }))).toEqual({ a: ' \n' });
  });
});
