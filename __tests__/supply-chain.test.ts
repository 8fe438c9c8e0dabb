import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import manifest from '../package.json' with { type: 'json' };
import { ownerIn } from '../scripts/release/pins.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Workflows, and pages that people copy from. The migration page is excluded: it shows what people use today. */
const FILES = [
  ...filesBelow('.github'),
  ...filesBelow('docs'),
  'README.md',
  'SECURITY.md',
  'action.yml',
].filter((file) => file !== path.join('docs', 'migrating.md'));

/** By commit, which can't be moved, with the version for people and Dependabot. */
const PINNED = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/;

/** This action itself: `./` in its own workflows; in examples the moving tag or a release's commit. */
const OURS = new RegExp(
  `^(?:\\./|${ownerIn(manifest)}/register-cnspec(?:/[\\w./-]+)?@(?:v\\d+(?: #.*)?|[0-9a-f]{40} # v\\d+\\.\\d+\\.\\d+))$`,
);

/** Mondoo's own actions, which belong to the vendor of the product that they run: by version. */
const MONDOOS = /^mondoohq\/actions\/[\w-]+@v\d+\.\d+\.\d+$/;

function filesBelow(folder: string): string[] {
  if (!existsSync(path.join(ROOT, folder))) return [];
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(?:ya?ml|md)$/.test(file))
    .map((file) => path.join(folder, file));
}

/** The actions that a file uses, without this action itself. */
function usesIn(text: string): string[] {
  return [...text.matchAll(/^\s*(?:- )?uses: *(.+?) *$/gm)]
    .map(([, used = '']) => used.replaceAll(/["']/g, ''))
    .filter((used) => !OURS.test(used) && !MONDOOS.test(used));
}

describe('other actions', () => {
  const used = FILES.flatMap((file) =>
    usesIn(readFileSync(path.join(ROOT, file), 'utf8')).map((use) => `${file}: ${use}`),
  );

  it('exist', () => {
    expect(used.length).toBeGreaterThan(5);
  });

  it('are pinned to a commit, with the version beside it', () => {
    expect(used.filter((use) => !PINNED.test(use.slice(use.indexOf(': ') + 2)))).toEqual([]);
  });

  it('have one commit for each version', () => {
    const commits = new Set(used.map((use) => use.replace(/^.*: ([^/]+\/[^/@]+)[^@]*/, '$1')));
    const versions = new Set([...commits].map((use) => use.replace(/@\w+/, '')));
    expect([...commits].toSorted()).toHaveLength(versions.size);
  });

  it.each([
    'uses: actions/checkout@v7',
    'uses: actions/checkout@main # v7.0.1',
    '- uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1',
    "  - uses: 'actions/checkout@3d3c42e # v7.0.1'",
    'uses: docker://alpine:latest',
    'uses: somebody/register-cnspec@v1',
  ])('are found: %s', (line) => {
    expect(usesIn(line).filter((use) => !PINNED.test(use))).toHaveLength(1);
  });
});

describe('packages', () => {
  const lock = JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { integrity?: string; resolved?: string }>;
  };
  const packages = Object.entries(lock.packages).filter(([name]) => name !== '');

  it('are all locked by their hash', () => {
    expect(packages.length).toBeGreaterThan(50);
    const unlocked = packages.filter(([, { integrity = '' }]) => !/^sha512-[\w+/]{86}==$/.test(integrity));
    expect(unlocked.map(([name]) => name)).toEqual([]);
  });

  it('come only from the registry', () => {
    const elsewhere = packages.filter(
      ([, { resolved }]) => resolved !== undefined && !resolved.startsWith('https://registry.npmjs.org/'),
    );
    expect(elsewhere.map(([name]) => name)).toEqual([]);
  });
});

describe('Dependabot', () => {
  interface Update {
    'package-ecosystem': string;
    directory: string;
    groups?: Record<string, { patterns?: string[]; 'dependency-type'?: string }>;
  }
  const { updates }: { updates: Update[] } = parse(
    readFileSync(path.join(ROOT, '.github/dependabot.yml'), 'utf8'),
  );

  it('updates packages and actions', () => {
    expect(updates.map((update) => [update['package-ecosystem'], update.directory])).toEqual([
      ['npm', '/'],
      ['github-actions', '/'],
    ]);
  });

  it('updates bundled packages, which change dist, in another group than tools', () => {
    const [npm, actions] = updates.map(({ groups }) => Object.values(groups ?? {}));
    expect(npm?.map((group) => group['dependency-type']).toSorted()).toEqual(['development', 'production']);
    expect(actions?.map(({ patterns }) => patterns)).toEqual([['*']]);
  });
});
