import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { explainUnwritable, isMissing, retryBusy, statIfExists } from '../../src/config/disk-error.ts';
import { ActionError, errorCode } from '../../src/util/errors.ts';
import { failureOf } from '../fixtures.ts';

const failure = (code: string) => Object.assign(new Error('in words of the system'), { code });
const unwritable = (error: unknown, isInput: boolean) =>
  failureOf(() => explainUnwritable('/x', isInput)(error));

describe('explainUnwritable', () => {
  it.each(['ENOTDIR', 'ENAMETOOLONG', 'EINVAL', 'ELOOP'])('blames the path in the input: %s', (code) => {
    expect(unwritable(failure(code), true).code).toBe('invalid-input');
    expect(unwritable(failure(code), false).code).toBe('runner-error');
  });

  it.each(['ENOSPC', 'EROFS', 'EIO', 'EACCES'])('does not blame the input for a disk error: %s', (code) => {
    const error = unwritable(failure(code), true);
    expect(error.code).toBe('runner-error');
    expect(error.message).toContain(`The step could not write \`mondoo.yml\` to \`/x\` (${code}).`);
    expect(error.remedy).toMatch(/[Ss]et the input `config-path` to another path\.$/);
  });

  it('advises to free disk space only if the disk is full', () => {
    expect(unwritable(failure('ENOSPC'), false).remedy).toMatch(/Free disk space/);
    expect(unwritable(failure('EROFS'), false).remedy).not.toMatch(/disk space/);
  });

  it.each(['EACCES', 'EPERM'])('explains %s with another user', (code) => {
    expect(unwritable(failure(code), false).message).toMatch(/belong to another user/);
  });

  it('passes on an ActionError unchanged', () => {
    const error = new ActionError('runner-error', 'It is a link.', 'Remove it.');
    expect(unwritable(error, true)).toBe(error);
  });

  it('explains an error that has no code', () => {
    expect(unwritable(new Error('?'), false).message).toContain('(unknown error)');
  });
});

describe('a missing file', () => {
  it.each(['ENOENT', 'ENOTDIR'])('is ignored: %s', (code) => {
    expect(isMissing(failure(code))).toBe(true);
  });

  it.each(['EACCES', 'EIO'])('is not mistaken for %s', (code) => {
    expect(isMissing(failure(code))).toBe(false);
    expect(errorCode(failure(code))).toBe(code);
  });

  it('is skipped if it has no path, and a name that is too long is an error', async () => {
    expect(await statIfExists(path.join(import.meta.filename, 'x'))).toBeUndefined();
    expect(await statIfExists(path.join(import.meta.dirname, 'x'))).toBeUndefined();
    expect((await statIfExists(import.meta.filename))?.isFile()).toBe(true);
    await expect(statIfExists(path.join(import.meta.dirname, 'x'.repeat(300)))).rejects.toThrow();
  });
});

describe('retryBusy', () => {
  it('returns the result of the work', async () => {
    expect(await retryBusy(async () => 7, AbortSignal.abort())).toBe(7);
  });

  it('repeats the work on Windows if another program has the file open, until the signal', async () => {
    vi.stubGlobal('process', { ...process, platform: 'win32' });
    try {
      const act = vi.fn().mockRejectedValueOnce(failure('EBUSY')).mockResolvedValueOnce('done');
      expect(await retryBusy(act, new AbortController().signal)).toBe('done');
      expect(act).toHaveBeenCalledTimes(2);
      const held = vi.fn().mockRejectedValue(failure('EPERM'));
      await expect(retryBusy(held, AbortSignal.timeout(300))).rejects.toMatchObject({ code: 'EPERM' });
      expect(held.mock.calls.length).toBeGreaterThan(1);
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it('does not repeat the work after another error', async () => {
    const act = vi.fn().mockRejectedValue(failure('ENOSPC'));
    await expect(retryBusy(act, new AbortController().signal)).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(act).toHaveBeenCalledOnce();
  });
});
