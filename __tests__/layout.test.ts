import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const SRC = fileURLToPath(new URL('../src', import.meta.url));

/** From the top to the ground: a file imports from its own floor and from those below. */
const FLOORS: RegExp[] = [
  /^(?:main|post)\.ts$/,
  /^(?:register|cleanup)\.ts$/,
  /^(?:identify|exchange|registration|verification|real-cnspec|minted-client|cancel)\.ts$/,
  /^(?:report\/|config\/|state\.ts$|mask\.ts$)/,
  /^(?:credentials|status)\//,
  /^github\//,
  /^(?:platform\/|cnspec\/|inputs\.ts$|host\.ts$)/,
  /^(?:errors\.ts$|values\/)/,
];

const ENTRIES: Record<string, string> = { 'register.ts': 'main.ts', 'cleanup.ts': 'post.ts' };

interface Import {
  from: string;
  /** A file of src by its path in it, or what else is named. */
  to: string;
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .map((file) => file.split(path.sep).join('/'))
  .filter((file) => /\.ts$/.test(file) && !file.endsWith('.d.ts'));

const imports = files.flatMap((from): Import[] => {
  const text = readFileSync(path.join(SRC, from), 'utf8');
  const specifiers = [
    ...text.matchAll(
      /^(?:import|export)\b[^;]*?from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm,
    ),
  ];
  return specifiers.map((match) => {
    const specifier = (match[1] ?? match[2] ?? match[3])!;
    return {
      from,
      to: specifier.startsWith('.') ? path.posix.join(path.posix.dirname(from), specifier) : specifier,
    };
  });
});

const internal = imports.filter(({ to }) => files.includes(to));
const floorOf = (file: string) => FLOORS.findIndex((floor) => floor.test(file));
const offending = (wrong: (edge: Import) => boolean) =>
  imports.filter(wrong).map(({ from, to }) => `${from} imports ${to}`);

describe('the house', () => {
  it('was read: there are files, and imports between them', () => {
    expect(files.length).toBeGreaterThan(25);
    expect(internal.length).toBeGreaterThan(50);
    expect(internal).toContainEqual({ from: 'main.ts', to: 'register.ts' });
    expect(internal).toContainEqual({ from: 'config/file.ts', to: 'errors.ts' });
  });

  it('has a floor for every file', () => {
    expect(files.filter((file) => floorOf(file) < 0)).toEqual([]);
  });

  it('lets imports run one way: entries, stories, their chapters, report and config, credentials and status, GitHub, platform, errors and values', () => {
    expect(offending(({ from, to }) => files.includes(to) && floorOf(to) < floorOf(from))).toEqual([]);
  });

  it('lets nothing import a story but its entry', () => {
    expect(offending(({ from, to }) => to in ENTRIES && ENTRIES[to] !== from)).toEqual([]);
    expect(offending(({ to }) => to === 'main.ts' || to === 'post.ts')).toEqual([]);
  });

  it('has no circles', () => {
    const below = (file: string, seen: string[] = []): string[] =>
      internal
        .filter(({ from }) => from === file)
        .flatMap(({ to }) => {
          if (seen.includes(to)) throw new Error(`A circle: ${[...seen, file, to].join(' → ')}`);
          return [to, ...below(to, [...seen, file])];
        });
    for (const file of files) expect(below(file)).not.toContain(file);
  });

  it('never reaches out of src, but for the manifest', () => {
    expect(offending(({ to }) => to.startsWith('..') && to !== '../package.json')).toEqual([]);
  });

  it('keeps the toolkit out of what a test should be able to call', () => {
    expect(
      offending(
        ({ from, to }) =>
          /^(?:platform|cnspec|status|config|credentials|values)\//.test(from) && to === '@actions/core',
      ),
    ).toEqual([]);
  });

  it('writes the extension of every file that it imports, as plain Node needs it', () => {
    expect(
      offending(
        ({ to }) => !path.isAbsolute(to) && /^(?:\w[\w-]*\/)?[\w-]+$/.test(to) && files.includes(`${to}.ts`),
      ),
    ).toEqual([]);
  });
});
