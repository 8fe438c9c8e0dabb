import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { CallError } from '../../src/platform/call-error.ts';
import { PlatformClient } from '../../src/platform/client.ts';
import { RpcCode } from '../../src/platform/rpc-status.ts';
import {
  canSign,
  checkAccount,
  checkPlatform,
  isAccepted,
  isClockUnknown,
  MAX_PROVABLE_SKEW,
  type StatusCheck,
} from '../../src/platform/status-check.ts';
import { account, health, rpcError } from '../fixtures.ts';
import { answerJson, deadEndpoint, openRpc, type Received, refuse, startServer } from './loopback-server.ts';

const SECOND = 1000;
const DAY = 24 * 3600 * SECOND;

/** How a platform behaves. */
interface Behaviour {
  /** Its clock minus the local one, in milliseconds. */
  skew?: number;
  /** What its health check answers in place of the time. */
  time?: string | undefined;
  healthStatus?: number;
  /** Tells whether it takes a token that claims to be so many milliseconds from its own time. */
  accepts?: (distance: number) => boolean;
  /** HTTP status and code for what it does not take. */
  refusal?: [number, number];
  /** For everything, in milliseconds. */
  timeout?: number;
}

const isClose = (distance: number) => Math.abs(distance) <= 60 * SECOND;
const never = () => false;

async function observed(behaviour: Behaviour): Promise<{ check: StatusCheck; pings: Received[] }> {
  const { skew = 0, healthStatus = 200, accepts = isClose, refusal = [401, 16] } = behaviour;
  const server = await startServer((request, response) => {
    const serverTime = Date.now() + skew;
    if (request.path === '/Health/Check') {
      const time =
        'time' in behaviour ? behaviour.time : new Date(serverTime).toISOString().replace(/\.\d+/, '');
      return answerJson(response, healthStatus, { status: 'SERVING', time });
    }
    const distance = decodeJwt(request.headers.authorization!.slice(7)).iat! * SECOND - serverTime;
    return accepts(distance) ? {} : refuse(response, ...refusal, 'refused');
  });
  const rpc = openRpc(server.endpoint, behaviour.timeout);
  const check = await checkAccount(new PlatformClient(rpc), account());
  return { check, pings: server.received.filter(({ path }) => path !== '/Health/Check') };
}

describe('with clocks that agree', () => {
  it('good credentials are accepted with one ping', async () => {
    const { check, pings } = await observed({});
    expect(check).toMatchObject({ health: { status: 'SERVING' }, ping: 'accepted' });
    expect(Math.abs(check.skew!)).toBeLessThan(20 * SECOND);
    expect(check).not.toHaveProperty('pingAtServerTime');
    expect(pings).toHaveLength(1);
  });

  it('refused credentials are asked about only once: a second ping would say the same', async () => {
    const { check, pings } = await observed({ accepts: never });
    expect(check.ping).toMatchObject({ code: 16 });
    expect(check).not.toHaveProperty('pingAtServerTime');
    expect(pings).toHaveLength(1);
  });
});

describe.each([45 * SECOND, -45 * SECOND])('with a clock that is %i ms off, within the leeway', (skew) => {
  it('good credentials are accepted, and the skew is reported with its sign', async () => {
    const { check, pings } = await observed({ skew });
    expect(check.ping).toBe('accepted');
    expect(Math.abs(check.skew! - skew)).toBeLessThan(20 * SECOND);
    expect(pings).toHaveLength(1);
  });

  it('revoked credentials are refused at both times', async () => {
    const { check, pings } = await observed({ skew, accepts: never });
    expect(check.ping).toMatchObject({ code: 16 });
    expect(check.pingAtServerTime).toMatchObject({ code: 16 });
    expect(pings).toHaveLength(2);
  });
});

describe.each([90 * SECOND, -90 * SECOND, 3 * DAY, -3 * DAY, 7 * DAY - 60 * SECOND])(
  'with a clock that is %i ms off, beyond the leeway',
  (skew) => {
    it('good credentials are accepted at the time of the platform', async () => {
      const { check, pings } = await observed({ skew });
      expect(check.ping).toMatchObject({ code: 16 });
      expect(check.pingAtServerTime).toBe('accepted');
      expect(Math.abs(check.skew! - skew)).toBeLessThan(20 * SECOND);
      expect(pings).toHaveLength(2);
    });

    it('revoked credentials are refused at both times, and nothing else is tried', async () => {
      const { check, pings } = await observed({ skew, accepts: never });
      expect(check.pingAtServerTime).toMatchObject({ code: 16 });
      expect(pings).toHaveLength(2);
    });
  },
);

describe.each([8 * DAY, -8 * DAY, 7 * DAY + 60 * SECOND])(
  'with a clock that is %i ms off, beyond seven days',
  (skew) => {
    it('nothing is signed at the time that the platform claims', async () => {
      const { check, pings } = await observed({ skew });
      expect(Math.abs(check.skew!)).toBeGreaterThan(MAX_PROVABLE_SKEW);
      expect(check).not.toHaveProperty('pingAtServerTime');
      expect(pings).toHaveLength(1);
      expect(
        Math.abs(decodeJwt(pings[0]!.headers.authorization!.slice(7)).iat! - Date.now() / 1000),
      ).toBeLessThan(60);
    });
  },
);

describe('what else a platform may answer', () => {
  it.each([
    [403, 7],
    [500, 2],
    [404, 5],
  ])('is no reason for a second ping: %i, code %i', async (...refusal) => {
    const { check, pings } = await observed({ skew: 3 * DAY, accepts: never, refusal });
    expect(check.ping).toMatchObject({ code: refusal[1] });
    expect(check).not.toHaveProperty('pingAtServerTime');
    expect(pings).toHaveLength(1);
  });

  it.each([undefined, 'yesterday'])(
    'may have no time (%s): then there is no skew and no second ping',
    async (time) => {
      const { check, pings } = await observed({ skew: 3 * DAY, time });
      expect(check.health).toMatchObject({ status: 'SERVING' });
      expect(check).not.toHaveProperty('skew');
      expect(check).not.toHaveProperty('pingAtServerTime');
      expect(pings).toHaveLength(1);
    },
  );

  it('may be no health: the ping is made all the same, once', async () => {
    const { check, pings } = await observed({ healthStatus: 500, accepts: never });
    expect(check.health).toBeInstanceOf(CallError);
    expect(check.ping).toMatchObject({ code: 16 });
    expect(check).not.toHaveProperty('skew');
    expect(pings).toHaveLength(1);
  });

  it('may be nothing at all: both failures are reported', async () => {
    const rpc = openRpc(await deadEndpoint(), 1);
    const { health, ping } = await checkAccount(new PlatformClient(rpc), account());
    expect([health, ping]).toEqual([expect.any(CallError), expect.any(CallError)]);
  });

  it('does not hide a bug of our own behind it', async () => {
    const rpc = openRpc('no URL');
    await expect(checkAccount(new PlatformClient(rpc), account())).rejects.toThrow(TypeError);
  });
});

describe('one after the other, for an account that comes about in between,', () => {
  it('asks for health and clock alone, and then proves the account', async () => {
    const server = await startServer((request) =>
      request.path === '/Health/Check' ? { status: 'SERVING', time: new Date().toISOString() } : {},
    );
    const client = new PlatformClient(openRpc(server.endpoint));
    const platform = await checkPlatform(client);
    expect(server.received.map(({ path }) => path)).toEqual(['/Health/Check']);
    expect(platform).not.toHaveProperty('ping');
    expect(platform).toMatchObject({ health: { status: 'SERVING' }, skew: expect.any(Number) });

    expect(await checkAccount(client, account(), platform)).toEqual({ ...platform, ping: 'accepted' });
    expect(server.received.map(({ path }) => path)).toEqual(['/Health/Check', '/AgentManager/PingPong']);
  });

  it('reports a health check that failed, and then that an account is refused, for whatever reason', async () => {
    const server = await startServer((_, response) => refuse(response, 401, 16, 'refused'));
    const client = new PlatformClient(openRpc(server.endpoint));
    const platform = await checkPlatform(client);
    expect(platform).toEqual({ health: expect.any(CallError) });
    const check = await checkAccount(client, account(), platform);
    expect(check).toEqual({ ...platform, ping: expect.objectContaining({ code: 16 }) });
    expect(server.received).toHaveLength(2);
  });

  it('proves by the clock that was measured before why an account is refused', async () => {
    const server = await startServer((request, response) => {
      if (request.path === '/Health/Check')
        return { status: 'SERVING', time: new Date(Date.now() + DAY).toISOString() };
      const claimed = decodeJwt(request.headers.authorization!.slice(7)).iat! * SECOND;
      return claimed > Date.now() + DAY / 2 ? {} : refuse(response, 401, 16, 'refused');
    });
    const client = new PlatformClient(openRpc(server.endpoint));
    const check = await checkAccount(client, account(), await checkPlatform(client));
    expect(check).toMatchObject({ ping: { code: 16 }, pingAtServerTime: 'accepted' });
  });
});

describe('isAccepted', () => {
  it.each<[string, StatusCheck['ping'], boolean | undefined]>([
    ['an accepted ping', 'accepted', true],
    ['Unauthenticated', rpcError(RpcCode.Unauthenticated), false],
    ['PermissionDenied', rpcError(RpcCode.PermissionDenied), false],
    ['Unavailable', rpcError(RpcCode.Unavailable), undefined],
    ['no ping', undefined, undefined],
  ])('judges %s', (_, ping, accepted) => {
    expect(isAccepted({ health: health(), ...(ping && { ping }) })).toBe(accepted);
  });
});

describe('isClockUnknown', () => {
  it('is true only if the platform answered without its time', () => {
    const { time: _, ...timeless } = health();
    expect(isClockUnknown({ health: timeless })).toBe(true);
    expect(isClockUnknown({ health: health(), skew: 0 })).toBe(false);
    expect(isClockUnknown({ health: rpcError(RpcCode.Unavailable) })).toBe(false);
  });
});

describe('canSign', () => {
  const roundTrip = 40;

  it('is true within the leeway of the platform, and within the error of the measurement beyond it', () => {
    for (const skew of [0, 30 * SECOND, -30 * SECOND]) {
      expect(canSign({ health: health({ roundTrip }), skew })).toBe(true);
    }
    for (const skew of [120 * SECOND, -120 * SECOND, DAY, -DAY]) {
      expect(canSign({ health: health({ roundTrip }), skew })).toBe(false);
    }
  });

  it('is true if nothing is known of the clock', () => {
    expect(canSign({ health: rpcError(RpcCode.Unavailable) })).toBe(true);
    expect(canSign({ health: health() })).toBe(true);
  });
});
