import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { missingCredentials, missingIdToken } from '../../src/github/missing.ts';
import type { Trigger } from '../../src/github/trigger.ts';

const MODES = ['fail', 'skip'] as const;

const PUSH: Trigger = { event: 'push', byDependabot: false, inFork: false };
const FORK: Trigger = { ...PUSH, event: 'pull_request', fork: { from: 'mallory/shop' } };
const DELETED_FORK: Trigger = { ...FORK, fork: { from: undefined } };
const DEPENDABOT: Trigger = { ...PUSH, event: 'pull_request', byDependabot: true };

interface Context {
  trigger: Trigger;
  env: NodeJS.ProcessEnv;
  onMissingCredentials: (typeof MODES)[number];
}

function explain({ trigger = PUSH, env = {}, onMissingCredentials = 'fail' }: Partial<Context>) {
  return missingCredentials(trigger, onMissingCredentials, env);
}

/** The environment of a step with these inputs, as the runner sets it. */
function setting(...inputs: string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(
    inputs.map((name) => [`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`, 'something']),
  );
}

/** The inputs of this action, by name. */
const KNOWN = Object.keys(
  (parse(readFileSync(new URL('../../action.yml', import.meta.url), 'utf8')) as { inputs: object }).inputs,
);

describe('if GitHub withholds secrets', () => {
  it.each([
    ['a fork', FORK],
    ['a fork that was deleted', DELETED_FORK],
    ['a fork, by Dependabot', { ...FORK, byDependabot: true }],
    ['a fork of a fork', { ...FORK, inFork: true }],
    ['Dependabot', DEPENDABOT],
    ['Dependabot, which pushes', { ...DEPENDABOT, event: 'push' }],
    ['Dependabot in a repository that is itself a fork', { ...DEPENDABOT, inFork: true }],
  ])('the workflow may choose to skip: %s', (_, trigger) => {
    const [failed, skipped] = MODES.map((onMissingCredentials) => explain({ trigger, onMissingCredentials }));
    expect(failed!.code).toBe('missing-credentials');
    expect(skipped!.code).toBe('skipped');
    expect(skipped!.message).toBe(failed!.message);
    expect(failed!.message).toMatch(/^The inputs `credentials` and `registration-token` are empty\. /);
    expect(failed!.remedy).toMatch(/^To let such runs pass, set `on-missing-credentials: skip`/);
    expect(skipped!.remedy).toMatch(/^No action needed if the change is checked after the merge\. /);
  });

  it("a fork is named, with what its runs don't get", () => {
    const { message, remedy } = explain({ trigger: FORK });
    expect(message).toContain(
      'This pull request comes from a fork (`mallory/shop`). GitHub gives runs from forks no secrets and no ID tokens.',
    );
    expect(remedy).toMatch(/check the change after the merge/);
    expect(remedy).toMatch(/Don't switch to `pull_request_target`: it can expose the secrets to code/);
  });

  it('a fork that was deleted has no name', () => {
    expect(explain({ trigger: DELETED_FORK }).message).toContain(
      'This pull request comes from a fork that was deleted. GitHub gives',
    );
  });

  it('a fork is named in one plain line', () => {
    const trigger = { ...FORK, fork: { from: `x\n::error::${'y'.repeat(500)}` } };
    const { message } = explain({ trigger });
    expect(message).not.toMatch(/[\r\n]/);
    expect(message.length).toBeLessThan(500);
  });

  it('Dependabot has its own secrets', () => {
    const { message, remedy } = explain({ trigger: DEPENDABOT });
    expect(message).toContain(
      'Dependabot triggered this run. GitHub gives such runs only Dependabot secrets',
    );
    expect(remedy).toMatch(
      /as a Dependabot secret too: `gh secret set MONDOO_CREDENTIALS --app dependabot </,
    );
    expect(remedy).not.toContain('pull_request_target');
  });
});

describe('if GitHub withholds nothing', () => {
  it.each(MODES)(
    'the secret is not set or not visible, and the step fails with %s',
    (onMissingCredentials) => {
      const { code, message, remedy } = explain({ onMissingCredentials });
      expect(code).toBe('missing-credentials');
      expect(message).toBe(
        "The inputs `credentials` and `registration-token` are empty. The variable `MONDOO_CONFIG_BASE64` is empty too. GitHub allows this run to read secrets (event `push`), so the secret isn't set, or this job can't read it.",
      );
      expect(remedy).toMatch(
        /^Store the credentials JSON as a secret and pass it: `credentials: \$\{\{ secrets\.MONDOO_CREDENTIALS \}\}`/,
      );
      expect(remedy).toMatch(
        /check the secret's name and the job's `environment:`.*the caller passes the secret/,
      );
      expect(remedy).not.toContain('on-missing-credentials');
    },
  );

  it.each(MODES)(
    'a repository that is itself a fork needs its own secret, and the step fails with %s',
    (onMissingCredentials) => {
      const trigger = { ...PUSH, event: 'pull_request', inFork: true };
      const { code, message } = explain({ trigger, onMissingCredentials });
      expect(code).toBe('missing-credentials');
      expect(message).toContain('(event `pull_request`)');
      expect(message).toMatch(/This repository is a fork: GitHub doesn't copy secrets into forks\.$/);
    },
  );

  it.each([
    ['', '(event `unknown`)'],
    ['workflow_dispatch', '(event `workflow_dispatch`)'],
    ['a\n::error::b', '(event `a ::error::b`)'],
  ])('the event %j is reported as %s', (event, told) => {
    expect(explain({ trigger: { ...PUSH, event } }).message).toContain(told);
  });
});

describe('a misspelt input', () => {
  const MISSPELT = [
    'credential',
    'credentails',
    'credentials_json',
    'CREDENTIALS_JSON',
    'mondoo-credentials',
    'mondoo credentials',
    'service-account-credentials',
    'registration_token',
    'registrationtoken',
    'registration token',
    'registration-tokens',
    'cnspec-registration-token',
    'mondoo_registration_token',
    'on_missing_credentials',
  ];

  it.each(MISSPELT)('is reported with the intended spelling: %s', (name) => {
    const { code, message, remedy } = explain({ env: setting(name) });
    expect(code).toBe('missing-credentials');
    const spelt = name.replaceAll(' ', '_').toLowerCase();
    expect(message).toContain(`The step sets the input \`${spelt}\`, which this action doesn't have.`);
    expect(remedy).toContain('Use the name `credentials`, ');
    expect(remedy).toContain('`registration-token`');
  });

  it('is found among known inputs', () => {
    const env = setting(...KNOWN, 'credential');
    expect(explain({ env }).message).toContain('the input `credential`');
  });

  it.each([
    ['a fork', FORK],
    ['Dependabot', DEPENDABOT],
    ['a repository that is itself a fork', { ...PUSH, inFork: true }],
  ])('is reported for any trigger: %s', (_, trigger) => {
    const error = explain({ trigger, env: setting('credential'), onMissingCredentials: 'skip' });
    expect(error.code).toBe('missing-credentials');
    expect(error.message).toContain('the input `credential`');
  });

  it('is reported by name only, in one plain line', () => {
    const env = { [`INPUT_CREDENTIALS\n::ERROR::${'X'.repeat(200)}`]: 'correct-horse-battery' };
    const { message, remedy } = explain({ env });
    expect(message).toContain('the input `credentials ::error::xxx');
    expect(message).not.toMatch(/[\r\n]/);
    expect(message.length).toBeLessThan(300);
    expect(message + remedy).not.toContain('correct-horse');
  });

  it('is not an input of action.yml', () => {
    expect(KNOWN).toEqual(
      expect.arrayContaining(['credentials', 'registration-token', 'on-missing-credentials']),
    );
    for (const names of [KNOWN, ...KNOWN.map((name) => [name])]) {
      expect(explain({ env: setting(...names) }).message).not.toContain("doesn't have");
    }
  });

  it.each([
    'token',
    'name',
    'cnspec-version',
    'verify-with-cnspec',
    'updates-url',
    'path',
    'annotation',
    'registration',
  ])('is not an input with another meaning: %s', (name) => {
    expect(explain({ env: setting(name) }).message).not.toContain("doesn't have");
  });

  it('is not found among variables that are not inputs', () => {
    const env = {
      MONDOO_CREDENTIALS: 'x',
      CREDENTIAL: 'x',
      GITHUB_INPUT_CREDENTIAL: 'x',
      INPUTCREDENTIAL: 'x',
    };
    expect(explain({ env }).message).not.toContain("doesn't have");
  });
});

describe('a workload identity without an ID token', () => {
  it.each([
    ['a fork', FORK, 'fork (`mallory/shop`).'],
    ['a fork that was deleted', DELETED_FORK, 'fork that was deleted.'],
  ])('comes from %s, and the workflow may choose to skip', (_, trigger, from) => {
    const [failed, skipped] = MODES.map((onMissingCredentials) =>
      missingIdToken(trigger, onMissingCredentials),
    );
    expect(failed!.code).toBe('missing-credentials');
    expect(skipped!.code).toBe('skipped');
    expect(failed!.message).toMatch(
      /^GitHub gives this job no ID token: `ACTIONS_ID_TOKEN_REQUEST_URL` or `…_TOKEN` is not set\. /,
    );
    expect(failed!.message).toContain(
      `This pull request comes from a ${from} GitHub gives runs from forks no secrets`,
    );
    expect(failed!.remedy).toContain('`on-missing-credentials: skip`');
    expect(failed!.remedy).toContain("Don't switch to `pull_request_target`");
  });

  it.each([
    ['a push', PUSH],
    ['Dependabot', DEPENDABOT],
    ['a repository that is itself a fork', { ...PUSH, event: 'pull_request', inFork: true }],
  ])('lacks the permission for any other trigger, regardless of on-missing-credentials: %s', (_, trigger) => {
    for (const onMissingCredentials of MODES) {
      const { code, message, remedy } = missingIdToken(trigger, onMissingCredentials);
      expect(code).toBe('invalid-input');
      expect(message).toMatch(
        /^GitHub gives this job no ID token: .* The job lacks the permission `id-token: write`\.$/,
      );
      expect(remedy).toContain('`permissions:` with `contents: read` and `id-token: write`');
      expect(remedy).toMatch(/In a reusable workflow, the calling job needs them too/);
    }
  });
});
