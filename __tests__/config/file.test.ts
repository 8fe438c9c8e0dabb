import { randomUUID } from 'node:crypto';
import { constants, existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import {
  type FileHandle,
  lstat,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  ConfigFile,
  type Footprint,
  type Preparation,
  readConfigFile,
  removeConfigFile,
} from '../../src/config/file.ts';
import { markOf } from '../../src/config/mark.ts';
import { renderMondooYml } from '../../src/config/render.ts';
import { ActionError } from '../../src/errors.ts';

const RUN = '12.1';
/** Of another use of the action in the same run. */
const OURS = renderMondooYml({ mrn: 'x' }, markOf(RUN, 'another'));
const onWindows = process.platform === 'win32';

let root: string;
let saved: Footprint[];
const save = (footprint: Footprint) => void saved.push(structuredClone(footprint));
const plan = (told = save): Preparation => ({ room: 64, ownFolder: false, run: RUN, save: told });
const at = (...names: string[]) => path.join(root, ...names);

beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'register-cnspec-'));
  saved = [];
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** What a file would hold. */
function textFor(file: ConfigFile): string {
  return renderMondooYml({ mrn: 'x' }, file.mark);
}

/** Writes a text and puts it into place. */
async function place(file: ConfigFile, text = textFor(file)): Promise<void> {
  file.write(text);
  await file.publish();
}

async function mode(file: string): Promise<number> {
  return (await stat(file)).mode & 0o777;
}

async function refusalOf(run: Promise<unknown>): Promise<ActionError> {
  const error = await run.then(
    () => new Error('it did not fail'),
    (error) => error,
  );
  expect(error).toBeInstanceOf(ActionError);
  expect(error.code).toBe('invalid-input');
  expect(error.remedy).toMatch(/config-path/);
  return error;
}

describe('a file that is prepared', () => {
  it('has a folder and room under another name, but stands nowhere yet', async () => {
    const file = await ConfigFile.prepare(at('home', '.config', 'mondoo', 'mondoo.yml'), plan());
    expect(file.path).toBe(at('home', '.config', 'mondoo', 'mondoo.yml'));
    const names = await readdir(at('home', '.config', 'mondoo'));
    expect(names).toEqual([expect.stringMatching(/^\.mondoo\.[\da-f-]{36}\.yml$/)]);
    expect(await readFile(at('home', '.config', 'mondoo', names[0]!), 'utf8')).toBe('\n'.repeat(64));
  });

  it('told of every name before it existed', async () => {
    let nothingYet: boolean | undefined;
    await ConfigFile.prepare(
      at('a', 'b', 'mondoo.yml'),
      plan((footprint) => {
        save(footprint);
        nothingYet = !existsSync(at('a'));
      }),
    );
    expect(nothingYet).toBe(true);
    expect(saved).toEqual([
      {
        configPath: at('a', 'b', 'mondoo.yml'),
        temporaryPath: expect.stringContaining(at('a', 'b', '.mondoo.')),
        createdFolders: [at('a'), at('a', 'b')],
        mark: expect.stringMatching(/^# Written by register-cnspec in run 12\.1 as [\da-f-]{36}$/),
      },
    ]);
  });

  it.skipIf(onWindows)(
    'is private from the start, and so is its folder, but not the folders above',
    async () => {
      await ConfigFile.prepare(at('home', '.config', 'mondoo', 'mondoo.yml'), plan());
      expect(await mode(saved[0]!.temporaryPath)).toBe(0o600);
      expect(await mode(at('home', '.config', 'mondoo'))).toBe(0o700);
      expect(await mode(at('home'))).toBe(0o777 & ~process.umask());
      expect(await mode(at('home', '.config'))).toBe(0o777 & ~process.umask());
    },
  );

  it.skipIf(onWindows)('leaves the mode of a folder that was there', async () => {
    await mkdir(at('there'), { mode: 0o755 });
    await ConfigFile.prepare(at('there', 'mondoo.yml'), plan());
    expect(await mode(at('there'))).toBe(0o755);
    expect(saved[0]!.createdFolders).toEqual([]);
  });

  it('shares a missing folder with another that is prepared at the same moment', async () => {
    const [one, other] = await Promise.all(
      ['one.yml', 'other.yml'].map((name) => ConfigFile.prepare(at('a', 'b', name), plan())),
    );
    await Promise.all([place(one!), place(other!)]);
    expect((await readdir(at('a', 'b'))).toSorted()).toEqual(['one.yml', 'other.yml']);
    await Promise.all([one!.remove(), other!.remove()]);
    expect(await readdir(root)).toEqual([]);
  });

  it('may replace a file of ours', async () => {
    await writeFile(at('mondoo.yml'), OURS);
    const file = await ConfigFile.prepare(at('mondoo.yml'), plan());
    expect(await readFile(at('mondoo.yml'), 'utf8')).toBe(OURS);
    await place(file, `${OURS}more: x\n`);
    expect(await readFile(at('mondoo.yml'), 'utf8')).toBe(`${OURS}more: x\n`);
  });
});

describe('a place that cannot be taken', () => {
  it.each(['', 'mrn: x\n', '# Written by hand\n'])(
    'has a file of somebody else, which stays: %j',
    async (content) => {
      await writeFile(at('mondoo.yml'), content);
      const { message } = await refusalOf(ConfigFile.prepare(at('mondoo.yml'), plan()));
      expect(message).toContain(
        `There is a file at ${at('mondoo.yml')} already that this action did not write.`,
      );
      expect(message).toContain('left as it is');
      expect(await readFile(at('mondoo.yml'), 'utf8')).toBe(content);
      expect(saved).toEqual([]);
    },
  );

  it.skipIf(onWindows).each(['to our own file', 'to nothing'])(
    'is a symbolic link %s, which stays',
    async (target) => {
      if (target === 'to our own file') await writeFile(at('target'), OURS);
      await symlink(at('target'), at('mondoo.yml'));
      const { message } = await refusalOf(ConfigFile.prepare(at('mondoo.yml'), plan()));
      expect(message).toContain(`What stands at ${at('mondoo.yml')} is a symbolic link.`);
      expect((await lstat(at('mondoo.yml'))).isSymbolicLink()).toBe(true);
      expect(await readdir(root)).toHaveLength(target === 'to nothing' ? 1 : 2);
    },
  );

  it('is a folder', async () => {
    await mkdir(at('mondoo.yml'));
    expect((await refusalOf(ConfigFile.prepare(at('mondoo.yml'), plan()))).message).toMatch(/is not a file/);
  });

  it.each([['mondoo.yml'], ['sub', 'folder', 'mondoo.yml']])('lies under a file: %s', async (...names) => {
    await writeFile(at('file'), 'x');
    const { message, remedy } = await refusalOf(ConfigFile.prepare(at('file', ...names), plan()));
    expect(message).toMatch(/mondoo\.yml cannot be written to .*file.* \((?:ENOTDIR|ENOENT|EEXIST)\)/);
    expect(remedy).toMatch(/mend the path/);
    expect(await readdir(root)).toEqual(['file']);
  });
});

describe('a file that is written', () => {
  it('stands whole in its place, and nothing stands beside it', async () => {
    const file = await ConfigFile.prepare(at('mondoo', 'mondoo.yml'), plan());
    await place(file);
    expect(await readFile(file.path, 'utf8')).toBe(textFor(file));
    expect(await readdir(at('mondoo'))).toEqual(['mondoo.yml']);
    if (!onWindows) expect(await mode(file.path)).toBe(0o600);
  });

  it('has its hash saved, the rest of the footprint unchanged', async () => {
    const contents: string[] = [];
    const file = await ConfigFile.prepare(
      at('mondoo.yml'),
      plan((footprint) => {
        save(footprint);
        if (footprint.sha256) contents.push(readFileSync(footprint.temporaryPath, 'utf8').trim());
      }),
    );
    file.write(textFor(file));
    const [first] = saved;
    expect(first).not.toHaveProperty('sha256');
    expect(saved.at(-1)).toEqual({ ...first, sha256: expect.stringMatching(/^[\da-f]{64}$/) });
    // Before the text is there: post finds a text whose step was killed.
    expect(contents).toEqual(['']);
  });

  it('is known by its hash also where a step was killed before what is too much was cut off', async () => {
    const file = await ConfigFile.prepare(at('mondoo.yml'), plan());
    file.write(textFor(file));
    const { temporaryPath } = saved.at(-1)!;
    await writeFile(temporaryPath, `${textFor(file)}${'\n'.repeat(40)}`);
    expect(await readConfigFile(saved.at(-1)!)).toContain(textFor(file));
  });

  it('says so when it cannot be', async () => {
    const file = await ConfigFile.prepare(at('mondoo', 'mondoo.yml'), plan());
    await rm(at('mondoo'), { recursive: true });
    const { message } = await refusalOf(place(file));
    expect(message).toContain(`${saved[0]!.temporaryPath} was taken away or replaced before it could become`);
  });
});

describe('what is removed', () => {
  it('is the file and every folder that was made for it', async () => {
    await mkdir(at('home'));
    const file = await ConfigFile.prepare(at('home', '.config', 'mondoo', 'mondoo.yml'), plan());
    await place(file);
    await file.remove();
    expect(await readdir(at('home'))).toEqual([]);
    expect(existsSync(at('home'))).toBe(true);
  });

  it('is also a file that was only prepared', async () => {
    const file = await ConfigFile.prepare(at('a', 'mondoo.yml'), plan());
    await file.remove();
    expect(await readdir(root)).toEqual([]);
  });

  it('is known from the saved footprint alone', async () => {
    const file = await ConfigFile.prepare(at('a', 'mondoo.yml'), plan());
    await place(file);
    expect(await removeConfigFile(JSON.parse(JSON.stringify(saved.at(-1))))).toBe('removed');
    expect(await readdir(root)).toEqual([]);
  });

  it('is the file that main put into place although post knows no hash yet, as in a container job', async () => {
    const file = await ConfigFile.prepare(at('a', 'mondoo.yml'), plan());
    await place(file);
    expect(await removeConfigFile(saved[0]!)).toBe('removed');
    expect(await readdir(root)).toEqual([]);
  });

  it('is never the file of another use, although the two hold the same', async () => {
    const first = await ConfigFile.prepare(at('mondoo.yml'), plan());
    await place(first);
    const second = await ConfigFile.prepare(at('mondoo.yml'), plan());
    second.write(textFor(second));
    await second.remove();
    expect(await readFile(first.path, 'utf8')).toBe(textFor(first));
    expect(textFor(first)).not.toBe(textFor(second));
  });

  it('is nothing the second time, and that is no error', async () => {
    const file = await ConfigFile.prepare(at('a', 'mondoo.yml'), plan());
    await place(file);
    await file.remove();
    expect(await removeConfigFile(saved.at(-1)!)).toBe('absent');
  });

  it('is the temporary file where the step was killed between writing and moving', async () => {
    const file = await ConfigFile.prepare(at('a', 'mondoo.yml'), plan());
    await writeFile(saved[0]!.temporaryPath, textFor(file));
    expect(await removeConfigFile(saved[0]!)).toBe('absent');
    expect(await readdir(root)).toEqual([]);
  });

  it('is never a file that is not the one that was written, nor the folder around it', async () => {
    const file = await ConfigFile.prepare(at('a', 'mondoo.yml'), plan());
    await place(file);
    await writeFile(file.path, '# changed\n');
    expect(await removeConfigFile(saved.at(-1)!)).toBe('foreign');
    expect(await readFile(file.path, 'utf8')).toBe('# changed\n');
  });

  it('is not what a later step has made of it, which may still hold the key', async () => {
    const file = await ConfigFile.prepare(at('a', 'mondoo.yml'), plan());
    await place(file);
    await writeFile(file.path, `${textFor(file)}# changed\n`);
    expect(await removeConfigFile(saved.at(-1)!)).toBe('changed');
    expect(await readFile(file.path, 'utf8')).toBe(`${textFor(file)}# changed\n`);
  });

  it('is the copy too, whatever became of the file itself', async () => {
    const prepared = { ...plan(), ownFolder: true };
    const file = await ConfigFile.prepare(at('home', '.config', 'mondoo', 'mondoo.yml'), prepared);
    await place(file);
    await file.keepCopy(textFor(file));
    const copyPath = saved[0]!.copyPath!;
    expect(await readFile(copyPath, 'utf8')).toBe(textFor(file));
    if (!onWindows) expect(await mode(copyPath)).toBe(0o600);
    // In place, as a step may that adds a line.
    await writeFile(file.path, `${textFor(file)}# changed\n`);
    expect(await readConfigFile(saved.at(-1)!)).toBe(textFor(file));
    await rm(file.path);
    expect(await removeConfigFile(saved.at(-1)!)).toBe('copy removed');
    expect(await readdir(root)).toEqual([]);
  });

  it('has no copy outside of the folder that the runner empties', async () => {
    const file = await ConfigFile.prepare(at('a', 'mondoo.yml'), plan());
    await place(file);
    await file.keepCopy(textFor(file));
    expect(await readdir(at('a'))).toEqual(['mondoo.yml']);
  });

  it.skipIf(onWindows)('is named where it cannot even be looked at', async () => {
    const file = await ConfigFile.prepare(at('a', 'mondoo.yml'), plan());
    await place(file);
    await rename(at('a'), at('b'));
    await symlink(at('a'), at('a'));
    await expect(removeConfigFile(saved.at(-1)!)).rejects.toMatchObject({
      remains: expect.arrayContaining([{ file: file.path, code: 'ELOOP' }]),
    });
    expect(await readConfigFile(saved.at(-1)!)).toBeUndefined();
  });

  it.each([
    ['another file', (name: string) => writeFile(name, OURS)],
    ['a folder', (name: string) => mkdir(name)],
  ])('is not what took the temporary name meanwhile: %s', async (_, take) => {
    const file = await ConfigFile.prepare(at('a', 'mondoo.yml'), plan());
    await place(file);
    await take(saved[0]!.temporaryPath);
    expect(await removeConfigFile(saved.at(-1)!)).toBe('removed');
    expect(await readdir(at('a'))).toEqual([path.basename(saved[0]!.temporaryPath)]);
  });

  it('is not the file of an earlier step, where this one wrote none', async () => {
    await writeFile(at('mondoo.yml'), OURS);
    const file = await ConfigFile.prepare(at('mondoo.yml'), plan());
    await file.remove();
    expect(await readFile(at('mondoo.yml'), 'utf8')).toBe(OURS);
    expect(await readdir(root)).toEqual(['mondoo.yml']);
  });

  it('is no folder that holds something else by now', async () => {
    const file = await ConfigFile.prepare(at('a', 'b', 'mondoo.yml'), plan());
    await place(file);
    await writeFile(at('a', 'other'), 'x');
    await file.remove();
    expect(await readdir(root, { recursive: true })).toEqual(['a', path.join('a', 'other')]);
  });

  it('is nothing where the place is gone', async () => {
    const gone: Footprint = {
      configPath: at('gone', 'mondoo.yml'),
      temporaryPath: at('gone', `.mondoo.${randomUUID()}.yml`),
      createdFolders: [at('gone')],
      mark: '# Written by register-cnspec as x',
      sha256: '0'.repeat(64),
    };
    expect(await removeConfigFile(gone)).toBe('absent');
    await writeFile(at('gone'), 'a file now');
    expect(await removeConfigFile(gone)).toBe('absent');
    expect(await readFile(at('gone'), 'utf8')).toBe('a file now');
  });
});

describe('the folder', () => {
  it.skipIf(onWindows)('that is for the file alone becomes private, whatever it was', async () => {
    await mkdir(at('mondoo'), { mode: 0o777 });
    await ConfigFile.prepare(at('mondoo', 'mondoo.yml'), { ...plan(), ownFolder: true });
    expect(await mode(at('mondoo'))).toBe(0o700);
  });

  it.skipIf(onWindows).each([[['mondoo']], [['.config', 'mondoo']], [['home', '.config', 'mondoo']]])(
    'that is for the file alone is no link to another, nor lies behind one: %j',
    async (names) => {
      await mkdir(at('elsewhere', ...names.slice(1)), { recursive: true });
      const folder = at(...['home', '.config', 'mondoo'].slice(0, -names.length), ...names);
      const link = path.resolve(folder, ...names.slice(1).map(() => '..'));
      await mkdir(path.dirname(link), { recursive: true });
      await symlink(at('elsewhere'), link);
      const prepared = ConfigFile.prepare(path.join(folder, 'mondoo.yml'), { ...plan(), ownFolder: true });
      expect((await refusalOf(prepared)).message).toContain('is a link to one');
      expect(await readdir(path.join(at('elsewhere'), ...names.slice(1)))).toEqual([]);
    },
  );
});

/** What makes the code of Windows run here: a stand-in for icacls, which a shell has to be able to run. */
describe.skipIf(onWindows)('on Windows, where a mode means nothing', () => {
  const record = () => at('icacls.txt');
  const system = process.platform;

  /** Has icacls write down what it is called with and how large the file is by then, and end with an exit code. */
  async function standInForIcacls(exitCode: number): Promise<void> {
    const folder = at('Windows', 'System32');
    await mkdir(folder, { recursive: true });
    const script = `#!/bin/sh\nprintf '%s\\n' "$@" "$(wc -c < "$1")" >> '${record()}'\nexit ${exitCode}\n`;
    await writeFile(path.join(folder, 'icacls.exe'), script, { mode: 0o755 });
  }

  beforeEach(() => {
    vi.stubEnv('SystemRoot', at('Windows'));
    Object.defineProperty(process, 'platform', { value: 'win32' });
  });
  afterEach(() => {
    Object.defineProperty(process, 'platform', { value: system });
    vi.unstubAllEnvs();
  });

  it('the access list names the owner alone, before there is anything to read', async () => {
    await standInForIcacls(0);
    const file = await ConfigFile.prepare(at('a', 'mondoo.yml'), { ...plan(), ownFolder: true });
    await file.keepCopy(textFor(file));
    await place(file);
    const { temporaryPath, copyPath } = saved[0]!;
    expect((await readFile(record(), 'utf8')).split('\n').map((line) => line.trim())).toEqual([
      ...[temporaryPath, '/inheritance:r', '/grant:r', '*S-1-3-4:F', '0'],
      ...[copyPath, '/inheritance:r', '/grant:r', '*S-1-3-4:F', '0'],
      '',
    ]);
  });

  it.each([
    ['that cannot be set', 5, /icacls\.exe ended with exit code 5\.$/],
    ['that nothing is there to set', undefined, /icacls\.exe did not run \(ENOENT\)\.$/],
  ])('an access list %s is the reason that is told, and nothing is left', async (_, exitCode, reason) => {
    if (exitCode !== undefined) await standInForIcacls(exitCode);
    const prepared = ConfigFile.prepare(at('a', 'mondoo.yml'), plan());
    const { message, remedy } = await refusalOf(prepared);
    expect(message).toMatch(/^mondoo\.yml cannot be kept from other users in .*: /);
    expect(message).toMatch(reason);
    expect(remedy).toContain('access lists');
    expect(existsSync(at('a'))).toBe(false);
    if (system === 'linux') expect(openFiles().filter((name) => name.startsWith(root))).toEqual([]);
  });
});

/** The files that this process has open: those of Linux's own list. */
function openFiles(): string[] {
  const folder = '/proc/self/fd';
  return readdirSync(folder).flatMap((name) => {
    try {
      return [readlinkSync(path.join(folder, name))];
    } catch {
      // It was the one by which the list was read.
      return [];
    }
  });
}

describe.runIf(onWindows)('a file that somebody else has open, as virus scanners do', () => {
  /** Opens a file so that nobody may read, move or remove it; only there the flag has a meaning. */
  async function hold(file: string): Promise<FileHandle> {
    const UV_FS_O_EXLOCK = 0x1000_0000;
    return open(file, UV_FS_O_EXLOCK | constants.O_RDWR);
  }

  async function holdShortly(file: string): Promise<void> {
    const held = await hold(file);
    setTimeout(() => held.close(), 300);
  }

  it('is replaced a moment later', async () => {
    await writeFile(at('mondoo.yml'), OURS);
    const file = await ConfigFile.prepare(at('mondoo.yml'), plan());
    file.write(textFor(file));
    await holdShortly(file.path);
    await file.publish();
    expect(await readFile(file.path, 'utf8')).toBe(textFor(file));
  });

  it('is removed a moment later', async () => {
    const file = await ConfigFile.prepare(at('mondoo.yml'), plan());
    await place(file);
    await holdShortly(file.path);
    expect(await removeConfigFile(saved.at(-1)!)).toBe('removed');
    expect(existsSync(file.path)).toBe(false);
  });

  it('is named when it stays open', async () => {
    const file = await ConfigFile.prepare(at('mondoo.yml'), plan());
    await place(file);
    const held = await hold(file.path);
    await expect(removeConfigFile(saved.at(-1)!)).rejects.toMatchObject({
      remains: [{ file: file.path, code: 'EBUSY' }],
    });
    await held.close();
  });
});

describe('while the platform is asked', () => {
  it.skipIf(onWindows)('a link that takes the temporary name is not followed', async () => {
    await writeFile(at('loot'), '');
    const file = await ConfigFile.prepare(at('mondoo.yml'), plan());
    await rm(saved[0]!.temporaryPath);
    await symlink(at('loot'), saved[0]!.temporaryPath);
    expect((await refusalOf(place(file))).message).toContain('was taken away or replaced');
    expect(await readFile(at('loot'), 'utf8')).toBe('');
    expect(existsSync(at('mondoo.yml'))).toBe(false);
  });

  it("somebody else's file that takes the place is left alone", async () => {
    const file = await ConfigFile.prepare(at('mondoo.yml'), plan());
    await writeFile(at('mondoo.yml'), 'mrn: theirs\n');
    expect((await refusalOf(place(file))).message).toContain('that this action did not write');
    expect(await readFile(at('mondoo.yml'), 'utf8')).toBe('mrn: theirs\n');
  });

  it('nothing is put into its place once it is too late for post to know of it', async () => {
    const tooLate = new ActionError('invalid-input', 'too late', '');
    let calls = 0;
    const saving = plan(() => {
      calls += 1;
      // Of the names, of the hash; and before the file is moved into place.
      if (calls === 3) throw tooLate;
    });
    const file = await ConfigFile.prepare(at('mondoo.yml'), saving);
    await expect(place(file)).rejects.toBe(tooLate);
    expect(existsSync(file.path)).toBe(false);
    await file.remove();
    expect(await readdir(root)).toEqual([]);
  });

  it('nothing is put into place once post has been there', async () => {
    const file = await ConfigFile.prepare(at('a', 'mondoo.yml'), plan());
    file.write(textFor(file));
    await removeConfigFile(saved.at(-1)!);
    expect((await refusalOf(file.publish())).message).toContain('was taken away or replaced');
    expect(await readdir(root)).toEqual([]);
  });
});

describe('a file of ours that a killed job left', () => {
  const file = () => at('home', '.config', 'mondoo', 'mondoo.yml');
  beforeEach(async () => {
    await mkdir(path.dirname(file()), { recursive: true });
    await writeFile(file(), OURS);
  });

  it.each(['12.2', '13.1', undefined])(
    'of another run than %s does not outlive the preparation',
    async (run) => {
      await ConfigFile.prepare(file(), { ...plan(), ownFolder: true, run });
      expect(existsSync(file())).toBe(false);
    },
  );

  it('does not outlive the preparation either under a name that only that job knew', async () => {
    const hidden = (name: string) => path.join(path.dirname(file()), name);
    await writeFile(hidden('.mondoo.4.yml'), renderMondooYml({ mrn: 'x' }, markOf('11.1', '4')));
    await writeFile(hidden('.mondoo.5.yml'), renderMondooYml({ mrn: 'x' }, markOf(RUN, '5')));
    await writeFile(hidden('.mondoo.theirs.yml'), 'mrn: theirs\n');
    await ConfigFile.prepare(file(), { ...plan(), ownFolder: true });
    expect(
      (await readdir(path.dirname(file()))).filter((name) => !saved[0]!.temporaryPath.endsWith(name)),
    ).toEqual(['.mondoo.5.yml', '.mondoo.theirs.yml', 'mondoo.yml']);
  });

  it('stays where it is of this run: later steps may count on it', async () => {
    await ConfigFile.prepare(file(), { ...plan(), ownFolder: true });
    expect(existsSync(file())).toBe(true);
  });

  it('stays elsewhere: it may be that of a job that is still running', async () => {
    await ConfigFile.prepare(file(), { ...plan(), ownFolder: false, run: '12.2' });
    expect(existsSync(file())).toBe(true);
  });
});

describe('a file that is read again', () => {
  let text: string;
  async function written(): Promise<Footprint> {
    const file = await ConfigFile.prepare(at('mondoo.yml'), plan());
    text = textFor(file);
    await place(file);
    return saved.at(-1)!;
  }

  it('has the text that was written', async () => {
    const footprint = await written();
    expect(await readConfigFile(footprint)).toBe(text);
  });

  it('is found under its temporary name, where the job was killed before it was moved into place', async () => {
    const footprint = await written();
    await rename(footprint.configPath, footprint.temporaryPath);
    expect(await readConfigFile(footprint)).toBe(text);
  });

  it('is nothing when it was changed', async () => {
    const footprint = await written();
    await writeFile(footprint.configPath, `${text}api_proxy: http://collector.example.org\n`);
    expect(await readConfigFile(footprint)).toBeUndefined();
  });

  it('is nothing when it is gone, or was never written', async () => {
    const footprint = await written();
    await rm(footprint.configPath);
    expect(await readConfigFile(footprint)).toBeUndefined();
    const { sha256: _, ...unwritten } = footprint;
    await writeFile(footprint.configPath, '');
    expect(await readConfigFile(unwritten)).toBeUndefined();
  });

  it.skipIf(onWindows)('is nothing where a link or a folder stands in its place', async () => {
    const footprint = await written();
    await rename(footprint.configPath, at('elsewhere'));
    await symlink(at('elsewhere'), footprint.configPath);
    expect(await readConfigFile(footprint)).toBeUndefined();
    await rm(footprint.configPath);
    await mkdir(footprint.configPath);
    expect(await readConfigFile(footprint)).toBeUndefined();
  });
});
