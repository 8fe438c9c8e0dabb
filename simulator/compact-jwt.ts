export interface CompactJwt {
  header: Record<string, unknown>;
  claims: Record<string, unknown>;
  /** The signed bytes. */
  signed: Buffer;
  signature: Buffer;
}

export function parseJwt(text: string): CompactJwt | undefined {
  const [, signed = '', header = '', claims = '', signature = ''] =
    /^(([\w-]+)\.([\w-]+))\.([\w-]+)$/.exec(text) ?? [];
  const token = { header: parseObject(header), claims: parseObject(claims) };
  return (
    token.header &&
    token.claims && {
      header: token.header,
      claims: token.claims,
      signed: Buffer.from(signed),
      signature: Buffer.from(signature, 'base64url'),
    }
  );
}

export function bearerOf(authorization: string | undefined): string | undefined {
  return /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
}

function parseObject(base64url: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(base64url, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
