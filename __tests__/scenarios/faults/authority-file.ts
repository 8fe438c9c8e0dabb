import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';
import { createAuthority } from '../../../simulator/authority.ts';

/** A CA that only processes with `AUTHORITY_FILE` know. One for all tests of a file. */
export const authority = await createAuthority();

const folder = await mkdtemp(path.join(os.tmpdir(), 'authority-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The CA's certificate, for NODE_EXTRA_CA_CERTS and SSL_CERT_FILE. */
export const AUTHORITY_FILE = path.join(folder, 'authority.pem');
await writeFile(AUTHORITY_FILE, authority.certificate);
