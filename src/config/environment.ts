/**
 * Lists the variables that override keys of mondoo.yml: for each key of the file, cnspec prefers `MONDOO_<KEY>`.
 * @param config the keys and values of mondoo.yml
 */
export function overridingVariables(env: NodeJS.ProcessEnv, config: object): string[] {
  return Object.keys(config)
    .map((key) => `MONDOO_${key.toUpperCase()}`)
    .filter((name) => env[name]);
}
