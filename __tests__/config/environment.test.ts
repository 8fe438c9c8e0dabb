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
      mondoo_certificate: 'lower case',
      PATH: '/bin',
    };
    expect(overridingVariables(env, credentials())).toEqual({
      set: ['MONDOO_PRIVATE_KEY', 'MONDOO_API_ENDPOINT'],
      empty: [],
    });
  });

  it('names those that cnspec reads without the key, each once', () => {
    const env = { MONDOO_API_PROXY: 'x', MONDOO_TYPE: 'x', MONDOO_UPDATES_URL: 'x' };
    const set = ['MONDOO_API_PROXY', 'MONDOO_TYPE', 'MONDOO_UPDATES_URL'];
    expect(overridingVariables(env, {}).set).toEqual(set);
    expect(overridingVariables(env, { api_proxy: 'y', updates_url: 'z' }).set.toSorted()).toEqual(set);
  });

  it('names proxies that are set but empty, and no other empty variable', () => {
    const env = { MONDOO_API_PROXY: '', HTTPS_PROXY: '', NO_PROXY: '', MONDOO_TYPE: '', MONDOO_MRN: '' };
    expect(overridingVariables(env, credentials())).toEqual({
      set: [],
      empty: ['MONDOO_API_PROXY', 'HTTPS_PROXY'],
    });
  });

  it('leaves out what the step itself sets, even if the file has such a key', () => {
    const env = { MONDOO_CONFIG_PATH: '/x', MONDOO_CONFIG_BASE64: 'x' };
    expect(overridingVariables(env, { config_path: 'x', config_base64: 'x' })).toEqual({
      set: [],
      empty: [],
    });
  });

  it('names none in a clean environment', () => {
    expect(overridingVariables({ PATH: '/bin' }, credentials())).toEqual({ set: [], empty: [] });
  });
});
