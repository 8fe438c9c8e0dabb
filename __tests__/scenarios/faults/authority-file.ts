import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';
import { createAuthority } from '../../../simulator/authority.ts';

/** An issuer that only those know who are shown `AUTHORITY_FILE`. One for all tests of a file. */
export const authority = await createAuthority();

const folder = await mkdtemp(path.join(os.tmpdir(), 'authority-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The authority's certificate, as NODE_EXTRA_CA_CERTS and SSL_CERT_FILE want it. */
export const AUTHORITY_FILE = path.join(folder, 'authority.pem');
await writeFile(AUTHORITY_FILE, authority.certificate);
