import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { belongsTo, type CleanupManifest, readManifest } from '../../src/config/manifest.ts';
import { CLIENT_MRN, SERVICE_ACCOUNT_MRN } from '../fixtures.ts';

const UUID = '6f2b6a5e-0000-4000-8000-0123456789ab';
const FOLDER = path.resolve('/home/runner/work/_temp/_github_home/.config/mondoo');
const CONFIG = {
  path: path.join(FOLDER, 'mondoo.yml'),
  temporaryPath: path.join(FOLDER, `.mondoo.${UUID}.yml`),
  isDefaultPlace: true,
};
const KEY_FILE = path.join(FOLDER, `.mondoo.${UUID}.key.json`);

const HASH = 'c0ffee00'.repeat(8);
const OTHER = path.resolve('/srv/it');
const INSTALL_FOLDERS = [`/tmp/cnspec-${UUID}`, `/opt/cache/cnspec/13.0.0/x64-${UUID}`].map((name) =>
  path.resolve(name),
);

describe('readManifest', () => {
  const SAVED: CleanupManifest[] = [
    {},
    { config: CONFIG, createdFolders: [FOLDER] },
    { config: { ...CONFIG, keyHash: HASH }, keyFile: KEY_FILE, client: CLIENT_MRN },
    { config: CONFIG, pendingClientName: 'acme/shop/scan', installFolders: INSTALL_FOLDERS },
    { config: { path: OTHER, temporaryPath: path.resolve(OTHER, `../.it.${UUID}`), isDefaultPlace: false } },
  ];

  it.each(SAVED)('reads what main saved: %j', (manifest) => {
    expect(readManifest(JSON.stringify(manifest))).toEqual(manifest);
  });

  it.each(['', '{', 'null', '{"config":'])('ignores %j, which is not JSON with keys', (text) => {
    expect(readManifest(text)).toBeUndefined();
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['a number', 7],
    ['text', '/etc'],
    ['a list', [CONFIG]],
    ['a config that is text', { config: CONFIG.path }],
    ['a config that is a list', { config: [CONFIG] }],
    ['a relative path', { config: { ...CONFIG, path: 'mondoo.yml' } }],
    ['a relative temporary path', { config: { ...CONFIG, temporaryPath: '../mondoo.yml' } }],
    ['no temporary path', { config: { ...CONFIG, temporaryPath: undefined } }],
    ['a path that is a number', { config: { ...CONFIG, path: 7 } }],
    ['a path that is a list', { config: { ...CONFIG, path: [CONFIG.path] } }],
    ['a relative key file', { config: CONFIG, keyFile: 'key.yml' }],
    ['a key file that is a number', { config: CONFIG, keyFile: 7 }],
    ['a key file that is a list', { config: CONFIG, keyFile: [KEY_FILE] }],
    ['a key file that is null', { config: CONFIG, keyFile: null }],
    ['a relative folder', { config: CONFIG, createdFolders: ['..'] }],
    ['a folder that is a number', { config: CONFIG, createdFolders: [7] }],
    ['folders that are a number', { config: CONFIG, createdFolders: 7 }],
    ['folders that are null', { config: CONFIG, createdFolders: null }],
    ['a relative folder of an installation', { config: CONFIG, installFolders: ['.'] }],
    ['a folder of an installation that is an object', { config: CONFIG, installFolders: [{}] }],
    ['folders of an installation that are a number', { config: CONFIG, installFolders: 7 }],
    ['another folder of an installation', { config: CONFIG, installFolders: [FOLDER] }],
    [
      'a temporary file of another name',
      { config: { ...CONFIG, temporaryPath: path.join(FOLDER, 'theirs.yml') } },
    ],
    ['a temporary file elsewhere', { config: { ...CONFIG, temporaryPath: `/tmp/.mondoo.${UUID}.yml` } }],
    ['a default place that is another', { config: { ...CONFIG, path: path.resolve('/srv/mondoo.yml') } }],
    ['a hash that is a list', { config: { ...CONFIG, keyHash: ['00'] } }],
    ['a key file of another name', { config: CONFIG, keyFile: path.join(FOLDER, 'theirs.json') }],
    ['a client that is none', { config: CONFIG, keyFile: KEY_FILE, client: SERVICE_ACCOUNT_MRN }],
    ['a name that is a list', { config: CONFIG, pendingClientName: ['a'] }],
  ])('ignores %s, which main never saves', (_, saved) => {
    expect(readManifest(JSON.stringify(saved))).toBeUndefined();
  });
});

describe('belongsTo', () => {
  const PLACE = path.resolve('/srv/ci/mondoo.yml');
  const beside = (name: string) => path.resolve('/srv/ci', name);
  const OWN = { path: PLACE, temporaryPath: beside(`.mondoo.${UUID}.yml`), isDefaultPlace: false };

  it.each<CleanupManifest>([
    {},
    { config: OWN, createdFolders: [path.resolve('/srv'), path.resolve('/srv/ci')] },
    { keyFile: beside(`.mondoo.${UUID}.key.json`), client: CLIENT_MRN },
  ])('accepts the state of a step with this path: %j', (manifest) => {
    expect(readManifest(JSON.stringify(manifest))).toEqual(manifest);
    expect(belongsTo(PLACE, manifest)).toBe(true);
  });

  it.each<[string, CleanupManifest]>([
    ['another mondoo.yml', { config: { ...OWN, path: beside('other.yml') } }],
    ['a default place', { config: { ...OWN, isDefaultPlace: true } }],
    ['a key file elsewhere', { keyFile: path.resolve(`/srv/.mondoo.${UUID}.key.json`) }],
    ['a folder elsewhere', { createdFolders: [path.resolve('/srv/other')] }],
    ['a folder whose name begins like that of an own folder', { createdFolders: [path.resolve('/srv/c')] }],
    ['a folder below', { createdFolders: [beside('below')] }],
    ['the folder of an installation', { installFolders: INSTALL_FOLDERS }],
  ])('rejects %s', (_, manifest) => {
    expect(belongsTo(PLACE, manifest)).toBe(false);
  });
});
