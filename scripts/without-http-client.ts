/**
 * Replaces `@actions/http-client` in the bundle (`paths` in tsconfig.json).
 *
 * @actions/core loads that client, and with it all of undici, only for `getIDToken`, which this action doesn't use
 * because it has no deadline. Without the client, the step starts a fifth faster.
 */
class NotBundled {
  constructor() {
    throw new Error('@actions/http-client is not part of this bundle');
  }
}

export { NotBundled as BearerCredentialHandler, NotBundled as HttpClient };
