import path from 'node:path';
import { expect, it } from 'vitest';
import { icaclsArguments } from '../../src/config/private-file.ts';

it.each([
  ['D:\\a\\mondoo.yml', '\\\\?\\D:\\a\\mondoo.yml'],
  [`D:\\${'x'.repeat(300)}\\mondoo.yml`, `\\\\?\\D:\\${'x'.repeat(300)}\\mondoo.yml`],
  ['\\\\server\\share\\mondoo.yml', '\\\\?\\UNC\\server\\share\\mondoo.yml'],
])('icacls gets the namespaced path, which may have 260 characters and more: %s', (file, namespaced) => {
  expect(icaclsArguments(file, path.win32)).toEqual([namespaced, '/inheritance:r', '/grant:r', '*S-1-3-4:F']);
});
