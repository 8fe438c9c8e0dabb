/** A Mondoo Resource Name, such as `//captain.api.mondoo.app/spaces/<id>`. */
export type Mrn = string;

const ID = String.raw`[A-Za-z0-9](?:[\w.-]{0,126}[A-Za-z0-9])?`;
const SCOPE = `(?<kind>spaces|organizations)/(?<id>${ID})`;

const SHAPES = {
  'service account': new RegExp(`^//agents\\.api\\.mondoo\\.app/${SCOPE}/serviceaccounts/${ID}$`),
  client: new RegExp(`^//agents\\.api\\.mondoo\\.app/${SCOPE}/agents/${ID}$`),
  owner: new RegExp(`^//captain\\.api\\.mondoo\\.app/${SCOPE}$`),
};

/** `owner` is a space or an organization. */
export type MrnKind = keyof typeof SHAPES;

/** For error messages. */
export const MRN_SHAPE: Record<MrnKind, string> = {
  'service account': '//agents.api.mondoo.app/spaces/<id>/serviceaccounts/<id>',
  client: '//agents.api.mondoo.app/spaces/<id>/agents/<id>',
  owner: '//captain.api.mondoo.app/spaces/<id>',
};

export function isMrn(kind: MrnKind, text: string): text is Mrn {
  return SHAPES[kind].test(text);
}

/** The id of the space; undefined if the owner is an organization. */
export function spaceId(owner: Mrn): string | undefined {
  const groups = SHAPES.owner.exec(owner)?.groups;
  return groups?.kind === 'spaces' ? groups.id : undefined;
}

/** The owner of a service account or client. */
export function ownerOf(mrn: Mrn): Mrn | undefined {
  const groups = (SHAPES['service account'].exec(mrn) ?? SHAPES.client.exec(mrn))?.groups;
  return groups && `//captain.api.mondoo.app/${groups.kind}/${groups.id}`;
}
