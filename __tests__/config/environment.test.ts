import { describe, expect, it } from 'vitest';
import { overridingVariables } from '../../src/config/environment.ts';
import { credentials } from '../fixtures.ts';

describe('overridingVariables', () => {
  it('names the variables that override keys of the file in cnspec', () => {
    const env = {
      MONDOO_API_ENDPOINT: 'https://eu.api.mondoo.com',
      MONDOO_PRIVATE_KEY: 'x',
      MONDOO_MRN: '',
      MONDOO_FEATURES: 'not in the file',
      MONDOO_CONFIG_PATH: '/x',
      mondoo_certificate: 'lower case',
      PATH: '/bin',
    };
    expect(overridingVariables(env, credentials())).toEqual(['MONDOO_PRIVATE_KEY', 'MONDOO_API_ENDPOINT']);
  });

  it('names no variables in a clean environment', () => {
    expect(overridingVariables({ PATH: '/bin' }, credentials())).toEqual([]);
  });
});
