/** A stand-in for cnspec 13.0.0. Its first argument sets its behavior. See `cnspec-program.ts`. */
import { spawn } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Conduct } from './cnspec-program.ts';

// Set by its launcher, not by the step.
delete process.env.NODE_COMPILE_CACHE;

const [encoded = '', ...args] = process.argv.slice(2);
const { version, kind, record }: Conduct = JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8'));

interface StatusJson {
  client: Record<string, unknown>;
  upstream: { api: Record<string, unknown>; warnings?: string[] };
}

const BEHAVIORS: Record<Conduct['kind'], (text: string) => void | Promise<void>> = {
  agreeing: (text) => print(registered(text)),
  'without a list': (text) => print(registered(text)),
  asking: async (text) => {
    // Loaded only here, so that the others start fast.
    const { askPlatform } = await import('./asking.ts');
    const json = registered(text);
    const { accepted, api, skewWarning } = await askPlatform(parse(text));
    Object.assign(json.upstream.api, api);
    if (skewWarning !== undefined) json.upstream.warnings = [skewWarning];
    if (!accepted) json.client.pingPongError = {};
    print(json, accepted ? 0 : 1);
  },
  chatty: (text) => {
    console.log('→ a newer version of cnspec is available');
    print(registered(text));
    console.log('! bye {not json}');
  },
  warning: (text) => {
    const json = registered(text);
    json.upstream.warnings = ['possible clock skew detected: 31.2s', 'the round trip took 5.2s'];
    print(json);
  },
  'other releases host': (text) => {
    const json = registered(text);
    json.client.updatesUrl = 'https://mirror.example.org/kept-to-itself';
    json.client.providersUrl = 'https://mirror.example.org/kept-to-itself/providers';
    print(json);
  },
  'left behind': (text) => {
    startChild().unref();
    print(registered(text));
  },
  unregistered: printUnregistered,
  unauthenticated: (text) => {
    const json = registered(text);
    json.client.pingPongError = {};
    print(json, 1);
  },
  'other account': (text) => {
    const json = registered(text);
    json.client.service_account = '//agents.api.mondoo.app/spaces/oracle-space/serviceaccounts/healthy';
    print(json);
  },
  'other endpoint': (text) => {
    const json = registered(text);
    json.upstream.api.endpoint = 'https://us.api.mondoo.com';
    print(json);
  },
  'other client': (text) => {
    const json = registered(text);
    json.client.mrn = '//agents.api.mondoo.app/spaces/oracle-space/agents/2SARlZgQnFLAzj7jfiS1Fx2HBz8';
    print(json);
  },
  silent: () => {
    process.exitCode = 1;
  },
  garbled: () => console.log('<html><body>{"client": </body></html>'),
  crashing: () => {
    console.error('panic: runtime error: index out of range [3] with length 3');
    process.kill(process.pid, 'SIGKILL');
  },
  hang: () => void startChild(),
  flooding: () => void process.stdout.write('x'.repeat(10 * 1024 * 1024)),
  commanding: () => {
    for (const stream of [process.stdout, process.stderr]) {
      stream.write('::error title=planted::planted\n::set-output name=status::planted\r::warning::planted\n');
      stream.write('text ##[error]planted\n\u001b[31m::notice::planted\u001b[0m\n##[add-path]/planted\n');
    }
    process.exitCode = 3;
  },
  leaking: (text) => {
    for (const stream of [process.stdout, process.stderr]) {
      stream.write(`${text}\n${JSON.stringify(text)}\n${Buffer.from(text).toString('base64')}\n`);
      stream.write(`${Object.entries(process.env).join('\n')}\n`);
      // The action may quote the last line.
      const { private_key: key } = parse(text) as Record<string, string>;
      stream.write(`${process.env.HTTPS_PROXY} ${key?.replaceAll('\n', ' ')}\n`);
    }
    process.exitCode = 1;
  },
};

const [command, option, named = ''] = args;
if (command === 'status') {
  keep();
  const file = option === '--config' ? named : process.env.MONDOO_CONFIG_PATH;
  if (file === undefined) {
    console.error('→ no Mondoo configuration file provided, using defaults');
    printUnregistered();
  } else {
    console.error(`→ loaded configuration from ${file}`);
    await BEHAVIORS[kind](readFileSync(file, 'utf8'));
  }
} else if (command === 'providers' && option === 'list') {
  keep();
  if (kind === 'without a list') startChild();
  else process.stdout.write(reference('providers-list.txt'));
} else if (command === 'scan') {
  keep();
  // Unlike cnspec, it only checks that mondoo.yml is readable.
  readFileSync(process.env.MONDOO_CONFIG_PATH ?? '');
  console.log(`cnspec ${args.join(' ')}`);
} else if (command === 'version') {
  keep();
  console.log(`cnspec ${version} (development, 2026-11-24T22:59:43Z)`);
} else {
  keep();
  console.error(`Error: unknown command "${args.join(' ')}" for "cnspec"`);
  process.exitCode = 1;
}

function keep(more: object = {}): void {
  if (record === undefined) return;
  const call = { args, pid: process.pid, cwd: process.cwd(), env: process.env, ...more };
  appendFileSync(record, `${JSON.stringify(call)}\n`);
}

/** Holds the output open, as a provider of cnspec may. */
function startChild() {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
  keep({ child: child.pid });
  return child;
}

/** Recorded output of the real cnspec. */
function reference(name: string): string {
  return readFileSync(new URL(`./reference/${name}`, import.meta.url), 'utf8');
}

/** With the values of a mondoo.yml. */
function registered(text: string): StatusJson {
  const config = parse(text) as Record<string, string | undefined>;
  const json: StatusJson = JSON.parse(reference('registered.json'));
  const now = new Date().toISOString().replace(/\.\d+/, '');
  const updatesUrl = config.updates_url ?? 'https://releases.mondoo.com';
  Object.assign(json.client, {
    timestamp: now,
    mrn: config.agent_mrn ?? 'no managed client',
    service_account: config.mrn,
    parentMrn: config.scope_mrn ?? config.space_mrn ?? config.parent_mrn,
    version,
    latest_version: version,
    updatesUrl,
    providersUrl: `${updatesUrl}/providers`,
  });
  Object.assign(json.upstream.api, { endpoint: config.api_endpoint, timestamp: now });
  return json;
}

function printUnregistered(): void {
  print(JSON.parse(reference('unregistered.json')), 1);
}

function print(json: object, exitCode = 0): void {
  console.log(JSON.stringify(json));
  process.exitCode = exitCode;
}
