/** A Mondoo Resource Name, such as `//captain.api.mondoo.app/spaces/<id>`. */
export type Mrn = string;

const ID = String.raw`[A-Za-z0-9](?:[\w.-]{0,126}[A-Za-z0-9])?`;

const SHAPES = {
  'service account': new RegExp(
    `^//agents\\.api\\.mondoo\\.app/(?<kind>spaces|organizations)/(?<id>${ID})/serviceaccounts/${ID}$`,
  ),
  client: new RegExp(`^//agents\\.api\\.mondoo\\.app/(?<kind>spaces|organizations)/(?<id>${ID})/agents/${ID}$`),
  owner: new RegExp(`^//captain\\.api\\.mondoo\\.app/(?<kind>spaces|organizations)/(?<id>${ID})$`),
} as const;

/** What an MRN can name here: a service account, a registered client, or the space or organization that owns them. */
export type MrnKind = keyof typeof SHAPES;

/** How an MRN of a kind is spelt, for error messages. */
export const MRN_SHAPE: Record<MrnKind, string> = {
  'service account': '//agents.api.mondoo.app/spaces/<id>/serviceaccounts/<id>',
  client: '//agents.api.mondoo.app/spaces/<id>/agents/<id>',
  owner: '//captain.api.mondoo.app/spaces/<id>',
};

/** Tells whether a text is an MRN of the kind. Ids are letters, digits, `.`, `_` and `-`, at most 128 of them. */
export function isMrn(kind: MrnKind, text: string): text is Mrn {
  return SHAPES[kind].test(text);
}

/** The id of the space that an owner MRN names, or nothing for an organization's. */
export function spaceId(owner: Mrn): string | undefined {
  const groups = SHAPES.owner.exec(owner)?.groups;
  return groups?.kind === 'spaces' ? groups.id : undefined;
}

/** The owner that the MRN of a service account or of a client names. */
export function ownerOf(mrn: Mrn): Mrn | undefined {
  const groups = (SHAPES['service account'].exec(mrn) ?? SHAPES.client.exec(mrn))?.groups;
  return groups && `//captain.api.mondoo.app/${groups.kind}/${groups.id}`;
}
