import { createHash } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ReleasesOptions, startReleases, THIS_BUILD } from '../../simulator/releases.ts';

const ARCHIVE = `cnspec_13.0.0_${THIS_BUILD}.${process.platform === 'win32' ? 'zip' : 'tar.gz'}`;

async function start(options?: ReleasesOptions) {
  const host = await startReleases(options);
  onTestFinished(() => host.close());
  const get = (path: string) => fetch(host.url + path, { redirect: 'manual' });
  return { host, get };
}

describe('a releases host', () => {
  it('names the newest version, and the sums of its archives', async () => {
    const { get } = await start({ versions: ['12.11.0', '13.0.0'] });
    const archive = Buffer.from(await (await get(`/cnspec/13.0.0/${ARCHIVE}`)).arrayBuffer());
    const hash = createHash('sha256').update(archive).digest('hex');
    expect(await (await get('/cnspec/latest.json')).json()).toEqual({
      name: 'cnspec',
      version: '13.0.0',
      files: [{ filename: ARCHIVE, size: archive.length, platform: THIS_BUILD.split('_')[0], hash }],
    });
    expect(await (await get('/cnspec/13.0.0/cnspec_v13.0.0_SHA256SUMS')).text()).toBe(
      `${hash}  ${ARCHIVE}\n`,
    );
    expect((await get('/cnspec/12.11.0/cnspec_v12.11.0_SHA256SUMS')).status).toBe(200);
  });

  it('lists the providers that the stand-in has', async () => {
    const { get } = await start();
    const { providers } = (await (await get('/providers/latest.json')).json()) as { providers: object[] };
    expect(providers).toContainEqual({ name: 'core', version: '13.0.0' });
    expect(providers).toHaveLength(4);
  });

  it('has nothing else, and tells what it was asked for', async () => {
    const { host, get } = await start();
    expect((await get('/cnspec/13.1.0/x')).status).toBe(404);
    expect(host.requests).toEqual(['/cnspec/13.1.0/x']);
  });

  it('goes wrong as it is told', async () => {
    const { host, get } = await start();
    host.fault('latest', { kind: 'answer', status: 302, headers: { location: '/elsewhere' } }, 1);
    expect((await get('/cnspec/latest.json')).status).toBe(302);
    expect((await get('/cnspec/latest.json')).status).toBe(200);
  });
});
