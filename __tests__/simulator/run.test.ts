import { expect, test } from 'vitest';
import * as events from '../../simulator/events.ts';
import { describeRun, RUN } from '../../simulator/run.ts';

test('a push runs on its branch', () => {
  expect(describeRun(events.PUSH)).toEqual(RUN);
});

test('a pull request runs on the merge of its branches', () => {
  expect(describeRun(events.PULL_REQUEST)).toEqual({
    ...RUN,
    GITHUB_BASE_REF: 'main',
    GITHUB_HEAD_REF: 'comets',
    GITHUB_REF: 'refs/pull/7/merge',
    GITHUB_REF_NAME: '7/merge',
    GITHUB_REF_PROTECTED: 'false',
    GITHUB_WORKFLOW_REF: 'lunalectric/website/.github/workflows/security.yml@refs/pull/7/merge',
  });
});

test.each([
  ["from somebody's fork", events.FORK_PULL_REQUEST],
  ['from a fork that was deleted', events.DELETED_FORK_PULL_REQUEST],
  ["of Dependabot's", events.DEPENDABOT_PULL_REQUEST],
])('a pull request %s runs as any other', (_, event) => {
  expect(describeRun(event)).toEqual(describeRun(events.PULL_REQUEST));
});

test('pull_request_target runs on the branch that the pull request goes to', () => {
  const run = describeRun({ ...events.FORK_PULL_REQUEST, eventName: 'pull_request_target' });
  expect(run).toEqual({ ...RUN, GITHUB_BASE_REF: 'main', GITHUB_HEAD_REF: 'comets' });
});

test('an event in another repository runs there', () => {
  expect(events.PULL_REQUEST_IN_FORK.event).toMatchObject({
    repository: { id: 200002, full_name: 'nebula/website' },
  });
  expect(describeRun(events.PULL_REQUEST_IN_FORK)).toMatchObject({
    GITHUB_REPOSITORY: 'nebula/website',
    GITHUB_REPOSITORY_ID: '200002',
    GITHUB_REPOSITORY_OWNER: 'nebula',
    GITHUB_REPOSITORY_OWNER_ID: '200000',
    GITHUB_WORKFLOW_REF: 'nebula/website/.github/workflows/security.yml@refs/pull/7/merge',
  });
});

test('a payload that says nothing leaves the run as it is', () => {
  expect(describeRun({ eventName: 'pull_request', event: {} })).toEqual(RUN);
});
