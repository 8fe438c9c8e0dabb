import { expect, test } from 'vitest';
import { SecretMasker } from '../../simulator/secret-masker.ts';
import { StepLog } from '../../simulator/step-log.ts';

function run(lines: string[], { debug = false } = {}): StepLog {
  const log = new StepLog(new SecretMasker(), { debug });
  for (const line of lines) log.take(line);
  return log;
}

test('shows lines without a command unchanged', () => {
  expect(run(['→ text', '', '  ::nothing::text']).text).toBe('→ text\n\n  ::nothing::text\n');
});

test('shows annotations with their level and without their title, and keeps them', () => {
  const log = run([
    '::error title=Oh no::one%0Atwo',
    '::warning::three',
    '::notice::four',
    'x ##[error]five',
  ]);
  expect(log.text).toBe('Error: one\ntwo\nWarning: three\nNotice: four\nError: five\n');
  expect(log.annotations).toEqual([
    { level: 'error', title: 'Oh no', message: 'one\ntwo' },
    { level: 'warning', message: 'three' },
    { level: 'notice', message: 'four' },
    { level: 'error', message: 'five' },
  ]);
});

test('masks a secret from its add-mask command on', () => {
  const log = run([
    'my-secret',
    '::add-mask::my-secret',
    'a my-secret',
    '::error title=my-secret::my-secret',
  ]);
  expect(log.text).toBe('my-secret\na ***\nError: ***\n');
  expect(log.annotations).toEqual([{ level: 'error', title: '***', message: '***' }]);
});

test('warns about an empty mask', () => {
  expect(run(['::add-mask:: ']).text).toMatch(/^Warning: Can't add secret mask/);
});

test('shows debug lines only in debug mode', () => {
  expect(run(['::debug::detail']).text).toBe('');
  expect(run(['::debug::detail'], { debug: true }).text).toBe('##[debug]detail\n');
});

test('shows the title of a group, and not its end', () => {
  expect(run(['::group::Details', 'text', '::endgroup::']).text).toBe('▼ Details\ntext\n');
});

test('executes no command while commands are stopped', () => {
  const log = run([
    '::stop-commands::token',
    '::error::one',
    '##[add-mask]text',
    '::token::',
    '::error::two text',
  ]);
  expect(log.text).toBe(
    '::stop-commands::token\n::error::one\n##[add-mask]text\n::token::\nError: two text\n',
  );
});

test('resumes only once', () => {
  expect(run(['::stop-commands::token', '::token::', '::token::']).text).toMatch(/::token::\n::token::\n$/);
});

test('reads outputs and state from commands', () => {
  const log = run(['::set-output name=a::1', '::save-state name=b::2']);
  expect(log.text).toBe('');
  expect(log.outputs).toEqual({ a: '1' });
  expect(log.state).toEqual({ b: '2' });
});

test.each(['::set-env name=A::1', '::add-path::/x'])('fails %s, which the runner has disabled', (line) => {
  expect(run([line]).annotations).toMatchObject([{ level: 'error' }]);
});
