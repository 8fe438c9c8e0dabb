import { describe, expect } from 'vitest';
import { stringify } from 'yaml';
import type { Credentials } from '../../simulator/accounts.ts';
import { test } from './stage.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const json = (credentials: Credentials) => JSON.stringify(credentials, null, 2);

/** A careless later step. */
const PRINT = `
  import { readFileSync } from 'node:fs';
  const text = readFileSync(process.env.MONDOO_CONFIG_PATH, 'utf8');
  console.log(text.slice(text.indexOf('private_key'), text.indexOf('certificate')));
  console.log(JSON.stringify(text));
  console.log(Buffer.from(text).toString('base64'));`;

describe.concurrent.each<{ form: string; write: (credentials: Credentials) => string }>([
  { form: 'JSON as the Console gives it', write: json },
  {
    form: 'JSON with a byte order mark, CRLF and white space at its end',
    write: (c) => `\uFEFF${json(c).replaceAll('\n', '\r\n')}\r\n \r\n`,
  },
  { form: 'base64', write: (c) => base64(json(c)) },
  { form: 'base64 in lines of 76 characters', write: (c) => base64(json(c)).replace(/.{76}/g, '$&\n') },
  {
    form: 'JSON that escapes what it need not',
    write: (c) => json(c).replace(/\\nM/g, '\\n\\u004d').replaceAll('/', '\\/'),
  },
  { form: 'mondoo.yml', write: (c) => stringify(c) },
  { form: 'base64 of mondoo.yml', write: (c) => base64(`# mondoo.yml\n${stringify(c)}`) },
])('credentials given as $form', ({ write }) => {
  test('register the client, and no part of the key is visible, in this step or a later one', async ({
    stage,
  }) => {
    const step = await stage.run({ credentials: write(stage.credentials) });
    expect(step.outputs.status, step.log).toBe('ok');
    expect(step.annotations).toEqual([]);
    const later = await step.job.runScript(PRINT);
    // The end check of the stage searches this log for every piece of the key.
    expect(later.log).toContain('private_key: |\n  ***\n  ***\n');
  });
});

test.concurrent('every line of the key is masked', async ({ stage }) => {
  const step = await stage.run({ credentials: base64(json(stage.credentials)) });
  for (const line of stage.credentials.private_key.trim().split('\n')) expect(step.masks).toContain(line);
});

test.concurrent('a key is masked anywhere in mondoo.yml, in any notation', async ({ stage }) => {
  const other = await stage.platform.mint();
  const given = json({ ...stage.credentials, former_key: other.private_key } as Credentials);
  // Some JSON writers escape this.
  const step = await stage.run({ credentials: given.replaceAll('/', '\\/') });
  for (const line of other.private_key.trim().split('\n')) expect(step.masks).toContain(line);
});

test.concurrent('every line of the key is masked even if another input is invalid', async ({ stage }) => {
  const step = await stage.run({
    credentials: base64(json(stage.credentials)),
    'api-proxy': 'http://ci:correct-horse@127.0.0.1:9',
    timeout: 'soon',
  });
  expect(step.outputs.status).toBe('invalid-input');
  for (const line of stage.credentials.private_key.trim().split('\n')) expect(step.masks).toContain(line);
  expect(step.masks).toContain('correct-horse');
});

test.concurrent('RUNNER_DEBUG exposes no more of the key', async ({ stage }) => {
  const step = await stage.run({}, { env: { RUNNER_DEBUG: '1', ACTIONS_STEP_DEBUG: 'true' } });
  expect(step.outputs.status).toBe('ok');
});

test.concurrent('an expired certificate causes a warning, and is named if the platform rejects the credentials', async ({
  stage,
}) => {
  const expired = await stage.platform.mint({ certificateNotAfter: new Date('2024-05-06T07:08:09Z') });
  const accepted = await stage.run({ credentials: json(expired) });
  expect(accepted.outputs.status).toBe('ok');
  expect(accepted.annotations).toEqual([
    { level: 'warning', message: expect.stringContaining('expired on 2024-05-06T07:08:09.000Z') },
  ]);

  stage.platform.revoke(expired.mrn);
  const refused = await stage.run({ credentials: json(expired) });
  expect(refused.outputs.status).toBe('unauthenticated');
  expect(refused.outputs.error).toContain(
    'The certificate of the credentials expired on 2024-05-06T07:08:09.000Z.',
  );
});

test.concurrent('credentials that name a client keep it, and no other is created', async ({ stage }) => {
  const agentMrn = '//agents.api.mondoo.app/spaces/lunalectric-website/agents/2SARlZgQnFLAzj7jfiS1Fx2HBz8';
  const step = await stage.run({
    credentials: json({ ...stage.credentials, agent_mrn: agentMrn } as Credentials),
  });
  expect(step.outputs).toMatchObject({ status: 'ok', registered: 'true', 'client-mrn': agentMrn });
  expect(stage.platform.count('AgentManager/RegisterAgent')).toBe(0);
});

test.concurrent('register: false only checks, and reports that like cnspec', async ({ stage }) => {
  const step = await stage.run({ register: 'false' });
  expect(step.outputs).toMatchObject({ status: 'ok', registered: 'true', authenticated: 'true' });
  expect(step.outputs['client-mrn']).toBeUndefined();
  expect(step.log).toContain('→ Client: no managed client\n');
  expect(stage.platform.clients).toEqual([]);
});

test.concurrent("the client's labels name the run that registered it", async ({ stage }) => {
  await stage.run();
  expect(stage.platform.clients).toEqual([
    expect.objectContaining({
      name: 'lunalectric/website/scan',
      info: expect.objectContaining({
        platform_name: expect.stringMatching(/./),
        platform_arch: expect.stringMatching(/./),
        platform_hostname: expect.stringMatching(/./),
        labels: {
          'register-cnspec/version': expect.stringMatching(/^\d+\.\d+\.\d+$/),
          'github.com/repository': 'lunalectric/website',
          'github.com/workflow': 'Security',
          'github.com/job': 'scan',
          'github.com/run-id': '17300000001',
          'github.com/sha': '0123456789abcdef0123456789abcdef01234567',
          'github.com/ref': 'refs/heads/main',
        },
      }),
    }),
  ]);
});

test.concurrent("requests have the action's user agent and their own id", async ({ stage }) => {
  await stage.run();
  const ids = stage.platform.requests.map(({ headers }) => headers['x-request-id']);
  expect(new Set(ids).size).toBe(3);
  for (const { headers } of stage.platform.requests) {
    expect(headers['user-agent']).toMatch(/^register-cnspec\/\d+\.\d+\.\d+ \(\w+; \w+\)$/);
  }
});
