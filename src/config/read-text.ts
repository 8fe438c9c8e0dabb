import { lstat, open } from 'node:fs/promises';
import { decodeBytes } from '../credentials/secrets.ts';

/** The most of a file that is read, in bytes. */
export const LONGEST = 1024 * 1024;

/** Reads the start of a file, which PowerShell may have rewritten. A pipe would block, and a link leads elsewhere. */
export async function readText(file: string): Promise<string> {
  if (!(await lstat(file)).isFile()) return '';
  await using handle = await open(file);
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(LONGEST));
  return decodeBytes(buffer.subarray(0, bytesRead)).replace(/^\ufeff/, '');
}
