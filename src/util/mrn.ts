/** A Mondoo Resource Name, such as `//captain.api.mondoo.app/spaces/<id>`. */
export type Mrn = string;

/** What `cnspec status` prints in the place of a client's MRN. */
export const NO_CLIENT = 'no managed client';

const ID = String.raw`[A-Za-z0-9](?:[\w.-]{0,126}[A-Za-z0-9])?`;
const SCOPE = `(?<kind>spaces|organizations)/(?<id>${ID})`;

/** By kind, for error messages; `owner` is a space or an organization. */
export const MRN_SHAPE = {
  'service account': '//agents.api.mondoo.app/spaces/<id>/serviceaccounts/<id>',
  client: '//agents.api.mondoo.app/spaces/<id>/agents/<id>',
  owner: '//captain.api.mondoo.app/spaces/<id>',
};

export type MrnKind = keyof typeof MRN_SHAPE;

export function isMrn(kind: MrnKind, text: string): text is Mrn {
  return scopeOf(kind, text) !== undefined;
}

function scopeOf(kind: MrnKind, text: string): Record<string, string> | undefined {
  const shape = MRN_SHAPE[kind].replaceAll('.', '\\.').replace(/(spaces\/)?<id>/g, (_, scope) => (scope ? SCOPE : ID));
  return new RegExp(`^${shape}$`).exec(text)?.groups;
}

/** The id of the space; undefined if the owner is an organization. */
export function spaceId(owner: Mrn): string | undefined {
  const scope = scopeOf('owner', owner);
  return scope?.kind === 'spaces' ? scope.id : undefined;
}

/** The owner of a service account or client. */
export function ownerOf(mrn: Mrn): Mrn | undefined {
  const scope = scopeOf('service account', mrn) ?? scopeOf('client', mrn);
  return scope && `//captain.api.mondoo.app/${scope.kind}/${scope.id}`;
}
