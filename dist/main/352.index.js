export const id = 352;
export const ids = [352];
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

/***/ 1352:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  installCnspec: () => (/* binding */ installCnspec)
});

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
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
const SYSTEMS = { linux: 'linux', darwin: 'darwin', win32: 'windows' };
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
/** Reads a SHA256SUMS file: the sums, in lower-case hex, by the name of the file. */
function readChecksums(sums) {
    // sha256sum puts a star before the name of a file that it read in binary mode.
    const lines = sums.matchAll(/^([\da-f]{64})[ \t]+\*?(\S+)[ \t]*\r?$/gim);
    return new Map(Array.from(lines, ([, sum, name]) => [name, sum.toLowerCase()]));
}

// EXTERNAL MODULE: ./src/cnspec/environment.ts
var environment = __webpack_require__(2587);
// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: external "node:stream/promises"
var external_node_stream_promises_ = __webpack_require__(6466);
// EXTERNAL MODULE: ./src/platform/transport.ts
var platform_transport = __webpack_require__(3038);
// EXTERNAL MODULE: ./src/platform/transport-error.ts
var transport_error = __webpack_require__(6329);
// EXTERNAL MODULE: ./src/util/duration.ts
var duration = __webpack_require__(6518);
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
/** Several times the size of cnspec's archives, in bytes. */
const MAX_SIZE = 512 * 1024 * 1024;
/** @throws ActionError `cnspec-failed` */
async function newestVersion(host) {
    const url = releaseUrl(host, 'latest.json');
    const text = textOf(await get(url, host), url);
    try {
        const { version } = JSON.parse(text);
        if ((0,cnspec_version/* isReleaseVersion */.O9)(version))
            return version;
    }
    catch {
        // The text of a parser's error would quote the host.
    }
    throw unusable(url, 'names no version of cnspec');
}
/** Fetches the SHA-256 of a release's archive, in lower-case hex. @throws ActionError `cnspec-failed` */
async function fetchChecksum(host, version, archive) {
    const url = releaseUrl(host, `${version}/cnspec_v${version}_SHA256SUMS`);
    const response = await get(url, host);
    if (response.status === 404) {
        throw notInstalled(`${host.url} has no cnspec ${version} (HTTP status 404 for its checksums).`, 'Look at the spelling of the input cnspec-version, and whether there is such a release. A mirror has to hold the folder of the version with the file SHA256SUMS in it.');
    }
    const sums = readChecksums(textOf(response, url));
    const sum = sums.get(archive);
    if (sum !== undefined)
        return sum;
    const archives = [...sums.keys()].filter((name) => /^cnspec_[\w.+-]+\.(?:tar\.gz|zip)$/.test(name)).slice(0, 20);
    throw notInstalled(`${host.url} has no build of cnspec ${version} for this machine, ${archive}. Its checksums list ${archives.join(', ') || 'no archive at all'}.`, 'Set cnspec-version to a version that has a build for this machine. A mirror has to hold the SHA256SUMS file of the release as it is.');
}
function releaseUrl({ url }, file) {
    return new URL(`${url}/cnspec/${file}`);
}
/** Downloads a file to `target`, and returns its SHA-256 in lower-case hex. @throws ActionError `cnspec-failed` */
async function download(url, target, host) {
    const startedAt = performance.now();
    const { signal } = host.deadline;
    const hash = (0,external_node_crypto_.createHash)('sha256');
    let received = 0;
    async function* hashed(chunks) {
        for await (const chunk of chunks) {
            received += chunk.length;
            if (received > MAX_SIZE)
                throw unusable(url, 'is larger than 512 MiB');
            hash.update(chunk);
            yield chunk;
        }
    }
    const explain = ({ message, phase }) => {
        const reason = signal.aborted ? 'the time of the step was up' : message;
        return phase === 'body' ? `${reason} after ${formatSize(received)}` : reason;
    };
    const fetch = (transport, request) => transport.receive(request, signal, (head, body) => {
        requireFile(url, head);
        return (0,external_node_stream_promises_.pipeline)(body, hashed, (0,external_node_fs_.createWriteStream)(target, { mode: 0o600 }));
    });
    try {
        await fetchFrom(url, host, 'none', fetch, explain);
    }
    catch (error) {
        const { syscall, code } = error;
        if (syscall !== 'open' && syscall !== 'write')
            throw error;
        throw notInstalled(`its archive could not be written to ${target} (${code}).`, 'Make room on the disk of the machine.');
    }
    const elapsed = (0,duration/* formatDuration */.a)(Math.round((performance.now() - startedAt) / 10) * 10);
    host.log(`→ downloaded ${formatSize(received)} in ${elapsed}`);
    return hash.digest('hex');
}
function get(url, host) {
    const { signal } = host.deadline;
    return fetchFrom(url, host, REQUEST_TIMEOUT, (transport, request) => transport.send(request, signal));
}
function textOf(response, url) {
    requireFile(url, response);
    // Leaves a byte order mark out.
    return new TextDecoder().decode(response.body);
}
/** Makes one request with a connection of its own. `explain` says why there is no complete response. */
async function fetchFrom(url, { proxy, userAgent }, requestTimeout, fetch, explain = ({ message }) => message) {
    const transport = new platform_transport/* Transport */.o({ proxy, connectTimeout: CONNECT_TIMEOUT, requestTimeout });
    try {
        return await fetch(transport, { method: 'GET', url, headers: { 'user-agent': userAgent } });
    }
    catch (error) {
        if (!(error instanceof transport_error/* HttpError */.j$))
            throw error;
        throw notInstalled(`${url.href} could not be fetched: ${explain(error)}.`, 'Check that this machine can reach the host: name resolution, firewall, proxy. Or set the input updates-url to a mirror that it can reach, or install cnspec in a step before this one and leave the input cnspec-version out.');
    }
    finally {
        transport.close();
    }
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
function formatSize(bytes) {
    return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

// EXTERNAL MODULE: ./src/cnspec/status.ts + 1 modules
var cnspec_status = __webpack_require__(1014);
// EXTERNAL MODULE: external "node:timers/promises"
var external_node_timers_promises_ = __webpack_require__(8500);
// EXTERNAL MODULE: ./node_modules/@actions/io/lib/io.js + 1 modules
var io = __webpack_require__(5366);
;// CONCATENATED MODULE: ./src/cnspec/tool-cache.ts





/** How often and at which interval (milliseconds) a place is tried. */
const MAX_ATTEMPTS = 20;
const PAUSE = 100;
/** Error codes of a place that is taken or, on Windows, of a file that another process has open. */
const TAKEN = new Set(['ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EPERM', 'EACCES', 'EBUSY']);
/** A version's place in the tool cache, which jobs may share, in the runner's own layout. */
function placeOf(toolCache, version) {
    return external_node_path_default().join(toolCache, 'cnspec', version, process.arch);
}
/** The place counts as soon as this file is next to it. */
const markerOf = (place) => `${place}.complete`;
async function findCached(place) {
    return (0,external_node_fs_.existsSync)(markerOf(place)) ? programIn(place) : undefined;
}
/**
 * Renames a program's folder, which is on the same disk, to its place, so that no job ever finds a part of it.
 * @param aside a folder on that disk, for leftovers in the place
 * @returns the program in its place, possibly one from a faster job
 */
async function fill(place, { folder, executable }, aside) {
    for (let attempt = 1;; attempt++) {
        try {
            await (0,promises_.rename)(folder, place);
            await (0,promises_.writeFile)(markerOf(place), '');
            return { folder: place, executable: external_node_path_default().join(place, external_node_path_default().basename(executable)) };
        }
        catch (error) {
            if (!TAKEN.has(error.code ?? '') || attempt === MAX_ATTEMPTS)
                throw error;
        }
        // A faster job needs a moment to write its marker.
        await (0,external_node_timers_promises_.setTimeout)(PAUSE);
        const finished = await findCached(place);
        if (finished)
            return finished;
        await (0,promises_.rm)(markerOf(place), { force: true });
        // What a killed job left. Fails if it is in use, on Windows, or already gone.
        await (0,promises_.rename)(place, external_node_path_default().join(aside, `replaced-${attempt}`)).catch(() => { });
    }
}
async function programIn(folder) {
    const executable = await (0,io/* which */.K7)(external_node_path_default().join(folder, 'cnspec'));
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
async function unpack(file, folder, { env, workspace, deadline }) {
    const { dir, base } = external_node_path_default().parse(file);
    const fail = (problem, remedy = CHECK_ARCHIVE) => notInstalled(`the archive ${base}, whose checksum is good, could not be unpacked: ${problem}.`, remedy);
    const onWindows = process.platform === 'win32';
    const PATH = onWindows ? (0,run/* system32 */.n)(env) : await pathOutside(workspace, env);
    const result = await (0,run/* run */.e)(onWindows ? external_node_path_default().join(PATH, 'tar.exe') : 'tar', 
    // By its name alone, as tar takes text before a colon for a host; -o ignores the owners in the archive.
    ['-x', ...(base.endsWith('.zip') ? [] : ['-z']), '-o', '-f', base, '-C', folder], { cwd: dir, env: { ...(0,environment/* environmentForCnspec */.h)(env), PATH }, deadline });
    const problem = problemOf(result);
    if (problem)
        throw fail(...problem);
    for (const entry of await (0,promises_.readdir)(folder, { recursive: true, withFileTypes: true })) {
        // A link leads out of the folder, and a pipe blocks.
        if (!entry.isFile() && !entry.isDirectory())
            throw fail(`it holds ${entry.name}, which is neither a file nor a folder`);
    }
}
/** PATH as tar may see it, which searches gzip there: without folders in the workspace. */
async function pathOutside(workspace, env) {
    const folders = [];
    for (const folder of (env.PATH ?? '').split((external_node_path_default()).delimiter).filter((entry) => external_node_path_default().isAbsolute(entry))) {
        const real = await (0,promises_.realpath)(folder).catch(() => folder);
        if (!(await (0,paths/* isInside */.F)(workspace, external_node_path_default().join(real, 'tar'))))
            folders.push(folder);
    }
    return folders.join((external_node_path_default()).delimiter);
}
function problemOf({ end, stdout, stderr }) {
    const words = (0,redact/* redact */.E)(stderr || stdout);
    const quote = words && `. It wrote: "${words}"`;
    switch (end.kind) {
        case 'exit':
            return end.code === 0 ? undefined : [`tar ended with exit code ${end.code}${quote}`];
        case 'timeout':
            return ['the time of the step was up', 'Set the input timeout to more.'];
        case 'signal':
            return [`tar was ended by ${end.signal}${quote}`];
        case 'flood':
            return ['tar wrote more than 1 MiB of messages'];
        case 'not started':
            return end.code === 'ENOENT'
                ? ['there is no tar on PATH outside the workspace', 'Install tar (and gzip) in a step before this one.']
                : [`tar could not be started (${end.code})`, 'See that tar works on this machine.'];
    }
}

;// CONCATENATED MODULE: ./src/cnspec/install.ts













const PUBLIC_RELEASES = 'https://releases.mondoo.com';
/** Installs the cnspec that a workflow asks for. An exact version in the tool cache needs no network. */
async function installCnspec(spec, options) {
    const { temp, toolCache } = options;
    let latest = {};
    try {
        const host = chooseHost(options);
        const newest = newestVersion(host);
        latest = newest.then((latestVersion) => ({ latestVersion })).catch(() => ({}));
        if (!temp || !toolCache) {
            throw notInstalled(`the environment variable ${toolCache ? 'RUNNER_TEMP' : 'RUNNER_TOOL_CACHE'} is not set, so there is no place for it.`, 'Run this as a step of a GitHub Actions workflow, or leave the input cnspec-version out.');
        }
        const version = spec.kind === 'exact' ? spec.version : requireWanted(spec, await newest);
        const installed = await install(version, { ...options, host, temp, place: placeOf(toolCache, version) });
        return { installed, result: { version, ...(await latest) } };
    }
    catch (error) {
        if (!(error instanceof errors/* ActionError */.l))
            throw error;
        return { result: { ...(await latest), failure: error } };
    }
}
function chooseHost({ updatesUrl, proxy, userAgent, deadline, log }) {
    const url = updatesUrl ?? PUBLIC_RELEASES;
    try {
        return { url, proxy: proxy(url), userAgent, deadline, log };
    }
    catch (error) {
        if (!(error instanceof errors/* ActionError */.l))
            throw error;
        throw notInstalled(error.message.replace(/^The/, 'the'), error.remedy);
    }
}
function requireWanted(spec, newest) {
    if (spec.kind === 'latest' || (0,cnspec_version/* majorOf */.Ds)(newest) === spec.major)
        return newest;
    throw notInstalled(`the input cnspec-version asks for version ${spec.major}, and the newest release is ${newest}. The releases host tells the newest one only.`, `Set cnspec-version to the exact version that you want of ${spec.major}, such as ${spec.major}.1.0, or to ${(0,cnspec_version/* majorOf */.Ds)(newest)}.`);
}
/** Makes sure that a version is in the tool cache, and that its program is the release that it was packed as. */
async function install(version, work) {
    const cached = await findCached(work.place);
    if (cached)
        await requireVersion(cached, version, work);
    const program = cached ?? (await fetchRelease(version, work));
    const line = `→ cnspec ${version} is ${cached ? 'in the tool cache already' : 'installed'}: ${program.folder}`;
    work.log((0,util_text/* plainText */.w)(line, 1000));
    return program;
}
async function requireVersion({ executable }, version, work) {
    const { temp: cwd, deadline } = work;
    const said = await (0,cnspec_status/* askVersion */.qN)(executable, { cwd, env: (0,environment/* environmentForCnspec */.h)(work.env), deadline });
    const reported = said?.replace(/^v|\+.*$/g, '');
    if (reported === version)
        return;
    throw new errors/* ActionError */.l('cnspec-failed', `cnspec ${version} was installed, but the program says that it is ${reported ?? 'of no version'}.`, 'Look at the archive that the releases host has for that version, and remove the version from the tool cache of the machine.');
}
/** Downloads, verifies and unpacks a release, and puts it into the tool cache. */
async function fetchRelease(version, work) {
    const { host, place } = work;
    const name = archiveFor(version);
    const expected = await fetchChecksum(host, version, name);
    const url = releaseUrl(host, `${version}/${name}`);
    const id = (0,external_node_crypto_.randomUUID)();
    const archive = external_node_path_default().join(work.temp, `cnspec-${id}`);
    // On the disk of the tool cache, so that a folder in it can be renamed to its place.
    const beside = `${place}-${id}`;
    work.rememberFolders([archive, beside]);
    try {
        const file = external_node_path_default().join(archive, name);
        await (0,promises_.mkdir)(archive, { recursive: true });
        work.log((0,util_text/* plainText */.w)(`→ downloading cnspec ${version} from ${url.href}`, 1000));
        const actual = await download(url, file, host);
        if (actual !== expected) {
            throw notInstalled(`${url.href} is not the file that its release describes. Its SHA-256 is ${actual}, and SHA256SUMS says ${expected}. Nothing was unpacked.`, 'Run the job again in case the file was damaged on its way. If it stays, do not use it: somebody may have replaced it, at the host or in between.');
        }
        const unpacked = external_node_path_default().join(beside, 'unpacked');
        await (0,promises_.mkdir)(unpacked, { recursive: true });
        await unpack(file, unpacked, work);
        const program = await programIn(unpacked);
        if (program === undefined) {
            throw notInstalled(`there is no program named cnspec in the archive ${name}, whose checksum is good.`, 'Set the input cnspec-version to another version; where the input updates-url names a mirror, look at the archive that it holds.');
        }
        await requireVersion(program, version, work);
        return await fill(place, program, beside);
    }
    catch (error) {
        if (error instanceof errors/* ActionError */.l)
            throw error;
        throw notInstalled(`it could not be put into the tool cache at ${place} (${error.code ?? 'unknown error'}).`, 'Make room on the disk of the machine, and see that the user of the job may write to the folders that RUNNER_TOOL_CACHE and RUNNER_TEMP name.');
    }
    finally {
        // Retries help against virus scanners and against programs that are being killed.
        const removing = [archive, beside].map((folder) => (0,promises_.rm)(folder, { recursive: true, force: true, maxRetries: 5 }));
        const removed = await Promise.allSettled(removing);
        if (removed.every(({ status }) => status === 'fulfilled'))
            work.rememberFolders([]);
    }
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
/* harmony import */ var node_events__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(8474);
/* harmony import */ var node_events__WEBPACK_IMPORTED_MODULE_1___default = /*#__PURE__*/__webpack_require__.n(node_events__WEBPACK_IMPORTED_MODULE_1__);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(6760);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_2___default = /*#__PURE__*/__webpack_require__.n(node_path__WEBPACK_IMPORTED_MODULE_2__);



/** In characters; a status has a thousand. */
const MAX_OUTPUT = 1024 * 1024;
/** How long output may arrive after the program has exited, in milliseconds. */
const OUTPUT_GRACE = 1000;
/** Runs a program until it exits. Kills it and its child processes at the deadline, and if it writes too much. */
async function run(executable, args, { cwd, env, deadline: { signal } }) {
    const startedAt = performance.now();
    const output = { stdout: '', stderr: '' };
    if (signal.aborted)
        return { end: { kind: 'timeout', after: 0 }, ...output };
    const onWindows = process.platform === 'win32';
    // Node refuses to spawn these: the command interpreter runs them.
    const shell = onWindows && /\.(?:cmd|bat)$/i.test(executable);
    const line = [executable, ...args].map((word) => `"${word}"`).join(' ');
    const child = (0,node_child_process__WEBPACK_IMPORTED_MODULE_0__.spawn)(shell ? line : executable, shell ? [] : args, {
        cwd,
        env,
        shell,
        stdio: ['ignore', 'pipe', 'pipe'],
        // Its own process group can be killed as one; Windows has process trees instead.
        detached: !onWindows,
        windowsHide: true,
    });
    let end;
    let size = 0;
    const stop = (why) => {
        end ??= why;
        killTree(child, env);
    };
    const timeOut = () => stop({ kind: 'timeout', after: performance.now() - startedAt });
    signal.addEventListener('abort', timeOut);
    for (const stream of ['stdout', 'stderr']) {
        child[stream].setEncoding('utf8').on('data', (chunk) => {
            size += chunk.length;
            if (size > MAX_OUTPUT)
                stop({ kind: 'flood' });
            else
                output[stream] += chunk;
        });
    }
    child.on('exit', (code, killedBy) => {
        // Child processes that it left running would keep its output open.
        stop(killedBy === null ? { kind: 'exit', code: code ?? 0 } : { kind: 'signal', signal: killedBy });
        setTimeout(() => {
            child.stdout.destroy();
            child.stderr.destroy();
        }, OUTPUT_GRACE).unref();
    });
    try {
        await (0,node_events__WEBPACK_IMPORTED_MODULE_1__.once)(child, 'close');
    }
    catch (error) {
        end ??= { kind: 'not started', code: error.code ?? 'unknown error' };
    }
    signal.removeEventListener('abort', timeOut);
    return { end: end, ...output };
}
function killTree({ pid, exitCode, signalCode }, env) {
    if (process.platform === 'win32') {
        // Windows may have given the id of a process that has exited to another one.
        if (exitCode !== null || signalCode !== null)
            return;
        const taskkill = node_path__WEBPACK_IMPORTED_MODULE_2___default().join(system32(env), 'taskkill.exe');
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
    return node_path__WEBPACK_IMPORTED_MODULE_2___default().join(env.SystemRoot ?? env.SYSTEMROOT ?? 'C:\\Windows', 'System32');
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

const MAX_WARNINGS = 20;
const MAX_TEXT = 1000;
const MAX_PROVIDERS = 200;
/** Finds the status in the output of `cnspec status -o json`: one line, which may have lines of a log around it. */
function readStatusOutput(output) {
    for (const line of output.split('\n').map((text) => text.trim())) {
        const json = line.startsWith('{') ? parse(line) : undefined;
        const client = objectIn(json?.client);
        if (!client)
            continue;
        const { api, warnings } = objectIn(json?.upstream) ?? {};
        return {
            version: versionOf(client.version),
            latestVersion: versionOf(client.latest_version),
            build: versionOf(client.build),
            registered: client.registered === true,
            pingFailed: (client.pingPongError ?? undefined) !== undefined,
            serviceAccount: textOf(client.service_account),
            client: client.mrn === 'no managed client' ? undefined : textOf(client.mrn),
            endpoint: textOf(objectIn(api)?.endpoint),
            updatesUrl: originOf(client.updatesUrl),
            providersUrl: originOf(client.providersUrl),
            warnings: (Array.isArray(warnings) ? warnings : [])
                .filter((warning) => typeof warning === 'string')
                .slice(0, MAX_WARNINGS)
                .map((warning) => warning.slice(0, MAX_TEXT)),
        };
    }
    return undefined;
}
/** Reads names from the output of `cnspec providers list`: `mock 13.0.0 with connectors: mock, upstream`. */
function readProvidersOutput(output) {
    const names = [...output.matchAll(/^[ \t]*([a-z\d][a-z\d._-]{0,63}) v?\d[\w.+-]{0,63}(?=[ \t\r]*$|[ \t]+with )/gim)];
    return [...new Set(names.map(([, name]) => name))].slice(0, MAX_PROVIDERS);
}
function textOf(value) {
    return typeof value === 'string' && value !== '' && value.length <= MAX_TEXT ? value : undefined;
}
function versionOf(value) {
    return (0,cnspec_version/* isVersion */.lF)(value) ? value : undefined;
}
function originOf(value) {
    const text = textOf(value) ?? '';
    return /^https?:\/\/[\w.:/%~[\]-]+$/.test(text) ? URL.parse(text)?.origin : undefined;
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






/** Runs `cnspec status` on a mondoo.yml. @throws ActionError `cnspec-failed` if it gives no usable answer */
async function askStatus(executable, configPath, options) {
    const result = await (0,run/* run */.e)(executable, ['status', '--config', configPath, '-o', 'json'], options);
    const { end, stdout } = result;
    const status = end.kind === 'exit' && readStatusOutput(stdout);
    if (!status)
        throw noAnswer(executable, 'status', result);
    return { ...status, authenticated: status.registered && !status.pingFailed && end.code === 0 };
}
/** Runs `cnspec version`; undefined if it names none. @throws ActionError `cnspec-failed` if it doesn't exit */
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
        case 'exit': {
            const bytes = Buffer.byteLength(stdout);
            const said = stdout.trim()
                ? `gave an answer that holds no ${question} (${bytes} bytes)`
                : `said nothing ${asked}`;
            return fail(`${said}, and ended with exit code ${end.code}.`);
        }
        case 'signal':
            return fail(`crashed ${asked} (${end.signal}).`);
        case 'timeout':
            return fail(`did not answer ${asked}. The time of the step was up after ${(0,duration/* formatDuration */.a)(Math.round(end.after))}; it was ended with all that it had started.`, 'See whether `cnspec status` ends in a step of its own: it waits for hosts that cannot be reached. Or set the input timeout to more.');
        case 'flood':
            return fail(`wrote more than 1 MiB ${asked}, and was ended.`);
        case 'not started':
            return fail(`could not be started (${end.code}).`, 'It may have been built for another kind of machine, or may not be executed by this user. Install another one with the input cnspec-version.');
    }
}


/***/ })

};
