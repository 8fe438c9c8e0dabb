import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ServerIdentity } from './authority.ts';
import { type Conduct, packCnspec } from './cnspec-program.ts';
import { deliver } from './delivery.ts';
import { type Fault, FaultPlan } from './faults.ts';
import { listen } from './loopback-server.ts';
import { jsonResponse, type ResponseContent, startResponse } from './response-content.ts';
import { JSON_RESPONSES } from './wire-format.ts';

export type ReleaseFile = 'latest' | 'checksums' | 'archive' | 'providers';

export interface ReleasesOptions {
  /** Default: cnspec 13.0.0, whose output the stand-in prints. */
  newest?: string;
  /** Default: only the newest. */
  versions?: string[];
  /** Default: it agrees, with the version of its archive. */
  conduct?: Partial<Conduct>;
  archive?: Buffer;
  /** Such as `linux_amd64`. Default: only this system. */
  builds?: string[];
  tls?: ServerIdentity;
}

export interface ReleasesHost {
  /** The value for `updates-url`. */
  readonly url: string;
  readonly requests: readonly string[];
  /** Replaces the planned fault for a kind of file. Default: for all requests. */
  fault(file: ReleaseFile, fault: Fault, times?: number): void;
  close(): Promise<void>;
}

const SYSTEM: Partial<Record<NodeJS.Platform, string>> = { win32: 'windows' };
const PROCESSOR: Partial<Record<NodeJS.Architecture, string>> = { x64: 'amd64' };

export const THIS_BUILD = `${SYSTEM[process.platform] ?? process.platform}_${PROCESSOR[process.arch] ?? process.arch}`;

export async function startReleases({
  newest = '13.0.0',
  versions = [newest],
  conduct = {},
  archive: ready,
  builds = [THIS_BUILD],
  tls,
}: ReleasesOptions = {}): Promise<ReleasesHost> {
  const faults = new FaultPlan<ReleaseFile>();
  const requests: string[] = [];
  const files = new Map<string, { kind: ReleaseFile; content: ResponseContent }>();
  for (const version of versions) {
    const archive = ready ?? (await packCnspec({ version, kind: 'agreeing', ...conduct }));
    const sum = createHash('sha256').update(archive).digest('hex');
    const names = builds.map(
      (build) => `cnspec_${version}_${build}.${build.startsWith('windows') ? 'zip' : 'tar.gz'}`,
    );
    const folder = `/cnspec/${version}`;
    for (const name of names) files.set(`${folder}/${name}`, { kind: 'archive', content: file(archive) });
    const sums = names.map((name) => `${sum}  ${name}\n`).join('');
    files.set(`${folder}/cnspec_v${version}_SHA256SUMS`, {
      kind: 'checksums',
      content: file(Buffer.from(sums)),
    });
    if (version !== newest) continue;
    const listed = names.map((filename) => {
      const platform = filename.split('_')[2];
      return { filename, size: archive.length, platform, hash: sum };
    });
    files.set('/cnspec/latest.json', {
      kind: 'latest',
      content: jsonResponse(200, { name: 'cnspec', version, files: listed }),
    });
  }
  files.set('/providers/latest.json', {
    kind: 'providers',
    content: jsonResponse(200, { providers: await listProviders() }),
  });

  const server = await listen(async (request, response, closing) => {
    const path = request.url ?? '';
    requests.push(path);
    const known = files.get(path);
    const content = known?.content ?? { ...file(Buffer.from('not found')), status: 404 };
    await deliver(
      {
        act: async () => content,
        start: (started) => startResponse(response, started),
        format: JSON_RESPONSES,
        socket: request.socket,
        closing,
      },
      known && faults.next(known.kind),
    );
  }, tls);

  return {
    url: server.origin,
    requests,
    fault: (kind, fault, times) => faults.plan(kind, fault, times),
    close: server.close,
  };
}

async function listProviders(): Promise<{ name: string; version: string }[]> {
  const text = await readFile(new URL('./reference/providers-list.txt', import.meta.url), 'utf8');
  return [...text.matchAll(/^\s+(\w+) ([\d.]+)/gm)].map(([, name = '', version = '']) => ({ name, version }));
}

function file(body: Buffer): ResponseContent {
  return { status: 200, headers: { 'content-type': 'application/octet-stream' }, body, code: undefined };
}
