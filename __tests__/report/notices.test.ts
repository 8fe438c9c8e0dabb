import { describe, expect, it } from 'vitest';
import { notices } from '../../src/report/notices.ts';
import { CLIENT_MRN, rpcError, SERVICE_ACCOUNT_MRN } from '../fixtures.ts';

describe('notices', () => {
  it('count the attempts, and show the delay until the next one', () => {
    expect(notices.retry({ error: rpcError(14, 'busy'), failed: 1, delay: 250 })).toBe(
      '! AgentManager/PingPong failed: rpc error: code = Unavailable desc = busy. Attempt 2 follows in 250ms',
    );
  });

  it('name the client that post unregisters, if there is one', () => {
    expect(notices.cancelled('SIGTERM', undefined)).toBe('→ the job was cancelled (SIGTERM)');
    expect(notices.cancelled('SIGINT', CLIENT_MRN)).toMatch(
      /^→ the job was cancelled \(SIGINT\)\. .*agents\/2SARlZgQ/,
    );
  });

  it('make untrusted text harmless', () => {
    const hostile = '\r\n::error::x\u001b[31m';
    for (const text of [
      notices.override(hostile),
      notices.replacedAccount('/mondoo.yml', hostile, SERVICE_ACCOUNT_MRN),
      notices.pendingClient(hostile),
    ]) {
      expect(text).not.toMatch(/[\r\n\u001b]/);
    }
  });
});
