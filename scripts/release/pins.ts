/** How the pages and workflows refer to this action: its owner, and the tag or the commit of a release. */
export interface Release {
  owner: string;
  /** Such as `1.2.3`. */
  version: string;
  /** If set, steps are pinned to the commit. Otherwise they follow the tag of the major version. */
  commit?: string;
}

/** The placeholder for the owner before the first release. */
export const PLACEHOLDER = '<owner>';

const NAME = 'register-cnspec';
const NOT_RELEASED = /<!-- not-released: [^>]*-->[\s\S]*?<!-- \/not-released -->\n*/g;

/** Checks the login of a user or an organization on GitHub. */
export function isOwner(text: string): boolean {
  return /^[a-z\d](?:-?[a-z\d]){0,38}$/i.test(text);
}

/** Reads the owner from the field `repository` of package.json; the placeholder if there is none. */
export function ownerIn(manifest: object): string {
  const { repository } = manifest as { repository?: string };
  return /^github:([^/]+)\//.exec(repository ?? '')?.[1] ?? PLACEHOLDER;
}

/** Writes the owner and the pin of this action and of its reusable workflows into a text. */
export function pinOwn(text: string, release: Release, formerOwner = PLACEHOLDER): string {
  const { owner, version, commit } = release;
  const tag = `v${version.split('.')[0]}`;
  const former = [PLACEHOLDER, formerOwner].map(escapeRegExp).join('|');
  const own = new RegExp(
    String.raw`(uses: *["']?)?(?<![\w.-])(?:${former})/${NAME}(?![\w-])(/[\w./-]+)?` +
      String.raw`(?:@(?:v\d+(?:\.\d+){0,2}|[0-9a-f]{40})(?![\w.-])(["']?)(?: # v\d+\.\d+\.\d+)?)?`,
    'g',
  );
  return text.replace(own, (found, uses = '', path = '', quote = '') => {
    const name = `${uses}${owner}/${NAME}${path}`;
    if (!found.includes('@')) return name;
    // Only a step needs the comment: in a sentence, the tag is enough.
    return uses !== '' && commit ? `${name}@${commit}${quote} # v${version}` : `${name}@${tag}${quote}`;
  });
}

/** Lists the other actions that workflows pin to a commit, with the pin: `<commit> # v1.2.3`. */
export function pinsOf(workflows: string[]): Map<string, string> {
  const pins = workflows.flatMap((text) => [
    ...text.matchAll(/uses: *([\w.-]+\/[\w./-]+)@([0-9a-f]{40} # v\d+\.\d+\.\d+)/g),
  ]);
  return new Map(pins.map(([, name = '', pin = '']) => [name, pin]));
}

/** Pins other actions like the workflows of this repository, which Dependabot updates. */
export function pinOthers(text: string, pins: ReadonlyMap<string, string>): string {
  return text.replace(
    /(uses: *)([\w.-]+\/[\w./-]+)@[0-9a-f]{40} # v\d+\.\d+\.\d+/g,
    (found, uses: string, name: string) => {
      const pin = pins.get(name);
      return pin === undefined ? found : `${uses}${name}@${pin}`;
    },
  );
}

export function withoutNotReleased(text: string): string {
  return text.replace(NOT_RELEASED, '');
}

/** Finds text that is only true before the first release. */
export function unreleasedIn(text: string): string[] {
  return [
    ...(withoutNotReleased(text) === text ? [] : ['says that nothing is released yet']),
    ...(text.includes(`${PLACEHOLDER}/${NAME}`) ? [`names the owner ${PLACEHOLDER}`] : []),
  ];
}

function escapeRegExp(text: string): string {
  return text.replaceAll(/[^\w]/g, '\\$&');
}
