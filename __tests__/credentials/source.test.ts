import { describe, expect, it } from 'vitest';
import { findCredentials } from '../../src/credentials/source.ts';

describe('findCredentials', () => {
  it('takes the input as it is, and lets it win over the environment', () => {
    expect(findCredentials(' {} \n', { MONDOO_CONFIG_BASE64: 'e30=' })).toEqual({
      text: ' {} \n',
      source: 'the input credentials',
    });
  });

  it.each(['', ' ', '\n\t'])('takes the environment where the input is blank (%j)', (input) => {
    expect(findCredentials(input, { MONDOO_CONFIG_BASE64: 'e30=' })).toEqual({
      text: 'e30=',
      source: 'the environment variable MONDOO_CONFIG_BASE64',
    });
  });

  it.each([{}, { MONDOO_CONFIG_BASE64: '' }, { MONDOO_CONFIG_BASE64: ' \n' }])(
    'finds nothing where both are blank: %j',
    (env) => expect(findCredentials(' ', env)).toBeUndefined(),
  );
});
