import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DEPENDABOT_PULL_REQUEST, FORK_PULL_REQUEST, PULL_REQUEST } from '../../simulator/events.ts';
import { startIdTokenService } from '../../simulator/id-token-service.ts';
import { startProxy } from '../../simulator/proxy.ts';
import { startReleases } from '../../simulator/releases.ts';
import { scenarios, workloadIdentity } from '../../simulator/scenarios.ts';
import { authority } from '../scenarios/faults/authority-file.ts';
import type { Ran, Stage } from '../scenarios/stage.ts';

/** Creates a situation that docs/troubleshooting.md shows log lines of, by its name on that page. */
export const SITUATIONS: Record<string, (stage: Stage) => Promise<Ran>> = {
  ...Object.fromEntries(
    scenarios.map(({ name, prepare }) => [
      name,
      async (stage: Stage) => {
        const { inputs, job, idTokens, releases } = await prepare(stage.platform);
        if (releases) stage.until(releases);
        if (idTokens) stage.until(idTokens);
        return stage.run({ credentials: '', ...inputs }, job);
      },
    ]),
  ),

  'not-a-duration': (stage) => stage.run({ timeout: 'soon' }),
  'no-id-token-permission': async (stage) => {
    const idTokens = stage.until(await startIdTokenService());
    return stage.run(
      { credentials: JSON.stringify(workloadIdentity(stage.platform.endpoint, idTokens)) },
      PULL_REQUEST,
    );
  },
  'foreign-file': async (stage) => {
    const job = await stage.job();
    const folder = path.join(job.folders.temp, '_github_home', '.config', 'mondoo');
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, 'mondoo.yml'), 'mrn: somebody\n');
    const step = await job.runMain({ inputs: { credentials: JSON.stringify(stage.credentials, null, 2) } });
    return { ...step, job };
  },

  'no-secret': (stage) => stage.run({ credentials: '' }),
  'misspelt-input': (stage) => stage.run({ credentials: '', credential: 'whatever it is' }),
  'fork-fails': (stage) => stage.run({ credentials: '' }, FORK_PULL_REQUEST),
  'dependabot-fails': (stage) => stage.run({ credentials: '' }, DEPENDABOT_PULL_REQUEST),
  dependabot: (stage) =>
    stage.run({ credentials: '', 'on-missing-credentials': 'skip' }, DEPENDABOT_PULL_REQUEST),

  'cut-off': (stage) => stage.run({ credentials: JSON.stringify(stage.credentials).slice(0, 400) }),
  'lost-line-ends': (stage) =>
    stage.run({
      credentials: JSON.stringify({
        ...stage.credentials,
        private_key: stage.credentials.private_key.replaceAll('\n', ' '),
      }),
    }),
  'pasted-name': (stage) => stage.run({ credentials: 'MONDOO_CREDENTIALS' }),
  'browser-login': (stage) =>
    stage.run({ credentials: JSON.stringify({ auth: { method: 'oauth', access_token: 'none' } }) }),
  'unreadable-field': (stage) =>
    stage.run({ credentials: JSON.stringify({ ...stage.credentials, annotations: 'team=web' }) }),
  'foreign-audience': async (stage) => {
    const idTokens = stage.until(await startIdTokenService());
    const identity = {
      ...workloadIdentity(stage.platform.endpoint, idTokens),
      audience: '//iam.example.com/projects/4242',
    };
    return stage.run({ credentials: JSON.stringify(identity) }, { env: idTokens.env });
  },
  'other-space': (stage) => stage.run({ 'expect-space': 'another-space' }),
  'expired-token': async (stage) =>
    stage.run({
      credentials: '',
      'registration-token': await stage.platform.issueRegistrationToken({
        expiresAt: new Date(Date.now() - 3_600_000),
      }),
    }),

  'no-such-version': async (stage) => {
    const releases = stage.until(await startReleases());
    return stage.run({ 'cnspec-version': '99.0.0', 'updates-url': releases.url });
  },
  'cnspec-missing': (stage) => stage.run({ 'verify-with-cnspec': 'true' }),

  'unknown-host': (stage) => stage.run({ 'api-endpoint': 'https://us.api.mondoo.invalid', timeout: '4s' }),
  'proxy-refuses': async (stage) => {
    const proxy = stage.until(
      await startProxy({ to: stage.platform.endpoint, conduct: { kind: 'response', status: 407 } }),
    );
    const endpoint = stage.platform.endpoint.replace('http://127.0.0.1', 'https://localhost');
    return stage.run({ 'api-endpoint': endpoint, 'api-proxy': proxy.url });
  },
  'unknown-issuer': async (stage) => {
    const { credentials } = await stage.another({ tls: await authority.issue() });
    return stage.run({ credentials: JSON.stringify(credentials) });
  },
  'web-page': (stage) => {
    for (const method of ['Health/Check', 'AgentManager/PingPong'] as const) {
      stage.platform.fault(method, {
        kind: 'response',
        status: 200,
        headers: { 'content-type': 'text/html' },
        body: '<html>Please log in</html>',
      });
    }
    return stage.run();
  },
  silence: (stage) => {
    for (const method of ['Health/Check', 'AgentManager/PingPong'] as const) {
      stage.platform.fault(method, { kind: 'hang' });
    }
    return stage.run({ timeout: '4s' });
  },

  'untrusted-identity': async (stage) => {
    const idTokens = stage.until(await startIdTokenService());
    return stage.run(
      { credentials: JSON.stringify(workloadIdentity(stage.platform.endpoint, idTokens)) },
      { env: idTokens.env },
    );
  },
  'lost-registration': (stage) => {
    stage.platform.fault('AgentManager/RegisterAgent', { kind: 'reset', when: 'after' });
    return stage.run();
  },
};
