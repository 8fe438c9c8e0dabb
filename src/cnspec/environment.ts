const ALLOWED = new Set(
  [
    'PATH HOME TMPDIR TEMP TMP LANG LANGUAGE TZ',
    'MONDOO_API_PROXY HTTPS_PROXY HTTP_PROXY ALL_PROXY NO_PROXY SSL_CERT_FILE SSL_CERT_DIR',
    // The runner finds processes that a step left running by this variable, which isn't secret.
    'RUNNER_TRACKING_ID',
    // Windows programs need these to start and to find the home folder.
    'APPDATA COMSPEC HOMEDRIVE HOMEPATH LOCALAPPDATA PATHEXT PROCESSOR_ARCHITECTURE PROGRAMDATA PROGRAMFILES',
    'SYSTEMDRIVE SYSTEMROOT USERPROFILE WINDIR',
  ].flatMap((names) => names.split(' ')),
);

/** Passes on an allow-list, so that child processes get no input, state or token. cnspec's self-update is slow. */
export function environmentForCnspec(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isAllowed = (name: string) => ALLOWED.has(name) || name.startsWith('LC_');
  // cnspec 13.0 can't connect with a proxy variable that is empty.
  const allowed = Object.entries(env).filter(([name, value]) => value && isAllowed(name.toUpperCase()));
  return { ...Object.fromEntries(allowed), MONDOO_AUTO_UPDATE: 'false' };
}
