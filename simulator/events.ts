import { type Cause, RUN } from './run.ts';

export interface Event extends Cause {
  env?: Record<string, string>;
}

interface Repository {
  id: number;
  full_name: string;
  owner: { login: string; id: number };
  default_branch: string;
  fork: boolean;
  private: boolean;
}

const REPOSITORY: Repository = {
  id: Number(RUN.GITHUB_REPOSITORY_ID),
  full_name: RUN.GITHUB_REPOSITORY,
  owner: { login: RUN.GITHUB_REPOSITORY_OWNER, id: Number(RUN.GITHUB_REPOSITORY_OWNER_ID) },
  default_branch: 'main',
  fork: false,
  private: true,
};

const FORK: Repository = {
  ...REPOSITORY,
  id: 200002,
  full_name: 'nebula/website',
  owner: { login: 'nebula', id: 200000 },
  fork: true,
};

const DEPENDABOT = { GITHUB_ACTOR: 'dependabot[bot]', GITHUB_TRIGGERING_ACTOR: 'dependabot[bot]' };

export const PUSH: Event = {
  eventName: 'push',
  event: {
    ref: RUN.GITHUB_REF,
    repository: REPOSITORY,
    sender: { login: RUN.GITHUB_ACTOR, id: Number(RUN.GITHUB_ACTOR_ID) },
  },
};

export const PULL_REQUEST = pullRequest(REPOSITORY, REPOSITORY);

export const FORK_PULL_REQUEST = pullRequest(REPOSITORY, FORK);

/** A pull request from a fork that was deleted. */
export const DELETED_FORK_PULL_REQUEST = pullRequest(REPOSITORY, null);

/** A pull request within a repository that is itself a fork. */
export const PULL_REQUEST_IN_FORK = pullRequest(FORK, FORK);

/** A scheduled run; GitHub's payload contains only the schedule. */
export const SCHEDULE: Event = { eventName: 'schedule', event: { schedule: '17 5 * * 1' } };

export const MERGE_GROUP: Event = {
  eventName: 'merge_group',
  event: {
    action: 'checks_requested',
    merge_group: { head_ref: 'refs/heads/gh-readonly-queue/main/pr-7', base_ref: 'refs/heads/main' },
    repository: REPOSITORY,
  },
};

export const DEPENDABOT_PUSH: Event = { ...PUSH, env: DEPENDABOT };

export const DEPENDABOT_PULL_REQUEST: Event = { ...PULL_REQUEST, env: DEPENDABOT };

function pullRequest(base: Repository, head: Repository | null): Event {
  return {
    eventName: 'pull_request',
    event: {
      action: 'synchronize',
      number: 7,
      repository: base,
      pull_request: {
        number: 7,
        head: { ref: 'comets', repo: head },
        base: { ref: base.default_branch, repo: base },
      },
    },
  };
}
