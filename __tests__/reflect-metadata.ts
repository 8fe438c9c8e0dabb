/**
 * As much of the Reflect metadata proposal as @peculiar/x509 needs to be loaded: it brings no polyfill itself.
 * Imported for its effect, before that package.
 */
const metadata = new WeakMap<object, Map<unknown, unknown>>();

Object.assign(Reflect, {
  getMetadata: (key: unknown, target: object) => metadata.get(target)?.get(key),
  getOwnMetadata: (key: unknown, target: object) => metadata.get(target)?.get(key),
  defineMetadata(key: unknown, value: unknown, target: object) {
    metadata.set(target, (metadata.get(target) ?? new Map()).set(key, value));
  },
});

export {};
