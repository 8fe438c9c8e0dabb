import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { junitXml } from '../../src/report/junit.ts';
import { dotenv, outputs } from '../../src/report/outputs.ts';
import { inWords, verdictInWords } from '../../src/report/words.ts';
import { verdictOn } from '../../src/status/verdict.ts';
import { WORDS } from '../../src/terminal/report.ts';
import { ActionError, FINDINGS, type FindingCode } from '../../src/util/errors.ts';
import { health, result, rpcError } from '../fixtures.ts';

const okResult = () => result({ check: { health: health(), skew: 0, ping: 'accepted' } });

const judged = (given: Parameters<typeof verdictOn>[0], failOn: readonly FindingCode[] = FINDINGS) =>
  verdictOn(given, { failOn: new Set(failOn), maxClockSkew: 30_000 });

/** How GitLab reads a line: `app/services/ci/parse_dotenv_artifact_service.rb` and the documentation. */
const GITLAB_LINE = /^[A-Za-z0-9_]+=\S+$/;

describe('the dotenv report', () => {
  it('has only what GitLab accepts: one value a line, no quotes, no comments, no blank lines, under 5 KB', () => {
    const given = okResult();
    const text = dotenv(outputs(given, judged(given)));
    expect(text).toMatch(/^MONDOO_GATE_STATUS=ok\n/);
    for (const line of text.trimEnd().split('\n')) expect(line).toMatch(GITLAB_LINE);
    expect(text).not.toMatch(/["'#]|\n\n/);
    expect(text).toMatch(/[^\n]\n$/);
    expect(Buffer.byteLength(text)).toBeLessThan(5 * 1024);
  });

  it('never has `status-json`, `error` and `config-path`, and no variable that configures cnspec', () => {
    const values = { 'status-json': '1', error: 'x', 'config-path': '/x', 'api-endpoint': 'https://x' };
    expect(dotenv(values)).toBe('MONDOO_GATE_API_ENDPOINT=https://x\n');
  });

  it('omits values that need quotes', () => {
    const value = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('status', 'api-status', 'client-mrn'), value), (values) => {
        const lines = dotenv(values).split('\n').slice(0, -1);
        for (const line of lines) expect(line).toMatch(/^MONDOO_GATE_[A-Z_]+=[A-Za-z0-9_./:@+,=-]+$/);
        expect(lines.length).toBeLessThanOrEqual(Object.keys(values).length);
      }),
    );
  });
});

/** The cases of a report, with their results. */
function casesOf(xml: string): Record<string, string> {
  const cases = xml.matchAll(/<testcase classname="register-cnspec" name="([\w-]+)">(?:<([\w-]+))?/g);
  return Object.fromEntries([...cases].map(([, name, what = 'passed']) => [name, what]));
}

describe('the JUnit report', () => {
  it('always has the same cases, one for each finding but `ok`', () => {
    const results = [
      okResult(),
      result({ error: new ActionError('invalid-input', 'a', 'b') }),
      result({ check: { health: health(), skew: 0, ping: rpcError(16) } }),
    ];
    for (const given of results) {
      expect(Object.keys(casesOf(junitXml(given, judged(given))))).toEqual([...FINDINGS]);
    }
  });

  it('passes each finding that was checked for, and skips the others', () => {
    const given = okResult();
    expect(casesOf(junitXml(given, judged(given)))).toMatchObject({
      unauthenticated: 'passed',
      'clock-skew': 'passed',
      unreachable: 'passed',
      'cnspec-failed': 'skipped',
    });
    const early = result({ error: new ActionError('invalid-input', 'a', 'b') });
    expect(casesOf(junitXml(early, judged(early)))).toMatchObject({
      'invalid-input': 'failure',
      'missing-credentials': 'skipped',
      'clock-skew': 'skipped',
    });
  });

  it('fails a finding with cause, fix and evidence', () => {
    const given = result({ check: { health: health(), skew: 0, ping: rpcError(16) } });
    const xml = junitXml(given, judged(given));
    expect(casesOf(xml)).toMatchObject({ unauthenticated: 'failure', 'not-serving': 'passed' });
    expect(xml).toMatch(
      /<failure message="Mondoo Platform rejected the credentials">.*Fix: .*Evidence: .*<\/failure>/,
    );
  });

  it('passes a finding that `fail-on` tolerates, with its text in `system-out`', () => {
    const given = result({ check: { health: health(), skew: 45_000, ping: 'accepted' } });
    const xml = junitXml(given, judged(given, []));
    expect(casesOf(xml)).toMatchObject({ 'clock-skew': 'system-out' });
    expect(xml).toMatch(/<system-out>The runner&?.*clock.*<\/system-out>/);
  });

  it('is valid XML for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const given = result({ error: new ActionError('unreachable', text, text) });
        const content = junitXml(given, judged(given)).replace(
          /<[/?]?[a-z-]+(?: [a-z]+="[^"<>]*")*[/?]?>/g,
          '',
        );
        expect(content).not.toMatch(/[<>"]|&(?!#\d+;)/);
        expect(content).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
        expect(content.isWellFormed()).toBe(true);
      }),
    );
  });
});

describe('the wording of the command', () => {
  it.each([
    ['The input `timeout` is "x".', 'The option `--timeout` is "x".'],
    [
      'The input `config-path` has more than one line. Choose a path outside, or leave `config-path` out.',
      'The option `--config` has more than one line. Choose a path outside.',
    ],
    ['Set `on-missing-credentials: skip`.', 'Set `--on-missing-credentials skip`.'],
    ['`max-clock-skew` allows 30s.', '`--max-clock-skew` allows 30s.'],
    [
      'The input `registration-token` is set, and so is `credentials`. The action can use only one of them.',
      'The variable `MONDOO_REGISTRATION_TOKEN` is set, and so is `credentials`. register-cnspec can use only one of them.',
    ],
    ['Run it. Or set the input `cnspec-version` to another version.', 'Run it.'],
    ['Install it, or set the input `cnspec-version`.', 'Install it.'],
    ['It may not execute it. Set the input `cnspec-version` to install one.', 'It may not execute it.'],
    ['The field `name` of the credentials', 'The field `name` of the credentials'],
    // Values that look like the words of a rule.
    ['A client named `api-gateway` may exist.', 'A client named `api-gateway` may exist.'],
    ['`/tmp/the step/the input/mondoo.yml` is a link.', '`/tmp/the step/the input/mondoo.yml` is a link.'],
    ['error `Internal`, "the action is off in the CI".', 'error `Internal`, "the action is off in the CI".'],
    ['Store the content of the file as the secret.', 'Pass the path with `--credentials`.'],
    ['The step left it unchanged.', 'register-cnspec left it unchanged.'],
    ['The cleanup after the job removes it.', '`register-cnspec cleanup` removes it.'],
  ])('for %j', (core, here) => {
    expect(inWords(core, WORDS)).toBe(here);
  });

  it('reaches every finding, and leaves code unchanged', () => {
    const error = new ActionError('invalid-input', 'The input `timeout` is bad.', 'Set `fail-on: none`.');
    const [finding] = verdictInWords(judged(result({ error })), WORDS).fatal;
    expect(finding).toMatchObject({
      code: 'invalid-input',
      message: 'The option `--timeout` is bad.',
      remedy: 'Set `--fail-on none`.',
    });
  });
});
