import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findCnspec } from '../../src/cnspec/find.ts';
import type { Work } from '../../src/job.ts';
import { findProgram } from '../../src/verify-cnspec.ts';

let root: string;
beforeEach(async () => {
  root = await realpath(await mkdtemp(path.join(os.tmpdir(), 'find-')));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(root, { recursive: true });
});

async function program(folder: string, mode = 0o755): Promise<string> {
  await mkdir(path.join(root, folder), { recursive: true });
  const file = path.join(root, folder, process.platform === 'win32' ? 'cnspec.exe' : 'cnspec');
  await writeFile(file, '');
  await chmod(file, mode);
  return file;
}

describe('findCnspec', () => {
  it('finds the first executable cnspec on PATH', async () => {
    const first = await program('a');
    await program('b');
    vi.stubEnv('PATH', ['empty', 'a', 'b'].map((folder) => path.join(root, folder)).join(path.delimiter));
    expect(await findCnspec(process.env)).toBe(first);
  });

  it('finds nothing if there is no cnspec on PATH', async () => {
    vi.stubEnv('PATH', root);
    expect(await findCnspec(process.env)).toBeUndefined();
  });

  it.skipIf(process.platform === 'win32')(
    'returns an absolute path, even if PATH has relative folders',
    async () => {
      const file = await program('a');
      vi.stubEnv('PATH', path.relative(process.cwd(), path.dirname(file)));
      expect(await findCnspec(process.env)).toBe(file);
    },
  );
});

describe('findProgram', () => {
  async function choose(verify: 'auto' | 'true' | 'false', workspace = path.join(root, 'workspace')) {
    const lines: string[] = [];
    const job = { env: process.env, workspace, mask: () => {}, log: (line: string) => lines.push(line) };
    // The parts of the work that choosing takes.
    const work = { inputs: { verifyWithCnspec: verify }, job, deadline: {} } as unknown as Work;
    return { lines, ...(await findProgram(work)) };
  }

  it.each(['auto', 'true'] as const)('uses the cnspec on PATH with %s', async (verify) => {
    const executable = await program('a');
    vi.stubEnv('PATH', path.dirname(executable));
    expect(await choose(verify)).toEqual({ executable, lines: [] });
  });

  it('does not search with false', async () => {
    vi.stubEnv('PATH', path.dirname(await program('a')));
    expect(await choose('false')).toEqual({ lines: [] });
  });

  it('requires cnspec only with true', async () => {
    vi.stubEnv('PATH', root);
    expect((await choose('true')).result?.failure).toMatchObject({ code: 'cnspec-failed' });
    expect(await choose('auto')).toEqual({ lines: [] });
  });

  it('uses a cnspec in the workspace only with true', async () => {
    const executable = await program('a');
    vi.stubEnv('PATH', path.dirname(executable));
    expect(await choose('true', root)).toEqual({ executable, lines: [] });
    const { lines, ...chosen } = await choose('auto', root);
    expect(chosen).toEqual({});
    expect(lines).toEqual([
      expect.stringContaining(`! cnspec at \`${executable}\` is inside the workspace, so it was skipped.`),
    ]);
  });

  it.skipIf(process.platform === 'win32')(
    'follows links into the workspace, and to the workspace',
    async () => {
      const executable = await program('workspace');
      await mkdir(path.join(root, 'bin'));
      await symlink(executable, path.join(root, 'bin', 'cnspec'));
      await symlink(path.join(root, 'workspace'), path.join(root, 'other-name'));
      vi.stubEnv('PATH', path.join(root, 'bin'));
      expect(await choose('auto')).not.toHaveProperty('executable');
      vi.stubEnv('PATH', path.dirname(executable));
      expect(await choose('auto', path.join(root, 'other-name'))).not.toHaveProperty('executable');
      vi.stubEnv('PATH', path.dirname(await program('workspace-elsewhere')));
      expect(await choose('auto')).toHaveProperty('executable');
    },
  );
});
