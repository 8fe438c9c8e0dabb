/**
 * Moves `v1` and `v1.2` to the tag `v1.2.3`, here and at `origin`, unless a higher version holds them. Fails if the tag
 * no longer points at the commit that was checked out, tested and attested.
 */
import { execFileSync } from 'node:child_process';
import { movingTags } from './version.ts';

const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' });

const tag = process.argv[2] ?? '';
const moving = movingTags(tag, git('tag', '--list').split('\n'));
const commit = git('rev-parse', '--verify', `refs/tags/${tag}^{commit}`).trim();
if (commit !== git('rev-parse', 'HEAD').trim()) throw new Error(`${tag} was moved: it points at ${commit}.`);
for (const name of moving) git('tag', '--force', name, commit);
if (moving.length > 0) git('push', '--force', 'origin', ...moving.map((name) => `refs/tags/${name}`));
console.log(`move-tags: ${moving.length > 0 ? `${moving.join(' and ')} now at ${tag}` : 'nothing to move'}`);
