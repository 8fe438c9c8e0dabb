import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { PrivateFile, type ReserveOptions } from './private-file.ts';
import { removeKeyFile } from './remove.ts';

/** A private file beside the default mondoo.yml for the key of a client that is minted for this job. */
export class ReservedKeyFile {
  /** Whether post can use it. */
  isWritten = false;
  private readonly file: PrivateFile;

  private constructor(file: PrivateFile) {
    this.file = file;
  }

  /** @param defaultPath where mondoo.yml goes by default */
  static async reserve(defaultPath: string, options: ReserveOptions): Promise<ReservedKeyFile> {
    const keyFile = path.join(path.dirname(defaultPath), `.mondoo.${randomUUID()}.key.yml`);
    return new ReservedKeyFile(await PrivateFile.reserve(keyFile, true, options, { keyFile }));
  }

  write(text: string): void {
    this.file.write(text);
    this.isWritten = true;
  }

  /** @throws CleanupError */
  async remove(): Promise<void> {
    await this.file.close().catch(() => {});
    await removeKeyFile(this.file.path);
  }
}
