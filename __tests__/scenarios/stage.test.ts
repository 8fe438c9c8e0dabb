import { describe } from 'vitest';
import { startIdTokenService } from '../../simulator/id-token-service.ts';
import { SPACE, workloadIdentity } from '../../simulator/scenarios.ts';
import { type Stage, test } from './stage.ts';

/** Secrets that come into play while a step runs, or by what it is given. */
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
    'what a job asks for ID tokens with',
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
    // So short a one is looked for as it is alone, and the two together as what they are sent as.
    'what a proxy is sent for a short password',
    async (stage) => {
      await stage.run({ timeout: '1s', 'api-proxy': 'http://ci:q%3A9!@127.0.0.1:1' });
      return `Basic ${Buffer.from('ci:q:9!').toString('base64')}`;
    },
  ],
];

/** Has a step of the workflow write something down where it does not belong. */
async function tell(stage: Stage, text: string): Promise<void> {
  const job = await stage.job();
  await job.runScript(
    `import { writeFileSync } from 'node:fs';
     writeFileSync(process.env.RUNNER_TEMP + '/told', Buffer.from('${Buffer.from(text).toString('hex')}', 'hex'));`,
  );
}

describe.concurrent('the check at the end of a scenario', () => {
  test.for(SECRETS)('passes where nobody tells %s', async ([, come], { stage }) => {
    await come(stage);
    await tell(stage, 'something else');
  });

  // Whatever fails here but the check would fail above too.
  test.fails.for(SECRETS)('fails where somebody tells %s', async ([, come], { stage }) => {
    await tell(stage, await come(stage));
  });
});
