/** Credentials as they were given, and where they came from. */
export interface GivenCredentials {
  text: string;
  source: 'the input credentials' | 'the environment variable MONDOO_CONFIG_BASE64';
}

/** Takes the credentials from the input, or else from the environment, as cnspec would; nothing where there are none. */
export function findCredentials(input: string, env: NodeJS.ProcessEnv): GivenCredentials | undefined {
  if (input.trim() !== '') return { text: input, source: 'the input credentials' };
  const text = env.MONDOO_CONFIG_BASE64 ?? '';
  return text.trim() === '' ? undefined : { text, source: 'the environment variable MONDOO_CONFIG_BASE64' };
}
