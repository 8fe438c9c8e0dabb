import { describe, expect, it } from 'vitest';
import { agentInfo } from '../../src/platform/agent-info.ts';
import { facts } from '../fixtures.ts';

const { host } = facts();

describe('agentInfo', () => {
  it('describes the machine in the field names of the platform, and the run in labels', () => {
    const env = {
      GITHUB_REPOSITORY: 'acme/shop',
      GITHUB_WORKFLOW: 'CI',
      GITHUB_JOB: 'scan',
      GITHUB_RUN_ID: '42',
      GITHUB_SHA: 'c0ffee',
      GITHUB_REF: 'refs/heads/main',
      GITHUB_TOKEN: 'ghs_secret',
    };
    expect(agentInfo(host, '1.2.3', env)).toEqual({
      platform_name: 'debian',
      platform_release: '12.11',
      platform_arch: 'x86_64',
      platform_ip: '192.0.2.2',
      platform_hostname: 'vm',
      labels: {
        'register-cnspec/version': '1.2.3',
        'github.com/repository': 'acme/shop',
        'github.com/workflow': 'CI',
        'github.com/job': 'scan',
        'github.com/run-id': '42',
        'github.com/sha': 'c0ffee',
        'github.com/ref': 'refs/heads/main',
      },
    });
  });

  it('leaves out what the environment does not tell', () => {
    expect(agentInfo(host, '1.2.3', { GITHUB_JOB: 'scan', GITHUB_SHA: '' }).labels).toEqual({
      'register-cnspec/version': '1.2.3',
      'github.com/job': 'scan',
    });
  });
});
