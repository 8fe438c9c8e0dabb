/** The shape of a JWT in its compact form: three parts in base64url with a dot between them. */
export const COMPACT_JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;
