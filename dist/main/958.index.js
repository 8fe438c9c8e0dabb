export const id = 958;
export const ids = [958];
export const modules = {

/***/ 2587:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   h: () => (/* binding */ environmentForCnspec)
/* harmony export */ });
const ALLOWED = new Set([
    'PATH HOME TMPDIR TEMP TMP LANG LANGUAGE TZ',
    'HTTPS_PROXY HTTP_PROXY ALL_PROXY NO_PROXY SSL_CERT_FILE SSL_CERT_DIR',
    // The runner finds processes that a step left running by this variable, which isn't secret.
    'RUNNER_TRACKING_ID',
    // Windows programs need these to start and to find the home folder.
    'APPDATA COMSPEC HOMEDRIVE HOMEPATH LOCALAPPDATA PATHEXT PROCESSOR_ARCHITECTURE PROGRAMDATA PROGRAMFILES',
    'SYSTEMDRIVE SYSTEMROOT USERPROFILE WINDIR',
].flatMap((names) => names.split(' ')));
/**
 * Makes the environment of a child process from an allow-list, so that no input, state or token of the job is in it.
 * cnspec's update of itself is off because nobody asked for it and it is slow.
 */
function environmentForCnspec(env) {
    const allowed = Object.entries(env).filter(([name]) => {
        const upper = name.toUpperCase();
        return ALLOWED.has(upper) || upper.startsWith('LC_');
    });
    return { ...Object.fromEntries(allowed), MONDOO_AUTO_UPDATE: 'false' };
}


/***/ }),

/***/ 5958:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  installCnspec: () => (/* binding */ installCnspec)
});

// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
var external_node_path_default = /*#__PURE__*/__webpack_require__.n(external_node_path_);
// EXTERNAL MODULE: ./src/util/errors.ts
var errors = __webpack_require__(17);
// EXTERNAL MODULE: ./src/util/text.ts
var util_text = __webpack_require__(9997);
;// CONCATENATED MODULE: ./src/cnspec/archive.ts

/** Go's names of operating systems and architectures, by Node's. */
const SYSTEMS = {
    linux: 'linux',
    darwin: 'darwin',
    win32: 'windows',
};
const ARCHITECTURES = { x64: 'amd64', arm64: 'arm64' };
/**
 * Names the archive that holds a release for the runner's OS and architecture.
 * @throws ActionError `cnspec-failed` if there is none
 */
function archiveFor(version, { platform, arch } = process) {
    const [system, architecture] = [SYSTEMS[platform], ARCHITECTURES[arch]];
    if (system === undefined || architecture === undefined) {
        throw new errors/* ActionError */.l('cnspec-failed', `cnspec ${version} could not be installed: this action knows no build of it for this machine (${platform}, ${arch}), only for Linux, macOS and Windows on x64 and arm64.`, 'Install cnspec in a step before this one and leave the input cnspec-version out.');
    }
    return `cnspec_${version}_${system}_${architecture}.${system === 'windows' ? 'zip' : 'tar.gz'}`;
}
/** Finds the SHA-256 of a file, in lower-case hex, in the text of a SHA256SUMS file. */
function checksumIn(sums, file) {
    for (const line of sums.split(/\r?\n/)) {
        // sha256sum puts a star before the name of a file that it read in binary mode.
        const [, sum, name] = /^([\da-fA-F]{64})[ \t]+\*?(\S+)[ \t]*$/.exec(line) ?? [];
        if (name === file)
            return sum?.toLowerCase();
    }
    return undefined;
}
function archivesIn(sums) {
    return [...sums.matchAll(/^[\da-fA-F]{64}[ \t]+\*?(cnspec_[\w.+-]+\.(?:tar\.gz|zip))[ \t]*\r?$/gm)].map(([, name]) => name);
}

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: external "node:stream/promises"
var external_node_stream_promises_ = __webpack_require__(6466);
// EXTERNAL MODULE: ./src/platform/transport-error.ts
var transport_error = __webpack_require__(6329);
// EXTERNAL MODULE: ./src/util/duration.ts
var duration = __webpack_require__(6518);
// EXTERNAL MODULE: ./src/platform/transport.ts
var transport = __webpack_require__(3038);
;// CONCATENATED MODULE: ./src/cnspec/result.ts


/** Makes the error of an installation that failed for a reason such as `the disk is full.` */
function notInstalled(reason, remedy) {
    return new errors/* ActionError */.l('cnspec-failed', (0,util_text/* plainText */.w)(`cnspec could not be installed: ${reason}`, 1500), remedy);
}

// EXTERNAL MODULE: ./src/cnspec/version.ts
var cnspec_version = __webpack_require__(7750);
;// CONCATENATED MODULE: ./src/cnspec/releases.ts




/** The limits of a connection attempt and of the request for a small file, in milliseconds. */
const CONNECT_TIMEOUT = 2000;
const REQUEST_TIMEOUT = 5000;
/** @throws ActionError `cnspec-failed` */
async function newestVersion(host) {
    const url = releaseUrl(host, 'latest.json');
    const version = versionIn(textOf(await get(url, host), url));
    if (version === undefined)
        throw unusable(url, 'names no version of cnspec');
    return version;
}
/**
 * Fetches the text of a release's SHA256SUMS file.
 * @throws ActionError `cnspec-failed`
 */
async function fetchChecksums(host, version) {
    const url = releaseUrl(host, `${version}/cnspec_v${version}_SHA256SUMS`);
    const response = await get(url, host);
    if (response.status === 404) {
        throw notInstalled(`${host.url} has no cnspec ${version} (HTTP status 404 for its checksums).`, 'Look at the spelling of the input cnspec-version, and whether there is such a release. A mirror has to hold the folder of the version with the file SHA256SUMS in it.');
    }
    return textOf(response, url);
}
function releaseUrl({ url }, file) {
    return new URL(`${url}/cnspec/${file}`);
}
function openTransport({ proxy }, requestTimeout) {
    return new transport/* Transport */.o({ proxy, connectTimeout: CONNECT_TIMEOUT, requestTimeout });
}
function requestFor(url, { userAgent }) {
    return { method: 'GET', url, headers: { 'user-agent': userAgent } };
}
async function get(url, host) {
    const transport = openTransport(host, REQUEST_TIMEOUT);
    try {
        return await transport.send(requestFor(url, host), host.deadline.signal);
    }
    catch (error) {
        throw error instanceof transport_error/* HttpError */.j$ ? unreachable(url, error.message) : error;
    }
    finally {
        transport.close();
    }
}
function unreachable(url, reason) {
    return notInstalled(`${url.href} could not be fetched: ${reason}.`, 'Check that this machine can reach the host: name resolution, firewall, proxy. Or set the input updates-url to a mirror that it can reach, or install cnspec in a step before this one and leave the input cnspec-version out.');
}
/** @param problem fits behind "what the URL answers" */
function unusable(url, problem) {
    return notInstalled(`what ${url.href} answers ${problem}.`, 'Look at the input updates-url, and whether a proxy or a firewall answers in the place of the releases host. Run the job again in a few minutes.');
}
function requireFile(url, { status }) {
    if (status === 200)
        return;
    if (status < 300 || status >= 400)
        throw unusable(url, `is no file (HTTP status ${status})`);
    const problem = `is a redirect (HTTP status ${status}), which is never followed: updates-url has to name the host that has the files`;
    throw unusable(url, problem);
}
function textOf(response, url) {
    requireFile(url, response);
    return response.body.toString('utf8');
}
function versionIn(json) {
    try {
        const { version } = JSON.parse(json.replace(/^\ufeff/, ''));
        return typeof version === 'string' && (0,cnspec_version/* isReleaseVersion */.O9)(version) ? version : undefined;
    }
    catch {
        return undefined;
    }
}

;// CONCATENATED MODULE: ./src/cnspec/download.ts







/** Several times the size of cnspec's archives, in bytes. */
const MAX_SIZE = 512 * 1024 * 1024;
/** Milliseconds. */
const LOG_INTERVAL = 10_000;
/**
 * Downloads a file as a stream.
 * @param target the path of the new file
 * @param log gets lines about the progress
 * @returns the SHA-256 of the file in lower-case hex
 * @throws ActionError `cnspec-failed`
 */
async function download(url, target, host, log) {
    const startedAt = performance.now();
    let received = 0;
    let logging;
    const elapsed = () => (0,duration/* formatDuration */.a)(Math.round((performance.now() - startedAt) / 10) * 10);
    const transport = openTransport(host, 'none');
    try {
        return await transport.receive(requestFor(url, host), host.deadline.signal, async (head, body) => {
            requireFile(url, head);
            const total = sizeIn(head.headers['content-length']);
            const of = total === undefined ? '' : ` of ${formatSize(total)}`;
            logging = setInterval(() => log(`→ still downloading: ${formatSize(received)}${of} in ${elapsed()}`), LOG_INTERVAL);
            const hash = (0,external_node_crypto_.createHash)('sha256');
            await (0,external_node_stream_promises_.pipeline)(body, async function* (chunks) {
                for await (const chunk of chunks) {
                    received += chunk.length;
                    if (received > MAX_SIZE)
                        throw unusable(url, 'is larger than 512 MiB');
                    hash.update(chunk);
                    yield chunk;
                }
            }, (0,external_node_fs_.createWriteStream)(target, { mode: 0o600, flags: 'w' }));
            log(`→ downloaded ${formatSize(received)} in ${elapsed()}`);
            return hash.digest('hex');
        });
    }
    catch (error) {
        if (error instanceof transport_error/* HttpError */.j$) {
            const reason = host.deadline.signal.aborted ? 'the time of the step was up' : error.message;
            throw unreachable(url, error.phase === 'body' ? `${reason} after ${formatSize(received)}` : reason);
        }
        const { syscall, code } = error;
        if (syscall !== 'open' && syscall !== 'write')
            throw error;
        throw notInstalled(`its archive could not be written to ${target} (${code}).`, 'Make room on the disk of the machine.');
    }
    finally {
        clearInterval(logging);
        transport.close();
    }
}
function sizeIn(length = '') {
    return /^\d{1,15}$/.test(length) ? Number(length) : undefined;
}
function formatSize(bytes) {
    return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

// EXTERNAL MODULE: ./src/cnspec/environment.ts
var environment = __webpack_require__(2587);
// EXTERNAL MODULE: ./src/cnspec/status.ts + 1 modules
var cnspec_status = __webpack_require__(1014);
;// CONCATENATED MODULE: ./src/cnspec/temp-dirs.ts



/** Retries help against virus scanners and against programs that are being killed. */
const RECURSIVELY = { recursive: true, force: true, maxRetries: 5 };
/**
 * Reserves names of temporary folders while some work runs, and removes the folders afterwards or when the process exits.
 * @param prefixes of the paths, by the name that the work uses
 * @param remember gets the paths before any of them exists, and an empty list when all are gone
 */
async function withTempDirs(prefixes, remember, work) {
    const entries = Object.entries(prefixes).map(([name, prefix]) => [name, `${prefix}-${(0,external_node_crypto_.randomUUID)()}`]);
    const named = Object.fromEntries(entries);
    const folders = Object.values(named);
    const removeOnExit = () => {
        for (const folder of folders) {
            try {
                (0,external_node_fs_.rmSync)(folder, RECURSIVELY);
            }
            catch {
                // The post step tries again.
            }
        }
    };
    process.on('exit', removeOnExit);
    remember(folders);
    try {
        return await work(named);
    }
    finally {
        const removed = await Promise.allSettled(folders.map((folder) => (0,promises_.rm)(folder, RECURSIVELY)));
        process.off('exit', removeOnExit);
        if (removed.every(({ status }) => status === 'fulfilled'))
            remember([]);
    }
}

// EXTERNAL MODULE: external "node:timers/promises"
var external_node_timers_promises_ = __webpack_require__(8500);
// EXTERNAL MODULE: ./node_modules/@actions/io/lib/io.js + 1 modules
var io = __webpack_require__(5366);
;// CONCATENATED MODULE: ./src/cnspec/tool-cache.ts





const TOOL = 'cnspec';
/** How often and at which interval (milliseconds) a place is tried. */
const MAX_ATTEMPTS = 20;
const PAUSE = 100;
/** Error codes of a place that is taken or, on Windows, of a file that another process has open. */
const TAKEN = new Set(['ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EPERM', 'EACCES', 'EBUSY']);
/**
 * A version's place in the tool cache, which jobs may share. It has the runner's own layout: the folder
 * `<cache>/cnspec/<version>/<arch>` counts as soon as the file `<arch>.complete` is next to it.
 */
class CachedVersion {
    folder;
    marker;
    constructor(toolCache, version) {
        this.folder = external_node_path_default().join(toolCache, TOOL, version, process.arch);
        this.marker = `${this.folder}.complete`;
    }
    async find() {
        return (0,external_node_fs_.existsSync)(this.marker) ? programIn(this.folder) : undefined;
    }
    /**
     * Renames a program's folder to the place, so that no job ever finds a part of it.
     * @param program on the same disk as the cache
     * @param aside a folder on that disk, for leftovers in the place
     * @returns the program in its place, possibly one from a faster job
     */
    async fill({ folder, executable }, aside) {
        for (let attempt = 1;; attempt++) {
            try {
                await (0,promises_.rename)(folder, this.folder);
                await (0,promises_.writeFile)(this.marker, '');
                return { folder: this.folder, executable: external_node_path_default().join(this.folder, external_node_path_default().basename(executable)) };
            }
            catch (error) {
                if (!TAKEN.has(error.code ?? '') || attempt === MAX_ATTEMPTS)
                    throw error;
            }
            // A faster job needs a moment to write its marker.
            await (0,external_node_timers_promises_.setTimeout)(PAUSE);
            const finished = await this.find();
            if (finished)
                return finished;
            await this.moveLeftovers(external_node_path_default().join(aside, `replaced-${attempt}`));
        }
    }
    async remove() {
        await (0,promises_.rm)(this.marker, { force: true });
        await (0,promises_.rm)(this.folder, { recursive: true, force: true, maxRetries: 5 });
    }
    /** Clears the place of what a killed job left. */
    async moveLeftovers(aside) {
        await (0,promises_.rm)(this.marker, { force: true });
        // Fails if it is in use, on Windows, or already gone.
        await (0,promises_.rename)(this.folder, aside).catch(() => { });
    }
}
async function programIn(folder) {
    const executable = await (0,io/* which */.K7)(external_node_path_default().join(folder, TOOL));
    return executable === '' ? undefined : { folder, executable };
}

// EXTERNAL MODULE: ./src/util/paths.ts
var paths = __webpack_require__(4964);
// EXTERNAL MODULE: ./src/cnspec/redact.ts
var redact = __webpack_require__(3377);
// EXTERNAL MODULE: ./src/cnspec/run.ts
var run = __webpack_require__(5947);
;// CONCATENATED MODULE: ./src/cnspec/unpack.ts








const CHECK_ARCHIVE = 'Make room on the disk of the machine, and look at the archive: where the input updates-url names a mirror, at the one that it holds.';
/**
 * Unpacks an archive with the system's tar.
 * @param folder an empty one
 * @throws ActionError `cnspec-failed`, also if the archive has anything else than files and folders
 */
async function unpack(file, folder, context) {
    const { dir, base } = external_node_path_default().parse(file);
    const fail = (problem, remedy = CHECK_ARCHIVE) => notInstalled(`the archive ${base}, whose checksum is good, could not be unpacked: ${problem}.`, remedy);
    const { tar, searchPath } = await findTar(context, fail);
    const result = await (0,run/* run */.e)(tar, 
    // By its name alone, as tar takes text before a colon for a host; -o ignores the owners in the archive.
    ['-x', ...(base.endsWith('.zip') ? [] : ['-z']), '-o', '-f', base, '-C', folder], {
        cwd: dir,
        env: { ...(0,environment/* environmentForCnspec */.h)(context.env), PATH: searchPath },
        deadline: context.deadline,
    });
    requireSuccess(result, fail);
    for (const entry of await (0,promises_.readdir)(folder, { recursive: true, withFileTypes: true })) {
        // A link leads out of the folder, and a pipe blocks.
        if (!entry.isFile() && !entry.isDirectory())
            throw fail(`it holds ${entry.name}, which is neither a file nor a folder`);
    }
}
/** Finds tar, and the PATH on which it may find gzip: never in the workspace. */
async function findTar({ env, workspace }, fail) {
    if (process.platform === 'win32') {
        return { tar: external_node_path_default().join((0,run/* system32 */.n)(env), 'tar.exe'), searchPath: (0,run/* system32 */.n)(env) };
    }
    const folders = [];
    for (const folder of (env.PATH ?? '').split((external_node_path_default()).delimiter).filter((entry) => external_node_path_default().isAbsolute(entry))) {
        const real = await (0,promises_.realpath)(folder).catch(() => folder);
        if (!(await (0,paths/* isInside */.F)(workspace, external_node_path_default().join(real, 'tar'))))
            folders.push(folder);
    }
    for (const folder of folders) {
        const tar = await (0,io/* which */.K7)(external_node_path_default().join(folder, 'tar'));
        if (tar !== '')
            return { tar, searchPath: folders.join((external_node_path_default()).delimiter) };
    }
    throw fail('there is no tar on PATH outside the workspace', 'Install tar (and gzip) in a step before this one.');
}
function requireSuccess({ end, stdout, stderr }, fail) {
    const words = (0,redact/* redact */.E)(stderr || stdout);
    const quote = words && `. It wrote: "${words}"`;
    switch (end.kind) {
        case 'exit':
            if (end.code === 0)
                return;
            throw fail(`tar ended with exit code ${end.code}${quote}`);
        case 'timeout':
            throw fail('the time of the step was up', 'Set the input timeout to more.');
        case 'signal':
            throw fail(`tar was ended by ${end.signal}${quote}`);
        case 'flood':
            throw fail(`tar wrote more than ${end.limit / 1024 / 1024} MiB of messages`);
        case 'not started':
            throw fail(`tar could not be started (${end.code})`, 'See that tar works on this machine.');
    }
}

;// CONCATENATED MODULE: ./src/cnspec/install.ts














const PUBLIC_RELEASES = 'https://releases.mondoo.com';
/** Installs the cnspec that a workflow asks for. An exact version in the tool cache needs no network. */
async function installCnspec(spec, options) {
    let latest = {};
    try {
        const host = chooseHost(options);
        const newest = newestVersion(host);
        latest = newest.then((latestVersion) => ({ latestVersion }), () => ({}));
        const installed = await install(spec, { ...options, ...requireFolders(options), host, newest });
        return { installed, result: { version: installed.version, ...(await latest) } };
    }
    catch (error) {
        if (!(error instanceof errors/* ActionError */.l))
            throw error;
        return { result: { ...(await latest), failure: error } };
    }
}
function chooseHost({ updatesUrl, proxy, userAgent, deadline }) {
    const url = updatesUrl ?? PUBLIC_RELEASES;
    try {
        return { url, proxy: proxy(url), userAgent, deadline };
    }
    catch (error) {
        if (!(error instanceof errors/* ActionError */.l))
            throw error;
        throw notInstalled(error.message.replace(/^The/, 'the'), error.remedy);
    }
}
function requireFolders({ temp, toolCache }) {
    if (temp && toolCache)
        return { temp, toolCache };
    throw notInstalled(`the environment variable ${toolCache ? 'RUNNER_TEMP' : 'RUNNER_TOOL_CACHE'} is not set, so there is no place for it.`, 'Run this as a step of a GitHub Actions workflow, or leave the input cnspec-version out.');
}
async function install(spec, work) {
    const version = await resolveVersion(spec, work.newest);
    const place = new CachedVersion(work.toolCache, version);
    const found = await place.find();
    const program = found ?? (await fetchInto(place, version, work));
    const cached = found !== undefined;
    const line = `→ cnspec ${version} is ${cached ? 'in the tool cache already' : 'installed'}: ${program.folder}`;
    work.log((0,util_text/* plainText */.w)(line, 1000));
    try {
        await requireVersion(program, version, work);
    }
    catch (error) {
        if (!cached)
            await place.remove().catch(() => { });
        throw error;
    }
    return { version, ...program, cached };
}
async function resolveVersion(spec, newest) {
    if (spec.kind === 'exact')
        return spec.version;
    const version = await newest;
    if (spec.kind === 'latest' || (0,cnspec_version/* majorOf */.Ds)(version) === spec.major)
        return version;
    throw notInstalled(`the input cnspec-version asks for version ${spec.major}, and the newest release is ${version}. The releases host tells the newest one only.`, `Set cnspec-version to the exact version that you want of ${spec.major}, such as ${spec.major}.1.0, or to ${(0,cnspec_version/* majorOf */.Ds)(version)}.`);
}
/** Downloads, verifies and unpacks a release, and puts it into the tool cache. */
async function fetchInto(place, version, work) {
    const name = archiveFor(version);
    const sums = await fetchChecksums(work.host, version);
    const expected = checksumIn(sums, name);
    if (expected === undefined)
        throw noBuild(version, name, sums, work.host.url);
    const url = releaseUrl(work.host, `${version}/${name}`);
    // A folder on the disk of the tool cache can be renamed to its place.
    const prefixes = { archive: external_node_path_default().join(work.temp, 'cnspec'), beside: place.folder };
    try {
        return await withTempDirs(prefixes, work.rememberFolders, async ({ archive, beside }) => {
            await (0,promises_.mkdir)(archive, { recursive: true });
            const file = external_node_path_default().join(archive, name);
            work.log((0,util_text/* plainText */.w)(`→ downloading cnspec ${version} from ${url.href}`, 1000));
            const actual = await download(url, file, work.host, work.log);
            if (actual !== expected)
                throw wrongSum(url, { expected, actual });
            const unpacked = external_node_path_default().join(beside, 'unpacked');
            await (0,promises_.mkdir)(unpacked, { recursive: true });
            await unpack(file, unpacked, work);
            const program = await programIn(unpacked);
            if (program === undefined)
                throw noProgram(name);
            return place.fill(program, beside);
        });
    }
    catch (error) {
        throw error instanceof errors/* ActionError */.l ? error : notWritable(place.folder, error);
    }
}
/** Makes sure that the program is the release that it was packed as. */
async function requireVersion({ executable }, version, work) {
    const { temp: cwd, deadline } = work;
    const said = await (0,cnspec_status/* askVersion */.qN)(executable, { cwd, env: (0,environment/* environmentForCnspec */.h)(work.env), deadline });
    const reported = said?.replace(/^v/, '').replace(/\+.*$/, '');
    if (reported === version)
        return;
    throw new errors/* ActionError */.l('cnspec-failed', `cnspec ${version} was installed, but the program says that it is ${reported ?? 'of no version'}.`, 'Look at the archive that the releases host has for that version, and remove the version from the tool cache of the machine.');
}
function noProgram(archive) {
    return notInstalled(`there is no program named cnspec in the archive ${archive}, whose checksum is good.`, 'Set the input cnspec-version to another version; where the input updates-url names a mirror, look at the archive that it holds.');
}
function notWritable(folder, error) {
    return notInstalled(`it could not be put into the tool cache at ${folder} (${error.code ?? 'unknown error'}).`, 'Make room on the disk of the machine, and see that the user of the job may write to the folders that RUNNER_TOOL_CACHE and RUNNER_TEMP name.');
}
function noBuild(version, name, sums, host) {
    const known = archivesIn(sums);
    const offered = known.length === 0 ? 'no archive at all' : known.slice(0, 20).join(', ');
    return notInstalled(`${host} has no build of cnspec ${version} for this machine, ${name}. Its checksums list ${offered}.`, 'Set cnspec-version to a version that has a build for this machine. A mirror has to hold the SHA256SUMS file of the release as it is.');
}
function wrongSum(url, { expected, actual }) {
    return notInstalled(`${url.href} is not the file that its release describes. Its SHA-256 is ${actual}, and SHA256SUMS says ${expected}. Nothing was unpacked.`, 'Run the job again in case the file was damaged on its way. If it stays, do not use it: somebody may have replaced it, at the host or in between.');
}


/***/ }),

/***/ 5947:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   e: () => (/* binding */ run),
/* harmony export */   n: () => (/* binding */ system32)
/* harmony export */ });
/* harmony import */ var node_child_process__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1421);
/* harmony import */ var node_child_process__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_child_process__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(6760);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1___default = /*#__PURE__*/__webpack_require__.n(node_path__WEBPACK_IMPORTED_MODULE_1__);


/** In characters; a status has a thousand. */
const MAX_OUTPUT = 1024 * 1024;
/** How long output may arrive after the program has exited, in milliseconds. */
const OUTPUT_GRACE = 1000;
/**
 * Runs a program until it exits. Kills it and its child processes at the deadline, if it writes too much, and when
 * this process exits.
 */
function run(executable, args, { cwd, env, deadline: { signal } }) {
    const startedAt = performance.now();
    const output = { stdout: '', stderr: '' };
    if (signal.aborted)
        return Promise.resolve({ end: { kind: 'timeout', after: 0 }, ...output });
    return new Promise((resolve) => {
        const child = (0,node_child_process__WEBPACK_IMPORTED_MODULE_0__.spawn)(...commandFor(executable, args, env), {
            cwd,
            env,
            stdio: ['ignore', 'pipe', 'pipe'],
            // Its own process group can be killed as one; Windows has process trees instead.
            detached: process.platform !== 'win32',
            windowsHide: true,
            windowsVerbatimArguments: isScript(executable),
        });
        let end;
        let size = 0;
        let grace;
        const kill = () => killTree(child, env);
        const stop = (why) => {
            end ??= why;
            kill();
        };
        const timeOut = () => stop({ kind: 'timeout', after: performance.now() - startedAt });
        signal.addEventListener('abort', timeOut);
        // Prepended, so that the program is gone before other listeners remove its files.
        process.prependListener('exit', kill);
        for (const stream of ['stdout', 'stderr']) {
            child[stream]?.setEncoding('utf8').on('data', (chunk) => {
                size += chunk.length;
                if (size > MAX_OUTPUT)
                    stop({ kind: 'flood', limit: MAX_OUTPUT });
                else
                    output[stream] += chunk;
            });
        }
        child.on('error', ({ code = 'unknown error' }) => {
            end ??= { kind: 'not started', code };
            if (child.pid === undefined)
                settle();
        });
        child.on('exit', (code, killedBy) => {
            end ??= killedBy === null ? { kind: 'exit', code: code ?? 0 } : { kind: 'signal', signal: killedBy };
            // Child processes that it left running would keep its output open.
            kill();
            grace = setTimeout(() => {
                child.stdout?.destroy();
                child.stderr?.destroy();
            }, OUTPUT_GRACE);
        });
        child.on('close', settle);
        function settle() {
            clearTimeout(grace);
            signal.removeEventListener('abort', timeOut);
            process.off('exit', kill);
            resolve({ end: end ?? { kind: 'not started', code: 'unknown error' }, ...output });
        }
    });
}
/** Node refuses to spawn these: on Windows the command interpreter runs them. */
function isScript(executable) {
    return process.platform === 'win32' && /\.(?:cmd|bat)$/i.test(executable);
}
function commandFor(executable, args, env) {
    if (!isScript(executable))
        return [executable, args];
    const line = [executable, ...args].map((word) => `"${word}"`).join(' ');
    return [env.COMSPEC ?? 'cmd.exe', ['/d', '/s', '/c', `"${line}"`]];
}
/** Must be synchronous: it also runs when this process exits. */
function killTree({ pid, exitCode, signalCode }, env) {
    if (pid === undefined)
        return;
    if (process.platform === 'win32') {
        // Windows may have given the id of a process that has exited to another one.
        if (exitCode !== null || signalCode !== null)
            return;
        const taskkill = node_path__WEBPACK_IMPORTED_MODULE_1___default().join(system32(env), 'taskkill.exe');
        (0,node_child_process__WEBPACK_IMPORTED_MODULE_0__.spawnSync)(taskkill, ['/PID', String(pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true });
        return;
    }
    try {
        process.kill(-pid, 'SIGKILL');
    }
    catch {
        // The process group is empty.
    }
}
/** The folder of the programs that come with Windows. */
function system32(env) {
    return node_path__WEBPACK_IMPORTED_MODULE_1___default().join(env.SystemRoot ?? env.SYSTEMROOT ?? 'C:\\Windows', 'System32');
}


/***/ }),

/***/ 1014:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  EL: () => (/* binding */ askProviders),
  uy: () => (/* binding */ askStatus),
  qN: () => (/* binding */ askVersion)
});

// EXTERNAL MODULE: ./src/util/duration.ts
var duration = __webpack_require__(6518);
// EXTERNAL MODULE: ./src/util/errors.ts
var errors = __webpack_require__(17);
// EXTERNAL MODULE: ./src/cnspec/redact.ts
var redact = __webpack_require__(3377);
// EXTERNAL MODULE: ./src/cnspec/run.ts
var run = __webpack_require__(5947);
// EXTERNAL MODULE: ./src/cnspec/version.ts
var cnspec_version = __webpack_require__(7750);
;// CONCATENATED MODULE: ./src/cnspec/status-output.ts

/** What cnspec says in place of a client's MRN if there is no client. */
const NO_CLIENT = 'no managed client';
const MAX_WARNINGS = 20;
const MAX_TEXT = 1000;
const MAX_PROVIDERS = 200;
/** How many lines are tried as the start of the JSON, and how many as its end. */
const MAX_LINES = 10;
/** Finds the status in the output of `cnspec status -o json`, which may have lines of a log around it. */
function readStatusOutput(output) {
    for (const text of candidates(output)) {
        const json = objectIn(parse(text));
        const client = objectIn(json?.client);
        if (client)
            return readStatus(client, objectIn(json?.upstream) ?? {});
    }
    return undefined;
}
/** Reads names from the output of `cnspec providers list`: `mock 13.0.0 with connectors: mock, upstream`. */
function readProvidersOutput(output) {
    const names = [...output.matchAll(/^[ \t]*([a-z\d][a-z\d._-]{0,63}) v?\d[\w.+-]{0,63}(?=[ \t\r]*$|[ \t]+with )/gim)];
    return [...new Set(names.map(([, name]) => name))].slice(0, MAX_PROVIDERS);
}
/** Text that may be the JSON: a line, or lines from one brace to another. */
function* candidates(output) {
    const lines = output.split(/\r?\n/).map((line) => line.trim());
    yield* lines.filter((line) => line.startsWith('{') && line.endsWith('}'));
    const indexes = (matches) => lines.flatMap((line, index) => (matches(line) ? [index] : []));
    const starts = indexes((line) => line.startsWith('{')).slice(0, MAX_LINES);
    const ends = indexes((line) => line.endsWith('}')).slice(-MAX_LINES);
    for (const start of starts) {
        for (const end of ends.toReversed())
            if (start < end)
                yield lines.slice(start, end + 1).join('\n');
    }
}
function readStatus(client, upstream) {
    const mrn = textOf(client.mrn);
    return {
        version: versionOf(client.version),
        latestVersion: versionOf(client.latest_version),
        build: versionOf(client.build),
        registered: client.registered === true,
        pingFailed: client.pingPongError !== undefined && client.pingPongError !== null,
        serviceAccount: textOf(client.service_account),
        client: mrn === NO_CLIENT ? undefined : mrn,
        endpoint: textOf(objectIn(upstream.api)?.endpoint),
        updatesUrl: originOf(client.updatesUrl),
        providersUrl: originOf(client.providersUrl),
        warnings: warningsIn(upstream.warnings),
    };
}
function textOf(value) {
    return typeof value === 'string' && value !== '' && value.length <= MAX_TEXT ? value : undefined;
}
function versionOf(value) {
    return (0,cnspec_version/* isVersion */.lF)(value) ? value : undefined;
}
function originOf(value) {
    const text = textOf(value) ?? '';
    const url = /^https?:\/\/[\w.:/%~[\]-]+$/.test(text) ? URL.parse(text) : null;
    return url?.username === '' && url.password === '' ? url.origin : undefined;
}
function warningsIn(warnings) {
    if (!Array.isArray(warnings))
        return [];
    return warnings
        .filter((warning) => typeof warning === 'string')
        .map((warning) => warning.slice(0, MAX_TEXT))
        .slice(0, MAX_WARNINGS);
}
function parse(text) {
    try {
        return JSON.parse(text);
    }
    catch {
        return undefined;
    }
}
function objectIn(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
}

;// CONCATENATED MODULE: ./src/cnspec/status.ts






/**
 * Runs `cnspec status` on a mondoo.yml.
 * @throws ActionError `cnspec-failed` if it gives no usable answer
 */
async function askStatus(executable, configPath, options) {
    const result = await (0,run/* run */.e)(executable, ['status', '--config', configPath, '-o', 'json'], options);
    const { end, stdout } = result;
    if (end.kind === 'exit') {
        const status = readStatusOutput(stdout);
        if (status) {
            const authenticated = status.registered && !status.pingFailed && end.code === 0;
            return { ...status, authenticated, silent: false };
        }
        if (end.code === 1 && stdout.trim() === '') {
            const version = await askVersion(executable, options);
            if (version !== undefined && isSilentWhenRefused(version)) {
                return {
                    version,
                    registered: true,
                    pingFailed: true,
                    authenticated: false,
                    silent: true,
                    warnings: [],
                };
            }
        }
    }
    throw noAnswer(executable, 'status', result);
}
/**
 * Runs `cnspec version`.
 * @returns undefined if it exits without naming a version
 * @throws ActionError `cnspec-failed` if it doesn't start or doesn't exit
 */
async function askVersion(executable, options) {
    const result = await (0,run/* run */.e)(executable, ['version'], options);
    if (result.end.kind !== 'exit')
        throw noAnswer(executable, 'version', result);
    const version = /^\s*cnspec\s+v?(\S+)/m.exec(result.stdout)?.[1];
    return (0,cnspec_version/* isVersion */.lF)(version) ? version : undefined;
}
/** Runs `cnspec providers list`; an empty list if that fails. */
async function askProviders(executable, options) {
    const { end, stdout, stderr } = await (0,run/* run */.e)(executable, ['providers', 'list'], options);
    return end.kind === 'exit' && end.code === 0 ? readProvidersOutput(`${stdout}\n${stderr}`) : [];
}
function noAnswer(executable, question, { end, stdout, stderr }) {
    const last = (0,redact/* lastLine */.f)(stderr) || (end.kind === 'exit' ? '' : (0,redact/* lastLine */.f)(stdout));
    const quote = last && ` The last that it wrote: "${last}".`;
    const asked = `when it was asked for its ${question}`;
    const fail = (problem, remedy = 'Run `cnspec status` in a step of its own and see what it says, and install another version with the input cnspec-version.') => new errors/* ActionError */.l('cnspec-failed', `cnspec at ${executable} ${problem}${quote}`, remedy);
    switch (end.kind) {
        case 'exit':
            return stdout.trim() === ''
                ? fail(`said nothing ${asked}, and ended with exit code ${end.code}.`)
                : fail(`gave an answer that holds no ${question} (${Buffer.byteLength(stdout)} bytes), and ended with exit code ${end.code}.`);
        case 'signal':
            return fail(`crashed ${asked} (${end.signal}).`);
        case 'timeout':
            return fail(`did not answer ${asked}. The time of the step was up after ${(0,duration/* formatDuration */.a)(Math.round(end.after))}; it was ended with all that it had started.`, 'See whether `cnspec status` ends in a step of its own: it waits for hosts that cannot be reached. Or set the input timeout to more.');
        case 'flood':
            return fail(`wrote more than ${end.limit / 1024 / 1024} MiB ${asked}, and was ended.`);
        case 'not started':
            return fail(`could not be started (${end.code}).`, 'It may have been built for another kind of machine, or may not be executed by this user. Install another one with the input cnspec-version.');
    }
}
/** Versions 9.0 to 11.28 print nothing if the platform refuses them. */
function isSilentWhenRefused(version) {
    const [, major, minor] = /^(\d+)\.(\d+)\./.exec(version)?.map(Number) ?? [];
    if (major === undefined || minor === undefined)
        return false;
    return (major >= 9 && major <= 10) || (major === 11 && minor <= 28);
}


/***/ })

};
