import { describe, expect, it } from 'vitest';
import { explainMissing, findCi } from '../../src/terminal/ci.ts';

type Row = [ci: string, what: string, env: NodeJS.ProcessEnv, says: RegExp, fix: RegExp, isFork: boolean];

const FORK = /This change comes from a fork/;
const MARKS = {
  GitLab: { GITLAB_CI: 'true' },
  'Azure Pipelines': { TF_BUILD: 'True' },
  CircleCI: { CIRCLECI: 'true' },
  Jenkins: { JENKINS_URL: 'https://jenkins.example.com/' },
  'Bitbucket Pipelines': { BITBUCKET_BUILD_NUMBER: '7' },
  'a shell': {},
};
const REQUEST = { CI_MERGE_REQUEST_PROJECT_ID: '1', CI_COMMIT_REF_PROTECTED: 'false' };

const ROWS: Row[] = [
  [
    'GitLab',
    'a fork',
    { ...REQUEST, CI_MERGE_REQUEST_SOURCE_PROJECT_ID: '2' },
    FORK,
    /after the merge/,
    true,
  ],
  [
    'GitLab',
    'a merge request from the same project',
    { ...REQUEST, CI_MERGE_REQUEST_SOURCE_PROJECT_ID: '1', CI_COMMIT_REF_NAME: 'feature' },
    /`feature` isn't a protected branch or tag, and GitLab passes protected variables only to those/,
    /clear \*Protect variable\* or protect the branch/,
    false,
  ],
  [
    'GitLab',
    'a protected branch',
    { CI_COMMIT_REF_PROTECTED: 'true' },
    /^None\.$/,
    /environment scope/,
    false,
  ],
  ['Azure Pipelines', 'a fork', { SYSTEM_PULLREQUEST_ISFORK: 'True' }, FORK, /after the merge/, true],
  [
    'Azure Pipelines',
    'no fork',
    { SYSTEM_PULLREQUEST_ISFORK: 'False' },
    /^None\.$/,
    /MONDOO_CREDENTIALS: \$\(/,
    false,
  ],
  ['CircleCI', 'a fork', { CIRCLE_PR_REPONAME: 'website' }, FORK, /after the merge/, true],
  ['CircleCI', 'no fork', {}, /^None\.$/, /context/, false],
  ['Jenkins', 'a fork', { CHANGE_FORK: 'nebula' }, FORK, /after the merge/, true],
  ['Jenkins', 'no fork', {}, /^None\.$/, /withCredentials/, false],
  ['Bitbucket Pipelines', 'any run', {}, /^None\.$/, /secured repository variable/, false],
  ['a shell', 'any run', {}, /^None\.$/, /--credentials FILE/, false],
];

describe('missing credentials', () => {
  it.each(ROWS)(
    'on %s, %s: the message, and whether skipping is allowed',
    (name, _, variables, says, fix, isFork) => {
      const env = { ...MARKS[name as keyof typeof MARKS], ...variables };
      const ci = findCi(env);
      expect(ci.name).toBe(name);
      const failed = explainMissing('None.', ci, 'fail', env);
      expect(failed.code).toBe('missing-credentials');
      expect(failed.message).toMatch(says);
      expect(failed.remedy).toMatch(fix);
      // A protected variable is a matter of settings: never skipped.
      expect(explainMissing('None.', ci, 'skip', env).code).toBe(isFork ? 'skipped' : 'missing-credentials');
    },
  );

  it('does not explain a missing ID token of GitLab with protected variables', () => {
    const env = { ...MARKS.GitLab, CI_COMMIT_REF_PROTECTED: 'false', CI_COMMIT_REF_NAME: 'feature' };
    const ci = findCi(env);
    const { message, remedy } = explainMissing('None.', { ...ci, setUp: ci.idToken! }, 'fail', env);
    expect(message).toBe('None.');
    expect(remedy).toMatch(/^Add `id_tokens:`/);
  });
});
