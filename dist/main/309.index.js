"use strict";
exports.id = 309;
exports.ids = [309];
exports.modules = {

/***/ 2587:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   h: () => (/* binding */ environmentForCnspec)
/* harmony export */ });
const ALLOWED = new Set([
    'PATH HOME TMPDIR TEMP TMP LANG LANGUAGE TZ',
    'MONDOO_API_PROXY HTTPS_PROXY HTTP_PROXY ALL_PROXY NO_PROXY SSL_CERT_FILE SSL_CERT_DIR',
    // The runner finds processes that a step left running by this variable, which isn't secret.
    'RUNNER_TRACKING_ID',
    // Windows programs need these to start and to find the home folder.
    'APPDATA COMSPEC HOMEDRIVE HOMEPATH LOCALAPPDATA PATHEXT PROCESSOR_ARCHITECTURE PROGRAMDATA PROGRAMFILES',
    'SYSTEMDRIVE SYSTEMROOT USERPROFILE WINDIR',
].flatMap((names) => names.split(' ')));
/** Passes on an allow-list, so that child processes get no input, state or token. cnspec's self-update is slow. */
function environmentForCnspec(env) {
    const isAllowed = (name) => ALLOWED.has(name) || name.startsWith('LC_');
    // cnspec 13.0 can't connect with a proxy variable that is empty.
    const allowed = Object.entries(env).filter(([name, value]) => value && isAllowed(name.toUpperCase()));
    return { ...Object.fromEntries(allowed), MONDOO_AUTO_UPDATE: 'false' };
}


/***/ }),

/***/ 1309:
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
// EXTERNAL MODULE: ./src/util/json.ts
var json = __webpack_require__(4976);
;// CONCATENATED MODULE: ./src/cnspec/result.ts


/** @param cause a sentence */
function notInstalled(cause, remedy, evidence) {
    return new errors/* ActionError */.lZ('cnspec-failed', (0,util_text/* plainText */.wh)(`cnspec could not be installed. ${cause}`, 1500), remedy, evidence);
}

// EXTERNAL MODULE: ./src/cnspec/version.ts
var cnspec_version = __webpack_require__(7750);
;// CONCATENATED MODULE: ./src/cnspec/releases.ts
var __addDisposableResource = (undefined && undefined.__addDisposableResource) || function (env, value, async) {
    if (value !== null && value !== void 0) {
        if (typeof value !== "object" && typeof value !== "function") throw new TypeError("Object expected.");
        var dispose, inner;
        if (async) {
            if (!Symbol.asyncDispose) throw new TypeError("Symbol.asyncDispose is not defined.");
            dispose = value[Symbol.asyncDispose];
        }
        if (dispose === void 0) {
            if (!Symbol.dispose) throw new TypeError("Symbol.dispose is not defined.");
            dispose = value[Symbol.dispose];
            if (async) inner = dispose;
        }
        if (typeof dispose !== "function") throw new TypeError("Object not disposable.");
        if (inner) dispose = function() { try { inner.call(this); } catch (e) { return Promise.reject(e); } };
        env.stack.push({ value: value, dispose: dispose, async: async });
    }
    else if (async) {
        env.stack.push({ async: true });
    }
    return value;
};
var __disposeResources = (undefined && undefined.__disposeResources) || (function (SuppressedError) {
    return function (env) {
        function fail(e) {
            env.error = env.hasError ? new SuppressedError(e, env.error, "An error was suppressed during disposal.") : e;
            env.hasError = true;
        }
        var r, s = 0;
        function next() {
            while (r = env.stack.pop()) {
                try {
                    if (!r.async && s === 1) return s = 0, env.stack.push(r), Promise.resolve().then(next);
                    if (r.dispose) {
                        var result = r.dispose.call(r.value);
                        if (r.async) return s |= 2, Promise.resolve(result).then(next, function(e) { fail(e); return next(); });
                    }
                    else s |= 1;
                }
                catch (e) {
                    fail(e);
                }
            }
            if (s === 1) return env.hasError ? Promise.reject(env.error) : Promise.resolve();
            if (env.hasError) throw env.error;
        }
        return next();
    };
})(typeof SuppressedError === "function" ? SuppressedError : function (error, suppressed, message) {
    var e = new Error(message);
    return e.name = "SuppressedError", e.error = error, e.suppressed = suppressed, e;
});









/** The limits of a connection attempt and of the request for a small file, in milliseconds. */
const CONNECT_TIMEOUT = 2000;
const REQUEST_TIMEOUT = 5000;
/** Several times the size of cnspec's archives, in bytes. */
const MAX_SIZE = 512 * 1024 * 1024;
/** Go's names of operating systems and architectures, by Node's. */
const SYSTEMS = { linux: 'linux', darwin: 'darwin', win32: 'windows' };
const ARCHITECTURES = { x64: 'amd64', arm64: 'arm64' };
async function newestVersion(host) {
    const url = releaseUrl(host, 'latest.json');
    const { version } = (0,json/* mapIn */.yL)((0,json/* tryParseJson */.Bl)(await fetchText(url, host)));
    if ((0,cnspec_version/* isReleaseVersion */.O9)(version))
        return version;
    throw unusable(url, 'names no version of cnspec');
}
/** Names the archive for the runner. @throws ActionError `cnspec-failed` if there is none */
function archiveFor(version, platform = process.platform, arch = process.arch) {
    const [system, architecture] = [SYSTEMS[platform], ARCHITECTURES[arch]];
    if (system === undefined || architecture === undefined) {
        throw notInstalled(`The action can't install cnspec on this runner (${platform}, ${arch}), only on Linux, macOS and Windows with x64 or arm64.`, 'Install cnspec in an earlier step, and leave the input `cnspec-version` out.');
    }
    return `cnspec_${version}_${system}_${architecture}.${system === 'windows' ? 'zip' : 'tar.gz'}`;
}
/** Reads a SHA256SUMS file: the sums, in lower-case hex, by file name. */
function readChecksums(sums) {
    // sha256sum puts a star before the name of a file that it read in binary mode.
    const lines = sums.matchAll(/^([\da-f]{64})[ \t]+\*?(\S+)[ \t]*\r?$/gim);
    return new Map(Array.from(lines, ([, sum, name]) => [name, sum.toLowerCase()]));
}
async function fetchChecksum(host, version, archive) {
    const url = releaseUrl(host, `${version}/cnspec_v${version}_SHA256SUMS`);
    const missing = notInstalled(`${host.url} has no cnspec ${version} (HTTP status 404 for its checksums).`, "Check the input `cnspec-version`. A mirror must have the version's folder with its SHA256SUMS file.");
    const sums = readChecksums(await fetchText(url, host, missing));
    const sum = sums.get(archive);
    if (sum !== undefined)
        return sum;
    const archives = [...sums.keys()].filter((name) => /^cnspec_[\w.+-]+\.(?:tar\.gz|zip)$/.test(name)).slice(0, 20);
    throw notInstalled(`${host.url} has no build of cnspec ${version} for this runner, ${archive}.`, 'Set `cnspec-version` to a version that has a build for this runner. A mirror must serve SHA256SUMS unchanged.', `SHA256SUMS lists ${archives.join(', ') || 'no archive'}`);
}
function releaseUrl({ url }, file) {
    return new URL(`${url}/cnspec/${file}`);
}
/** Returns the SHA-256 in lower-case hex. @throws ActionError `cnspec-failed`, or an error of the file system */
async function download(url, target, host) {
    const startedAt = performance.now();
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
    const fetch = (transport, request) => transport.receive(request, (head, body) => {
        requireFile(url, head);
        return (0,external_node_stream_promises_.pipeline)(body, hashed, (0,external_node_fs_.createWriteStream)(target, { mode: 0o600 }));
    });
    await fetchFrom(url, host, 'none', fetch, () => ` after ${formatSize(received)}`);
    const elapsed = (0,duration/* formatDuration */.a3)(Math.round((performance.now() - startedAt) / 10) * 10);
    host.log(`→ downloaded ${formatSize(received)} in ${elapsed}`);
    return hash.digest('hex');
}
/** @param missing is thrown if the host has no such file */
async function fetchText(url, host, missing) {
    const response = await fetchFrom(url, host, REQUEST_TIMEOUT, (transport, request) => transport.send(request));
    if (missing && response.status === 404)
        throw missing;
    requireFile(url, response);
    // Unlike a buffer's toString, it leaves a byte order mark out.
    return new TextDecoder().decode(response.body);
}
/** @param progress reports how much of the response arrived */
async function fetchFrom(url, { signal, ...host }, requestTimeout, fetch, progress = () => '') {
    const env_1 = { stack: [], error: void 0, hasError: false };
    try {
        const transport = __addDisposableResource(env_1, new platform_transport/* Transport */.o({ ...host, connectTimeout: CONNECT_TIMEOUT, requestTimeout }), false);
        try {
            return await fetch(transport, { method: 'GET', url, signal });
        }
        catch (error) {
            if (!(error instanceof transport_error/* HttpError */.j$))
                throw error;
            const reason = requestTimeout === 'none' && signal.aborted ? 'the step timed out' : error.message;
            throw notInstalled(`${url.href} could not be fetched: ${reason}${error.phase === 'body' ? progress() : ''}.`, error.remedy ??
                'Check that the runner can reach the host: DNS, firewall, proxy. Or set the input `updates-url` to a mirror, or install cnspec in an earlier step and leave the input `cnspec-version` out.');
        }
    }
    catch (e_1) {
        env_1.error = e_1;
        env_1.hasError = true;
    }
    finally {
        __disposeResources(env_1);
    }
}
/** @param problem follows "The response" */
function unusable(url, problem) {
    return notInstalled(`The response from ${url.href} ${problem}.`, 'Check whether a proxy or a firewall responds instead of the releases host. If the input `updates-url` is set, check it. Or run the job again in a few minutes.');
}
function requireFile(url, { status }) {
    if (status === 200)
        return;
    if (status < 300 || status >= 400)
        throw unusable(url, `isn't a file (HTTP status ${status})`);
    const problem = `is a redirect (HTTP status ${status}), which is never followed. \`updates-url\` must name the host that has the files`;
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






/** `PAUSE` in milliseconds. */
const MAX_ATTEMPTS = 20;
const PAUSE = 100;
/** The place is taken or, on Windows, another process has a file open. */
const TAKEN = new Set(['ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EPERM', 'EACCES', 'EBUSY']);
/** The place counts as soon as this file is next to it. */
const markerOf = (place) => `${place}.complete`;
async function findCached(place) {
    return (0,external_node_fs_.existsSync)(markerOf(place)) ? programIn(place) : undefined;
}
/**
 * Renames a program's folder to its place, so that no job finds a part of it; a faster job may have filled it.
 * @param aside a folder on the same disk, for leftovers in the place
 * @returns the program in its place
 */
async function moveToCache(place, executable, aside) {
    for (let attempt = 1;; attempt++) {
        try {
            await (0,promises_.rename)(external_node_path_default().dirname(executable), place);
            await (0,promises_.writeFile)(markerOf(place), '');
            return external_node_path_default().join(place, external_node_path_default().basename(executable));
        }
        catch (error) {
            if (!TAKEN.has((0,errors/* errorCode */.CA)(error)) || attempt === MAX_ATTEMPTS)
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
/** Finds the cnspec in a folder. */
async function programIn(folder) {
    return (await (0,io/* which */.K7)(external_node_path_default().join(folder, 'cnspec'))) || undefined;
}

// EXTERNAL MODULE: ./src/util/paths.ts
var paths = __webpack_require__(4964);
// EXTERNAL MODULE: ./src/cnspec/redact.ts
var redact = __webpack_require__(3377);
// EXTERNAL MODULE: ./src/cnspec/run.ts
var run = __webpack_require__(5947);
;// CONCATENATED MODULE: ./src/cnspec/unpack.ts







const CHECK_ARCHIVE = 'If `updates-url` names a mirror, check the archive there. Otherwise, free some space on the disk.';
const REMEDIES = {
    timeout: 'Increase the input `timeout`.',
    'not started': 'Install tar and gzip in an earlier step, in a folder on `PATH` outside the workspace.',
};
/** Several times the size of cnspec, in bytes; measured each so many milliseconds. */
const unpack_MAX_SIZE = 2 * 1024 ** 3;
const INTERVAL = 250;
/** Unpacks an archive with the system's tar. @throws ActionError `cnspec-failed` */
async function unpack(file, folder, { env, workspace, signal }) {
    const { dir, base } = external_node_path_default().parse(file);
    const fail = (problem, remedy = CHECK_ARCHIVE, evidence = '') => notInstalled(`The archive ${base} has a valid checksum, but could not be unpacked: ${problem}.`, remedy, evidence);
    const onWindows = process.platform === 'win32';
    const PATH = onWindows ? (0,paths/* system32 */.n)(env) : await pathOutside(workspace, env);
    const tooBig = new AbortController();
    const measure = async () => {
        if ((await sizeOf(folder)) > unpack_MAX_SIZE)
            tooBig.abort();
    };
    const timer = setInterval(() => void measure().catch(() => { }), INTERVAL);
    const { end, stdout, stderr } = await (0,run/* run */.e)(onWindows ? external_node_path_default().join(PATH, 'tar.exe') : 'tar', 
    // By its name alone, as tar takes text before a colon for a host; -o ignores the owners in the archive.
    ['-x', ...(base.endsWith('.zip') ? [] : ['-z']), '-o', '-f', base, '-C', folder], { cwd: dir, env: { ...(0,environment/* environmentForCnspec */.h)(env), PATH }, signal: AbortSignal.any([signal, tooBig.signal]) }).finally(() => clearInterval(timer));
    await measure();
    if (tooBig.signal.aborted)
        throw fail('it unpacks to more than 2 GiB');
    if (end.kind !== 'exit' || end.code !== 0) {
        const printed = (0,redact/* redact */.E)(stderr || stdout);
        throw fail(`tar ${(0,run/* describeExit */.K)(end)}`, REMEDIES[end.kind], printed && `Output of tar: "${printed}"`);
    }
    for (const entry of await (0,promises_.readdir)(folder, { recursive: true, withFileTypes: true })) {
        // A link leads out of the folder, and a pipe blocks.
        if (!entry.isFile() && !entry.isDirectory())
            throw fail(`${entry.name} is neither a file nor a folder`);
        const name = external_node_path_default().join(entry.parentPath, entry.name);
        // Without setuid bits, and not writable for others.
        await (0,promises_.chmod)(name, (await (0,promises_.lstat)(name)).mode & 0o755);
    }
}
async function sizeOf(folder) {
    const entries = await (0,promises_.readdir)(folder, { recursive: true, withFileTypes: true });
    const sizes = entries.map(async ({ parentPath, name }) => (await (0,promises_.lstat)(external_node_path_default().join(parentPath, name))).size);
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
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

;// CONCATENATED MODULE: ./src/cnspec/install.ts












const PUBLIC_RELEASES = 'https://releases.mondoo.com';
/** Installs the cnspec that a workflow asks for. An exact version in the tool cache needs no network. */
async function installCnspec(spec, options) {
    const { temp, toolCache, updatesUrl: url = PUBLIC_RELEASES } = options;
    let latest;
    try {
        const host = { ...options, ...options.routeTo(url), url };
        const newest = newestVersion(host);
        latest = newest.then((latestVersion) => ({ latestVersion })).catch(() => ({}));
        if (!temp || !toolCache) {
            throw notInstalled(`The job has no ${toolCache ? 'temporary folder' : 'tool cache'}.`, 'Run the action as a step of a job, or leave the input `cnspec-version` out.');
        }
        const version = spec.kind === 'exact' ? spec.version : resolveVersion(spec, await newest);
        // In the runner's own layout; jobs may share it.
        const work = { ...host, temp, place: external_node_path_default().join(toolCache, 'cnspec', version, process.arch) };
        const cached = await findCached(work.place);
        if (cached)
            await requireVersion(cached, version, work);
        const executable = cached ?? (await fetchRelease(version, work));
        const line = `→ cnspec ${version} is ${cached ? 'in the tool cache already' : 'installed'}: ${work.place}`;
        work.log((0,util_text/* plainText */.wh)(line, 1000));
        return { executable, result: { version, ...(await latest) } };
    }
    catch (error) {
        if (!(error instanceof errors/* ActionError */.lZ))
            throw error;
        const failure = error.code === 'invalid-input' ? notInstalled(error.message, error.remedy) : error;
        return { result: { ...(await latest), failure } };
    }
}
function resolveVersion(spec, newest) {
    if (spec.kind === 'latest' || (0,cnspec_version/* majorOf */.Ds)(newest) === spec.major)
        return newest;
    throw notInstalled(`The input \`cnspec-version\` is \`${spec.major}\`, but the newest release is ${newest}. The releases host lists only the newest release.`, `Set \`cnspec-version\` to an exact version such as \`${spec.major}.1.0\`, or to \`${(0,cnspec_version/* majorOf */.Ds)(newest)}\`.`);
}
async function requireVersion(executable, version, work) {
    const { temp: cwd, signal } = work;
    const said = await (0,cnspec_status/* askVersion */.qN)(executable, { cwd, env: (0,environment/* environmentForCnspec */.h)(work.env), signal });
    const reported = said?.replace(/^v|\+.*$/g, '');
    if (reported === version)
        return;
    throw new errors/* ActionError */.lZ('cnspec-failed', `cnspec ${version} was installed, but \`cnspec version\` reports ${reported ?? 'no version'}.`, "Check the archive of this version at the releases host, and delete the version from the runner's tool cache.");
}
/** Downloads, verifies and unpacks a release, and puts it into the tool cache. */
async function fetchRelease(version, work) {
    const name = archiveFor(version);
    const expected = await fetchChecksum(work, version, name);
    const url = releaseUrl(work, `${version}/${name}`);
    const id = (0,external_node_crypto_.randomUUID)();
    const archive = external_node_path_default().join(work.temp, `cnspec-${id}`);
    // On the disk of the tool cache, so that a folder in it can be renamed to its place.
    const beside = `${work.place}-${id}`;
    work.rememberFolders([archive, beside]);
    try {
        const file = external_node_path_default().join(archive, name);
        await (0,promises_.mkdir)(archive, { recursive: true });
        work.log((0,util_text/* plainText */.wh)(`→ downloading cnspec ${version} from ${url.href}`, 1000));
        const actual = await download(url, file, work);
        if (actual !== expected) {
            throw notInstalled(`The SHA-256 of ${url.href} isn't the one that SHA256SUMS lists. Nothing was unpacked.`, "Run the job again, because the download may be damaged. If the error remains, don't use the archive: someone may have replaced it.", `The SHA-256 is ${actual}, SHA256SUMS lists ${expected}`);
        }
        const unpacked = external_node_path_default().join(beside, 'unpacked');
        await (0,promises_.mkdir)(unpacked, { recursive: true });
        await unpack(file, unpacked, work);
        const program = await programIn(unpacked);
        if (program === undefined) {
            throw notInstalled(`The archive ${name} has a valid checksum, but contains no program named cnspec.`, 'Set the input `cnspec-version` to another version. If `updates-url` names a mirror, check the archive there.');
        }
        await requireVersion(program, version, work);
        return await moveToCache(work.place, program, beside);
    }
    catch (error) {
        if (error instanceof errors/* ActionError */.lZ)
            throw error;
        throw notInstalled(`The archive or the tool cache at \`${work.place}\` could not be written (${(0,errors/* errorCode */.CA)(error)}).`, "Free some space on the runner's disk. Check that its user may write to the temporary folder and to the tool cache.");
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
/* harmony export */   K: () => (/* binding */ describeExit),
/* harmony export */   e: () => (/* binding */ run)
/* harmony export */ });
/* harmony import */ var node_child_process__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1421);
/* harmony import */ var node_child_process__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_child_process__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var node_events__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(8474);
/* harmony import */ var node_events__WEBPACK_IMPORTED_MODULE_1___default = /*#__PURE__*/__webpack_require__.n(node_events__WEBPACK_IMPORTED_MODULE_1__);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(6760);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_2___default = /*#__PURE__*/__webpack_require__.n(node_path__WEBPACK_IMPORTED_MODULE_2__);
/* harmony import */ var _util_duration_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(6518);
/* harmony import */ var _util_errors_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(17);
/* harmony import */ var _util_paths_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(4964);






/** Characters. */
const MAX_OUTPUT = 1024 * 1024;
/** Milliseconds for output after the program has exited. */
const OUTPUT_GRACE = 1000;
/** Follows the name of the program. */
function describeExit(end) {
    if (end.kind === 'exit')
        return `exited with code ${end.code}`;
    if (end.kind === 'signal')
        return `was killed by ${end.signal}`;
    if (end.kind === 'timeout')
        return `timed out after ${(0,_util_duration_js__WEBPACK_IMPORTED_MODULE_3__/* .formatDuration */ .a3)(Math.round(end.after))}`;
    return end.kind === 'flood' ? 'printed more than 1 MiB' : `could not be started (${end.code})`;
}
/** Runs a program until it exits. Kills it and its child processes at the deadline, and if it writes too much. */
async function run(file, args, { cwd, env, signal }) {
    const startedAt = performance.now();
    const output = { stdout: '', stderr: '' };
    if (signal.aborted)
        return { end: { kind: 'timeout', after: 0 }, ...output };
    const onWindows = process.platform === 'win32';
    // Node refuses to spawn these: the command interpreter runs them.
    const shell = onWindows && /\.(?:cmd|bat)$/i.test(file);
    const line = [file, ...args].map((word) => `"${word}"`).join(' ');
    const child = (0,node_child_process__WEBPACK_IMPORTED_MODULE_0__.spawn)(shell ? line : file, shell ? [] : args, {
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
            if (size <= MAX_OUTPUT)
                output[stream] += chunk;
            else if (!end)
                stop({ kind: 'flood' });
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
    await (0,node_events__WEBPACK_IMPORTED_MODULE_1__.once)(child, 'close').catch((error) => {
        end ??= { kind: 'not started', code: (0,_util_errors_js__WEBPACK_IMPORTED_MODULE_4__/* .errorCode */ .CA)(error) };
    });
    signal.removeEventListener('abort', timeOut);
    return { end: end, ...output };
}
function killTree(child, env) {
    const { pid, exitCode, signalCode } = child;
    if (process.platform === 'win32') {
        // Windows may have given the id of a process that has exited to another one.
        if (exitCode !== null || signalCode !== null)
            return;
        const taskkill = node_path__WEBPACK_IMPORTED_MODULE_2___default().join((0,_util_paths_js__WEBPACK_IMPORTED_MODULE_5__/* .system32 */ .n)(env), 'taskkill.exe');
        const options = { stdio: 'ignore', windowsHide: true, timeout: 2000 };
        const killer = (0,node_child_process__WEBPACK_IMPORTED_MODULE_0__.spawn)(taskkill, ['/PID', String(pid), '/T', '/F'], options);
        killer.on('error', () => child.kill()).on('exit', (code) => code !== 0 && child.kill());
        return;
    }
    try {
        process.kill(-pid, 'SIGKILL');
    }
    catch {
        // The process group is empty.
    }
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

// EXTERNAL MODULE: ./src/util/errors.ts
var errors = __webpack_require__(17);
// EXTERNAL MODULE: ./src/cnspec/redact.ts
var redact = __webpack_require__(3377);
// EXTERNAL MODULE: ./src/cnspec/run.ts
var run = __webpack_require__(5947);
// EXTERNAL MODULE: ./src/util/json.ts
var json = __webpack_require__(4976);
// EXTERNAL MODULE: ./src/util/mrn.ts
var mrn = __webpack_require__(1075);
// EXTERNAL MODULE: ./src/util/text.ts
var util_text = __webpack_require__(9997);
;// CONCATENATED MODULE: ./src/cnspec/status-output.ts



const MAX_WARNINGS = 20;
const MAX_TEXT = 1000;
const MAX_PROVIDERS = 200;
/**
 * Finds the status in the output of `cnspec status -o json`: one line, which may have lines of a log around it.
 * @returns the service account, client, endpoint and warnings are unchecked text
 */
function readStatusOutput(output) {
    const lines = output.split('\n').map((text) => text.trim());
    for (const line of lines.filter((text) => text.startsWith('{'))) {
        const { client, upstream } = (0,json/* mapIn */.yL)((0,json/* tryParseJson */.Bl)(line));
        if (!(0,json/* isMap */.jh)(client))
            continue;
        const { api, warnings } = (0,json/* mapIn */.yL)(upstream);
        return {
            version: versionOf(client.version),
            latestVersion: versionOf(client.latest_version),
            build: versionOf(client.build),
            registered: client.registered === true,
            pingFailed: (client.pingPongError ?? undefined) !== undefined,
            serviceAccount: textOf(client.service_account),
            client: client.mrn === mrn/* NO_CLIENT */.In ? undefined : textOf(client.mrn),
            endpoint: textOf((0,json/* mapIn */.yL)(api).endpoint),
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
/** Reads the version from the output of `cnspec version`. */
function readVersionOutput(output) {
    return versionOf(/^[ \t]*cnspec[ \t]+v?(\S+)/m.exec(output)?.[1]);
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
    return (0,util_text/* isWord */.Jg)(value) ? value : undefined;
}
/** The origin only, as the path of a URL may hold a token. */
function originOf(value) {
    const text = textOf(value) ?? '';
    return /^https?:\/\/[\w.:/%~[\]-]+$/.test(text) ? URL.parse(text)?.origin : undefined;
}

;// CONCATENATED MODULE: ./src/cnspec/status.ts




/** Runs `cnspec status` on a mondoo.yml. @throws ActionError `cnspec-failed` if it gives no valid response */
async function askStatus(executable, configPath, options) {
    const result = await (0,run/* run */.e)(executable, ['status', '--config', configPath, '-o', 'json'], options);
    const { end, stdout } = result;
    const status = end.kind === 'exit' && readStatusOutput(stdout);
    if (!status)
        throw noOutput(executable, 'status', result);
    return { ...status, authenticated: status.registered && !status.pingFailed && end.code === 0 };
}
/** Runs `cnspec version`; undefined if it names none. @throws ActionError `cnspec-failed` if it doesn't exit */
async function askVersion(executable, options) {
    const result = await (0,run/* run */.e)(executable, ['version'], options);
    if (result.end.kind !== 'exit')
        throw noOutput(executable, 'version', result);
    return readVersionOutput(result.stdout);
}
/** Runs `cnspec providers list`; an empty list if that fails. */
async function askProviders(executable, options) {
    const { end, stdout, stderr } = await (0,run/* run */.e)(executable, ['providers', 'list'], options);
    return end.kind === 'exit' && end.code === 0 ? readProvidersOutput(`${stdout}\n${stderr}`) : [];
}
const REMEDIES = {
    timeout: "cnspec waits for hosts that it can't reach. Run `cnspec status` in a step of its own to see which, or increase the input `timeout`.",
    'not started': "The program may be built for another OS or architecture, or the runner's user isn't allowed to execute it. Set the input `cnspec-version` to install another one.",
};
function noOutput(executable, command, { end, stdout, stderr }) {
    const printed = stdout.trim() ? `no ${command} (${Buffer.byteLength(stdout)} bytes)` : `no ${command}`;
    const problem = end.kind === 'exit' ? `printed ${printed} and ${(0,run/* describeExit */.K)(end)}` : (0,run/* describeExit */.K)(end);
    const last = (0,redact/* lastLine */.f)(stderr) || (end.kind === 'exit' ? '' : (0,redact/* lastLine */.f)(stdout));
    return new errors/* ActionError */.lZ('cnspec-failed', `\`cnspec ${command}\` at \`${executable}\` ${problem}.`, REMEDIES[end.kind] ??
        'Run `cnspec status` in a step of its own to see what it prints. Or set the input `cnspec-version` to another version.', last && `Last line of its output: "${last}"`);
}


/***/ })

};
;