import { cp, mkdir, readdir, stat } from 'node:fs/promises';
import path from 'node:path';

/** The artifacts of a run, and the two actions that upload and download them. */
export class Artifacts {
  private readonly folder: string;

  /** @param folder an empty folder for the artifacts */
  constructor(folder: string) {
    this.folder = folder;
  }

  async names(): Promise<string[]> {
    return (await readdir(this.folder)).sort();
  }

  /** Performs the step if it uses one of these actions. */
  async act(uses: string, inputs: Record<string, string>, workspace: string): Promise<void> {
    if (uses.startsWith('actions/upload-artifact@')) await this.upload(inputs, workspace);
    if (uses.startsWith('actions/download-artifact@')) await this.download(inputs, workspace);
  }

  /** A file goes to the top of the artifact; of a folder, only its content. */
  private async upload({ name = 'artifact', path: from = '' }: Record<string, string>, workspace: string) {
    if ((await this.names()).includes(name)) throw new Error(`There is an artifact "${name}" already.`);
    const source = path.resolve(workspace, from);
    const target = path.join(this.folder, name);
    await mkdir(target);
    const isFolder = (await stat(source)).isDirectory();
    await cp(source, isFolder ? target : path.join(target, path.basename(source)), { recursive: true });
  }

  /** Each artifact has a folder with its name. */
  private async download({ pattern = '*', path: to = '.' }: Record<string, string>, workspace: string) {
    const wanted = (await this.names()).filter((name) => path.matchesGlob(name, pattern));
    const target = path.resolve(workspace, to);
    await mkdir(target, { recursive: true });
    for (const name of wanted) {
      await cp(path.join(this.folder, name), path.join(target, name), { recursive: true });
    }
  }
}
