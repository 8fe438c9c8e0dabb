import { type IdTokens, readIdToken } from '../credentials/external-account.ts';
import { ActionError, type FindingCode } from '../util/errors.ts';
import { codeSpan } from '../util/text.ts';

/** A CI, with the variables of its documentation. To add one, see CONTRIBUTING.md. */
export interface Ci {
  name: string;
  /** The variables that mark a job, and that name its project and the job. */
  variables: [mark: string, project: string, job: string];
  isFork?: (env: NodeJS.ProcessEnv) => boolean;
  /** How a job gets credentials, and an ID token. */
  setUp: string;
  idToken?: string;
}

const CIS: Ci[] = [
  {
    name: 'GitLab',
    variables: ['GITLAB_CI', 'CI_PROJECT_PATH', 'CI_JOB_NAME'],
    isFork: ({ CI_MERGE_REQUEST_SOURCE_PROJECT_ID: source, CI_MERGE_REQUEST_PROJECT_ID: target }) => source !== target,
    setUp: 'Add the variable `MONDOO_CREDENTIALS` under Settings → CI/CD → Variables, or check its environment scope.',
    idToken: 'Add `id_tokens:` to the job, with `JWT_TOKEN:` and the `audience` of the JSON as `aud:`.',
  },
  {
    name: 'Azure Pipelines',
    variables: ['TF_BUILD', 'BUILD_REPOSITORY_NAME', 'SYSTEM_JOBNAME'],
    isFork: ({ SYSTEM_PULLREQUEST_ISFORK }) => /^true$/i.test(SYSTEM_PULLREQUEST_ISFORK ?? ''),
    setUp: 'Add a secret variable, and map it with `env:`, as `MONDOO_CREDENTIALS: $(MONDOO_CREDENTIALS)`.',
  },
  {
    name: 'CircleCI',
    variables: ['CIRCLECI', 'CIRCLE_PROJECT_REPONAME', 'CIRCLE_JOB'],
    isFork: ({ CIRCLE_PR_REPONAME }) => Boolean(CIRCLE_PR_REPONAME),
    setUp: 'Add `MONDOO_CREDENTIALS` to the project, or to a context that the workflow names.',
    idToken: 'Set `JWT_TOKEN` with `circleci run oidc get`, with the `audience` of the JSON as `aud`.',
  },
  {
    name: 'Jenkins',
    variables: ['JENKINS_URL', 'JOB_NAME', 'STAGE_NAME'],
    isFork: ({ CHANGE_FORK }) => Boolean(CHANGE_FORK),
    setUp: 'Bind a credential to `MONDOO_CREDENTIALS` with `withCredentials`.',
  },
  {
    name: 'Bitbucket Pipelines',
    variables: ['BITBUCKET_BUILD_NUMBER', 'BITBUCKET_REPO_FULL_NAME', ''],
    setUp: 'Add `MONDOO_CREDENTIALS` as a secured repository variable.',
  },
];

/** Finds the CI that the command runs on; a shell is one, too. */
export function findCi(env: NodeJS.ProcessEnv): Ci {
  const setUp = 'Use `--credentials FILE`, or set `MONDOO_CREDENTIALS`.';
  return CIS.find(({ variables: [mark] }) => env[mark]) ?? { name: 'a shell', variables: ['', '', ''], setUp };
}

/** Explains why something secret is missing. @param missing is one sentence */
export function explainMissing(missing: string, ci: Ci, onMissing: 'fail' | 'skip', env: NodeJS.ProcessEnv) {
  const explain = (reason: string, remedy: string, code: FindingCode = 'missing-credentials') =>
    new ActionError(code, missing + reason, remedy);
  if (ci.isFork?.(env)) {
    const reason = ` This change comes from a fork, and ${ci.name} gives forks no secrets by default.`;
    return onMissing === 'skip'
      ? explain(reason, 'No action needed if the change is checked after the merge.', 'skipped')
      : explain(reason, 'Set `on-missing-credentials: skip`, and check the change after the merge.');
  }
  if (env.CI_COMMIT_REF_PROTECTED !== 'false' || ci.setUp === ci.idToken) return explain('', ci.setUp);
  const reason = ` ${codeSpan(env.CI_COMMIT_REF_NAME ?? '')} isn't a protected branch or tag, and GitLab passes protected variables only to those.`;
  return explain(reason, `If the variable is protected, clear *Protect variable* or protect the branch. ${ci.setUp}`);
}

/** Takes the ID token from a variable, as cnspec does. It can't be fetched again. */
export function idTokensFrom(variable: string, jwt: string, setUp: string): IdTokens {
  const refused = (problem: string, remedy = setUp, code: FindingCode = 'invalid-credentials') =>
    new ActionError(code, `The ID token in \`${variable}\` ${problem}. It was not sent.`, remedy);
  return {
    url: undefined,
    async request(audience) {
      const [token, now] = [readIdToken(jwt), new Date()];
      if (!token) throw refused("isn't a JWT");
      const mismatch = `is for the audience ${codeSpan(token.audiences.join())}, but the workload identity JSON expects \`${audience}\``;
      if (!token.audiences.includes(audience)) throw refused(mismatch);
      if (!(token.expiresAt && token.expiresAt <= now)) return token;
      const problem = `expired at ${token.expiresAt.toISOString()}. The runner's clock says ${now.toISOString()}`;
      throw refused(problem, 'Run the job again, with this command earlier in the job.', 'unauthenticated');
    },
  };
}
