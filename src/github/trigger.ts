import { readFile } from 'node:fs/promises';
import { tryParseJson } from '../util/json.ts';

/** What triggered this run, as far as GitHub's rules on secrets depend on it. */
export interface Trigger {
  event: string;
  /** Whether Dependabot did: its runs get Dependabot secrets only. */
  byDependabot: boolean;
  /** The other repository that a pull request comes from, which has no name if it was deleted. */
  fork?: { from: string | undefined };
  /** Whether this repository is a fork. GitHub copies no secrets into it. */
  inFork: boolean;
}

type Repository = { id?: number; full_name?: string; fork?: boolean };

interface Payload {
  repository?: Repository;
  pull_request?: { head?: { repo?: Repository | null }; base?: { repo?: Repository } } | null;
}

/** Events on a pull request that run its head's code. `pull_request_target` runs the base's, and gets the secrets. */
const RUNS_THE_HEAD = ['pull_request', 'pull_request_review', 'pull_request_review_comment'];

/** Events whose runs get Dependabot secrets only if Dependabot is the actor. */
const RESTRICTED_FOR_DEPENDABOT = [...RUNS_THE_HEAD, 'push', 'create', 'deployment', 'deployment_status'];

export async function readTrigger(env: NodeJS.ProcessEnv): Promise<Trigger> {
  const { GITHUB_EVENT_NAME: event = '', GITHUB_EVENT_PATH: file = '' } = env;
  // Outside of GitHub there is no event.
  const text = await readFile(file, 'utf8').catch(() => '');
  const { repository, pull_request } = (tryParseJson(text) ?? {}) as Payload;
  const { head, base } = pull_request ?? {};
  const isForeign = RUNS_THE_HEAD.includes(event) && head && !isSame(head.repo, base?.repo);
  return {
    event,
    byDependabot: env.GITHUB_ACTOR === 'dependabot[bot]' && RESTRICTED_FOR_DEPENDABOT.includes(event),
    ...(isForeign && { fork: { from: head.repo?.full_name } }),
    inFork: repository?.fork === true,
  };
}

/** Not `head.repo.fork`: it is true for each pull request inside a repository that is a fork. */
function isSame(head: Repository | null | undefined, base: Repository | undefined): boolean {
  // A deleted fork leaves no head repository.
  if (!head || !base) return false;
  return head.id === undefined || base.id === undefined ? head.full_name === base.full_name : head.id === base.id;
}
