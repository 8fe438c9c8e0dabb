import { ActionError } from '../errors.ts';

/** Credentials as they were given, and where they came from. */
export interface GivenCredentials {
  text: string;
  source: 'the input credentials' | 'the environment variable MONDOO_CONFIG_BASE64';
}

/**
 * Takes the credentials from the input, or else from the environment, as cnspec would.
 * @throws ActionError `missing-credentials`
 */
export function findCredentials(input: string, env: NodeJS.ProcessEnv): GivenCredentials {
  if (input.trim() !== '') return { text: input, source: 'the input credentials' };
  const fromEnvironment = env.MONDOO_CONFIG_BASE64 ?? '';
  if (fromEnvironment.trim() !== '') {
    return { text: fromEnvironment, source: 'the environment variable MONDOO_CONFIG_BASE64' };
  }
  throw new ActionError(
    'missing-credentials',
    'The input credentials is empty, and so is the environment variable MONDOO_CONFIG_BASE64.',
    "Store the credentials JSON as a secret and pass it: `credentials: ${{ secrets.MONDOO_CREDENTIALS }}`. If that is what the step does, GitHub gave this run no such secret: look at the spelling of its name, at `environment:` on the job for an environment's secret, at `secrets: inherit` for a reusable workflow; pull requests from forks get no secrets, and Dependabot runs only Dependabot secrets.",
  );
}
