import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dateSection } from '../../scripts/release/changelog.ts';
import { referringFiles } from '../../scripts/release/pages.ts';
import {
  isOwner,
  ownerIn,
  PLACEHOLDER,
  pinOthers,
  pinOwn,
  pinsOf,
  unreleasedIn,
  withoutNotReleased,
} from '../../scripts/release/pins.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const COMMIT = '3d3c42e5aac5ba805825da76410c181273ba90b1';
const NEWER = '820762786026740c76f36085b0efc47a31fe5020';

const NOTE = `<!-- not-released: removed by npm run release:prepare -->

> **Not released yet.**

<!-- /not-released -->
`;

describe('pinOwn', () => {
  const byTag = { owner: 'acme', version: '1.2.3' };
  const byCommit = { ...byTag, commit: COMMIT };

  it.each([
    ['a step', '- uses: <owner>/register-cnspec@v1', '- uses: acme/register-cnspec@v1'],
    ['a step of an older major version', 'uses: <owner>/register-cnspec@v0', 'uses: acme/register-cnspec@v1'],
    ['a comment', 'uses: <owner>/register-cnspec@v1 # checks', 'uses: acme/register-cnspec@v1 # checks'],
    ['quotes', "uses: '<owner>/register-cnspec@v1'", "uses: 'acme/register-cnspec@v1'"],
    [
      'a reusable workflow',
      'uses: <owner>/register-cnspec/.github/workflows/gate.yml@v1',
      'uses: acme/register-cnspec/.github/workflows/gate.yml@v1',
    ],
    ['a commit', `uses: <owner>/register-cnspec@${COMMIT} # v1.2.2`, 'uses: acme/register-cnspec@v1'],
    ['a sentence', 'Fork `<owner>/register-cnspec`.', 'Fork `acme/register-cnspec`.'],
    ['a link', 'https://github.com/<owner>/register-cnspec', 'https://github.com/acme/register-cnspec'],
    ['another repository', '`<owner>/register-cnspec-demo`', '`<owner>/register-cnspec-demo`'],
    ['another owner', 'uses: other/register-cnspec@v1', 'uses: other/register-cnspec@v1'],
    ['a placeholder of another name', 'repo:<owner>/<repo>:pull_request', 'repo:<owner>/<repo>:pull_request'],
  ])('writes owner and tag into %s', (_, text, pinned) => {
    expect(pinOwn(text, byTag)).toBe(pinned);
    expect(pinOwn(pinned, byTag, 'acme')).toBe(pinned);
  });

  it.each([
    [
      'a step',
      'uses: <owner>/register-cnspec@v1 # checks',
      `uses: acme/register-cnspec@${COMMIT} # v1.2.3 # checks`,
    ],
    [
      'a step that has an older commit',
      `uses: <owner>/register-cnspec@${NEWER} # v1.2.2`,
      `uses: acme/register-cnspec@${COMMIT} # v1.2.3`,
    ],
    ['no sentence', 'Use `<owner>/register-cnspec@v1`.', 'Use `acme/register-cnspec@v1`.'],
  ])('writes the commit of the release into %s', (_, text, pinned) => {
    expect(pinOwn(text, byCommit)).toBe(pinned);
    expect(pinOwn(pinned, byCommit, 'acme')).toBe(pinned);
  });

  it('replaces a previous owner', () => {
    expect(pinOwn('uses: old.one/register-cnspec@v1', byTag, 'old.one')).toBe(
      'uses: acme/register-cnspec@v1',
    );
    expect(pinOwn('uses: oldXone/register-cnspec@v1', byTag, 'old.one')).toContain('oldXone/');
  });
});

describe('pinOthers', () => {
  it('follows the pins of the workflows, and ignores actions that the workflows do not use', () => {
    const pins = pinsOf([`- uses: actions/checkout@${NEWER} # v8.0.0\n- uses: ./\n- run: npm ci`]);
    const page = `uses: actions/checkout@${COMMIT} # v7.0.1\nuses: actions/cache@${COMMIT} # v5.0.0\n`;
    expect(pinOthers(page, pins)).toBe(
      `uses: actions/checkout@${NEWER} # v8.0.0\nuses: actions/cache@${COMMIT} # v5.0.0\n`,
    );
  });
});

describe('withoutNotReleased', () => {
  it('removes each note, and nothing else', () => {
    const page = `# Page\n\n${NOTE}\nText.\n\n${NOTE}\nMore.\n`;
    expect(unreleasedIn(page)).toEqual(['says that nothing is released yet']);
    expect(withoutNotReleased(page)).toBe('# Page\n\nText.\n\nMore.\n');
    expect(unreleasedIn(withoutNotReleased(page))).toEqual([]);
  });
});

describe('dateSection', () => {
  const text = '\n\n- Text.\n\n## [1.0.0] - 2026-01-01\n\n- First.\n';

  it.each([
    ['a placeholder', `## [1.1.0] - YYYY-MM-DD${text}`, `## [1.1.0] - 2026-01-31${text}`],
    ['no date', `## [1.1.0]${text}`, `## [1.1.0] - 2026-01-31${text}`],
    ['Unreleased', `## [Unreleased]${text}`, `## [1.1.0] - 2026-01-31${text}`],
    ['a date, which remains', `## [1.1.0] - 2026-01-30${text}`, `## [1.1.0] - 2026-01-30${text}`],
    [
      'both',
      `## [Unreleased]\n\n- Later.\n\n## [1.1.0]${text}`,
      `## [Unreleased]\n\n- Later.\n\n## [1.1.0] - 2026-01-31${text}`,
    ],
  ])('dates a section with %s', (_, changelog, dated) => {
    expect(dateSection('1.1.0', '2026-01-31', changelog)).toBe(dated);
  });

  it.each([
    ['no section', text, 'no section'],
    ['no text', '## [Unreleased]\n\n## [1.0.0]\n', 'is empty'],
  ])('rejects %s', (_, changelog, message) => {
    expect(() => dateSection('1.1.0', '2026-01-31', changelog)).toThrow(message);
  });
});

it.each([
  ['acme', true],
  ['Acme-2', true],
  ['-acme', false],
  ['acme-', false],
  ['acme/x', false],
  ['<owner>', false],
  ['', false],
])('%j is the name of an account: %j', (text, valid) => {
  expect(isOwner(text)).toBe(valid);
});

describe('release:prepare, on a copy of this repository', () => {
  let copy: string;
  beforeEach(() => {
    copy = mkdtempSync(path.join(os.tmpdir(), 'prepare-'));
    for (const name of [...referringFiles(ROOT), 'CHANGELOG.md', 'package.json', 'package-lock.json']) {
      cpSync(path.join(ROOT, name), path.join(copy, name), { recursive: true });
    }
    const gate = path.join(copy, '.github/workflows/gate.yml');
    if (!existsSync(gate)) {
      mkdirSync(path.dirname(gate), { recursive: true });
      writeFileSync(gate, 'jobs:\n  gate:\n    steps:\n      - uses: <owner>/register-cnspec@v1\n');
    }
  });
  afterEach(() => rmSync(copy, { recursive: true, force: true, maxRetries: 5 }));

  const run = (script: string, ...args: string[]) =>
    spawnSync(process.execPath, [path.join(ROOT, 'scripts/release', script), ...args], {
      cwd: copy,
      encoding: 'utf8',
    });
  const read = (file: string) => readFileSync(path.join(copy, file), 'utf8');
  const readAll = () => referringFiles(copy).map(read).join('\n');
  const version = () => JSON.parse(read('package.json')).version as string;
  const git = (...args: string[]) =>
    spawnSync('git', ['-c', 'user.name=Stella', '-c', 'user.email=stella@example.com', ...args], {
      cwd: copy,
      env: { ...process.env, GIT_CONFIG_GLOBAL: os.devNull, GIT_CONFIG_SYSTEM: os.devNull },
      encoding: 'utf8',
    }).stdout.trim();

  it('writes owner, pins and date, removes the note, and makes the version releasable', () => {
    expect(run('prepare.ts', '--owner', 'acme', '--date', '2026-01-31')).toMatchObject({
      status: 0,
      stderr: '',
    });
    expect(read('.github/workflows/gate.yml')).toContain('acme/register-cnspec');
    expect(read('README.md')).not.toMatch(/not released|<owner>\/register-cnspec/i);
    const uses = [...readAll().matchAll(/uses: (\S*register-cnspec(?![\w-])\S*)/g)].map(
      ([, name = '']) => name,
    );
    expect(uses.length).toBeGreaterThan(15);
    for (const name of uses) {
      expect(name).toMatch(new RegExp(`^acme/register-cnspec(?:/\\S+)?@v${version().split('.')[0]}$`));
    }
    expect(read('CHANGELOG.md')).toMatch(new RegExp(`^## \\[${version()}\\] - \\d{4}-\\d\\d-\\d\\d$`, 'm'));
    expect(ownerIn(JSON.parse(read('package.json')))).toBe('acme');
    const ready = run('check-tag.ts', `v${version()}`);
    expect(ready.stdout + ready.stderr).toBe(`check-tag: v${version()} can be released\n`);
    expect(run('notes.ts', `v${version()}`).stdout).toMatch(/^[\s\S]{100,}\n$/);
  });

  it('changes nothing more if it runs again', () => {
    run('prepare.ts', '--owner', 'acme');
    const [all, changelog, manifest] = [readAll(), read('CHANGELOG.md'), read('package.json')];
    expect(run('prepare.ts').stdout).toBe(
      `prepare: acme/register-cnspec is ready for v${version()}. Now run \`npm run build\` and commit.\n`,
    );
    expect([readAll(), read('CHANGELOG.md'), read('package.json')]).toEqual([all, changelog, manifest]);
  });

  it('pins the examples to the commit of the release with --by-commit, and to the tag again without it', () => {
    run('prepare.ts', '--owner', 'acme');
    const byTag = readAll();
    git('init', '--quiet');
    expect(run('prepare.ts', '--by-commit')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining(`There is no tag v${version()} here`),
    });
    git('commit', '--quiet', '--allow-empty', '--message', 'Release');
    git('tag', '--annotate', '--message', 'Release', `v${version()}`);
    expect(run('prepare.ts', '--by-commit')).toMatchObject({ status: 0, stderr: '' });
    expect(read('README.md')).toContain(
      `uses: acme/register-cnspec@${git('rev-parse', 'HEAD')} # v${version()}\n`,
    );
    expect(run('prepare.ts').status).toBe(0);
    expect(readAll()).toBe(byTag);
  });

  it('prints its usage with --help', () => {
    const { status, stdout, stderr } = run('prepare.ts', '--help');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^usage: .*\n$/);
  });

  it.each([
    ['no owner', [], /`--owner` is missing\./],
    ['an owner that GitHub does not allow', ['--owner', 'a/b'], /"a\/b" is not the name of an account/],
    ['a date in another form', ['--owner', 'acme', '--date', '31.1.2026'], /is not a date like 2026-01-31/],
    ['an unknown option', ['--ower', 'acme'], /usage: /],
  ])('rejects %s, and writes nothing', (_, args, says) => {
    const manifest = JSON.parse(read('package.json'));
    delete manifest.repository;
    writeFileSync(path.join(copy, 'package.json'), JSON.stringify(manifest));
    const before = readAll() + read('CHANGELOG.md') + read('package.json');
    const { status, stderr } = run('prepare.ts', ...args);
    expect(status).toBe(1);
    expect(stderr).toMatch(says);
    expect(readAll() + read('CHANGELOG.md') + read('package.json')).toBe(before);
  });
});

it('"Not released yet" is in one place at most', () => {
  const pages = referringFiles(ROOT).map((file) => readFileSync(path.join(ROOT, file), 'utf8'));
  expect(
    pages.filter((text) => unreleasedIn(text).includes('says that nothing is released yet')).length,
  ).toBeLessThanOrEqual(1);
  const rest = pages.map(withoutNotReleased).join('\n');
  expect(rest).not.toMatch(/until (?:there is a|the first) release|nothing (?:is|has been) released/i);
  expect(PLACEHOLDER).toBe('<owner>');
});
