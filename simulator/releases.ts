import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type Answer, jsonAnswer, startAnswer } from './answer.ts';
import type { ServerIdentity } from './authority.ts';
import { type Conduct, packCnspec } from './cnspec-program.ts';
import { deliver } from './delivery.ts';
import { type Fault, FaultPlan } from './faults.ts';
import { listen } from './loopback-server.ts';
import { JSON_ANSWERS } from './wire-format.ts';

/** What a releases host can be asked for. */
export type ReleaseFile = 'latest' | 'checksums' | 'archive' | 'providers';

/** What a releases host has. */
export interface ReleasesOptions {
  /** The newest version; cnspec 13.0.0, whose output the stand-in knows, where it is left out. */
  newest?: string;
  /** All versions; the newest alone where it is left out. */
  versions?: string[];
  /** How the cnspec behaves that is packed in each archive; it is the version that it is packed as, else. */
  conduct?: Partial<Conduct>;
  /** Every archive, in the place of one with a stand-in for cnspec. */
  archive?: Buffer;
  /** The machines that there are builds for, as `linux_amd64`; this one alone where it is left out. */
  builds?: string[];
  /** Makes it speak TLS. */
  tls?: ServerIdentity;
}

/** A releases host on loopback. */
export interface ReleasesHost {
  /** What `updates-url` has to say. */
  readonly url: string;
  /** The path of each request, in their order. */
  readonly requests: readonly string[];
  /**
   * Lets the requests for a kind of file go wrong, in place of what was planned for it before.
   * @param times how many requests meet it; all of them when it is left out
   */
  fault(file: ReleaseFile, fault: Fault, times?: number): void;
  /** Ends the host and every connection to it. */
  close(): Promise<void>;
}

const SYSTEM: Partial<Record<NodeJS.Platform, string>> = { win32: 'windows' };
const PROCESSOR: Partial<Record<NodeJS.Architecture, string>> = { x64: 'amd64' };

/** This machine, as the names of archives have it. */
export const THIS_BUILD = `${SYSTEM[process.platform] ?? process.platform}_${PROCESSOR[process.arch] ?? process.arch}`;

/** Starts a releases host on a free port of the loopback interface. */
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
  const files = new Map<string, { kind: ReleaseFile; answer: Answer }>();
  for (const version of versions) {
    const archive = ready ?? (await packCnspec({ version, kind: 'agreeing', ...conduct }));
    const sum = createHash('sha256').update(archive).digest('hex');
    const names = builds.map(
      (build) => `cnspec_${version}_${build}.${build.startsWith('windows') ? 'zip' : 'tar.gz'}`,
    );
    const folder = `/cnspec/${version}`;
    for (const name of names) files.set(`${folder}/${name}`, { kind: 'archive', answer: file(archive) });
    const sums = names.map((name) => `${sum}  ${name}\n`).join('');
    files.set(`${folder}/cnspec_v${version}_SHA256SUMS`, {
      kind: 'checksums',
      answer: file(Buffer.from(sums)),
    });
    if (version !== newest) continue;
    const listed = names.map((filename) => {
      const platform = filename.split('_')[2];
      return { filename, size: archive.length, platform, hash: sum };
    });
    files.set('/cnspec/latest.json', {
      kind: 'latest',
      answer: jsonAnswer(200, { name: 'cnspec', version, files: listed }),
    });
  }
  files.set('/providers/latest.json', {
    kind: 'providers',
    answer: jsonAnswer(200, { providers: await listProviders() }),
  });

  const server = await listen(async (request, response, closing) => {
    const path = request.url ?? '';
    requests.push(path);
    const known = files.get(path);
    const answer = known?.answer ?? { ...file(Buffer.from('not found')), status: 404 };
    await deliver(
      {
        act: async () => answer,
        start: (started) => startAnswer(response, started),
        format: JSON_ANSWERS,
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

/** The providers that the stand-in says are installed. */
async function listProviders(): Promise<{ name: string; version: string }[]> {
  const text = await readFile(new URL('./reference/providers-list.txt', import.meta.url), 'utf8');
  return [...text.matchAll(/^\s+(\w+) ([\d.]+)/gm)].map(([, name = '', version = '']) => ({ name, version }));
}

function file(body: Buffer): Answer {
  return { status: 200, headers: { 'content-type': 'application/octet-stream' }, body, code: undefined };
}
