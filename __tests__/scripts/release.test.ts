import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { notesFor } from '../../scripts/release/changelog.ts';
import { movingTags, parseTag } from '../../scripts/release/version.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const RELEASE = parse(readFileSync(path.join(ROOT, '.github/workflows/release.yml'), 'utf8'));

const CHANGELOG = `# Changelog

## [Unreleased]

### Added

- What is to come.

## [1.2.3] - 2026-01-31

### Fixed

- What was wrong.

## [1.2.2]

- Not dated.

## [1.2.1] - 2026-01-01

[1.2.3]: https://example.com/compare
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'release-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

/** Without the git identity and settings of the person who runs the test. */
const ENV = {
  ...process.env,
  GIT_CONFIG_GLOBAL: os.devNull,
  GIT_CONFIG_SYSTEM: os.devNull,
  GIT_AUTHOR_NAME: 'Stella',
  GIT_AUTHOR_EMAIL: 'stella@example.com',
  GIT_COMMITTER_NAME: 'Stella',
  GIT_COMMITTER_EMAIL: 'stella@example.com',
};

function run(script: string, ...args: string[]) {
  const file = path.join(ROOT, 'scripts', 'release', script);
  return spawnSync(process.execPath, [file, ...args], { cwd: folder, env: ENV, encoding: 'utf8' });
}

describe('parseTag', () => {
  it('reads the tag of a release', () => {
    expect(parseTag('v1.20.3')).toEqual({ major: 1, minor: 20, patch: 3 });
  });

  it.each(['v1', 'v1.2', '1.2.3', 'v1.2.3-rc.1', 'v01.2.3', 'v1.2.3 ', 'xv1.2.3', ''])(
    'rejects other tags: %j',
    (tag) => {
      expect(parseTag(tag)).toBeUndefined();
    },
  );
});

describe('movingTags', () => {
  it.each([
    ['the first', 'v1.2.3', ['v1.2.3'], ['v1', 'v1.2']],
    ['the newest', 'v1.10.0', ['v1.9.9', 'v1.10.0', 'v1', 'v1.9'], ['v1', 'v1.10']],
    ['a patch of an older minor version', 'v1.2.4', ['v1.2.3', 'v1.2.4', 'v1.3.0'], ['v1.2']],
    ['a patch of an older major version', 'v1.2.4', ['v1.2.4', 'v2.0.0'], ['v1', 'v1.2']],
    ['a late release', 'v1.2.3', ['v1.2.3', 'v1.2.10'], []],
    ['a release next to a candidate', 'v1.2.3', ['v1.2.3', 'v1.3.0-rc.1'], ['v1', 'v1.2']],
  ])('moves the tags that no higher version holds: %s', (_, tag, all, moving) => {
    expect(movingTags(tag, all)).toEqual(moving);
  });

  it('rejects a tag that is not a release tag', () => {
    expect(() => movingTags('v1', [])).toThrow('"v1" isn\'t a release tag');
  });
});

describe('notesFor', () => {
  it('returns the changelog of the version, and nothing else', () => {
    expect(notesFor('1.2.3', CHANGELOG)).toBe('### Fixed\n\n- What was wrong.\n');
  });

  it.each([
    ['1.2.4', 'has no section'],
    ['1.2', 'has no section'],
    ['1.2.2', 'has no date'],
    ['Unreleased', 'has no date'],
    ['1.2.1', 'is empty'],
  ])('rejects %s: %s', (version, says) => {
    expect(() => notesFor(version, CHANGELOG)).toThrow(says);
  });
});

describe('check-tag', () => {
  const prepare = (version: string, locked = version) => {
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ version }));
    writeFileSync(path.join(folder, 'package-lock.json'), JSON.stringify({ version: locked }));
    writeFileSync(path.join(folder, 'CHANGELOG.md'), CHANGELOG);
  };

  it('accepts a version that package.json, its lock and the changelog contain', () => {
    prepare('1.2.3');
    expect(run('check-tag.ts', 'v1.2.3')).toMatchObject({ status: 0, stderr: '' });
    expect(run('notes.ts', 'v1.2.3').stdout).toBe('### Fixed\n\n- What was wrong.\n');
  });

  it.each([
    [
      'another version in package.json',
      'v1.2.3',
      '1.2.4',
      '1.2.3',
      /the version in package\.json is 1\.2\.4/,
    ],
    [
      'another version in the lock',
      'v1.2.3',
      '1.2.3',
      '1.2.2',
      /the version in package-lock\.json is 1\.2\.2/,
    ],
    ['a version that is not in the changelog', 'v1.2.9', '1.2.9', '1.2.9', /no section "## \[1\.2\.9\]/],
    ['a tag without a whole version', 'v1', '1.2.3', '1.2.3', /^check-tag: "v1" isn't a release tag .*\n$/],
    ['an empty tag', '', '1.2.3', '1.2.3', /^check-tag: "" isn't a release tag .*\n$/],
  ])('rejects %s', (_, tag, version, locked, says) => {
    prepare(version, locked);
    const { status, stderr } = run('check-tag.ts', tag);
    expect(status).toBe(1);
    expect(stderr).toMatch(says);
  });
});

describe('move-tags', () => {
  const git = (...args: string[]) =>
    execFileSync('git', args, {
      cwd: folder,
      env: ENV,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  const commit = () => git('commit', '--quiet', '--allow-empty', '--message', 'Change');
  const atOrigin = (tag: string) => git('ls-remote', 'origin', `refs/tags/${tag}`).split('\t')[0];

  beforeEach(() => {
    git('init', '--quiet', '--bare', 'origin.git');
    git('init', '--quiet');
    git('remote', 'add', 'origin', path.join(folder, 'origin.git'));
  });

  it('moves the tags at origin to each release in turn, and not back', () => {
    for (const tag of ['v1.2.3', 'v1.3.0', 'v1.2.4']) {
      commit();
      git('tag', tag);
      git('push', '--quiet', 'origin', tag);
      expect(run('move-tags.ts', tag)).toMatchObject({ status: 0 });
    }
    expect(atOrigin('v1')).toBe(git('rev-parse', 'v1.3.0'));
    expect(atOrigin('v1.3')).toBe(git('rev-parse', 'v1.3.0'));
    expect(atOrigin('v1.2')).toBe(git('rev-parse', 'v1.2.4'));
    expect(atOrigin('v1.2.3')).toBe(git('rev-parse', 'v1.2.3'));
  });

  it('points to the commit of an annotated tag, not to the tag', () => {
    commit();
    git('tag', '--annotate', '--message', 'Release', 'v1.0.0');
    expect(run('move-tags.ts', 'v1.0.0').status).toBe(0);
    expect(atOrigin('v1')).toBe(git('rev-parse', 'HEAD'));
  });

  it('moves nothing if the tag is not at the commit that was checked out', () => {
    commit();
    git('tag', 'v1.0.0');
    commit();
    expect(run('move-tags.ts', 'v1.0.0')).toMatchObject({
      stderr: expect.stringContaining('v1.0.0 was moved'),
    });
    expect(git('tag', '--list')).toBe('v1.0.0');
  });

  it('moves nothing for a tag that is not a release', () => {
    commit();
    expect(run('move-tags.ts', 'v1').status).not.toBe(0);
    expect(git('tag', '--list')).toBe('');
  });
});

describe('the workflow', () => {
  interface ReleaseJob {
    needs?: string;
    permissions?: Record<string, string>;
    steps: { name?: string; run?: string; uses?: string }[];
  }
  const jobs: Record<string, ReleaseJob> = RELEASE.jobs;

  it('publishes only after all checks, and moves tags only after that', () => {
    expect(jobs.release?.needs).toBe('check');
    expect(jobs.tags?.needs).toBe('release');
    const checks = jobs.check!.steps.map(({ run }) => run).join('\n');
    for (const check of ['npm test', 'npm run check', 'check-tag.ts']) expect(checks).toContain(check);
  });

  it('runs no packages in a job with write permissions', () => {
    for (const { permissions, steps } of Object.values(jobs)) {
      if (permissions?.contents !== 'write') continue;
      expect(steps.map(({ run = '' }) => run).join('\n')).not.toMatch(/\bnp[mx]\b/);
    }
  });

  it('is triggered by the tag of a release, not by v1 and v1.2', () => {
    const patterns: string[] = RELEASE.on.push.tags;
    const triggers = (tag: string) =>
      patterns.some((pattern) => new RegExp(`^${pattern.replaceAll('.', '\\.')}$`).test(tag));
    expect(['v1.2.3', 'v1.2', 'v1', 'v1.2.3-rc.1', 'main'].filter(triggers)).toEqual(['v1.2.3']);
  });

  it('attests in the job that builds dist, before publication, with the required permissions', () => {
    const { steps, permissions } = jobs.release!;
    const attest = steps.findIndex(({ uses }) => uses?.startsWith('actions/attest-build-provenance@'));
    const publish = steps.findIndex(({ run }) => run?.includes('gh release create'));
    expect(attest).toBeGreaterThan(0);
    expect(publish).toBeGreaterThan(attest);
    expect(permissions).toMatchObject({ 'id-token': 'write', attestations: 'write' });
  });

  it('pins every action to a commit', () => {
    for (const { uses } of Object.values(jobs).flatMap(({ steps }) => steps)) {
      if (uses !== undefined) expect(uses).toMatch(/@[0-9a-f]{40}$/);
    }
  });

  // Windows runners have bash too, but not always first on PATH.
  it.skipIf(process.platform === 'win32').for([
    { released: 'v1.2.3\nv1.2.2', works: true, status: 1 },
    { released: 'v1.2.2\nv1.2.30\nav1.2.3', works: true, status: 0 },
    { released: 'v1x2x3', works: true, status: 0 },
    { released: '', works: true, status: 0 },
    { released: '', works: false, status: 1 },
  ])('rejects a version that is released, or if that is unknown: %j', ({ released, works, status }) => {
    const script = jobs.check!.steps.find(({ name }) => name?.startsWith('Refuse'))?.run;
    const programs = path.join(folder, 'programs');
    mkdirSync(programs);
    const gh = path.join(programs, 'gh');
    writeFileSync(gh, `#!/bin/sh\nprintf '%s\\n' '${released}'\nexit ${works ? 0 : 1}\n`);
    chmodSync(gh, 0o755);
    const ran = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script ?? 'exit 3'], {
      env: { PATH: [programs, process.env.PATH].join(path.delimiter), TAG: 'v1.2.3' },
      encoding: 'utf8',
    });
    expect(ran.status, ran.stdout + ran.stderr).toBe(status);
    if (released.startsWith('v1.2.3\n')) expect(ran.stdout).toContain('::error::v1.2.3 is released already');
  });
});
