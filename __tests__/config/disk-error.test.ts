import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { isMissing, lookAt, notWritable, retryBusy } from '../../src/config/disk-error.ts';
import { ActionError, errorCode } from '../../src/util/errors.ts';
import { failureOf } from '../fixtures.ts';

const failure = (code: string) => Object.assign(new Error('in words of the system'), { code });
const unwritable = (error: unknown, isInput: boolean) => failureOf(() => notWritable('/x', isInput)(error));

describe('notWritable', () => {
  it.each(['ENOTDIR', 'ENAMETOOLONG', 'EINVAL', 'ELOOP'])('blames the input for its path: %s', (code) => {
    expect(unwritable(failure(code), true).code).toBe('invalid-input');
    expect(unwritable(failure(code), false).code).toBe('runner-error');
  });

  it.each(['ENOSPC', 'EROFS', 'EIO', 'EACCES'])('never blames the input for the disk: %s', (code) => {
    const error = unwritable(failure(code), true);
    expect(error.code).toBe('runner-error');
    expect(error.message).toBe(`The step could not write mondoo.yml to \`/x\` (${code}).`);
    expect(error.remedy).toMatch(/set the input `config-path` to another path\.$/);
  });

  it.each(['EACCES', 'EPERM'])('explains %s by another user', (code) => {
    expect(unwritable(failure(code), false).remedy).toMatch(/belong to another user/);
  });

  it('passes on what is explained already', () => {
    const error = new ActionError('runner-error', 'It is a link.', 'Remove it.');
    expect(unwritable(error, true)).toBe(error);
  });

  it('has words for an error without a code', () => {
    expect(unwritable(new Error('?'), false).message).toContain('(unknown error)');
  });
});

describe('a file that is missing', () => {
  it.each(['ENOENT', 'ENOTDIR'])('is ignored: %s', (code) => {
    expect(isMissing(failure(code))).toBe(true);
  });

  it.each(['EACCES', 'EIO'])('is not mistaken for %s', (code) => {
    expect(isMissing(failure(code))).toBe(false);
    expect(errorCode(failure(code))).toBe(code);
  });

  it('is nothing to look at, and a name that is too long is an error', async () => {
    expect(await lookAt(path.join(import.meta.filename, 'x'))).toBeUndefined();
    expect(await lookAt(path.join(import.meta.dirname, 'x'))).toBeUndefined();
    expect((await lookAt(import.meta.filename))?.isFile()).toBe(true);
    await expect(lookAt(path.join(import.meta.dirname, 'x'.repeat(300)))).rejects.toThrow();
  });
});

describe('retryBusy', () => {
  it('returns what the work returns', async () => {
    expect(await retryBusy(async () => 7)).toBe(7);
  });

  it('attempts it again on Windows, if another program has the file open', async () => {
    vi.stubGlobal('process', { ...process, platform: 'win32' });
    try {
      const act = vi.fn().mockRejectedValueOnce(failure('EBUSY')).mockResolvedValueOnce('done');
      expect(await retryBusy(act)).toBe('done');
      expect(act).toHaveBeenCalledTimes(2);
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it('attempts nothing again for another reason', async () => {
    const act = vi.fn().mockRejectedValue(failure('ENOSPC'));
    await expect(retryBusy(act)).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(act).toHaveBeenCalledOnce();
  });
});
