import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

/**
 * A rehearsal of the release: the steps of release.yml run with bash, in fresh clones of a bare repository that stands for
 * GitHub's. `gh` keeps releases as files. `npm` only compares dist with its sources.
 */
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

interface Step {
  name?: string;
  run?: string;
  uses?: string;
  env?: Record<string, string>;
  with?: Record<string, string>;
}

interface Job {
  needs?: string;
  permissions?: Record<string, string>;
  steps: Step[];
}

interface Workflow {
  on: { push: { tags: string[] } };
  jobs: Record<string, Job>;
}

const WORKFLOW: Workflow = parse(readFileSync(path.join(ROOT, '.github/workflows/release.yml'), 'utf8'));

const GH = `#!/bin/sh
set -eu
case "$1 $2" in
'release list') ls "$RELEASES" ;;
'release create')
  if [ -e "$RELEASES/$3" ]; then echo 'a release with the same tag name already exists' >&2; exit 1; fi
  case " $* " in *' --verify-tag '*) git ls-remote --exit-code origin "refs/tags/$3" > /dev/null ;; esac
  tag=$3
  while [ "$1" != --notes-file ]; do shift; done
  cp "$2" "$RELEASES/$tag" ;;
*) exit 2 ;;
esac
`;

const NPM = `#!/bin/sh
case "$*" in
'ci' | 'test') ;;
'run check') exec node scripts/check-dist.ts ;;
*) exit 2 ;;
esac
`;

/** A fast build: dist is a copy of src. */
const BUILD = `import { cpSync } from 'node:fs';
for (const entry of ['main', 'post']) {
  cpSync(\`src/\${entry}.js\`, \`\${process.argv[2] ?? 'dist'}/\${entry}/index.js\`, { recursive: true });
}
`;

const README = `# Register cnspec

<!-- not-released: removed by npm run release:prepare -->

> **Not released yet.**

<!-- /not-released -->

\`\`\`yaml
- uses: <owner>/register-cnspec@v1
\`\`\`
`;

const CHANGELOG = `# Changelog

## [1.0.0] - YYYY-MM-DD

### Added

- Everything.
`;

let folder: string;
/** The clone of the person who releases. */
let work: string;
let releases: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'rehearsal-'));
  [work, releases] = [path.join(folder, 'work'), path.join(folder, 'releases')];
  for (const name of ['work/src', 'work/docs', 'work/scripts', 'releases', 'programs']) {
    mkdirSync(path.join(folder, name), { recursive: true });
  }
  for (const [name, text] of Object.entries({ gh: GH, npm: NPM })) {
    writeFileSync(path.join(folder, 'programs', name), text);
    chmodSync(path.join(folder, 'programs', name), 0o755);
  }
  for (const name of ['scripts/release', 'scripts/check-dist.ts', '.github/workflows/release.yml']) {
    cpSync(path.join(ROOT, name), path.join(work, name), { recursive: true });
  }
  write('scripts/build.ts', BUILD);
  write('README.md', README);
  write('CHANGELOG.md', CHANGELOG);
  write('package-lock.json', '{}');
  setVersion('1.0.0');
  change('first');
  git('init', '--quiet', '--bare', path.join(folder, 'origin.git'));
  git('init', '--quiet', '--initial-branch', 'main');
  git('remote', 'add', 'origin', path.join(folder, 'origin.git'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

const env = () => ({
  PATH: [path.join(folder, 'programs'), path.dirname(process.execPath), process.env.PATH].join(
    path.delimiter,
  ),
  RELEASES: releases,
  RUNNER_TEMP: folder,
  GIT_CONFIG_GLOBAL: os.devNull,
  GIT_CONFIG_SYSTEM: os.devNull,
  GIT_AUTHOR_NAME: 'Stella',
  GIT_AUTHOR_EMAIL: 'stella@example.com',
  GIT_COMMITTER_NAME: 'Stella',
  GIT_COMMITTER_EMAIL: 'stella@example.com',
});

function git(...args: string[]): string {
  const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
  return execFileSync('git', args, { cwd: work, env: env(), encoding: 'utf8', stdio }).trim();
}

function write(file: string, text: string): void {
  writeFileSync(path.join(work, file), text);
}

function node(...args: string[]) {
  const ran = spawnSync(process.execPath, args, { cwd: work, env: env(), encoding: 'utf8' });
  expect(ran.status, ran.stdout + ran.stderr).toBe(0);
}

/** Changes the sources, and builds dist. */
function change(text: string): void {
  for (const entry of ['main', 'post']) write(`src/${entry}.js`, `// ${entry}: ${text}\n`);
  node('scripts/build.ts');
}

/** Does the work of `npm version --no-git-tag-version`. */
function setVersion(version: string): void {
  const manifest = existsSync(path.join(work, 'package.json'))
    ? JSON.parse(readFileSync(path.join(work, 'package.json'), 'utf8'))
    : { name: 'register-cnspec', type: 'module' };
  write('package.json', `${JSON.stringify({ ...manifest, version }, null, 2)}\n`);
  write('package-lock.json', `${JSON.stringify({ version }, null, 2)}\n`);
}

function prepare(): void {
  node('scripts/release/prepare.ts', '--owner', 'acme', '--date', '2026-01-31');
}

function commit(): string {
  git('add', '--all');
  git('commit', '--quiet', '--allow-empty', '--message', 'Change');
  git('push', '--quiet', 'origin', 'main');
  return git('rev-parse', 'HEAD');
}

/** Prepares the next version, as described in CONTRIBUTING.md. */
function commitNext(version: string): string {
  setVersion(version);
  const text = readFileSync(path.join(work, 'CHANGELOG.md'), 'utf8');
  write('CHANGELOG.md', text.replace('## [', `## [Unreleased]\n\n- What ${version} changes.\n\n## [`));
  change(version);
  prepare();
  return commit();
}

interface Run {
  /** The jobs that passed. */
  passed: string[];
  /** The name of the step that failed. */
  failed?: string | undefined;
  output: string;
  /** The SHA-256 of each attested file. */
  attested: Record<string, string>;
}

/** Tags HEAD, pushes the tag, and runs the workflow if the tag triggers it. */
function pushTag(tag: string): Run {
  git('tag', tag);
  git('push', '--quiet', 'origin', tag);
  return runWorkflow(tag);
}

function triggers(tag: string): boolean {
  return WORKFLOW.on.push.tags.some((pattern) => new RegExp(`^${pattern.replaceAll('.', '\\.')}$`).test(tag));
}

function runWorkflow(tag: string, { before }: { before?: Record<string, () => void> } = {}): Run {
  expect(triggers(tag)).toBe(true);
  const run: Run = { passed: [], output: '', attested: {} };
  const sha = git('ls-remote', 'origin', `refs/tags/${tag}`).split('\t')[0] as string;
  for (const [name, job] of Object.entries(WORKFLOW.jobs)) {
    expect(job.needs ?? run.passed.at(-1)).toBe(run.passed.at(-1));
    before?.[name]?.();
    if (!runJob(name, tag, sha, run)) return run;
    run.passed.push(name);
  }
  return run;
}

function runJob(name: string, tag: string, sha: string, run: Run): boolean {
  const job = WORKFLOW.jobs[name] as Job;
  const workspace = mkdtempSync(path.join(folder, `${name}-`));
  const failed = job.steps.find((step) => !runStep(step, { job, workspace, sha, tag, run }));
  run.failed = failed?.name ?? failed?.run;
  return failed === undefined;
}

interface Place {
  job: Job;
  workspace: string;
  sha: string;
  tag: string;
  run: Run;
}

function runStep(step: Step, { job, workspace, sha, tag, run }: Place): boolean {
  const action = step.uses?.split('@')[0];
  if (action === 'actions/setup-node') return true;
  if (action === 'actions/checkout') {
    git('clone', '--quiet', path.join(folder, 'origin.git'), workspace);
    git('-C', workspace, 'checkout', '--quiet', '--detach', sha);
    return true;
  }
  if (action === 'actions/attest-build-provenance') {
    expect(job.permissions).toMatchObject({ 'id-token': 'write', attestations: 'write' });
    expect(existsSync(path.join(releases, tag))).toBe(false);
    Object.assign(run.attested, digests(workspace, step.with?.['subject-path'] ?? ''));
    return true;
  }
  expect(step.uses).toBeUndefined();
  const values: Record<string, string> = {
    'github.ref_name': tag,
    'github.repository': 'acme/register-cnspec',
    'github.token': 'token',
  };
  const given = Object.entries(step.env ?? {}).map(([name, text]) => [
    name,
    text.replace(/\$\{\{ (.*?) \}\}/g, (_, expression) => values[expression] ?? expect.fail(expression)),
  ]);
  const ran = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run ?? 'exit 3'], {
    cwd: workspace,
    env: { ...env(), ...Object.fromEntries(given) },
    encoding: 'utf8',
  });
  run.output += ran.stdout + ran.stderr;
  return ran.status === 0;
}

function digests(root: string, pattern: string): Record<string, string> {
  const files = globSync(pattern, { cwd: root });
  return Object.fromEntries(
    files.map((file) => [
      file,
      createHash('sha256')
        .update(readFileSync(path.join(root, file)))
        .digest('hex'),
    ]),
  );
}

/** The commit of each tag at the origin. */
function tagsAtOrigin(): Record<string, string> {
  const lines = git('ls-remote', '--tags', 'origin').split('\n').filter(Boolean);
  return Object.fromEntries(
    lines.map((line) => line.split('\t')).map(([sha = '', ref = '']) => [ref.slice(10), sha]),
  );
}

const notes = (tag: string) => readFileSync(path.join(releases, tag), 'utf8');

// Windows runners have bash too, but not always first on PATH.
describe.skipIf(process.platform === 'win32')('a release', () => {
  it('is attested and published with its notes, and v1 and v1.0 point at it', () => {
    prepare();
    const first = commit();
    const run = pushTag('v1.0.0');
    expect(run.failed, run.output).toBeUndefined();
    expect(run.passed).toEqual(['check', 'release', 'tags']);
    expect(tagsAtOrigin()).toEqual({ 'v1.0.0': first, 'v1.0': first, v1: first });
    expect(readdirSync(releases)).toEqual(['v1.0.0']);
    expect(notes('v1.0.0')).toBe('### Added\n\n- Everything.\n');
    expect(Object.keys(run.attested).toSorted()).toEqual(['dist/main/index.js', 'dist/post/index.js']);
    expect(run.attested).toEqual(digests(work, 'dist/**/*.js'));

    // The last job can be run again if it failed.
    git('push', '--quiet', '--delete', 'origin', 'v1', 'v1.0');
    expect(runJob('tags', 'v1.0.0', first, run), run.output).toBe(true);
    expect(tagsAtOrigin()).toEqual({ 'v1.0.0': first, 'v1.0': first, v1: first });
  });

  it('never moves, but v1 and v1.0 move to later releases', () => {
    prepare();
    const first = commit();
    pushTag('v1.0.0');
    const patch = commitNext('1.0.1');
    expect(pushTag('v1.0.1').failed).toBeUndefined();
    expect(tagsAtOrigin()).toEqual({ 'v1.0.0': first, 'v1.0.1': patch, 'v1.0': patch, v1: patch });
    const minor = commitNext('1.1.0');
    expect(pushTag('v1.1.0').failed).toBeUndefined();
    expect(tagsAtOrigin()).toEqual({
      'v1.0.0': first,
      'v1.0.1': patch,
      'v1.0': patch,
      'v1.1.0': minor,
      'v1.1': minor,
      v1: minor,
    });
    expect(notes('v1.0.0')).toBe('### Added\n\n- Everything.\n');
    expect(notes('v1.1.0')).toBe('- What 1.1.0 changes.\n');
  });
});

describe.skipIf(process.platform === 'win32')(
  'a release is rejected, nothing is published and no tag moves, for',
  () => {
    it('a version that is already released, even if its tag was moved by force', () => {
      prepare();
      const first = commit();
      pushTag('v1.0.0');
      change('second');
      const second = commit();
      expect(() => git('tag', 'v1.0.0')).toThrow('already exists');
      git('tag', '--force', 'v1.0.0');
      expect(() => git('push', 'origin', 'v1.0.0')).toThrow('already exists');
      git('push', '--quiet', '--force', 'origin', 'v1.0.0');
      const run = runWorkflow('v1.0.0');
      expect(run).toMatchObject({ passed: [], failed: 'Refuse a version that is released already' });
      expect(tagsAtOrigin()).toEqual({ 'v1.0.0': second, 'v1.0': first, v1: first });
      expect(run.attested).toEqual({});
    });

    it.each<[what: string, output: RegExp, tag: string, prepareIt: () => void]>([
      [
        'a tag that is not the version of package.json',
        /the version in package\.json is 1\.0\.0, not that of the tag v1\.0\.1/,
        'v1.0.1',
        () => prepare(),
      ],
      [
        'a version without a date in the changelog',
        /no date behind \[1\.0\.0\]/,
        'v1.0.0',
        () => {
          prepare();
          write('CHANGELOG.md', CHANGELOG);
        },
      ],
      [
        'pages that say that nothing is released',
        /README\.md says that nothing is released yet.*\n.*README\.md names the owner <owner>/,
        'v1.0.0',
        () => {
          prepare();
          write('README.md', README);
        },
      ],
    ])('%s', (_, output, tag, prepareIt) => {
      prepareIt();
      const sha = commit();
      const run = pushTag(tag);
      expect(run.output).toMatch(output);
      expect(run).toMatchObject({
        passed: [],
        failed: 'The tag is the version of package.json, and the changelog knows it',
      });
      expect(readdirSync(releases)).toEqual([]);
      expect(tagsAtOrigin()).toEqual({ [tag]: sha });
    });

    // check-dist compares on Linux only.
    it.runIf(process.platform === 'linux')('a dist that differs from a build of the sources', () => {
      prepare();
      write('dist/post/index.js', '// something else\n');
      const sha = commit();
      const run = pushTag('v1.0.0');
      expect(run).toMatchObject({ passed: [], failed: 'dist is what the sources build, among others' });
      expect(run.output).toContain('dist/post/index.js is not what the sources build');
      expect(readdirSync(releases)).toEqual([]);
      expect(tagsAtOrigin()).toEqual({ 'v1.0.0': sha });
    });

    it('a tag that moved while the workflow ran: v1 and v1.0 stay', () => {
      prepare();
      commit();
      git('tag', 'v1.0.0');
      git('push', '--quiet', 'origin', 'v1.0.0');
      const moveTag = () => {
        change('something else');
        commit();
        git('tag', '--force', 'v1.0.0');
        git('push', '--quiet', '--force', 'origin', 'v1.0.0');
      };
      const run = runWorkflow('v1.0.0', { before: { tags: moveTag } });
      expect(run.passed).toEqual(['check', 'release']);
      expect(run.output).toContain('v1.0.0 was moved');
      expect(Object.keys(tagsAtOrigin())).toEqual(['v1.0.0']);
    });
  },
);
