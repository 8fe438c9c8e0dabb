import { describe, expect, it } from 'vitest';
import { Releases } from '../../src/cnspec/releases.ts';
import { ActionError } from '../../src/errors.ts';
import {
  deadEndpoint,
  type Handler,
  openTransport,
  startServer,
  USER_AGENT,
} from '../platform/loopback-server.ts';

async function releases(handler: Handler) {
  const server = await startServer(handler);
  return { server, host: new Releases(openTransport(), { url: server.endpoint, userAgent: USER_AGENT }) };
}

async function failureOf(work: Promise<unknown>): Promise<ActionError> {
  const error = await work.then(
    () => new Error('it did not fail'),
    (error) => error,
  );
  expect(error).toBeInstanceOf(ActionError);
  expect(error.code).toBe('cnspec-failed');
  return error;
}

describe('Releases', () => {
  it('asks for the newest version', async () => {
    const { server, host } = await releases(() => ({ name: 'cnspec', version: '13.35.2', files: [] }));
    expect(await host.newest()).toBe('13.35.2');
    expect(server.received).toMatchObject([{ method: 'GET', path: '/cnspec/latest.json' }]);
    expect(server.received[0]?.headers['user-agent']).toBe(USER_AGENT);
  });

  it.each(['[]', 'null', '{}', '{"version": 13}', '{"version": "../13.0.0"}', '<html>', ''])(
    'takes %s for no version',
    async (body) => {
      const { host } = await releases((_, response) => void response.end(body));
      expect((await failureOf(host.newest())).message).toMatch(
        /latest\.json answers names no version of cnspec/,
      );
    },
  );

  it('asks for the checksums of a version', async () => {
    const { server, host } = await releases((_, response) => void response.end('sums'));
    expect(await host.checksums('13.35.2')).toBe('sums');
    expect(server.received[0]?.path).toBe('/cnspec/13.35.2/cnspec_v13.35.2_SHA256SUMS');
    expect(host.archive('13.35.2', 'x.zip').href).toBe(`${server.endpoint}/cnspec/13.35.2/x.zip`);
  });

  it('says that there is no such version', async () => {
    const { server, host } = await releases((_, response) => void response.writeHead(404).end());
    const { message } = await failureOf(host.checksums('13.99.0'));
    expect(message).toContain(`${server.endpoint} has no cnspec 13.99.0 (HTTP status 404`);
  });

  it.each([
    [302, 'is a redirect (HTTP status 302), which is never followed'],
    [503, 'is no file (HTTP status 503)'],
  ])('does not take HTTP status %d for an answer', async (status, told) => {
    const { host } = await releases(
      (_, response) => void response.writeHead(status, { location: '/' }).end(),
    );
    expect((await failureOf(host.newest())).message).toContain(told);
    expect((await failureOf(host.checksums('13.35.2'))).message).toContain(told);
  });

  it('says that the host cannot be reached', async () => {
    const url = await deadEndpoint();
    const host = new Releases(openTransport(), { url, userAgent: USER_AGENT });
    const { message, remedy } = await failureOf(host.newest());
    expect(message).toContain('refuses connections (ECONNREFUSED)');
    expect(remedy).toContain('updates-url');
  });
});
