import { describe } from 'vitest';
import { startIdTokenService } from '../../simulator/id-token-service.ts';
import { SPACE, workloadIdentity } from '../../simulator/scenarios.ts';
import { type Stage, test } from './stage.ts';

/** Secrets that arise while a step runs, or from its inputs. */
const SECRETS: [string, (stage: Stage) => Promise<string>][] = [
  ['the private key', async ({ credentials }) => credentials.private_key],
  [
    'a token that the step signed for a request',
    async (stage) => {
      await stage.run();
      return stage.platform.requests.find(({ headers }) => headers.authorization)!.headers.authorization!;
    },
  ],
  [
    'one for another platform',
    async (stage) => {
      const { platform, credentials } = await stage.another({});
      await stage.run({ credentials: JSON.stringify(credentials) });
      return platform.requests.find(({ headers }) => headers.authorization)!.headers.authorization!;
    },
  ],
  [
    'an ID token',
    async (stage) => {
      const idTokens = stage.until(await startIdTokenService());
      stage.platform.trust({ issuer: idTokens.issuer, publicKey: idTokens.publicKey, audience: SPACE });
      const credentials = JSON.stringify(workloadIdentity(stage.platform.endpoint, idTokens));
      await stage.run({ credentials }, { env: idTokens.env });
      return idTokens.tokens[0]!;
    },
  ],
  [
    'the bearer token for ID token requests',
    async (stage) => stage.until(await startIdTokenService()).env.ACTIONS_ID_TOKEN_REQUEST_TOKEN,
  ],
  [
    'the password of a proxy',
    async (stage) => {
      await stage.run({ timeout: '1s', 'api-proxy': 'http://stella:pa%3A55@127.0.0.1:1' });
      return 'pa:55';
    },
  ],
  [
    // So short a password is searched for only in its original form, and as the encoded login.
    'the header that a proxy gets for a short password',
    async (stage) => {
      await stage.run({ timeout: '1s', 'api-proxy': 'http://ci:q%3A9!@127.0.0.1:1' });
      return `Basic ${Buffer.from('ci:q:9!').toString('base64')}`;
    },
  ],
];

async function leak(stage: Stage, text: string): Promise<void> {
  const job = await stage.job();
  await job.runScript(
    `import { writeFileSync } from 'node:fs';
     writeFileSync(process.env.RUNNER_TEMP + '/told', Buffer.from('${Buffer.from(text).toString('hex')}', 'hex'));`,
  );
}

describe.concurrent('the check at the end of a scenario', () => {
  test.for(SECRETS)('passes if nothing exposes %s', async ([, come], { stage }) => {
    await come(stage);
    await leak(stage, 'something else');
  });

  // If a step here fails for another reason, the test above fails too.
  test.fails.for(SECRETS)('fails if a step exposes %s', async ([, come], { stage }) => {
    await leak(stage, await come(stage));
  });
});
