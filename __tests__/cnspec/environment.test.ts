import { describe, expect, it } from 'vitest';
import { environmentForCnspec } from '../../src/cnspec/environment.ts';

describe('environmentForCnspec', () => {
  it('passes on the variables that cnspec needs to run, in any case of their names', () => {
    const env = {
      PATH: '/bin',
      Path: 'C:\\bin',
      HOME: '/home/stella',
      TMPDIR: '/tmp',
      LANG: 'C.UTF-8',
      LC_ALL: 'C',
      https_proxy: 'http://proxy.example.com:3128',
      MONDOO_API_PROXY: 'http://mondoo-proxy.example.com:3128',
      NO_PROXY: 'localhost',
      SSL_CERT_FILE: '/etc/ca.pem',
      SystemRoot: 'C:\\Windows',
      RUNNER_TRACKING_ID: 'github_1',
    };
    expect(environmentForCnspec(env)).toEqual({ ...env, MONDOO_AUTO_UPDATE: 'false' });
  });

  it('removes inputs, state and tokens of the job, and variables that would redirect cnspec', () => {
    const env = {
      INPUT_CREDENTIALS: 'secret',
      'INPUT_REGISTRATION-TOKEN': 'secret',
      'STATE_mondoo-config': 'x',
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'secret',
      ACTIONS_RUNTIME_TOKEN: 'secret',
      GITHUB_TOKEN: 'secret',
      GITHUB_ENV: '/file',
      MONDOO_CONFIG_BASE64: 'secret',
      MONDOO_API_ENDPOINT: 'https://elsewhere.example',
      NODE_OPTIONS: '--require x',
      LD_PRELOAD: '/x.so',
      AWS_SECRET_ACCESS_KEY: 'secret',
    };
    expect(environmentForCnspec(env)).toEqual({ MONDOO_AUTO_UPDATE: 'false' });
  });

  it('leaves out proxies that are empty, which count as unset', () => {
    const env = { HTTPS_PROXY: '', MONDOO_API_PROXY: '' };
    expect(environmentForCnspec(env)).toEqual({ MONDOO_AUTO_UPDATE: 'false' });
  });

  it('keeps cnspec from updating itself, even if the job enables updates', () => {
    expect(environmentForCnspec({ MONDOO_AUTO_UPDATE: 'true' })).toEqual({ MONDOO_AUTO_UPDATE: 'false' });
  });
});
