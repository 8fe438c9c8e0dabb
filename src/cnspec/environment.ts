/** What cnspec needs of the job's environment: where to find and put things, how to speak, and the way out. */
const ALLOWED = new Set([
  'PATH',
  'HOME',
  // Temporary folders.
  'TMPDIR',
  'TEMP',
  'TMP',
  // Language and time zone.
  'LANG',
  'LANGUAGE',
  'TZ',
  // Proxies and certificates.
  'HTTPS_PROXY',
  'HTTP_PROXY',
  'ALL_PROXY',
  'NO_PROXY',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  // By it the runner finds what a step left running. It is no secret.
  'RUNNER_TRACKING_ID',
  // Without these a program does not even start on Windows, or not find its home.
  'APPDATA',
  'COMSPEC',
  'HOMEDRIVE',
  'HOMEPATH',
  'LOCALAPPDATA',
  'PATHEXT',
  'PROCESSOR_ARCHITECTURE',
  'PROGRAMDATA',
  'PROGRAMFILES',
  'SYSTEMDRIVE',
  'SYSTEMROOT',
  'USERPROFILE',
  'WINDIR',
]);

/**
 * Makes the environment that cnspec runs in: by a list of what is let in, so that no input, state or token of
 * the job can be in it. cnspec is kept from updating itself, which nobody asked for here and takes long.
 */
export function environmentForCnspec(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const allowed = Object.entries(env).filter(([name]) => {
    const upper = name.toUpperCase();
    return ALLOWED.has(upper) || upper.startsWith('LC_');
  });
  return { ...Object.fromEntries(allowed), MONDOO_AUTO_UPDATE: 'false' };
}
