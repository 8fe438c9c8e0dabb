export const id = 616;
export const ids = [616];
export const modules = {

/***/ 8616:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  installAndAsk: () => (/* binding */ installAndAsk)
});

// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
var external_node_path_default = /*#__PURE__*/__webpack_require__.n(external_node_path_);
// EXTERNAL MODULE: external "node:timers/promises"
var promises_ = __webpack_require__(8500);
// EXTERNAL MODULE: ./src/errors.ts
var errors = __webpack_require__(3916);
// EXTERNAL MODULE: ./src/values/endpoint.ts
var values_endpoint = __webpack_require__(2221);
// EXTERNAL MODULE: ./src/values/mrn.ts
var mrn = __webpack_require__(3793);
;// CONCATENATED MODULE: ./src/cnspec/agreement.ts



/**
 * Makes sure that cnspec sees what this step saw.
 * @throws ActionError `cnspec-failed`, saying what each of the two saw
 */
function requireAgreement(answer, expected) {
    const found = differences(answer, expected);
    if (found.length === 0)
        return;
    const version = answer.version === undefined ? '' : ` ${answer.version}`;
    const cnspec = found.map(({ cnspec }) => cnspec).join(', ');
    const step = found.map(({ step }) => step).join(', ');
    throw new errors/* ActionError */.l('cnspec-failed', `cnspec${version} and this step do not agree about the same mondoo.yml: cnspec says that ${cnspec}; this step found that ${step}.`, 'Look for a wrapper or an old version in the place of cnspec, and at proxies and certificates that only one of the two knows.');
}
/**
 * Makes sure that the cnspec that answers is the one that was installed.
 * @throws ActionError `cnspec-failed`
 */
function requireVersion(answer, installed) {
    const version = answer.version?.replace(/^v/, '').replace(/\+.*$/, '');
    if (version === installed)
        return;
    throw new errors/* ActionError */.l('cnspec-failed', `cnspec ${installed} was installed, but the program says that it is ${version ?? 'of no version'}.`, 'Look at the archive that the releases host has for that version, and remove the version from the tool cache of the machine.');
}
function differences(answer, expected) {
    // Whatever else it says, then, is of another configuration.
    if (!answer.registered)
        return [{ cnspec: 'it is not registered', step: 'it is registered' }];
    const found = [];
    const { serviceAccount, endpoint } = answer;
    if (!answer.silent && serviceAccount !== expected.serviceAccount) {
        // Its text may be anything.
        const other = serviceAccount !== undefined && (0,mrn/* isMrn */.Om)('service account', serviceAccount);
        found.push({
            cnspec: `its service account is ${other ? serviceAccount : 'none that can be read'}`,
            step: `its service account is ${expected.serviceAccount}`,
        });
    }
    if (!answer.silent && endpoint?.replace(/\/+$/, '') !== expected.endpoint) {
        found.push({
            cnspec: `its endpoint is ${readable(endpoint) ?? 'none that can be read'}`,
            step: `its endpoint is ${expected.endpoint}`,
        });
    }
    if (expected.authenticated !== undefined && answer.authenticated !== expected.authenticated) {
        const said = (accepted) => `the platform ${accepted ? 'accepts' : 'does not accept'} it`;
        found.push({ cnspec: said(answer.authenticated), step: said(expected.authenticated) });
    }
    return found;
}
function readable(endpoint) {
    try {
        return endpoint && (0,values_endpoint/* parseEndpoint */.Bk)(endpoint);
    }
    catch {
        return undefined;
    }
}

// EXTERNAL MODULE: ./src/values/duration.ts
var duration = __webpack_require__(6228);
;// CONCATENATED MODULE: ./src/cnspec/providers.ts
/** More names than any machine has providers. */
const MOST = 200;
/**
 * Reads the names of installed providers from the output of `cnspec providers list`, whose lines read
 * `mock 13.0.0 with connectors: mock, upstream`.
 */
function providersIn(output) {
    const names = [
        ...output.matchAll(/^[ \t]*([a-z\d][a-z\d._-]{0,63}) v?\d[\w.+-]{0,63}(?=[ \t\r]*$|[ \t]+with )/gim),
    ];
    return [...new Set(names.map(([, name]) => name))].slice(0, MOST);
}

// EXTERNAL MODULE: ./src/cnspec/quotable.ts
var quotable = __webpack_require__(4201);
// EXTERNAL MODULE: external "node:child_process"
var external_node_child_process_ = __webpack_require__(1421);
// EXTERNAL MODULE: ./node_modules/cross-spawn/index.js
var cross_spawn = __webpack_require__(546);
var cross_spawn_default = /*#__PURE__*/__webpack_require__.n(cross_spawn);
;// CONCATENATED MODULE: ./src/cnspec/run.ts



/** The most that a program may write, in bytes: a status has a kilobyte. */
const MOST_OUTPUT = 1024 * 1024;
/** How long output may be on its way after the program has ended, in milliseconds. */
const LATE_OUTPUT = 1000;
/**
 * Runs a program to its end, and ends it and all that it started when that takes too long, when it writes too
 * much, and when this process ends.
 */
function run(executable, args, { cwd, env, deadline }) {
    const startedAt = performance.now();
    const written = { stdout: [], stderr: [] };
    const text = (name) => Buffer.concat(written[name]).toString('utf8');
    if (deadline.signal.aborted) {
        return Promise.resolve({ end: { kind: 'timeout', after: 0 }, stdout: '', stderr: '' });
    }
    return new Promise((resolve) => {
        const child = cross_spawn_default()(executable, args, {
            cwd,
            env,
            stdio: ['ignore', 'pipe', 'pipe'],
            // A group of its own, which can be killed as one. Windows knows a tree instead.
            detached: process.platform !== 'win32',
            windowsHide: true,
        });
        let end;
        let size = 0;
        let late;
        const kill = () => killWithChildren(child);
        const stop = (why) => {
            end ??= why;
            kill();
        };
        const timeUp = () => stop({ kind: 'timeout', after: performance.now() - startedAt });
        deadline.signal.addEventListener('abort', timeUp);
        // A job that is cancelled ends this process, and nobody would be left to end that one.
        process.on('exit', kill);
        for (const name of ['stdout', 'stderr']) {
            child[name]?.on('data', (chunk) => {
                size += chunk.length;
                if (size > MOST_OUTPUT)
                    stop({ kind: 'flood', limit: MOST_OUTPUT });
                else
                    written[name].push(chunk);
            });
        }
        child.on('error', ({ code = 'unknown error' }) => {
            end ??= { kind: 'not started', code };
            if (child.pid === undefined)
                settle();
        });
        child.on('exit', (code, signal) => {
            end ??= signal === null ? { kind: 'exit', code: code ?? 0 } : { kind: 'signal', signal };
            // What it left running would keep its output open.
            kill();
            late = setTimeout(() => {
                child.stdout?.destroy();
                child.stderr?.destroy();
            }, LATE_OUTPUT);
        });
        child.on('close', () => settle());
        function settle() {
            clearTimeout(late);
            deadline.signal.removeEventListener('abort', timeUp);
            process.off('exit', kill);
            resolve({
                end: end ?? { kind: 'not started', code: 'unknown error' },
                stdout: text('stdout'),
                stderr: text('stderr'),
            });
        }
    });
}
/** Ends a program and what it started, at once. It must not wait: it is called when this process ends, too. */
function killWithChildren({ pid, exitCode, signalCode }) {
    if (pid === undefined)
        return;
    if (process.platform === 'win32') {
        // There the number of a process that is gone may be another one's by now.
        if (exitCode !== null || signalCode !== null)
            return;
        const taskkill = external_node_path_default().join(process.env.SystemRoot ?? 'C:\\Windows', 'System32', 'taskkill.exe');
        (0,external_node_child_process_.spawnSync)(taskkill, ['/PID', String(pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true });
        return;
    }
    try {
        process.kill(-pid, 'SIGKILL');
    }
    catch {
        // Nobody is left in its group.
    }
}

// EXTERNAL MODULE: ./src/cnspec/version.ts
var cnspec_version = __webpack_require__(7750);
;// CONCATENATED MODULE: ./src/cnspec/status-output.ts

/** More warnings than cnspec has, and longer ones. */
const MOST_WARNINGS = 20;
const LONGEST_TEXT = 1000;
/**
 * Finds and reads the status in what cnspec wrote to stdout, with lines of a log around it or not.
 * @returns nothing when there is no status in it
 */
function readStatusOutput(output) {
    for (const text of candidates(output)) {
        const json = parse(text);
        if (isObject(json) && isObject(json.client))
            return readStatus(json.client, objectOf(json.upstream));
    }
    return undefined;
}
/** How many lines are tried for the first of the JSON, and for the last. */
const MOST_TRIES = 10;
/** The pieces of text that can be the JSON: a line of its own, or lines from one brace to another. */
function* candidates(output) {
    const lines = output.split(/\r?\n/).map((line) => line.trim());
    yield* lines.filter((line) => line.startsWith('{') && line.endsWith('}'));
    const at = (matches) => lines.flatMap((line, index) => (matches(line) ? [index] : []));
    const starts = at((line) => line.startsWith('{')).slice(0, MOST_TRIES);
    const ends = at((line) => line.endsWith('}')).slice(-MOST_TRIES);
    for (const start of starts) {
        for (const end of ends.toReversed())
            if (start < end)
                yield lines.slice(start, end + 1).join('\n');
    }
}
function readStatus(client, upstream) {
    const text = (value) => typeof value === 'string' && value !== '' && value.length <= LONGEST_TEXT ? value : undefined;
    const url = (value) => {
        const candidate = text(value);
        return candidate !== undefined && isPlainUrl(candidate) ? candidate : undefined;
    };
    const version = (value) => ((0,cnspec_version/* isVersion */.lF)(value) ? value : undefined);
    return {
        version: version(client.version),
        latestVersion: version(client.latest_version),
        build: version(client.build),
        registered: client.registered === true,
        pingFailed: client.pingPongError !== undefined && client.pingPongError !== null,
        serviceAccount: text(client.service_account),
        endpoint: text(objectOf(upstream.api).endpoint),
        updatesUrl: url(client.updatesUrl),
        providersUrl: url(client.providersUrl),
        warnings: warningsIn(upstream.warnings),
    };
}
function isPlainUrl(text) {
    if (!/^https?:\/\/[\w.:/%~[\]-]+$/.test(text) || !URL.canParse(text))
        return false;
    const { username, password } = new URL(text);
    return username === '' && password === '';
}
function warningsIn(warnings) {
    if (!Array.isArray(warnings))
        return [];
    return warnings
        .filter((warning) => typeof warning === 'string')
        .map((warning) => warning.slice(0, LONGEST_TEXT))
        .slice(0, MOST_WARNINGS);
}
function parse(text) {
    try {
        return JSON.parse(text);
    }
    catch {
        return undefined;
    }
}
function isObject(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}
function objectOf(value) {
    return isObject(value) ? value : {};
}

;// CONCATENATED MODULE: ./src/cnspec/cnspec.ts







/** A cnspec on this machine. */
class Cnspec {
    executable;
    surroundings;
    constructor(executable, surroundings) {
        this.executable = executable;
        this.surroundings = surroundings;
    }
    /**
     * Asks for its status.
     * @param configPath of the mondoo.yml that it is about
     * @throws ActionError `cnspec-failed` when it gives no usable answer
     */
    async status(configPath) {
        const ran = await this.run(['status', '--config', configPath, '-o', 'json']);
        const { end, stdout } = ran;
        if (end.kind === 'exit') {
            const status = readStatusOutput(stdout);
            if (status) {
                const authenticated = status.registered && !status.pingFailed && end.code === 0;
                return { ...status, authenticated, silent: false };
            }
            if (end.code === 1 && stdout.trim() === '') {
                const version = await this.version();
                if (version !== undefined && saysNothingWhenRefused(version))
                    return silentRefusal(version);
            }
        }
        throw this.noAnswer(ran);
    }
    /** Asks for its version; nothing where it does not tell. */
    async version() {
        const { stdout } = await this.run(['version']);
        const version = /^\s*cnspec\s+v?(\S+)/m.exec(stdout)?.[1];
        return (0,cnspec_version/* isVersion */.lF)(version) ? version : undefined;
    }
    /** Asks for the names of its installed providers; none where it does not tell. */
    async providers() {
        const { end, stdout, stderr } = await this.run(['providers', 'list']);
        return end.kind === 'exit' && end.code === 0 ? providersIn(`${stdout}\n${stderr}`) : [];
    }
    run(args) {
        return run(this.executable, args, this.surroundings);
    }
    noAnswer({ end, stdout, stderr }) {
        const last = (0,quotable/* lastLine */.f)(stderr) || (end.kind === 'exit' ? '' : (0,quotable/* lastLine */.f)(stdout));
        const words = last && ` The last that it wrote: "${last}".`;
        const fail = (what, remedy) => new errors/* ActionError */.l('cnspec-failed', `cnspec at ${this.executable} ${what}${words}`, remedy);
        const TRY = `Run \`cnspec status\` in a step of its own and see what it says, and install another version with the input cnspec-version.`;
        switch (end.kind) {
            case 'exit':
                return fail(stdout.trim() === ''
                    ? `said nothing when it was asked for its status, and ended with exit code ${end.code}.`
                    : `gave an answer that holds no status (${Buffer.byteLength(stdout)} bytes), and ended with exit code ${end.code}.`, TRY);
            case 'signal':
                return fail(`crashed when it was asked for its status (${end.signal}).`, TRY);
            case 'timeout':
                return fail(`did not answer when it was asked for its status. The time of the step was up after ${(0,duration/* formatDuration */.a)(Math.round(end.after))}; it was ended with all that it had started.`, 'See whether `cnspec status` ends in a step of its own: it waits for hosts that cannot be reached. Or set the input timeout to more.');
            case 'flood':
                return fail(`wrote more than ${end.limit / 1024 / 1024} MiB when it was asked for its status, and was ended.`, TRY);
            case 'not started':
                return fail(`could not be started (${end.code}).`, 'It may have been built for another kind of machine, or may not be executed by this user. Install another one with the input cnspec-version.');
        }
    }
}
function silentRefusal(version) {
    return {
        version,
        latestVersion: undefined,
        build: undefined,
        registered: true,
        pingFailed: true,
        serviceAccount: undefined,
        endpoint: undefined,
        updatesUrl: undefined,
        providersUrl: undefined,
        warnings: [],
        authenticated: false,
        silent: true,
    };
}
/** Versions 9.0 to 11.28 print nothing when the platform refuses them. */
function saysNothingWhenRefused(version) {
    const [, major, minor] = /^(\d+)\.(\d+)\./.exec(version) ?? [];
    if (major === undefined)
        return false;
    return (Number(major) >= 9 && Number(major) <= 10) || (Number(major) === 11 && Number(minor) <= 28);
}

;// CONCATENATED MODULE: ./src/cnspec/environment.ts
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
function environmentForCnspec(env) {
    const allowed = Object.entries(env).filter(([name]) => {
        const upper = name.toUpperCase();
        return ALLOWED.has(upper) || upper.startsWith('LC_');
    });
    return { ...Object.fromEntries(allowed), MONDOO_AUTO_UPDATE: 'false' };
}

// EXTERNAL MODULE: external "node:fs/promises"
var external_node_fs_promises_ = __webpack_require__(1455);
// EXTERNAL MODULE: ./node_modules/@actions/io/lib/io-util.js
var io_util = __webpack_require__(90);
// EXTERNAL MODULE: ./node_modules/@actions/tool-cache/lib/tool-cache.js + 2 modules
var tool_cache = __webpack_require__(9805);
// EXTERNAL MODULE: ./src/values/plain-text.ts
var plain_text = __webpack_require__(8356);
;// CONCATENATED MODULE: ./src/cnspec/archive.ts

/** The names that releases have for operating systems and processors: those of Go. */
const SYSTEMS = {
    linux: 'linux',
    darwin: 'darwin',
    win32: 'windows',
};
const PROCESSORS = { x64: 'amd64', arm64: 'arm64' };
/**
 * Names the archive that holds a version of cnspec for a machine.
 * @throws ActionError `cnspec-failed` where there is none for such machines
 */
function archiveFor(version, { platform, arch }) {
    const [system, processor] = [SYSTEMS[platform], PROCESSORS[arch]];
    if (system === undefined || processor === undefined) {
        throw new errors/* ActionError */.l('cnspec-failed', `cnspec ${version} could not be installed: this action knows no build of it for this machine (${platform}, ${arch}), only for Linux, macOS and Windows on x64 and arm64.`, 'Install cnspec in a step before this one and leave the input cnspec-version out.');
    }
    return `cnspec_${version}_${system}_${processor}.${system === 'windows' ? 'zip' : 'tar.gz'}`;
}

;// CONCATENATED MODULE: ./src/cnspec/checksums.ts
/**
 * Finds the SHA-256 of a file in the text of a SHA256SUMS file: lines of a sum and a name.
 * @returns lower-case hex, or nothing where the file is not listed
 */
function checksumIn(sums, file) {
    for (const line of sums.split(/\r?\n/)) {
        // A star before the name says that the file was read as it is.
        const [, sum, name] = /^([\da-fA-F]{64})[ \t]+\*?(\S+)[ \t]*$/.exec(line) ?? [];
        if (name === file)
            return sum?.toLowerCase();
    }
    return undefined;
}
/** Lists the archives that a SHA256SUMS file knows, for whoever looks for one that it lacks. */
function archivesIn(sums) {
    return [...sums.matchAll(/^[\da-fA-F]{64}[ \t]+\*?(cnspec_[\w.+-]+\.(?:tar\.gz|zip))[ \t]*\r?$/gm)].map(([, name]) => name);
}

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: external "node:stream/promises"
var external_node_stream_promises_ = __webpack_require__(6466);
// EXTERNAL MODULE: ./node_modules/undici/lib/api/api-request.js
var api_request = __webpack_require__(6424);
var api_request_default = /*#__PURE__*/__webpack_require__.n(api_request);
// EXTERNAL MODULE: ./src/platform/dispatcher.ts
var platform_dispatcher = __webpack_require__(7106);
// EXTERNAL MODULE: ./src/platform/http-failure.ts
var http_failure = __webpack_require__(5371);
// EXTERNAL MODULE: ./src/cnspec/progress.ts
var progress = __webpack_require__(9159);
// EXTERNAL MODULE: ./src/platform/http.ts
var platform_http = __webpack_require__(1267);
;// CONCATENATED MODULE: ./src/cnspec/releases.ts



/** Where cnspec comes from when the workflow names no mirror. */
const PUBLIC_RELEASES = 'https://releases.mondoo.com';
/** How long a releases host may take to accept a connection, in milliseconds. */
const REACHABLE_WITHIN = 2000;
const USE_A_MIRROR = 'Check that this machine can reach the host: name resolution, firewall, proxy. Or set the input updates-url to a mirror that it can reach, or install cnspec in a step before this one and leave the input cnspec-version out.';
/** A host that offers cnspec, as `releases.mondoo.com` does. */
class Releases {
    url;
    http;
    userAgent;
    /** @param url without a slash at its end */
    constructor(http, { url, userAgent }) {
        this.http = http;
        this.url = url;
        this.userAgent = userAgent;
    }
    /**
     * Asks which version is the newest.
     * @throws ActionError `cnspec-failed`
     */
    async newest() {
        const url = new URL(`${this.url}/cnspec/latest.json`);
        const answer = await this.get(url);
        if (answer.status !== 200)
            throw unusable(url, describeStatus(answer));
        const version = versionIn(answer.body.toString('utf8'));
        if (version === undefined)
            throw unusable(url, 'names no version of cnspec');
        return version;
    }
    /**
     * Fetches the SHA-256 sums of a version's archives.
     * @returns the text of its SHA256SUMS file
     * @throws ActionError `cnspec-failed`
     */
    async checksums(version) {
        const url = new URL(`${this.url}/cnspec/${version}/cnspec_v${version}_SHA256SUMS`);
        const answer = await this.get(url);
        if (answer.status === 404) {
            throw new errors/* ActionError */.l('cnspec-failed', `cnspec could not be installed: ${this.url} has no cnspec ${version} (HTTP status 404 for its checksums).`, 'Look at the spelling of the input cnspec-version, and whether there is such a release. A mirror has to hold the folder of the version with the file SHA256SUMS in it.');
        }
        if (answer.status !== 200)
            throw unusable(url, describeStatus(answer));
        return answer.body.toString('utf8');
    }
    /** Where an archive lies. */
    archive(version, name) {
        return new URL(`${this.url}/cnspec/${version}/${name}`);
    }
    async get(url) {
        try {
            return await this.http.send({ method: 'GET', url, headers: { 'user-agent': this.userAgent } });
        }
        catch (error) {
            if (!(error instanceof platform_http/* HttpError */.j))
                throw error;
            throw unreachable(url, error.message);
        }
    }
}
/** There was no answer, or none to its end. `reason` says why in a few words. */
function unreachable(url, reason) {
    return new errors/* ActionError */.l('cnspec-failed', `cnspec could not be installed: ${url.href} could not be fetched: ${reason}.`, USE_A_MIRROR);
}
/** There was an answer, but not the one that was asked for. `problem` fits behind "the answer". */
function unusable(url, problem) {
    return new errors/* ActionError */.l('cnspec-failed', `cnspec could not be installed: what ${url.href} answers ${problem}.`, 'Look at the input updates-url, and whether a proxy or a firewall answers in the place of the releases host. Run the job again in a few minutes.');
}
/** Says what an answer without the file is. */
function describeStatus({ status }) {
    if (status >= 300 && status < 400) {
        return `is a redirect (HTTP status ${status}), which is never followed: updates-url has to name the host that has the files`;
    }
    return `is no file (HTTP status ${status})`;
}
function versionIn(json) {
    try {
        const { version } = JSON.parse(json);
        return typeof version === 'string' && (0,cnspec_version/* isReleaseVersion */.O9)(version) ? version : undefined;
    }
    catch {
        return undefined;
    }
}

;// CONCATENATED MODULE: ./src/cnspec/download.ts









/** The largest archive that is taken, in bytes: some times the size of cnspec's. */
const LARGEST = 512 * 1024 * 1024;
/** How often is told how far a download has come, in milliseconds. */
const TELL_EVERY = 10_000;
/**
 * Downloads a file, without ever holding more than a piece of it in memory.
 * @returns the SHA-256 of what was written, in lower-case hex
 * @throws ActionError `cnspec-failed`
 */
async function download(options) {
    try {
        return await fetchFile(options, false);
    }
    catch (error) {
        if (!(0,http_failure/* isUnknownIssuer */.mR)(error.code ?? ''))
            throw explain(error, options);
    }
    // The system's store takes long to read, so it is asked only about an issuer that Node does not know.
    try {
        return await fetchFile(options, true);
    }
    catch (error) {
        throw explain(error, options);
    }
}
async function fetchFile({ url, file, userAgent, proxy, deadline, onProgress }, trustSystem) {
    const startedAt = performance.now();
    // The size is counted below: the dispatcher would speak of an answer of the platform.
    const dispatcher = (0,platform_dispatcher/* openDispatcher */.y)({ proxy, trustSystem, maxAnswerBytes: -1 });
    try {
        const { statusCode, headers, body } = await api_request_default().call(dispatcher, {
            origin: url.origin,
            path: url.pathname,
            method: 'GET',
            headers: { 'user-agent': userAgent },
            signal: deadline.signal,
        });
        if (statusCode !== 200) {
            body.on('error', () => { }).destroy();
            throw unusable(url, describeStatus({ status: statusCode }));
        }
        const hash = (0,external_node_crypto_.createHash)('sha256');
        const progress = { received: 0, total: sizeIn(headers), elapsed: 0, complete: false };
        const tell = (complete) => onProgress({ ...progress, elapsed: performance.now() - startedAt, complete });
        const telling = setInterval(() => tell(false), TELL_EVERY);
        try {
            await (0,external_node_stream_promises_.pipeline)(body, async function* (chunks) {
                for await (const chunk of chunks) {
                    progress.received += chunk.length;
                    if (progress.received > LARGEST)
                        throw unusable(url, 'is larger than 512 MiB');
                    hash.update(chunk);
                    yield chunk;
                }
            }, (0,external_node_fs_.createWriteStream)(file, { mode: 0o600, flags: 'w' }));
        }
        catch (error) {
            throw error instanceof errors/* ActionError */.l ? error : new CutOff(error, progress.received);
        }
        finally {
            clearInterval(telling);
        }
        tell(true);
        return hash.digest('hex');
    }
    finally {
        await dispatcher.destroy();
    }
}
/** A download that ended in the middle. */
class CutOff extends Error {
    received;
    constructor(cause, received) {
        super('cut off', { cause });
        this.received = received;
    }
}
function explain(error, { url, file, proxy, deadline }) {
    if (error instanceof errors/* ActionError */.l)
        return error;
    const phase = error instanceof CutOff ? 'body' : 'connect';
    const cause = (error instanceof CutOff ? error.cause : error);
    const got = error instanceof CutOff ? ` after ${(0,progress/* formatSize */.X)(error.received)}` : '';
    if (deadline.signal.aborted)
        return unreachable(url, `the time of the step was up${got}`);
    // Of the file rather than the network.
    if (cause.syscall === 'open' || cause.syscall === 'write') {
        return new errors/* ActionError */.l('cnspec-failed', `cnspec could not be installed: its archive could not be written to ${file} (${cause.code}).`, 'Make room on the disk of the machine.');
    }
    return unreachable(url, (0,http_failure/* describeFailure */.Ic)(cause, phase, { url, proxy }) + got);
}
function sizeIn(headers) {
    const length = String(headers['content-length'] ?? '');
    return /^\d{1,15}$/.test(length) ? Number(length) : undefined;
}

;// CONCATENATED MODULE: ./src/cnspec/install.ts










/** Its name in the tool cache. */
const TOOL = 'cnspec';
/**
 * Installs the cnspec that a workflow asks for. An exact version that is in the tool cache needs no network.
 * @throws ActionError `cnspec-failed`
 */
async function install(wish, options) {
    requireFolders(options.env);
    const version = await resolveVersion(wish, options);
    const cached = (0,tool_cache/* find */.I6)(TOOL, version, options.machine.arch);
    const folder = cached || (await fetchInto(version, options));
    const executable = await (0,io_util/* tryGetExecutablePath */.vr)(external_node_path_default().join(folder, TOOL), extensions(options.env));
    if (executable === '') {
        throw new errors/* ActionError */.l('cnspec-failed', `cnspec could not be installed: there is no program named cnspec in ${folder}, where version ${version} was unpacked.`, 'Remove that folder from the tool cache and run the job again; where the input updates-url names a mirror, look at the archive that it holds.');
    }
    return { version, folder, executable, cached: cached !== '' };
}
/** The toolkit only asserts them, in words for its own authors. */
function requireFolders(env) {
    for (const name of ['RUNNER_TOOL_CACHE', 'RUNNER_TEMP']) {
        if (env[name])
            continue;
        throw new errors/* ActionError */.l('cnspec-failed', `cnspec could not be installed: the environment variable ${name} is not set, so there is no place for it.`, 'Run this as a step of a GitHub Actions workflow, or leave the input cnspec-version out.');
    }
}
async function resolveVersion(wish, { newest }) {
    if (wish.kind === 'exact')
        return wish.version;
    const version = await newest;
    if (wish.kind === 'latest' || (0,cnspec_version/* majorOf */.Ds)(version) === wish.major)
        return version;
    throw new errors/* ActionError */.l('cnspec-failed', `cnspec could not be installed: the input cnspec-version asks for version ${wish.major}, and the newest release is ${version}. The releases host tells the newest one only.`, `Set cnspec-version to the exact version that you want of ${wish.major}, such as ${wish.major}.1.0, or to ${(0,cnspec_version/* majorOf */.Ds)(version)}.`);
}
/** Downloads, checks and unpacks a version, and puts it into the tool cache. */
async function fetchInto(version, options) {
    const { releases, machine, env, deadline, onDownload } = options;
    const name = archiveFor(version, machine);
    const sums = await releases.checksums(version);
    const expected = checksumIn(sums, name);
    if (expected === undefined)
        throw noBuild(version, name, sums, releases.url);
    const temporary = env.RUNNER_TEMP;
    await (0,external_node_fs_promises_.mkdir)(temporary, { recursive: true });
    const folder = await (0,external_node_fs_promises_.mkdtemp)(external_node_path_default().join(temporary, 'cnspec-'));
    try {
        const url = releases.archive(version, name);
        const file = external_node_path_default().join(folder, name);
        onDownload(version, url);
        const actual = await download({ ...options, url, file });
        if (actual !== expected)
            throw wrongSum(url, { expected, actual });
        return await within(deadline, unpack(file, external_node_path_default().join(folder, 'unpacked'), version, machine));
    }
    finally {
        await (0,external_node_fs_promises_.rm)(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => { });
    }
}
async function unpack(file, folder, version, { arch }) {
    try {
        const extract = file.endsWith('.zip') ? tool_cache/* extractZip */.JE : tool_cache/* extractTar */.nN;
        return await (0,tool_cache/* cacheDir */.e8)(await extract(file, folder), TOOL, version, arch);
    }
    catch (error) {
        throw new errors/* ActionError */.l('cnspec-failed', `cnspec could not be installed: the archive ${external_node_path_default().basename(file)}, whose checksum is good, could not be unpacked (${(0,plain_text/* plainText */.w)(error.message)}).`, 'Make room on the disk of the machine, and see that tar (on Windows PowerShell) is there.');
    }
}
/** The toolkit knows no deadline. What it started ends by itself. */
async function within({ signal }, work) {
    return new Promise((resolve, reject) => {
        const timeUp = () => reject(new errors/* ActionError */.l('cnspec-failed', 'cnspec could not be installed: the time of the step was up before it was unpacked.', 'Set the input timeout to more.'));
        if (signal.aborted)
            timeUp();
        signal.addEventListener('abort', timeUp);
        work.then(resolve, reject).finally(() => signal.removeEventListener('abort', timeUp));
    });
}
function noBuild(version, name, sums, host) {
    const known = archivesIn(sums);
    const offered = known.length === 0 ? 'no archive at all' : known.slice(0, 20).join(', ');
    return new errors/* ActionError */.l('cnspec-failed', (0,plain_text/* plainText */.w)(`cnspec could not be installed: ${host} has no build of cnspec ${version} for this machine, ${name}. Its checksums list ${offered}.`, 1500), 'Set cnspec-version to a version that has a build for this machine. A mirror has to hold the SHA256SUMS file of the release as it is.');
}
function wrongSum(url, { expected, actual }) {
    return new errors/* ActionError */.l('cnspec-failed', `cnspec could not be installed: ${url.href} is not the file that its release describes. Its SHA-256 is ${actual}, and SHA256SUMS says ${expected}. Nothing was unpacked.`, 'Run the job again in case the file was damaged on its way. If it stays, do not use it: somebody may have replaced it, at the host or in between.');
}
/** What may stand behind the name of a program: nothing but on Windows. */
function extensions({ PATHEXT = '' }) {
    return process.platform === 'win32' ? PATHEXT.split((external_node_path_default()).delimiter).filter(Boolean) : [];
}

// EXTERNAL MODULE: ./src/credentials/secrets.ts
var secrets = __webpack_require__(5515);
// EXTERNAL MODULE: ./src/mask.ts
var mask = __webpack_require__(5235);
// EXTERNAL MODULE: ./src/platform/call-error.ts
var call_error = __webpack_require__(2492);
// EXTERNAL MODULE: ./src/platform/connection.ts + 1 modules
var connection = __webpack_require__(1150);
// EXTERNAL MODULE: ./src/platform/deadline.ts
var platform_deadline = __webpack_require__(2219);
// EXTERNAL MODULE: ./src/platform/proxy.ts + 1 modules
var platform_proxy = __webpack_require__(1861);
// EXTERNAL MODULE: ./src/platform/rpc-status.ts
var rpc_status = __webpack_require__(3711);
// EXTERNAL MODULE: ./src/registration.ts + 3 modules
var registration = __webpack_require__(642);
// EXTERNAL MODULE: ./src/report/later-steps.ts
var later_steps = __webpack_require__(46);
// EXTERNAL MODULE: ./src/report/notices.ts
var notices = __webpack_require__(1263);
;// CONCATENATED MODULE: ./src/real-cnspec.ts



















/** How long the list of providers may take, which nothing depends on. Milliseconds. */
const PROVIDERS_WITHIN = 5000;
/**
 * Installs the cnspec that is asked for, asks it or the one that was found for its status, and writes into the
 * facts what came of it.
 * @param found the path of a cnspec that is there already
 */
async function installAndAsk(found, configPath, { inputs, identity, facts, deadline }) {
    const cnspec = {};
    facts.cnspec = cnspec;
    const url = inputs.updatesUrl ?? PUBLIC_RELEASES;
    // cnspec itself goes to the releases host by the proxy of the platform.
    const proxy = (0,platform_proxy/* proxyFor */.i)(url, (0,registration/* proxyNamed */.U5)(inputs, identity));
    (0,mask/* mask */.d)((0,secrets/* proxySecrets */.Wm)(proxy));
    const http = new platform_http/* Http */.l(deadline, proxy, { connectTimeout: REACHABLE_WITHIN });
    const releases = new Releases(http, { url, userAgent: connection/* USER_AGENT */._ });
    const newest = releases.newest();
    const latestVersion = withinReach(newest);
    try {
        let executable = found;
        const wish = inputs.cnspecVersion;
        if (wish) {
            const installed = await install(wish, {
                releases,
                newest,
                machine: process,
                env: process.env,
                userAgent: connection/* USER_AGENT */._,
                proxy,
                deadline,
                onDownload: notices/* tellDownload */.az,
                onProgress: notices/* tellProgress */.Xj,
            });
            (0,notices/* tellInstalled */.YH)(installed);
            (0,later_steps/* exportCnspec */.T)(installed.folder, wish.kind === 'exact');
            cnspec.version = installed.version;
            executable = installed.executable;
        }
        if (executable !== undefined && inputs.verifyWithCnspec !== 'false') {
            await ask(executable, configPath, cnspec, { facts, deadline });
        }
    }
    catch (error) {
        if (!(error instanceof errors/* ActionError */.l))
            throw error;
        cnspec.failure = error;
    }
    finally {
        cnspec.latestVersion = await latestVersion;
        await http.close();
    }
}
/** Asks cnspec what it sees, and compares that with what this step saw. */
async function ask(executable, configPath, cnspec, { facts, deadline }) {
    const installed = cnspec.version;
    const env = environmentForCnspec(process.env);
    const cwd = process.env.RUNNER_TEMP || external_node_path_default().dirname(configPath);
    (0,notices/* tellQuestion */.oy)(executable);
    const answer = await new Cnspec(executable, { cwd, env, deadline }).status(configPath);
    cnspec.answer = answer;
    cnspec.version = answer.version ?? installed;
    const soon = new platform_deadline/* Deadline */.B(Math.max(0, Math.min(PROVIDERS_WITHIN, deadline.remaining())));
    cnspec.providers = await new Cnspec(executable, { cwd, env, deadline: soon }).providers();
    if (installed !== undefined)
        requireVersion(answer, installed);
    const { mrn: serviceAccount, apiEndpoint: endpoint } = facts.account;
    requireAgreement(answer, { serviceAccount, endpoint, authenticated: isAccepted(facts) });
}
/** Whether the platform accepted the ping at the local time; nothing where it did not say so or so. */
function isAccepted({ observation }) {
    const ping = observation?.ping;
    if (ping === 'accepted')
        return true;
    const isRefused = ping instanceof call_error/* CallError */.R &&
        (ping.code === rpc_status/* RpcCode */.ti.Unauthenticated || ping.code === rpc_status/* RpcCode */.ti.PermissionDenied);
    return isRefused ? false : undefined;
}
/** What the releases host says of the newest version, if it does so in time. */
async function withinReach(newest) {
    const late = new AbortController();
    try {
        return await Promise.race([
            newest.catch(() => undefined),
            (0,promises_.setTimeout)(REACHABLE_WITHIN, undefined, { signal: late.signal }).catch(() => undefined),
        ]);
    }
    finally {
        late.abort();
    }
}


/***/ })

};
