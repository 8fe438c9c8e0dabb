import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import type { Step } from '../../simulator/runner.ts';
import type { CleanupManifest } from '../../src/config/manifest.ts';

/** The shortest piece of a secret that counts as leaked: one that is shorter also turns up by chance. */
const PIECE = 16;

/** The shortest mask: the runner would replace a shorter one wherever it happens to occur. */
const SHORTEST_MASK = 16;

/** What is looked for, and what is not. */
export interface InPlay {
  /** Private keys, tokens, passwords. */
  secrets: readonly string[];
  /**
   * Certificates, which are for everybody. The public key stands in one, and in the file of the private key as well:
   * pieces that the two have in common are no secret.
   */
  certificates: readonly string[];
}

/**
 * Looks for secrets in everything that the action has told anybody, in whatever form, and for masks that would
 * blank out what is none.
 * @returns what was found, in words, without the secret
 */
export function leaksOf(step: Step, inPlay: InPlay): string[] {
  const leaks = [
    ...leaksOfScript(step, inPlay),
    ...leaksIn({ 'stdout, masks aside': withoutMasks(step.stdout), stderr: step.stderr }, inPlay),
  ];
  // Node itself prints this line before the action runs.
  const stderr = step.stderr.replace(/^Warning: Ignoring extra certs from .*\n/, '');
  if (stderr !== '') leaks.push('stderr, which may be shown before a mask takes effect, is not empty');
  return leaks;
}

/**
 * Looks for the same in what a step of the workflow's own has told. It may print what it likes: both of its streams
 * are looked at as the log shows them, masks applied.
 * @returns what was found, in words, without the secret
 */
export function leaksOfScript(step: Step, inPlay: InPlay): string[] {
  const { log, outputs, env, state, summary, annotations, path: added } = step;
  const told = { log, outputs, env, state, summary, annotations, path: added };
  const leaks = leaksIn({ ...told, 'a process argument': step.arguments }, inPlay);
  const { secrets } = inPlay;
  const passwords = new Set(secrets.filter((secret) => secret.length < PIECE));
  if (step.masks.some((mask) => mask.length < SHORTEST_MASK && !passwords.has(mask))) {
    leaks.push('a mask is so short that it hides what is no secret');
  }
  return leaks;
}

function leaksIn(told: Record<string, unknown>, inPlay: InPlay): string[] {
  return Object.entries(told).flatMap(([where, content]) => {
    const form = formIn(textsOf(content).join('\n'), inPlay);
    return form === undefined ? [] : [`${where} holds a secret (${form})`];
  });
}

/** All the texts in something, the names of its fields too; JSON would escape what is escaped already. */
function textsOf(content: unknown): string[] {
  if (typeof content === 'string') return [content];
  if (typeof content !== 'object' || content === null) return [];
  return Object.entries(content).flatMap(([name, value]) => [name, ...textsOf(value)]);
}

/**
 * Looks for secrets in the files that stand below a folder, in their names, and in what links lead to. Only mondoo.yml
 * and its temporary name may hold one, where nobody else can read it, and where post finds it.
 * @param states what the job's steps have saved
 * @param onHost where a file stands that they name
 * @returns what was found, in words, without the secret
 */
export async function leaksBelow(
  folder: string,
  inPlay: InPlay,
  states: readonly Record<string, string>[],
  onHost = (file: string) => file,
): Promise<string[]> {
  const footprints = states.flatMap(({ cleanup = '{}' }) => {
    const { config, keyFile, createdFolders = [] } = JSON.parse(cleanup) as CleanupManifest;
    if (!config) return [];
    return [
      {
        files: [config.path, config.temporaryPath, ...(keyFile ? [keyFile] : [])].map(onHost),
        createdFolders: createdFolders.map(onHost),
      },
    ];
  });
  const leaks: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    // What a secret's slashes make of a name are folders.
    const inName = formIn(path.relative(folder, file).replaceAll(path.sep, '/'), inPlay);
    if (inName !== undefined) leaks.push(`the name of a file holds a secret (${inName})`);
    const name = inName === undefined ? entry.name : 'of that name';
    if (entry.isSymbolicLink()) {
      const form = formIn(await readlink(file), inPlay);
      if (form !== undefined) leaks.push(`the link ${name} leads to a secret (${form})`);
    }
    if (!entry.isFile()) continue;
    const form = formIn(await readFile(file, 'latin1'), inPlay);
    if (form === undefined) continue;
    const footprint = footprints.find(({ files }) => files.includes(file));
    if (footprint === undefined) {
      leaks.push(`the file ${name}, which no state knows, holds a secret (${form})`);
      continue;
    }
    if (process.platform === 'win32') continue;
    if ((await modeOf(file)) !== 0o600) leaks.push(`the file ${name} with a key can be read by others`);
    const isOwnFolder =
      entry.parentPath.endsWith(OWN_FOLDER) || footprint.createdFolders.includes(entry.parentPath);
    if (isOwnFolder && (await modeOf(entry.parentPath)) !== 0o700) {
      leaks.push(`the folder of ${name} with a key is open to others`);
    }
  }
  return leaks;
}

/** The folder that is there for mondoo.yml alone, whoever made it. */
const OWN_FOLDER = path.join('_github_home', '.config', 'mondoo');

async function modeOf(file: string): Promise<number> {
  return (await lstat(file)).mode & 0o777;
}

/** Tells in which form, the plainest of them, a text holds any piece of the secrets. */
function formIn(text: string, inPlay: InPlay): string | undefined {
  const needles = needlesOf(inPlay);
  for (const { reading, how } of readingsOf(text)) {
    const form = plainestIn(reading, needles);
    if (form !== undefined) return form + how;
  }
  return undefined;
}

/** A text as it is, and what else it says where something has taken the bytes of a secret apart. */
function* readingsOf(text: string): Iterable<{ reading: string; how: string }> {
  yield { reading: text, how: '' };
  // In UTF-16 each byte of ASCII has a zero beside it, on whichever side.
  const unpadded = text.replaceAll('\0', '');
  if (unpadded !== text) yield { reading: unpadded, how: ' in UTF-16' };
  const digits = runsIn(unpadded, HEX_DIGITS, (run) => run.replace(/[^\da-f]/gi, '').toLowerCase());
  if (digits !== '') yield { reading: digits, how: ' with capitals or separators' };
  const numbers = runsIn(unpadded, BYTE_NUMBERS, (run) =>
    Buffer.from(run.split(',').map(Number)).toString('latin1'),
  );
  if (numbers !== '') yield { reading: numbers, how: ' as the numbers of its bytes' };
}

/** Bytes in hex as OpenSSL, Node and `xxd -u` show them: with colons, blanks, line ends, or nothing between them. */
const HEX_DIGITS = /(?:[\da-f]{2}[:\s]{0,8}){5,}/gi;

/** Bytes as JSON shows a buffer, and Node an array of them. */
const BYTE_NUMBERS = /\d{1,3}(?:\s{0,8},\s{0,8}\d{1,3}){5,}/g;

function runsIn(text: string, pattern: RegExp, read: (run: string) => string): string {
  return [...text.matchAll(pattern)].map(([run]) => read(run)).join('\n');
}

function plainestIn(text: string, { whole, seeds, isOpen }: Needles): string | undefined {
  let plainest = FORMS.length;
  for (const { form, characters } of whole) {
    if (form < plainest && text.includes(characters)) plainest = form;
  }
  for (let at = 0; at + SEED <= text.length && plainest > 0; at++) {
    for (const seed of seeds.get(text.slice(at, at + SEED)) ?? []) {
      if (seed.form < plainest && piecesAround(seed, text, at).some((piece) => !isOpen(piece))) {
        plainest = seed.form;
      }
    }
  }
  return FORMS[plainest];
}

/** The forms of a secret, the plainest first. */
const FORMS = ['as it is', 'JSON-escaped', 'URI-escaped', 'base64', 'hex', 'DER'];

/** A secret or a certificate in one of the forms. */
interface Written {
  /** Its place among the forms. */
  form: number;
  characters: string;
}

/** A few characters of what is written, by which a text is searched. */
interface Seed extends Written {
  at: number;
}

interface Needles {
  /** What is too short to be looked for in pieces. */
  whole: readonly Written[];
  seeds: ReadonlyMap<string, readonly Seed[]>;
  /** Tells whether a piece stands in a certificate too. */
  isOpen(piece: string): boolean;
}

/** How long a seed is, and how far apart two begin: every piece, wherever it starts, has a whole one in it. */
const SEED = 8;
const SEED_STEP = PIECE - SEED + 1;

/** The pieces around a seed that a text has in common with what the seed is of. */
function piecesAround({ characters, at }: Seed, text: string, textAt: number): string[] {
  const pieces: string[] = [];
  for (let before = Math.min(SEED_STEP - 1, at, textAt); before >= 0; before--) {
    const piece = characters.slice(at - before, at - before + PIECE);
    if (piece.length === PIECE && text.startsWith(piece, textAt - before)) pieces.push(piece);
  }
  return pieces;
}

const known = new WeakMap<InPlay, Needles>();

function needlesOf(inPlay: InPlay): Needles {
  const before = known.get(inPlay);
  if (before) return before;
  const { secrets, certificates } = inPlay;
  const seeds = new Map<string, Seed[]>();
  for (const written of secrets.filter((secret) => secret.length >= PIECE).flatMap(writtenForms)) {
    const { characters } = written;
    for (let at = 0; at + SEED <= characters.length; at += SEED_STEP) {
      const key = characters.slice(at, at + SEED);
      const same = seeds.get(key);
      if (same) same.push({ ...written, at });
      else seeds.set(key, [{ ...written, at }]);
    }
  }
  const whole = secrets
    .filter((secret) => secret.length < PIECE)
    .flatMap(writtenForms)
    .filter(({ form, characters }) => form === 0 || characters.length >= shortestWhole(form));
  const open = certificates.flatMap(writtenForms);
  const isOpen = (piece: string) => open.some(({ characters }) => characters.includes(piece));
  const needles = { whole, seeds, isOpen };
  known.set(inPlay, needles);
  return needles;
}

/** How much there must be of a short secret in another form than its own, so that it does not turn up by chance. */
function shortestWhole(form: number): number {
  return FORMS[form] === 'hex' ? 10 : 6;
}

/** A secret or a certificate in every form that it can take. */
function writtenForms(text: string): Written[] {
  const body = text
    .split(/\r?\n/)
    .filter((line) => line !== '' && !line.startsWith('-----'))
    .join('');
  // What a token encodes are its claims, which are no secret.
  const der = text.startsWith('-----') ? Buffer.from(body, 'base64') : Buffer.alloc(0);
  const bytes = Buffer.from(body);
  const uri = encodeURIComponent(body);
  const base64 = [Buffer.from(text), der].flatMap(innerBase64);
  // In the order of FORMS.
  const forms = [
    // Files are read byte by byte.
    [body, bytes.toString('latin1')],
    [JSON.stringify(body).slice(1, -1)],
    [uri, uri.replace(/%../g, (escaped) => escaped.toLowerCase())],
    [...base64, ...base64.map((characters) => characters.replaceAll('+', '-').replaceAll('/', '_'))],
    [bytes.toString('hex'), der.toString('hex')],
    [der.toString('latin1')],
  ];
  const plainest = new Map<string, number>();
  for (const [form, spellings] of forms.entries()) {
    for (const characters of spellings) if (!plainest.has(characters)) plainest.set(characters, form);
  }
  plainest.delete('');
  return [...plainest].map(([characters, form]) => ({ form, characters }));
}

/** Base64 of bytes is another one for each of the three places at which they can start within something longer. */
function innerBase64(bytes: Buffer): string[] {
  return [0, 1, 2].map((before) =>
    Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      // A character has six bits: what those at the ends encode depends on the neighbours.
      .slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6)),
  );
}

/** What the step printed, less the lines that tell the runner what to mask. A lone CR ends a line for the runner. */
function withoutMasks(stdout: string): string {
  return stdout
    .split(/\r\n|\n|\r/)
    .filter((line) => !line.startsWith('::add-mask::'))
    .join('\n');
}
