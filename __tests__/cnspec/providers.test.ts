import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { providersIn } from '../../src/cnspec/providers.ts';

describe('providersIn', () => {
  it('reads what a real cnspec printed', () => {
    const output = readFileSync(
      new URL('../../simulator/reference/providers-list.txt', import.meta.url),
      'utf8',
    );
    expect(providersIn(output)).toEqual(['core', 'mock', 'recording', 'sbom']);
  });

  it('leaves out lines that are about something else', () => {
    const output =
      '→ builtin (found 2 providers)\n\n  core 13.0.0\n  os v11.2.3 with connectors: local, ssh\r\nx failed 3 times\n';
    expect(providersIn(output)).toEqual(['core', 'os']);
  });

  it('never tells more than names, and not endlessly many', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (text) => {
        for (const name of providersIn(text)) expect(name).toMatch(/^[\w.-]{1,64}$/);
      }),
    );
    const many = Array.from({ length: 1000 }, (_, at) => `p${at} 1.0.0\n`).join('');
    expect(providersIn(many)).toHaveLength(200);
  });
});
