import { describe, expect, it } from 'vitest';
import { fetchChecksum, newestVersion, type ReleasesHost, releaseUrl } from '../../src/cnspec/releases.ts';
import { USER_AGENT } from '../../src/platform/agent-info.ts';
import { Deadline } from '../../src/platform/deadline.ts';
import { ActionError } from '../../src/util/errors.ts';
import { deadEndpoint, type Handler, startServer } from '../platform/loopback-server.ts';
import { rejectionOf } from '../rejection.ts';

const SUM = 'a1'.repeat(32);

const hostAt = (url: string): ReleasesHost => ({
  url,
  proxy: undefined,
  signal: new Deadline(10_000).signal,
  log: () => {},
});

async function releases(handler: Handler) {
  const server = await startServer(handler);
  return { server, host: hostAt(server.endpoint) };
}

async function failureOf(work: Promise<unknown>): Promise<ActionError> {
  const error = await rejectionOf(work, ActionError);
  expect(error.code).toBe('cnspec-failed');
  return error;
}

describe('a releases host', () => {
  it('is asked for the newest version', async () => {
    const { server, host } = await releases(() => ({ name: 'cnspec', version: '13.35.2', files: [] }));
    expect(await newestVersion(host)).toBe('13.35.2');
    expect(server.received).toMatchObject([{ method: 'GET', path: '/cnspec/latest.json' }]);
    expect(server.received[0]?.headers['user-agent']).toBe(USER_AGENT);
  });

  it.each(['[]', 'null', '{}', '{"version": 13}', '{"version": "../13.0.0"}', '<html>', ''])(
    'does not accept %s as a version',
    async (body) => {
      const { host } = await releases((_, response) => void response.end(body));
      expect((await failureOf(newestVersion(host))).message).toMatch(
        /latest\.json names no version of cnspec/,
      );
    },
  );

  it('is asked for the checksum of an archive', async () => {
    const { server, host } = await releases((_, response) => void response.end(`${SUM}  x.zip\n`));
    expect(await fetchChecksum(host, '13.35.2', 'x.zip')).toBe(SUM);
    expect(server.received[0]?.path).toBe('/cnspec/13.35.2/cnspec_v13.35.2_SHA256SUMS');
    expect(releaseUrl(host, '13.35.2/x.zip').href).toBe(`${server.endpoint}/cnspec/13.35.2/x.zip`);
  });

  it('lists the available archives', async () => {
    const { host } = await releases((_, response) => {
      response.end(`${SUM}  cnspec_13.35.2_plan9_mips.tar.gz\n${SUM}  cnspec_13.35.2_linux_amd64.deb\n`);
    });
    const { message, evidence } = await failureOf(fetchChecksum(host, '13.35.2', 'x.zip'));
    expect(message).toMatch(/for this runner, x\.zip\.$/);
    expect(evidence).toBe('SHA256SUMS lists cnspec_13.35.2_plan9_mips.tar.gz');
  });

  it('reports that a version does not exist', async () => {
    const { server, host } = await releases((_, response) => void response.writeHead(404).end());
    const { message } = await failureOf(fetchChecksum(host, '13.99.0', 'x.zip'));
    expect(message).toContain(`${server.endpoint} has no cnspec 13.99.0 (HTTP status 404`);
  });

  it.each([
    [302, 'is a redirect (HTTP status 302), which is never followed'],
    [503, "isn't a file (HTTP status 503)"],
  ])('does not accept HTTP status %d as a response', async (status, told) => {
    const { host } = await releases(
      (_, response) => void response.writeHead(status, { location: '/' }).end(),
    );
    expect((await failureOf(newestVersion(host))).message).toContain(told);
    expect((await failureOf(fetchChecksum(host, '13.35.2', 'x.zip'))).message).toContain(told);
  });

  it('reports that the host cannot be reached', async () => {
    const url = await deadEndpoint();
    const { message, remedy } = await failureOf(newestVersion(hostAt(url)));
    expect(message).toContain('refuses connections (ECONNREFUSED)');
    expect(remedy).toContain('updates-url');
  });
});
