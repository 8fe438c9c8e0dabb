import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { withParents } from '../../src/config/folders.ts';

const { posix, win32 } = path;

describe('withParents', () => {
  it.each([
    ['/home/runner/x', posix, ['/home/runner/x', '/home/runner', '/home', '/']],
    ['/', posix, ['/']],
    ['D:\\a\\_temp', win32, ['D:\\a\\_temp', 'D:\\a', 'D:\\']],
    ['D:\\', win32, ['D:\\']],
    ['\\\\server\\share\\a', win32, ['\\\\server\\share\\a', '\\\\server\\share\\']],
    ['\\\\?\\D:\\a', win32, ['\\\\?\\D:\\a', '\\\\?\\D:\\']],
  ])('names all that %s lies in, up to the root', (folder, paths, expected) => {
    expect(withParents(folder, paths)).toEqual(expected);
  });
});
