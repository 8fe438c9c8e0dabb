import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { createPrivateFile, type ReserveOptions } from './private-file.ts';
import { removeKeyFile } from './remove.ts';

export type ReservedKeyFile = Awaited<ReturnType<typeof reserveKeyFile>>;

/**
 * Reserves a private file beside the default mondoo.yml for the key of a client that is minted for this job.
 * @param defaultPath where mondoo.yml goes by default
 * @throws ActionError `runner-error`
 */
export async function reserveKeyFile(defaultPath: string, options: ReserveOptions) {
  const keyFile = path.join(path.dirname(defaultPath), `.mondoo.${randomUUID()}.key.yml`);
  const file = await createPrivateFile(keyFile, true, options, { keyFile });
  let isWritten = false;
  return {
    /** Whether post can use it. */
    get isWritten() {
      return isWritten;
    },
    write(text: string) {
      file.write(text);
      isWritten = true;
    },
    /** @throws CleanupError */
    async remove() {
      await file.close().catch(() => {});
      await removeKeyFile(keyFile);
    },
  };
}
