import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runEntry } from '../../src/github/entry.ts';

const SECRET = 'MIG2AgEAMBAGByqGSM49AgEGBSuBBAAi';

let written: string[];
let onStderr: string[];
let stdoutListeners: ((error: Error) => void)[];
let listeners: Map<'warning' | 'uncaughtException', NodeJS.UncaughtExceptionListener[]>;

beforeEach(() => {
  written = [];
  onStderr = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => onStderr.push(String(text)) > 0);
  vi.spyOn(process, 'exit').mockImplementation((() => {}) as never);
  stdoutListeners = process.stdout.listeners('error') as never;
  listeners = new Map([
    ['warning', process.listeners('warning') as never],
    ['uncaughtException', process.listeners('uncaughtException')],
  ]);
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
  for (const added of process.stdout.listeners('error') as typeof stdoutListeners) {
    if (!stdoutListeners.includes(added)) process.stdout.off('error', added);
  }
  for (const [event, before] of listeners) {
    process.removeAllListeners(event);
    for (const listener of before) process.on(event, listener);
  }
});

describe('runEntry', () => {
  it('fails the step if the work did not pass, and prints nothing else', async () => {
    await runEntry(async () => false, 'fail');
    expect(written.join('')).toBe('');
    expect(process.exitCode).toBe(1);
  });

  it('runs the work, and prints nothing if it passed', async () => {
    const run = vi.fn(async () => true);
    await runEntry(run, 'fail');
    expect(run).toHaveBeenCalledOnce();
    expect(written.join('')).toBe('');
    expect(process.exitCode).toBeUndefined();
  });

  it('reports a crash in one annotation, by kind and place, and fails the step', async () => {
    await runEntry(async () => {
      throw new TypeError(`cannot read ${SECRET}`);
    }, 'fail');
    expect(process.exitCode).toBe(1);
    const told = written.join('');
    expect(told).toMatch(/^::error title=register-cnspec crashed::/);
    expect(told.match(/^::/gm)).toHaveLength(1);
    expect(told).toContain('This is a bug in the action (TypeError)');
    expect(told).toMatch(/%0A\s+at .*entry\.test\.ts/);
    expect(told).not.toContain(SECRET);
  });

  it.each([
    [SECRET],
    [null],
    [undefined],
    [{ secret: SECRET }],
    [Object.assign(new Error(SECRET), { stack: undefined })],
  ])('reports only the kind of the thrown value: %#', async (thrown) => {
    await runEntry(() => Promise.reject(thrown), 'fail');
    expect(process.exitCode).toBe(1);
    expect(written.join('')).toContain('register-cnspec crashed');
    expect(written.join('')).not.toContain(SECRET);
  });

  it('only warns of a crash in a step that must not fail the job', async () => {
    await runEntry(() => Promise.reject(new TypeError(SECRET)), 'warn');
    expect(process.exitCode).toBeUndefined();
    expect(written.join('')).toMatch(/^::warning title=register-cnspec crashed::.*\(TypeError\)/);
    expect(written.join('')).not.toContain(SECRET);
  });

  it('reports an uncaught error outside the work too', async () => {
    await runEntry(async () => true, 'fail');
    const added = process
      .listeners('uncaughtException')
      .filter((listener) => !listeners.get('uncaughtException')!.includes(listener));
    expect(added).toHaveLength(1);
    added[0]!(new RangeError(SECRET), 'uncaughtException');
    expect(written.join('')).toContain('(RangeError)');
    expect(written.join('')).not.toContain(SECRET);
    expect(process.exitCode).toBe(1);
  });

  it("leaves no listener that would print Node's warnings on stderr", async () => {
    await runEntry(async () => true, 'fail');
    expect(process.listenerCount('warning')).toBe(0);
    expect(onStderr).toEqual([]);
  });
});
