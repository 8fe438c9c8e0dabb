/**
 * Names the variables of the environment that override keys of mondoo.yml in later steps: cnspec lets
 * `MONDOO_<KEY>` win over every key that the file has.
 * @param config the keys and values of mondoo.yml
 */
export function overridingVariables(env: NodeJS.ProcessEnv, config: object): string[] {
  return Object.keys(config)
    .map((key) => `MONDOO_${key.toUpperCase()}`)
    .filter((name) => env[name]);
}
