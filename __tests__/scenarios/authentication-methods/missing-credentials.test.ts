import { existsSync } from 'node:fs';
import { describe, expect } from 'vitest';
import * as events from '../../../simulator/events.ts';
import { test } from '../stage.ts';

const SKIP = { 'on-missing-credentials': 'skip' };

interface Cause {
  what: string;
  event: events.Event;
  /** Inputs in addition to the empty credentials. */
  inputs?: Record<string, string>;
  says: RegExp;
  remedy: RegExp;
}

/** GitHub withholds secrets by its own rules. */
const WITHHELD: Cause[] = [
  {
    what: "a pull request from another person's fork",
    event: events.FORK_PULL_REQUEST,
    says: /comes from a fork \(`nebula\/website`\)\. GitHub gives runs from forks no secrets and no ID tokens/,
    remedy: /Don't switch to `pull_request_target`/,
  },
  {
    what: 'a pull request from a fork that was deleted',
    event: events.DELETED_FORK_PULL_REQUEST,
    says: /comes from a fork that was deleted/,
    remedy: /Don't switch to `pull_request_target`/,
  },
  {
    what: 'a push by Dependabot',
    event: events.DEPENDABOT_PUSH,
    says: /Dependabot triggered this run\. GitHub gives such runs only Dependabot secrets/,
    remedy: /as a Dependabot secret too: `gh secret set MONDOO_CREDENTIALS --app dependabot/,
  },
  {
    what: 'a pull request by Dependabot',
    event: events.DEPENDABOT_PULL_REQUEST,
    says: /Dependabot triggered this run/,
    remedy: /as a Dependabot secret too/,
  },
];

/** A mistake in the workflow or its secrets. */
const MISSING: Cause[] = [
  {
    what: 'a push',
    event: events.PUSH,
    says: /GitHub allows this run to read secrets \(event `push`\), so the secret isn't set, or this job can't read it/,
    remedy: /check the secret's name.*`environment:`.*the caller passes the secret/,
  },
  {
    what: 'a pull request from the same repository',
    event: events.PULL_REQUEST,
    says: /\(event `pull_request`\), so the secret isn't set/,
    remedy: /the caller passes the secret/,
  },
  {
    what: 'a pull request inside a repository that is itself a fork',
    event: events.PULL_REQUEST_IN_FORK,
    says: /This repository is a fork: GitHub doesn't copy secrets into forks/,
    remedy: /Store the credentials JSON as a secret/,
  },
  {
    what: 'a run whose event is pull_request_target, which gets the secrets',
    event: { ...events.FORK_PULL_REQUEST, eventName: 'pull_request_target' },
    says: /\(event `pull_request_target`\), so the secret isn't set/,
    remedy: /check the secret's name/,
  },
  {
    what: 'a misspelt input',
    event: events.PUSH,
    inputs: { credential: 'x' },
    says: /The step sets the input `credential`, which this action doesn't have/,
    remedy: /Use the name `credentials`/,
  },
  {
    what: 'an input of another action',
    event: events.PUSH,
    inputs: { 'mondoo-credentials': 'x' },
    says: /The step sets the input `mondoo-credentials`/,
    remedy: /Use the name `credentials`/,
  },
  {
    what: 'a misspelt registration token',
    event: events.FORK_PULL_REQUEST,
    inputs: { registration_token: 'x' },
    says: /The step sets the input `registration_token`/,
    remedy: /`registration-token`/,
  },
];

describe.concurrent.each(WITHHELD)('$what', ({ event, says, remedy }) => {
  test('fails without credentials, and reports the cause', async ({ stage }) => {
    const step = await stage.run({ credentials: '' }, event);
    expect(step.exitCode).toBe(1);
    expect(step.outputs).toMatchObject({ status: 'missing-credentials', registered: 'false' });
    expect(step.outputs.error).toMatch(says);
    expect(step.annotations).toEqual([
      expect.objectContaining({ level: 'error', title: 'No credentials provided' }),
    ]);
    expect(step.annotations[0]!.message).toMatch(remedy);
    expect(step.annotations[0]!.message).toContain('`on-missing-credentials: skip`');
  });

  test('passes with a notice if the workflow chooses skip', async ({ stage }) => {
    const step = await stage.run({ credentials: '', ...SKIP, 'fail-on': 'all' }, event);
    expect(step.exitCode).toBe(0);
    expect(step.outputs).toMatchObject({
      status: 'skipped',
      findings: 'skipped',
      registered: 'false',
      authenticated: 'false',
    });
    expect(step.outputs).not.toHaveProperty('error');
    expect(step.outputs).not.toHaveProperty('config-path');
    expect(step.env).toEqual({});
    expect(step.annotations).toEqual([
      expect.objectContaining({ level: 'notice', message: expect.stringMatching(says) }),
    ]);
    expect(step.summary).toContain('⏭️');
    const post = await step.job.runPost(step);
    expect(post.exitCode).toBe(0);
    expect(stage.platform.requests).toEqual([]);
    expect(existsSync(`${step.job.folders.temp}/_github_home`)).toBe(false);
  });

  test('still uses credentials if it has any', async ({ stage }) => {
    const step = await stage.run(SKIP, event);
    expect(step.outputs.status).toBe('ok');
  });
});

describe.concurrent.each(MISSING)('$what', ({ event, inputs = {}, says, remedy }) => {
  test.for([{}, SKIP])(
    'fails without credentials, even if the workflow chooses %j',
    async (extra, { stage }) => {
      const step = await stage.run({ credentials: '', ...inputs, ...extra }, event);
      expect(step.exitCode).toBe(1);
      expect(step.outputs).toMatchObject({ status: 'missing-credentials', registered: 'false' });
      expect(step.outputs.error).toMatch(says);
      expect(step.annotations.at(-1)).toMatchObject({
        level: 'error',
        message: expect.stringMatching(remedy),
      });
      expect(stage.platform.requests).toEqual([]);
    },
  );
});

test('broken credentials are not missing credentials, even from a fork', async ({ stage }) => {
  const step = await stage.run({ credentials: '{', ...SKIP }, events.FORK_PULL_REQUEST);
  expect(step.outputs.status).toBe('invalid-credentials');
  expect(step.exitCode).toBe(1);
});

test('on-missing-credentials accepts only fail and skip', async ({ stage }) => {
  const step = await stage.run({ 'on-missing-credentials': 'ignore' });
  expect(step.outputs.status).toBe('invalid-input');
  expect(step.outputs.error).toContain(
    "`on-missing-credentials` is `ignore`, which isn't one of `fail`, `skip`",
  );
});
