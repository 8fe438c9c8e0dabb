import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { CallError, RpcCode } from '../../src/platform/call-error.ts';
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
import {
  deadEndpoint,
  openClient,
  type Received,
  sendError,
  sendJson,
  startServer,
} from './loopback-server.ts';

const SECOND = 1000;
const DAY = 24 * 3600 * SECOND;

interface Behaviour {
  /** The offset of its clock to the local one, in milliseconds. */
  skew?: number;
  /** The health check's response in place of the time. */
  time?: string | undefined;
  healthStatus?: number;
  /** Whether it accepts a token with this offset to its own time, in milliseconds. */
  accepts?: (distance: number) => boolean;
  /** HTTP status and code for rejected requests. */
  refusal?: [number, number];
  /** The delay of every response, in milliseconds. */
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
      return sendJson(response, healthStatus, { status: 'SERVING', time });
    }
    const distance = decodeJwt(request.headers.authorization!.slice(7)).iat! * SECOND - serverTime;
    return accepts(distance) ? {} : sendError(response, ...refusal, 'refused');
  });
  const client = openClient(server.endpoint, behaviour.timeout);
  const check = await checkAccount(client, account());
  return { check, pings: server.received.filter(({ path }) => path !== '/Health/Check') };
}

describe('with clocks that agree', () => {
  it('valid credentials are accepted with one ping', async () => {
    const { check, pings } = await observed({});
    expect(check).toMatchObject({ health: { status: 'SERVING' }, ping: 'accepted' });
    expect(Math.abs(check.skew!)).toBeLessThan(20 * SECOND);
    expect(check).not.toHaveProperty('pingAtServerTime');
    expect(pings).toHaveLength(1);
  });

  it('rejected credentials are pinged only once: a second ping would fail too', async () => {
    const { check, pings } = await observed({ accepts: never });
    expect(check.ping).toMatchObject({ code: 16 });
    expect(check).not.toHaveProperty('pingAtServerTime');
    expect(pings).toHaveLength(1);
  });
});

describe.each([45 * SECOND, -45 * SECOND])('with a clock that is %i ms off, within the leeway', (skew) => {
  it('valid credentials are accepted, and the skew is reported with its sign', async () => {
    const { check, pings } = await observed({ skew });
    expect(check.ping).toBe('accepted');
    expect(Math.abs(check.skew! - skew)).toBeLessThan(20 * SECOND);
    expect(pings).toHaveLength(1);
  });

  it('revoked credentials are rejected at both times', async () => {
    const { check, pings } = await observed({ skew, accepts: never });
    expect(check.ping).toMatchObject({ code: 16 });
    expect(check.pingAtServerTime).toMatchObject({ code: 16 });
    expect(pings).toHaveLength(2);
  });
});

describe.each([90 * SECOND, -90 * SECOND, 3 * DAY, -3 * DAY, 7 * DAY - 60 * SECOND])(
  'with a clock that is %i ms off, beyond the leeway',
  (skew) => {
    it("valid credentials are accepted at the platform's time", async () => {
      const { check, pings } = await observed({ skew });
      expect(check.ping).toMatchObject({ code: 16 });
      expect(check.pingAtServerTime).toBe('accepted');
      expect(Math.abs(check.skew! - skew)).toBeLessThan(20 * SECOND);
      expect(pings).toHaveLength(2);
    });

    it('revoked credentials are rejected at both times, without further pings', async () => {
      const { check, pings } = await observed({ skew, accepts: never });
      expect(check.pingAtServerTime).toMatchObject({ code: 16 });
      expect(pings).toHaveLength(2);
    });
  },
);

describe.each([8 * DAY, -8 * DAY, 7 * DAY + 60 * SECOND])(
  'with a clock that is %i ms off, beyond seven days',
  (skew) => {
    it("nothing is signed with the platform's time", async () => {
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

describe('another response of the platform', () => {
  it.each([
    [403, 7],
    [500, 2],
    [404, 5],
  ])('does not cause a second ping: %i, code %i', async (...refusal) => {
    const { check, pings } = await observed({ skew: 3 * DAY, accepts: never, refusal });
    expect(check.ping).toMatchObject({ code: refusal[1] });
    expect(check).not.toHaveProperty('pingAtServerTime');
    expect(pings).toHaveLength(1);
  });

  it.each([undefined, 'yesterday'])(
    'may lack a valid time (%s): then there is no skew and no second ping',
    async (time) => {
      const { check, pings } = await observed({ skew: 3 * DAY, time });
      expect(check.health).toMatchObject({ status: 'SERVING' });
      expect(check).not.toHaveProperty('skew');
      expect(check).not.toHaveProperty('pingAtServerTime');
      expect(pings).toHaveLength(1);
    },
  );

  it('may report bad health: the ping is still sent, once', async () => {
    const { check, pings } = await observed({ healthStatus: 500, accepts: never });
    expect(check.health).toBeInstanceOf(CallError);
    expect(check.ping).toMatchObject({ code: 16 });
    expect(check).not.toHaveProperty('skew');
    expect(pings).toHaveLength(1);
  });

  it('may be missing: both failures are reported', async () => {
    const client = openClient(await deadEndpoint(), 1);
    const { health, ping } = await checkAccount(client, account());
    expect([health, ping]).toEqual([expect.any(CallError), expect.any(CallError)]);
  });

  it('does not hide a bug of the action', async () => {
    const client = openClient('no URL');
    await expect(checkAccount(client, account())).rejects.toThrow(TypeError);
  });
});

describe('the two checks in sequence, for an account that is created in between,', () => {
  it('ask for health and clock only, and then ping with the account', async () => {
    const server = await startServer((request) =>
      request.path === '/Health/Check' ? { status: 'SERVING', time: new Date().toISOString() } : {},
    );
    const client = openClient(server.endpoint);
    const platform = await checkPlatform(client);
    expect(server.received.map(({ path }) => path)).toEqual(['/Health/Check']);
    expect(platform).not.toHaveProperty('ping');
    expect(platform).toMatchObject({ health: { status: 'SERVING' }, skew: expect.any(Number) });

    expect(await checkAccount(client, account(), platform)).toEqual({ ...platform, ping: 'accepted' });
    expect(server.received.map(({ path }) => path)).toEqual(['/Health/Check', '/AgentManager/PingPong']);
  });

  it('report a failed health check, and then any rejection of the account', async () => {
    const server = await startServer((_, response) => sendError(response, 401, 16, 'refused'));
    const client = openClient(server.endpoint);
    const platform = await checkPlatform(client);
    expect(platform).toEqual({ health: expect.any(CallError) });
    const check = await checkAccount(client, account(), platform);
    expect(check).toEqual({ ...platform, ping: expect.objectContaining({ code: 16 }) });
    expect(server.received).toHaveLength(2);
  });

  it('use the measured clock to explain why an account is rejected', async () => {
    const server = await startServer((request, response) => {
      if (request.path === '/Health/Check')
        return { status: 'SERVING', time: new Date(Date.now() + DAY).toISOString() };
      const claimed = decodeJwt(request.headers.authorization!.slice(7)).iat! * SECOND;
      return claimed > Date.now() + DAY / 2 ? {} : sendError(response, 401, 16, 'refused');
    });
    const client = openClient(server.endpoint);
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
  ])('is right for %s', (_, ping, accepted) => {
    expect(isAccepted({ health: health(), ...(ping && { ping }) })).toBe(accepted);
  });
});

describe('isClockUnknown', () => {
  it('is true only if the platform responded without its time', () => {
    const { time: _, ...timeless } = health();
    expect(isClockUnknown({ health: timeless })).toBe(true);
    expect(isClockUnknown({ health: health(), skew: 0 })).toBe(false);
    expect(isClockUnknown({ health: rpcError(RpcCode.Unavailable) })).toBe(false);
  });
});

describe('canSign', () => {
  const roundTrip = 40;

  it("is true within the platform's leeway plus the measurement error", () => {
    for (const skew of [0, 30 * SECOND, -30 * SECOND]) {
      expect(canSign({ health: health({ roundTrip }), skew })).toBe(true);
    }
    for (const skew of [120 * SECOND, -120 * SECOND, DAY, -DAY]) {
      expect(canSign({ health: health({ roundTrip }), skew })).toBe(false);
    }
  });

  it('is true if the clock is unknown', () => {
    expect(canSign({ health: rpcError(RpcCode.Unavailable) })).toBe(true);
    expect(canSign({ health: health() })).toBe(true);
  });
});
