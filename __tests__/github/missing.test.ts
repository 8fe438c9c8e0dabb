import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type MissingContext, missingCredentials, missingIdToken } from '../../src/github/missing.ts';
import type { Trigger } from '../../src/github/trigger.ts';

const MODES = ['fail', 'skip'] as const;

const PUSH: Trigger = { event: 'push', byDependabot: false, inFork: false };
const FORK: Trigger = { ...PUSH, event: 'pull_request', fork: { from: 'mallory/shop' } };
const DELETED_FORK: Trigger = { ...FORK, fork: { from: undefined } };
const DEPENDABOT: Trigger = { ...PUSH, event: 'pull_request', byDependabot: true };

function context(changes: Partial<MissingContext> = {}): MissingContext {
  return { trigger: PUSH, env: {}, onMissingCredentials: 'fail', ...changes };
}

/** The environment of a step that sets such inputs, as the runner makes it. */
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
  ])('the workflow may choose to live with it: %s', (_, trigger) => {
    const [failed, skipped] = MODES.map((onMissingCredentials) =>
      missingCredentials(context({ trigger, onMissingCredentials })),
    );
    expect(failed!.code).toBe('missing-credentials');
    expect(skipped!.code).toBe('skipped');
    expect(skipped!.message).toBe(failed!.message);
    expect(failed!.message).toMatch(
      /^There are no credentials: the inputs credentials and registration-token are empty\. /,
    );
    expect(failed!.remedy).toMatch(/^Let such runs pass unchecked with `on-missing-credentials: skip`/);
    expect(skipped!.remedy).toMatch(/^Nothing, if the change is checked once it is merged\. /);
  });

  it('a fork is named, and what its runs do not get', () => {
    const { message, remedy } = missingCredentials(context({ trigger: FORK }));
    expect(message).toContain(
      'This pull request comes from another repository, mallory/shop, and GitHub gives such runs neither secrets nor ID tokens.',
    );
    expect(remedy).toMatch(/check again once the change is merged/);
    expect(remedy).toMatch(/Do not turn to pull_request_target: it hands the secrets to whatever code/);
  });

  it('a fork that was deleted has no name', () => {
    expect(missingCredentials(context({ trigger: DELETED_FORK })).message).toContain(
      'This pull request comes from a repository that no longer exists, and GitHub gives',
    );
  });

  it('a fork is named in one harmless line', () => {
    const trigger = { ...FORK, fork: { from: `x\n::error::${'y'.repeat(500)}` } };
    const { message } = missingCredentials(context({ trigger }));
    expect(message).not.toMatch(/[\r\n]/);
    expect(message.length).toBeLessThan(500);
  });

  it('Dependabot has secrets of its own', () => {
    const { message, remedy } = missingCredentials(context({ trigger: DEPENDABOT }));
    expect(message).toContain(
      'Dependabot set this run off, and GitHub gives such runs Dependabot secrets only',
    );
    expect(remedy).toMatch(
      /Dependabot secret of the same name.*`gh secret set MONDOO_CREDENTIALS --app dependabot </,
    );
    expect(remedy).not.toContain('pull_request_target');
  });
});

describe('if GitHub withholds nothing', () => {
  it.each(MODES)('the secret is not set or not visible, which fails with %s', (onMissingCredentials) => {
    const { code, message, remedy } = missingCredentials(context({ onMissingCredentials }));
    expect(code).toBe('missing-credentials');
    expect(message).toBe(
      'There are no credentials: the inputs credentials and registration-token are empty, and so is the environment variable MONDOO_CONFIG_BASE64. GitHub withholds no secrets from this run (event: push), so the secret is not set, or not visible to this job.',
    );
    expect(remedy).toMatch(
      /^Store the credentials JSON as a secret and pass it: `credentials: \$\{\{ secrets\.MONDOO_CREDENTIALS \}\}`/,
    );
    expect(remedy).toMatch(
      /spelling of the secret's name.*`environment:` on the job.*`secrets: inherit` in the caller/,
    );
    expect(remedy).not.toContain('on-missing-credentials');
  });

  it.each(MODES)(
    'a repository that is itself a fork needs a secret of its own, which fails with %s',
    (onMissingCredentials) => {
      const trigger = { ...PUSH, event: 'pull_request', inFork: true };
      const { code, message } = missingCredentials(context({ trigger, onMissingCredentials }));
      expect(code).toBe('missing-credentials');
      expect(message).toContain('(event: pull_request)');
      expect(message).toMatch(
        /This repository is a fork: secrets are not copied into forks, so it needs one of its own\.$/,
      );
    },
  );

  it.each([
    ['', '(event: unknown)'],
    ['workflow_dispatch', '(event: workflow_dispatch)'],
    ['a\n::error::b', '(event: a ::error::b)'],
  ])('the event %j is reported as %s', (event, told) => {
    expect(missingCredentials(context({ trigger: { ...PUSH, event } })).message).toContain(told);
  });
});

describe('an input that was misspelt', () => {
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

  it.each(MISSPELT)('is named, with the spelling that was meant: %s', (name) => {
    const { code, message, remedy } = missingCredentials(context({ env: setting(name) }));
    expect(code).toBe('missing-credentials');
    const spelt = name.replaceAll(' ', '_').toLowerCase();
    expect(message).toContain(`but the step sets an input "${spelt}", which this action does not know.`);
    expect(remedy).toContain('`credentials: ${{ secrets.MONDOO_CREDENTIALS }}`');
    expect(remedy).toContain('`registration-token:`');
  });

  it('is found among the inputs that are known', () => {
    const env = setting(...KNOWN, 'credential');
    expect(missingCredentials(context({ env })).message).toContain('an input "credential"');
  });

  it.each([
    ['a fork', FORK],
    ['Dependabot', DEPENDABOT],
    ['a repository that is itself a fork', { ...PUSH, inFork: true }],
  ])('is not passed over, whatever set the run off: %s', (_, trigger) => {
    const error = missingCredentials(
      context({ trigger, env: setting('credential'), onMissingCredentials: 'skip' }),
    );
    expect(error.code).toBe('missing-credentials');
    expect(error.message).toContain('an input "credential"');
  });

  it('reports its name alone, in one harmless line', () => {
    const env = { [`INPUT_CREDENTIALS\n::ERROR::${'X'.repeat(200)}`]: 'correct-horse-battery' };
    const { message, remedy } = missingCredentials(context({ env }));
    expect(message).toContain('an input "credentials ::error::xxx');
    expect(message).not.toMatch(/[\r\n]/);
    expect(message.length).toBeLessThan(300);
    expect(message + remedy).not.toContain('correct-horse');
  });

  it('is none of the inputs of action.yml', () => {
    expect(KNOWN).toEqual(
      expect.arrayContaining(['credentials', 'registration-token', 'on-missing-credentials']),
    );
    for (const names of [KNOWN, ...KNOWN.map((name) => [name])]) {
      expect(missingCredentials(context({ env: setting(...names) })).message).not.toContain('does not know');
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
  ])('is none that means something else: %s', (name) => {
    expect(missingCredentials(context({ env: setting(name) })).message).not.toContain('does not know');
  });

  it('is none of the variables that are no inputs', () => {
    const env = {
      MONDOO_CREDENTIALS: 'x',
      CREDENTIAL: 'x',
      GITHUB_INPUT_CREDENTIAL: 'x',
      INPUTCREDENTIAL: 'x',
    };
    expect(missingCredentials(context({ env })).message).not.toContain('does not know');
  });
});

describe('a workload identity without an ID token', () => {
  it.each([
    ['a fork', FORK, 'another repository, mallory/shop,'],
    ['a fork that was deleted', DELETED_FORK, 'a repository that no longer exists,'],
  ])('comes from %s, which the workflow may choose to live with', (_, trigger, from) => {
    const [failed, skipped] = MODES.map((onMissingCredentials) =>
      missingIdToken(context({ trigger, onMissingCredentials })),
    );
    expect(failed!.code).toBe('missing-credentials');
    expect(skipped!.code).toBe('skipped');
    expect(failed!.message).toMatch(
      /^GitHub gives this job no ID token .*\(ACTIONS_ID_TOKEN_REQUEST_URL is not set\)\. /,
    );
    expect(failed!.message).toContain(
      `This pull request comes from ${from} and GitHub gives such runs neither`,
    );
    expect(failed!.remedy).toContain('`on-missing-credentials: skip`');
    expect(failed!.remedy).toContain('Do not turn to pull_request_target');
  });

  it.each([
    ['a push', PUSH],
    ['Dependabot', DEPENDABOT],
    ['a repository that is itself a fork', { ...PUSH, event: 'pull_request', inFork: true }],
  ])('lacks the permission everywhere else, whatever is chosen: %s', (_, trigger) => {
    for (const onMissingCredentials of MODES) {
      const { code, message, remedy } = missingIdToken(context({ trigger, onMissingCredentials }));
      expect(code).toBe('invalid-input');
      expect(message).toMatch(
        /^GitHub gives this job no ID token .*: the job lacks the permission id-token: write\.$/,
      );
      expect(remedy).toContain('`permissions:`, `  contents: read`, `  id-token: write`');
      expect(remedy).toMatch(/In a reusable workflow the calling job needs them as well/);
    }
  });
});
