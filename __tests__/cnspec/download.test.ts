import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { download } from '../../src/cnspec/releases.ts';
import { USER_AGENT } from '../../src/platform/agent-info.ts';
import { Deadline } from '../../src/platform/deadline.ts';
import { ActionError } from '../../src/util/errors.ts';
import { deadEndpoint, type Handler, startServer } from '../platform/loopback-server.ts';
import { rejectionOf } from '../rejection.ts';

/** Larger than the limit for platform responses, and than a socket buffer. */
const CONTENT = Buffer.alloc(3 * 1024 * 1024, 'content ');

async function folder(): Promise<string> {
  const created = await mkdtemp(path.join(os.tmpdir(), 'download-'));
  onTestFinished(() => rm(created, { recursive: true }));
  return created;
}

interface Way {
  timeout?: number;
  file?: string;
  proxy?: string;
}

async function downloadFrom(endpoint: string, { timeout = 10_000, file = 'archive', proxy }: Way = {}) {
  const lines: string[] = [];
  const target = path.join(await folder(), file);
  const { signal } = new Deadline(timeout);
  const log = (line: string) => lines.push(line);
  const host = { url: endpoint, proxy, signal, log };
  const sum = download(new URL(`${endpoint}/archive.tar.gz`), target, host);
  return { sum, target, lines };
}

async function failureOf(handler: Handler, timeout?: number): Promise<string> {
  const { endpoint } = await startServer(handler);
  const { sum, lines } = await downloadFrom(endpoint, timeout === undefined ? {} : { timeout });
  const error = await rejectionOf(sum, ActionError);
  expect(error.code).toBe('cnspec-failed');
  expect(lines).toEqual([]);
  return error.message;
}

describe('download', () => {
  it('writes the file, and returns its checksum and size', async () => {
    const server = await startServer((_, response) => {
      response.writeHead(200, { 'content-length': CONTENT.length }).end(CONTENT);
    });
    const { sum, target, lines } = await downloadFrom(server.endpoint);
    expect(await sum).toBe(createHash('sha256').update(CONTENT).digest('hex'));
    expect((await readFile(target)).equals(CONTENT)).toBe(true);
    expect(lines).toEqual([expect.stringMatching(/^→ downloaded 3\.0 MiB in \d/)]);
    expect(server.received).toMatchObject([{ method: 'GET', path: '/archive.tar.gz' }]);
    expect(server.received[0]?.headers['user-agent']).toBe(USER_AGENT);
  });

  it('accepts a response without a Content-Length', async () => {
    const server = await startServer((_, response) => void response.end(CONTENT));
    const { sum, lines } = await downloadFrom(server.endpoint);
    await sum;
    expect(lines).toEqual([expect.stringMatching(/^→ downloaded 3\.0 MiB in \d/)]);
  });

  it('reports what it received instead of the file', async () => {
    expect(await failureOf((_, response) => void response.writeHead(404).end())).toContain(
      "isn't a file (HTTP status 404)",
    );
    expect(await failureOf((_, response) => void response.writeHead(307, { location: '/' }).end())).toContain(
      'is a redirect',
    );
  });

  it('reports how much arrived before the connection broke off', async () => {
    const message = await failureOf((_, response) => {
      response.writeHead(200, { 'content-length': CONTENT.length });
      response.write(CONTENT.subarray(0, 1024), () => setTimeout(() => response.destroy(), 50));
    });
    expect(message).toMatch(/was lost in the middle of the response \(\w+\) after 1\.0 KiB\.$/);
  });

  it('stops at the deadline', async () => {
    const drip: Handler = (_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
    };
    expect(await failureOf(drip, 300)).toMatch(/the step timed out after 0\.\d KiB\.$/);
    expect(await failureOf((_, response) => void response.flushHeaders(), 300)).toContain(
      'the step timed out',
    );
  });

  it.each(['the host', 'a proxy'])(
    'gives up early if %s accepts connections and sends nothing',
    async (who) => {
      const mute = createServer((socket) => socket.on('error', () => {}));
      onTestFinished(() => void mute.close());
      await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
      const { port } = mute.address() as AddressInfo;
      const { sum } =
        who === 'the host'
          ? await downloadFrom(`https://127.0.0.1:${port}`, { timeout: 60_000 })
          : await downloadFrom('https://mirror.example.org', {
              timeout: 60_000,
              proxy: `http://127.0.0.1:${port}`,
            });
      await expect(sum).rejects.toThrow(
        /could not be fetched: no connection within 2s(?: through the proxy 127\.0\.0\.1:\d+)?\.$/,
      );
    },
  );

  it('reports that nothing listens on the port', async () => {
    const { sum } = await downloadFrom(await deadEndpoint());
    await expect(sum).rejects.toThrow(/refuses connections \(ECONNREFUSED\)/);
  });

  it('reports that the file cannot be written', async () => {
    const server = await startServer((_, response) => void response.end(CONTENT));
    const { sum } = await downloadFrom(server.endpoint, { file: path.join('no', 'such', 'folder') });
    await expect(sum).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
