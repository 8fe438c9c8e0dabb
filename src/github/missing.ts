import { ActionError } from '../util/errors.ts';
import { isMisspelling } from '../util/misspelling.ts';
import { plainText } from '../util/text.ts';
import type { Trigger } from './trigger.ts';

/** A run without credentials. */
export interface MissingContext {
  trigger: Trigger;
  env: NodeJS.ProcessEnv;
  /** What the workflow wants if GitHub withholds its secrets. */
  onMissingCredentials: 'fail' | 'skip';
}

const NO_CREDENTIALS = 'There are no credentials: the inputs credentials and registration-token are empty';

const NO_ID_TOKEN =
  'GitHub gives this job no ID token to exchange for a service account (ACTIONS_ID_TOKEN_REQUEST_URL is not set)';

/** Finds out why there are no credentials, and says so. */
export function missingCredentials(context: MissingContext): ActionError {
  const { event, fork, byDependabot, inFork } = context.trigger;
  const misspelt = misspeltInput(context.env);
  if (misspelt !== undefined) {
    return new ActionError(
      'missing-credentials',
      `${NO_CREDENTIALS}, but the step sets an input "${plainText(misspelt, 60)}", which this action does not know.`,
      'Spell it as this action does: `credentials: ${{ secrets.MONDOO_CREDENTIALS }}`, `registration-token:` or `on-missing-credentials:`.',
    );
  }
  if (fork) return withheldFromFork(fork.from, NO_CREDENTIALS, context);
  if (byDependabot) {
    return withheld(
      `${NO_CREDENTIALS}. Dependabot set this run off, and GitHub gives such runs Dependabot secrets only, none of the Actions secrets.`,
      'To have it checked before, store the credentials once more as a Dependabot secret of the same name: Settings, Secrets and variables, Dependabot, or `gh secret set MONDOO_CREDENTIALS --app dependabot < credentials.json`.',
      context,
    );
  }
  return new ActionError(
    'missing-credentials',
    `${NO_CREDENTIALS}, and so is the environment variable MONDOO_CONFIG_BASE64. GitHub withholds no secrets from this run (event: ${plainText(event, 60) || 'unknown'}), so the secret is not set, or not visible to this job.${inFork ? ' This repository is a fork: secrets are not copied into forks, so it needs one of its own.' : ''}`,
    "Store the credentials JSON as a secret and pass it: `credentials: ${{ secrets.MONDOO_CREDENTIALS }}`. If the step does that already, look at the spelling of the secret's name, at `environment:` on the job for an environment's secret, and at `secrets: inherit` in the caller of a reusable workflow.",
  );
}

/** Finds out why a workload identity gets no ID token, and says so. */
export function missingIdToken(context: MissingContext): ActionError {
  const { fork } = context.trigger;
  if (fork) return withheldFromFork(fork.from, NO_ID_TOKEN, context);
  return new ActionError(
    'invalid-input',
    `${NO_ID_TOKEN}: the job lacks the permission id-token: write.`,
    'Add to the job the lines `permissions:`, `  contents: read`, `  id-token: write`; a permission that is not named there is taken away. In a reusable workflow the calling job needs them as well.',
  );
}

function withheldFromFork(from: string | undefined, missing: string, context: MissingContext): ActionError {
  const origin =
    from === undefined ? 'a repository that no longer exists' : `another repository, ${plainText(from, 200)}`;
  return withheld(
    `${missing}. This pull request comes from ${origin}, and GitHub gives such runs neither secrets nor ID tokens.`,
    'Do not turn to pull_request_target: it hands the secrets to whatever code the pull request makes the workflow run.',
    context,
  );
}

/** The workflow may choose to live with what GitHub withholds by rule. */
function withheld(message: string, remedy: string, { onMissingCredentials }: MissingContext): ActionError {
  return onMissingCredentials === 'skip'
    ? new ActionError('skipped', message, `Nothing, if the change is checked once it is merged. ${remedy}`)
    : new ActionError(
        'missing-credentials',
        message,
        `Let such runs pass unchecked with \`on-missing-credentials: skip\`, and check again once the change is merged. ${remedy}`,
      );
}

/** Finds an input that was meant to be one of ours: the runner only warns of what it does not know. */
function misspeltInput(env: NodeJS.ProcessEnv): string | undefined {
  const meant = ['credentials', 'registration-token'];
  return Object.keys(env)
    .filter((name) => name.startsWith('INPUT_'))
    .map((name) => name.slice('INPUT_'.length).toLowerCase())
    .filter((name) => ![...meant, 'on-missing-credentials'].includes(name))
    .find((name) => {
      const spelt = name.replaceAll('_', '-');
      return meant.some((ours) => isMisspelling(spelt, ours) || spelt.includes(ours.replace(/s$/, '')));
    });
}
