/**
 * Lists the variables that change what cnspec does in later steps: for each key of mondoo.yml, it prefers
 * `MONDOO_<KEY>`. As observed with cnspec 13.0.0, some count without the key, and it dials a proxy that is empty.
 * @param config the keys and values of mondoo.yml
 */
export function overridingVariables(env: NodeJS.ProcessEnv, config: object): { set: string[]; empty: string[] } {
  const keys = new Set([...Object.keys(config).map((key) => key.toUpperCase()), 'API_PROXY', 'TYPE', 'UPDATES_URL']);
  // The step itself sets the first and empties the second.
  for (const key of ['CONFIG_PATH', 'CONFIG_BASE64']) keys.delete(key);
  return {
    set: [...keys].map((key) => `MONDOO_${key}`).filter((name) => env[name]),
    empty: ['MONDOO_API_PROXY', 'HTTPS_PROXY'].filter((name) => env[name] === ''),
  };
}
