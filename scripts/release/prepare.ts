/**
 * Prepares the release of the version in package.json: dates the changelog, removes the notes that nothing is released,
 * and writes owner and pins into the pages and workflows. `--by-commit`, after the release, pins to the tag's commit.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { dateSection } from './changelog.ts';
import { referringFiles } from './pages.ts';
import { isOwner, ownerIn, PLACEHOLDER, pinOthers, pinOwn, pinsOf, withoutNotReleased } from './pins.ts';

const USAGE = 'usage: npm run release:prepare -- --owner OWNER [--date 2026-01-31] [--by-commit]';

interface Manifest {
  version: string;
  repository?: string;
}

function fail(message: string): never {
  console.error(`prepare: ${message}`);
  process.exit(1);
}

function readOptions() {
  try {
    return parseArgs({
      options: {
        owner: { type: 'string' },
        date: { type: 'string' },
        'by-commit': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    return fail(`${(error as Error).message}\n${USAGE}`);
  }
}

function commitOf(tag: string): string {
  try {
    return execFileSync('git', ['rev-parse', '--verify', `refs/tags/${tag}^{commit}`], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return fail(`There is no tag ${tag} here. Run \`git fetch --tags\` after the release.`);
  }
}

const read = (file: string) => readFileSync(file, 'utf8');

function write(file: string, text: string): void {
  if (read(file) === text) return;
  writeFileSync(file, text);
  console.log(`prepare: wrote ${file}`);
}

const options = readOptions();
if (options.help) {
  console.log(USAGE);
  process.exit(0);
}
const manifest: Manifest = JSON.parse(read('package.json'));
const { version } = manifest;
const formerOwner = ownerIn(manifest);
const owner = options.owner ?? formerOwner;
const date = options.date ?? new Date().toISOString().slice(0, 10);
if (owner === PLACEHOLDER) fail(`\`--owner\` is missing.\n${USAGE}`);
if (!isOwner(owner)) fail(`"${owner}" is not the name of an account on GitHub.`);
if (!/^\d{4}-\d\d-\d\d$/.test(date)) fail(`"${date}" is not a date like 2026-01-31.`);
const commit = options['by-commit'] ? commitOf(`v${version}`) : undefined;

// All texts are complete before the first write, so an error leaves nothing half done.
const files = referringFiles();
const pins = pinsOf(files.filter((file) => /^\.github\/workflows\/.*\.ya?ml$/.test(file)).map(read));
const release = { owner, version, ...(commit !== undefined && { commit }) };
const texts = files.map((file) => {
  const text = pinOthers(withoutNotReleased(read(file)), pins);
  return [file, pinOwn(text, release, formerOwner)] as const;
});
const changelog = dateChangelog();

write('CHANGELOG.md', changelog);
write(
  'package.json',
  `${JSON.stringify({ ...manifest, repository: `github:${owner}/register-cnspec` }, null, 2)}\n`,
);
for (const [file, text] of texts) write(file, text);
console.log(
  `prepare: ${owner}/register-cnspec is ready for v${version}. Now run \`npm run build\` and commit.`,
);

function dateChangelog(): string {
  try {
    return dateSection(version, date, read('CHANGELOG.md'));
  } catch (error) {
    return fail((error as Error).message);
  }
}
