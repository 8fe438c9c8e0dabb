/**
 * Stands in for `@actions/http-client` in the bundle (`paths` in tsconfig.json).
 *
 * @actions/core loads that client, and with it the whole of undici, for `getIDToken` alone, which is not used
 * here: it has no deadline. Left out, the step starts a fifth faster.
 */
class LeftOut {
  constructor() {
    throw new Error('@actions/http-client is not part of this bundle');
  }
}

export { LeftOut as BearerCredentialHandler, LeftOut as HttpClient };
