import { describe, expect, it } from 'vitest';
import { agentInfo } from '../../src/platform/agent-info.ts';
import { result } from '../fixtures.ts';

const { host } = result();

describe('agentInfo', () => {
  it("describes the runner with the platform's field names, and the run with labels", () => {
    const labels = { 'github.com/repository': 'acme/shop', 'github.com/run-id': '42' };
    expect(agentInfo(host, '1.2.3', labels)).toEqual({
      platform_name: 'debian',
      platform_release: '12.11',
      platform_arch: 'x86_64',
      platform_ip: '192.0.2.2',
      platform_hostname: 'vm',
      labels: { 'register-cnspec/version': '1.2.3', ...labels },
    });
  });
});
