import { ActionError } from '../util/errors.ts';
import { isMisspelling } from '../util/misspelling.ts';
import { codeSpan } from '../util/text.ts';
import type { Trigger } from './trigger.ts';

type OnMissing = 'fail' | 'skip';

const NO_CREDENTIALS = 'The inputs `credentials` and `registration-token` are empty.';

const NO_ID_TOKEN = 'GitHub gives this job no ID token: `ACTIONS_ID_TOKEN_REQUEST_URL` or `…_TOKEN` is not set.';

/** Explains why there are no credentials. */
export function missingCredentials(trigger: Trigger, onMissing: OnMissing, env: NodeJS.ProcessEnv): ActionError {
  const { event, fork, byDependabot, inFork } = trigger;
  const misspelt = misspeltInput(env);
  if (misspelt !== undefined) {
    return new ActionError(
      'missing-credentials',
      `${NO_CREDENTIALS} The step sets the input ${codeSpan(misspelt, 60)}, which this action doesn't have.`,
      'Use the name `credentials`, `registration-token` or `on-missing-credentials`.',
    );
  }
  if (fork) return withheldFromFork(NO_CREDENTIALS, fork.from, onMissing);
  if (byDependabot) {
    return withheld(
      `${NO_CREDENTIALS} Dependabot triggered this run. GitHub gives such runs only Dependabot secrets, not Actions secrets.`,
      'To check before the merge, store the credentials as a Dependabot secret too: `gh secret set MONDOO_CREDENTIALS --app dependabot < credentials.json`.',
      onMissing,
    );
  }
  // An earlier step with this action exports both.
  const isEmptied = env.MONDOO_CONFIG_BASE64 === '' && env.MONDOO_CONFIG_PATH;
  const emptied = isEmptied ? ' An earlier step of the job that uses this action may have emptied it.' : '';
  return new ActionError(
    'missing-credentials',
    `${NO_CREDENTIALS} The variable \`MONDOO_CONFIG_BASE64\` is empty too.${emptied} GitHub allows this run to read secrets (event ${codeSpan(event || 'unknown', 60)}), so the secret isn't set, or this job can't read it.${inFork ? " This repository is a fork: GitHub doesn't copy secrets into forks." : ''}`,
    "Store the credentials JSON as a secret and pass it: `credentials: ${{ secrets.MONDOO_CREDENTIALS }}`. If the step already does, check the secret's name and the job's `environment:`. In a reusable workflow, check that the caller passes the secret.",
  );
}

/** Explains why workload identity federation gets no ID token. */
export function missingIdToken({ fork }: Trigger, onMissing: OnMissing): ActionError {
  if (fork) return withheldFromFork(NO_ID_TOKEN, fork.from, onMissing);
  return new ActionError(
    'invalid-input',
    `${NO_ID_TOKEN} The job lacks the permission \`id-token: write\`.`,
    "Add `permissions:` with `contents: read` and `id-token: write` to the job. GitHub removes permissions that you don't list there. In a reusable workflow, the calling job needs them too.",
  );
}

function withheldFromFork(missing: string, from: string | undefined, onMissing: OnMissing): ActionError {
  const origin = from === undefined ? 'fork that was deleted' : `fork (${codeSpan(from, 200)})`;
  return withheld(
    `${missing} This pull request comes from a ${origin}. GitHub gives runs from forks no secrets and no ID tokens.`,
    "Don't switch to `pull_request_target`: it can expose the secrets to code from the pull request.",
    onMissing,
  );
}

function withheld(message: string, remedy: string, onMissing: OnMissing): ActionError {
  const isSkipped = onMissing === 'skip';
  const advice = isSkipped
    ? 'No action needed if the change is checked after the merge.'
    : 'To let such runs pass, set `on-missing-credentials: skip` and check the change after the merge.';
  return new ActionError(isSkipped ? 'skipped' : 'missing-credentials', message, `${advice} ${remedy}`);
}

/** Finds a misspelt input: the runner only warns of inputs that action.yml doesn't have. */
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
