export interface Cause {
  eventName: string;
  event: object;
}

const WORKFLOW = '.github/workflows/security.yml';

/** A push to the default branch. */
export const RUN = {
  GITHUB_ACTOR: 'stella',
  GITHUB_ACTOR_ID: '4242',
  GITHUB_BASE_REF: '',
  GITHUB_HEAD_REF: '',
  GITHUB_JOB: 'scan',
  GITHUB_REF: 'refs/heads/main',
  GITHUB_REF_NAME: 'main',
  GITHUB_REF_PROTECTED: 'true',
  GITHUB_REF_TYPE: 'branch',
  GITHUB_REPOSITORY: 'lunalectric/website',
  GITHUB_REPOSITORY_ID: '100001',
  GITHUB_REPOSITORY_OWNER: 'lunalectric',
  GITHUB_REPOSITORY_OWNER_ID: '100000',
  GITHUB_RUN_ATTEMPT: '1',
  GITHUB_RUN_ID: '17300000001',
  GITHUB_RUN_NUMBER: '42',
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_SHA: '0123456789abcdef0123456789abcdef01234567',
  GITHUB_TRIGGERING_ACTOR: 'stella',
  GITHUB_WORKFLOW: 'Security',
  GITHUB_WORKFLOW_REF: `lunalectric/website/${WORKFLOW}@refs/heads/main`,
  GITHUB_WORKFLOW_SHA: '0123456789abcdef0123456789abcdef01234567',
};

export type Run = typeof RUN;

interface Payload {
  number?: number;
  repository?: { id: number; full_name: string; owner: { login: string; id: number } };
  pull_request?: { head: { ref: string }; base: { ref: string } };
}

/** https://docs.github.com/en/actions/reference/workflows-and-actions/variables */
export function describeRun({ eventName, event }: Cause): Run {
  const { number, repository, pull_request: pullRequest } = event as Payload;
  const run: Run = { ...RUN };
  if (repository) {
    run.GITHUB_REPOSITORY = repository.full_name;
    run.GITHUB_REPOSITORY_ID = String(repository.id);
    run.GITHUB_REPOSITORY_OWNER = repository.owner.login;
    run.GITHUB_REPOSITORY_OWNER_ID = String(repository.owner.id);
  }
  if (pullRequest && (eventName === 'pull_request' || eventName === 'pull_request_target')) {
    run.GITHUB_BASE_REF = pullRequest.base.ref;
    run.GITHUB_HEAD_REF = pullRequest.head.ref;
  }
  if (pullRequest && eventName === 'pull_request') {
    run.GITHUB_REF = `refs/pull/${number}/merge`;
    run.GITHUB_REF_NAME = `${number}/merge`;
    run.GITHUB_REF_PROTECTED = 'false';
  }
  run.GITHUB_WORKFLOW_REF = `${run.GITHUB_REPOSITORY}/${WORKFLOW}@${run.GITHUB_REF}`;
  return run;
}
