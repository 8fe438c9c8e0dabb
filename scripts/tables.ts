import { judge } from '../src/status/verdict.ts';
import { FINDINGS, type FindingCode, TITLES } from '../src/util/errors.ts';

/** An input or an output in action.yml. */
interface Parameter {
  description: string;
  default?: string;
}

/** The part of action.yml that the tables show. */
export interface Definition {
  inputs: Record<string, Parameter>;
  outputs: Record<string, Parameter>;
}

/** The section that describes an input in detail, linked from the README. */
const DETAILS: Record<string, string> = {
  credentials: 'docs/inputs.md#credentials',
  'registration-token': 'docs/authentication.md#registration-token',
  'api-endpoint': 'docs/inputs.md#api-endpoint',
  'api-proxy': 'docs/inputs.md#api-proxy',
  name: 'docs/recipes.md#matrix',
  register: 'docs/authentication.md#registering-or-only-checking',
  annotations: 'docs/inputs.md#annotations',
  'expect-space': 'docs/rollout.md#the-right-space',
  'config-path': 'docs/behaviour.md#where-mondooyml-goes',
  'max-clock-skew': 'docs/inputs.md#max-clock-skew',
  'fail-on': 'docs/inputs.md#fail-on',
  'on-missing-credentials': 'docs/inputs.md#on-missing-credentials',
  timeout: 'docs/inputs.md#timeout',
  'cnspec-version': 'docs/cnspec.md#installing',
  'verify-with-cnspec': 'docs/inputs.md#verify-with-cnspec',
  'updates-url': 'docs/inputs.md#updates-url',
};

/** The outputs in the README. docs/outputs.md has all. */
const MAIN_OUTPUTS = [
  'status',
  'findings',
  'error',
  'config-path',
  'space-id',
  'client-mrn',
  'clock-skew',
  'cnspec-version',
];

/** Draws the tables of inputs, outputs and findings. Each key names the table's placeholder in a page. */
export function drawTables({ inputs, outputs }: Definition): Record<string, string> {
  return {
    inputs: drawTable(
      ['input', 'default', 'meaning'],
      Object.entries(inputs).map(([name, input]) => {
        const { meaning, fallback } = splitDescription(input);
        return [linked(name, DETAILS[name]), fallback, meaning];
      }),
    ),
    outputs: drawOutputs(outputs, Object.keys(outputs)),
    'main-outputs': drawOutputs(
      outputs,
      MAIN_OUTPUTS.filter((name) => name in outputs),
    ),
    findings: drawTable(
      ['finding', 'title', 'fails the job'],
      FINDINGS.map((finding) => [
        linked(finding, `docs/troubleshooting.md#${finding}`),
        TITLES[finding],
        failsWhen(finding),
      ]),
    ),
    titles: drawTable(
      ['title', 'section'],
      FINDINGS.map((finding) => [TITLES[finding], `[${finding}](#${finding})`]),
    ),
  };
}

function drawOutputs(outputs: Definition['outputs'], names: string[]): string {
  return drawTable(
    ['output', 'meaning'],
    names.map((name) => [`\`${name}\``, outputs[name]?.description ?? '']),
  );
}

/**
 * Fills each table into its placeholder, between `<!-- name: written by npm run docs -->` and `<!-- /name -->`.
 * @throws Error if a table has no placeholder, or more than one
 */
export function fillIn(markdown: string, tables: Record<string, string>): string {
  return Object.entries(tables).reduce((text, [name, table]) => {
    const [begin, end] = [`<!-- ${name}: written by npm run docs -->`, `<!-- /${name} -->`];
    const [before, rest, ...more] = text.split(begin);
    const [, after, ...others] = rest?.split(end) ?? [];
    if (before === undefined || after === undefined || more.length > 0 || others.length > 0) {
      throw new Error(`There is no place for the table "${name}", or more than one: ${begin} … ${end}`);
    }
    return `${before}${begin}\n\n${table}\n\n${end}${after}`;
  }, markdown);
}

/** A variable default is at the end of the description in action.yml, in parentheses. */
function splitDescription({ description, default: fixed }: Parameter): { meaning: string; fallback: string } {
  const [, meaning = '', fallback = ''] = /^(.*?)(?: \(default: (.*)\))?\.$/s.exec(description.trim()) ?? [];
  return { meaning: `${meaning}.`, fallback: fixed === undefined ? fallback : `\`${fixed}\`` };
}

function failsWhen(finding: FindingCode): string {
  if (finding === 'skipped') return 'never';
  const problem = { code: finding, message: '', remedy: '' };
  return judge([problem], new Set()).passed ? 'if `fail-on` includes it (the default)' : 'always';
}

function linked(name: string, target: string | undefined): string {
  return target === undefined ? `\`${name}\`` : `[\`${name}\`](${target})`;
}

function drawTable(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map(inOneCell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function inOneCell(text: string): string {
  return text.trim().replace(/\s+/g, ' ').replaceAll('|', '\\|');
}
