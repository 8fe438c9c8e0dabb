import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { proxySecrets } from '../credentials/secrets.ts';
import { resolveConfig } from '../inputs.ts';
import { errorCode } from '../util/errors.ts';
import { codeSpan } from '../util/text.ts';

/** A wrong command line. The message quotes no value, as that may be a secret. */
export class UsageError extends Error {}

const COMMANDS = ['check', 'register', 'cleanup'];

/** Options that are the inputs of the same name. */
const INPUTS =
  'api-endpoint api-proxy name expect-space max-clock-skew fail-on on-missing-credentials timeout verify-with-cnspec';

export const HELP = `Usage  register-cnspec [check | register | cleanup] [options]

  check     (default) checks the credentials, and registers no client
  register  registers a client and writes mondoo.yml
  cleanup   removes what an earlier command left

  --credentials FILE      the credentials, - is standard input (default MONDOO_CREDENTIALS, MONDOO_CONFIG_BASE64,
                          and with \`register\` MONDOO_REGISTRATION_TOKEN)
  --id-token-env NAME     the variable with the ID token for a workload identity JSON (default JWT_TOKEN)
  --config FILE           path to mondoo.yml, which \`register\` and \`cleanup\` need
  --annotation KEY=VALUE  added to each asset that cnspec scans, may be repeated
  --json                  the outputs as JSON on stdout, everything else on stderr
  --dotenv FILE           the outputs as MONDOO_GATE_<OUTPUT>=value
  --junit FILE            a test case for each finding
  As in docs/inputs.md:   --${INPUTS.replaceAll(' ', ' --').replace(' --max', `\n${' '.repeat(26)}--max`)}

Each option but \`--json\` is also a variable, such as REGISTER_CNSPEC_FAIL_ON.
Exits 0 if the check passed, 1 if it failed, 2 on wrong usage, 130 or 143 after a signal. See docs/other-ci.md.`;

const NAMES = `${INPUTS} credentials id-token-env config dotenv junit annotation`.split(' ');
const OPTIONS = Object.fromEntries(NAMES.map((name) => [name, { type: 'string', multiple: true }] as const));

export type Options = ReturnType<typeof readOptions>;

export function readOptions(args: string[], env: NodeJS.ProcessEnv) {
  const [values, command = 'check', ...others] = parse(args);
  if (!COMMANDS.includes(command) || others.length > 0) {
    throw new UsageError(`Use one of the commands \`${COMMANDS.join('`, `')}\`. Pass secrets in variables or files.`);
  }
  const variableOf = (name: string) => `REGISTER_CNSPEC_${name.replaceAll('-', '_').toUpperCase()}`;
  const option = (name: string) => (values[name] ?? [(NAMES.includes(name) && env[variableOf(name)]) || '']).join('\n');
  if (values['api-proxy']?.some((proxy) => proxySecrets(proxy).length > 0)) {
    throw new UsageError('Other processes can read the password in `--api-proxy`. Use `REGISTER_CNSPEC_API_PROXY`.');
  }
  const config = option('config') === '' ? undefined : resolveConfig(option('config'), process.cwd());
  if (command !== 'check' && config === undefined) throw new UsageError(`\`${command}\` needs \`--config FILE\`.`);
  const registrationToken = secret(env.MONDOO_REGISTRATION_TOKEN);
  if (command === 'check' && registrationToken !== '') {
    throw new UsageError("`check` can't use `MONDOO_REGISTRATION_TOKEN`: a registration token can only register.");
  }
  const credentials = command === 'cleanup' ? { text: '', place: '' } : readCredentials(option('credentials'), env);
  return { command, option, config, json: 'json' in values, credentials, registrationToken };
}

function parse(args: string[]) {
  try {
    const options = { ...OPTIONS, json: { type: 'boolean' } } as const;
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    return [values as Record<string, string[] | undefined>, ...positionals] as const;
  } catch (error) {
    const known = /^[^']*'[\w<> -]{1,28}'[^'.\n]*/.exec((error as Error).message);
    throw new UsageError(`${known ?? 'Unknown option (not shown)'}.`);
  }
}

function readCredentials(file: string, env: NodeJS.ProcessEnv): { text: string; place: string } {
  if (file === '') return { text: secret(env.MONDOO_CREDENTIALS), place: 'the variable `MONDOO_CREDENTIALS`' };
  try {
    const place = file === '-' ? 'standard input' : `the file ${codeSpan(file)}`;
    return { text: readFileSync(file === '-' ? 0 : file, 'utf8'), place };
  } catch (error) {
    throw new UsageError(`The file of \`--credentials\` can't be read (${errorCode(error)}).`);
  }
}

/** Azure Pipelines leaves `$(NAME)` as it is if there is no such variable. */
export function secret(value = ''): string {
  return /^\$\([\w.]+\)$/.test(value.trim()) ? '' : value;
}
