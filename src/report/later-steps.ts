import { addPath, exportVariable, notice, warning } from '@actions/core';
import { tellRunner } from '../github/command-files.ts';
import { plainText } from '../values/plain-text.ts';

/**
 * Makes the steps that follow use mondoo.yml.
 * @throws ActionError when they cannot be told
 */
export function exportConfigPath(configPath: string): void {
  const { MONDOO_CONFIG_PATH, MONDOO_CONFIG_BASE64 } = process.env;
  if (MONDOO_CONFIG_PATH && MONDOO_CONFIG_PATH !== configPath) {
    notice(
      `MONDOO_CONFIG_PATH was ${plainText(MONDOO_CONFIG_PATH)}; from here on it is ${plainText(configPath)}.`,
    );
  }
  tellRunner(() => {
    if (MONDOO_CONFIG_BASE64) exportVariable('MONDOO_CONFIG_BASE64', '');
    // The last of all, as nothing takes it back.
    exportVariable('MONDOO_CONFIG_PATH', configPath);
  });
  if (MONDOO_CONFIG_BASE64) {
    warning(
      'MONDOO_CONFIG_BASE64 is set and would win over mondoo.yml in cnspec. It is empty for the steps that follow; a step that sets it in its own env: still uses it, so remove it there.',
    );
  }
}

/**
 * Makes the steps that follow use a cnspec that was installed.
 * @param pinned whether it has to stay the version that it is: by itself, cnspec replaces its own engine
 * @throws ActionError when they cannot be told
 */
export function exportCnspec(folder: string, pinned: boolean): void {
  tellRunner(() => {
    addPath(folder);
    if (pinned) exportVariable('MONDOO_AUTO_UPDATE_ENGINE', 'false');
  });
}
