import os from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { run } from '../../src/cnspec/run.ts';
import { Deadline } from '../../src/platform/deadline.ts';
import { isGone } from '../is-gone.ts';

const script = (code: string, timeout = 20_000, executable = process.execPath) =>
  run(executable, ['-e', code], {
    cwd: os.tmpdir(),
    env: { PATH: process.env.PATH },
    signal: new Deadline(timeout).signal,
  });

/** A program that starts a child, which holds its output open, and prints the child's process id. */
const WITH_CHILD = `
  const { spawn } = require('node:child_process');
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
  console.log(child.pid);`;

describe('run', () => {
  it('returns the output and the exit code of a program', async () => {
    expect(await script('console.log("out"); console.error("err"); process.exitCode = 7')).toEqual({
      end: { kind: 'exit', code: 7 },
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });

  it('gives a program an empty stdin', async () => {
    const { stdout } = await script('process.stdin.on("data", () => {}).on("end", () => console.log("end"))');
    expect(stdout).toBe('end\n');
  });

  it('gives a program exactly the environment that is passed', async () => {
    const { stdout } = await script('console.log(Object.keys(process.env).join())');
    // Systems add variables of their own, for example HOMEDRIVE on Windows.
    expect(stdout.trim().split(',')).toContain('PATH');
    expect(stdout).not.toMatch(/VITEST|npm_|\bHOME\b/);
  });

  it.skipIf(process.platform === 'win32')('returns the signal that ended a program', async () => {
    const { end } = await script('process.kill(process.pid, "SIGKILL")');
    expect(end).toEqual({ kind: 'signal', signal: 'SIGKILL' });
  });

  it('reports that a program cannot be started', async () => {
    const { end } = await script('', 20_000, fileURLToPath(new URL('no-such-program', import.meta.url)));
    expect(end).toEqual({ kind: 'not started', code: 'ENOENT' });
  });

  it('does not start a program after the deadline', async () => {
    const { signal } = new Deadline(0);
    await sleep(20);
    const ran = await run(process.execPath, ['-e', ''], { cwd: os.tmpdir(), env: {}, signal });
    expect(ran.end).toEqual({ kind: 'timeout', after: 0 });
  });

  it('ends a program and its children at the deadline', async () => {
    const { end, stdout } = await script(`${WITH_CHILD} setInterval(() => {}, 1000)`, 1500);
    expect(end.kind).toBe('timeout');
    expect(await isGone(Number(stdout))).toBe(true);
  });

  it.skipIf(process.platform === 'win32')('ends processes that a program leaves behind', async () => {
    const { end, stdout } = await script(`${WITH_CHILD} child.unref()`);
    expect(end).toEqual({ kind: 'exit', code: 0 });
    expect(await isGone(Number(stdout))).toBe(true);
  });

  it.each(['stdout', 'stderr'])('ends a program that writes too much to %s', async (stream) => {
    const code = `setInterval(() => process.${stream}.write("x".repeat(100_000)), 1)`;
    const { end, stdout, stderr } = await script(code);
    expect(end).toEqual({ kind: 'flood' });
    expect(stdout.length + stderr.length).toBeLessThanOrEqual(1024 * 1024);
  });
});
