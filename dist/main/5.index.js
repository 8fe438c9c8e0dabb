export const id = 5;
export const ids = [5];
export const modules = {

/***/ 4005:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  installAndAsk: () => (/* binding */ installAndAsk)
});

// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
var external_node_path_default = /*#__PURE__*/__webpack_require__.n(external_node_path_);
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
        const child = (0,external_node_child_process_.spawn)(...commandFor(executable, args, env), {
            cwd,
            env,
            stdio: ['ignore', 'pipe', 'pipe'],
            // A group of its own, which can be killed as one. Windows knows a tree instead.
            detached: process.platform !== 'win32',
            windowsHide: true,
            windowsVerbatimArguments: isScript(executable),
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
        // Before others look at what it has left.
        process.prependListener('exit', kill);
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
/** On Windows a script is run by the command interpreter: Node itself refuses it. */
function isScript(executable) {
    return process.platform === 'win32' && /\.(?:cmd|bat)$/i.test(executable);
}
function commandFor(executable, args, env) {
    if (!isScript(executable))
        return [executable, args];
    const line = [executable, ...args].map((word) => `"${word}"`).join(' ');
    return [env.COMSPEC ?? 'cmd.exe', ['/d', '/s', '/c', `"${line}"`]];
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
        return candidate !== undefined && isPlainUrl(candidate) ? new URL(candidate).origin : undefined;
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
var promises_ = __webpack_require__(1455);
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
// EXTERNAL MODULE: ./src/platform/transport.ts
var platform_transport = __webpack_require__(3038);
// EXTERNAL MODULE: ./src/platform/transport-error.ts
var transport_error = __webpack_require__(6329);
// EXTERNAL MODULE: ./src/cnspec/progress.ts
var progress = __webpack_require__(9159);
;// CONCATENATED MODULE: ./src/cnspec/releases.ts



/** Where cnspec comes from when the workflow names no mirror. */
const PUBLIC_RELEASES = 'https://releases.mondoo.com';
/** How long a releases host may take to accept a connection, in milliseconds. */
const REACHABLE_WITHIN = 2000;
/** How long it may take to answer with a small file, in milliseconds. */
const ANSWERED_WITHIN = 5000;
const USE_A_MIRROR = 'Check that this machine can reach the host: name resolution, firewall, proxy. Or set the input updates-url to a mirror that it can reach, or install cnspec in a step before this one and leave the input cnspec-version out.';
/** A host that offers cnspec, as `releases.mondoo.com` does. */
class Releases {
    url;
    transport;
    userAgent;
    /** @param url without a slash at its end */
    constructor(transport, { url, userAgent }) {
        this.transport = transport;
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
            return await this.transport.send({ method: 'GET', url, headers: { 'user-agent': this.userAgent } });
        }
        catch (error) {
            if (!(error instanceof transport_error/* HttpError */.j$))
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
        const { version } = JSON.parse(json.replace(/^\ufeff/, ''));
        return typeof version === 'string' && (0,cnspec_version/* isReleaseVersion */.O9)(version) ? version : undefined;
    }
    catch {
        return undefined;
    }
}

;// CONCATENATED MODULE: ./src/cnspec/download.ts








/** The largest archive that is taken, in bytes: some times the size of cnspec's. */
const LARGEST = 512 * 1024 * 1024;
/** How often progress is reported, in milliseconds. */
const REPORT_EVERY = 10_000;
/**
 * Downloads a file, without ever holding more than a piece of it in memory.
 * @returns the SHA-256 of what was written, in lower-case hex
 * @throws ActionError `cnspec-failed`
 */
async function download(options) {
    const { url, file, userAgent, proxy, deadline, onProgress } = options;
    const startedAt = performance.now();
    const progress = { received: 0, total: undefined, elapsed: 0, complete: false };
    const report = (complete) => onProgress({ ...progress, elapsed: performance.now() - startedAt, complete });
    const transport = new platform_transport/* Transport */.o({
        signal: deadline.signal,
        proxy,
        connectTimeout: REACHABLE_WITHIN,
        requestTimeout: 'none',
    });
    let reporting;
    try {
        return await transport.receive({ method: 'GET', url, headers: { 'user-agent': userAgent } }, async ({ status, headers }, body) => {
            if (status !== 200)
                throw unusable(url, describeStatus({ status }));
            progress.total = sizeIn(headers['content-length']);
            reporting = setInterval(() => report(false), REPORT_EVERY);
            const hash = (0,external_node_crypto_.createHash)('sha256');
            await (0,external_node_stream_promises_.pipeline)(body, async function* (chunks) {
                for await (const chunk of chunks) {
                    progress.received += chunk.length;
                    if (progress.received > LARGEST)
                        throw unusable(url, 'is larger than 512 MiB');
                    hash.update(chunk);
                    yield chunk;
                }
            }, (0,external_node_fs_.createWriteStream)(file, { mode: 0o600, flags: 'w' }));
            report(true);
            return hash.digest('hex');
        });
    }
    catch (error) {
        throw explain(error, options, progress.received);
    }
    finally {
        clearInterval(reporting);
        transport.close();
    }
}
function explain(error, { url, file, deadline }, received) {
    if (error instanceof transport_error/* HttpError */.j$) {
        const got = error.phase === 'body' ? ` after ${(0,progress/* formatSize */.X)(received)}` : '';
        return unreachable(url, (deadline.signal.aborted ? 'the time of the step was up' : error.message) + got);
    }
    const { syscall, code } = error;
    if (syscall !== 'open' && syscall !== 'write')
        return error;
    return new errors/* ActionError */.l('cnspec-failed', `cnspec could not be installed: its archive could not be written to ${file} (${code}).`, 'Make room on the disk of the machine.');
}
function sizeIn(length = '') {
    return /^\d{1,15}$/.test(length) ? Number(length) : undefined;
}

;// CONCATENATED MODULE: ./src/cnspec/scratch.ts



/** For virus scanners that look at a file, and for a program that is just being ended. */
const GONE = { recursive: true, force: true, maxRetries: 5 };
/**
 * Lends names for folders for the length of some work, and removes what stands there after it, also where the
 * process ends before.
 * @param prefixes of the paths, by what the work calls the folders
 * @param save is told of the paths before anything stands there, and of none when they are gone
 */
async function withScratch(prefixes, save, work) {
    const entries = Object.entries(prefixes).map(([name, prefix]) => [name, `${prefix}-${(0,external_node_crypto_.randomUUID)()}`]);
    const named = Object.fromEntries(entries);
    const folders = Object.values(named);
    const removeAtOnce = () => {
        for (const folder of folders) {
            try {
                (0,external_node_fs_.rmSync)(folder, GONE);
            }
            catch {
                // The post step tries again.
            }
        }
    };
    process.on('exit', removeAtOnce);
    save(folders);
    try {
        return await work(named);
    }
    finally {
        const removed = await Promise.allSettled(folders.map((folder) => (0,promises_.rm)(folder, GONE)));
        process.off('exit', removeAtOnce);
        if (removed.every(({ status }) => status === 'fulfilled'))
            save([]);
    }
}

// EXTERNAL MODULE: external "node:timers/promises"
var external_node_timers_promises_ = __webpack_require__(8500);
// EXTERNAL MODULE: ./node_modules/@actions/io/lib/io.js + 1 modules
var io = __webpack_require__(5366);
;// CONCATENATED MODULE: ./src/cnspec/tool-cache.ts





/** Its name in the tool cache, and that of the program. */
const TOOL = 'cnspec';
/** How often a version is tried to be put into its place, and how long is waited in between, in milliseconds. */
const TRIES = 20;
const PAUSE = 100;
/** What a system says of a place that is taken or, on Windows, of a file that somebody is looking at. */
const TAKEN = new Set(['ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EPERM', 'EACCES', 'EBUSY']);
/**
 * A version's place in the tool cache, which jobs of a machine may share: `<cache>/cnspec/<version>/<arch>`, which
 * counts as soon as `<arch>.complete` stands beside it.
 */
class CachedVersion {
    folder;
    constructor(version, arch, env) {
        this.folder = external_node_path_default().join(env.RUNNER_TOOL_CACHE ?? '', TOOL, version, arch);
    }
    /** Finds the program, where it is finished. */
    async find() {
        return (0,external_node_fs_.existsSync)(this.marker) ? programIn(this.folder) : undefined;
    }
    /**
     * Moves a program with its folder into the place, in one go, so that nobody ever finds a part of it.
     * @param program on the same disk as the cache
     * @param aside a folder on that disk for what is in the way
     * @returns the program in its place: another job's, where that was faster
     */
    async fill({ folder, executable }, aside) {
        for (let tries = 1;; tries++) {
            try {
                await (0,promises_.rename)(folder, this.folder);
                await (0,promises_.writeFile)(this.marker, '');
                return { folder: this.folder, executable: external_node_path_default().join(this.folder, external_node_path_default().basename(executable)) };
            }
            catch (error) {
                if (!TAKEN.has(error.code ?? '') || tries === TRIES)
                    throw error;
            }
            // Whoever was faster needs a moment to say that it is finished.
            await (0,external_node_timers_promises_.setTimeout)(PAUSE);
            const finished = await this.find();
            if (finished)
                return finished;
            await this.clear(external_node_path_default().join(aside, `replaced-${tries}`));
        }
    }
    /** Takes the version out of the cache. */
    async remove() {
        await (0,promises_.rm)(this.marker, { force: true });
        await (0,promises_.rm)(this.folder, { recursive: true, force: true, maxRetries: 5 });
    }
    get marker() {
        return `${this.folder}.complete`;
    }
    /** Moves away what a job left that was killed. */
    async clear(aside) {
        await (0,promises_.rm)(this.marker, { force: true });
        // In use, on Windows, or gone by now.
        await (0,promises_.rename)(this.folder, aside).catch(() => { });
    }
}
/** Finds the program in a folder, where it is a file that can be executed. */
async function programIn(folder) {
    const executable = await (0,io/* which */.K7)(external_node_path_default().join(folder, TOOL));
    return executable === '' ? undefined : { folder, executable };
}

// EXTERNAL MODULE: ./src/values/workspace.ts
var workspace = __webpack_require__(1935);
;// CONCATENATED MODULE: ./src/cnspec/unpack.ts









/**
 * Unpacks an archive with the system's tar, which gets no more of the job than cnspec does, and is ended when the
 * time is up and when this process ends.
 * @param folder where it goes, empty
 * @throws ActionError `cnspec-failed`, also where there is more in the archive than files and folders
 */
async function unpack(file, folder, { env, deadline }) {
    const name = external_node_path_default().basename(file);
    const fail = (problem, remedy = 'Make room on the disk of the machine, and look at the archive: where the input updates-url names a mirror, at the one that it holds.') => new errors/* ActionError */.l('cnspec-failed', (0,plain_text/* plainText */.w)(`cnspec could not be installed: the archive ${name}, whose checksum is good, could not be unpacked: ${problem}.`, 1000), remedy);
    const { tar, searched } = await findTar(env, fail);
    const ran = await run(tar, 
    // Beside it, by its name alone: what stands before a colon would be another machine. Owned by who unpacks it.
    ['-x', ...(name.endsWith('.zip') ? [] : ['-z']), '-o', '-f', name, '-C', folder], { cwd: external_node_path_default().dirname(file), env: { ...environmentForCnspec(env), PATH: searched }, deadline });
    requireSuccess(ran, fail);
    for (const entry of await (0,promises_.readdir)(folder, { recursive: true, withFileTypes: true })) {
        if (entry.isFile() || entry.isDirectory())
            continue;
        // A link would lead out of its folder, and a pipe would be waited for.
        throw fail(`it holds ${entry.name}, which is neither a file nor a folder`);
    }
}
/** Finds the system's tar, and where it may look for programs of its own: never in the workspace. */
async function findTar(env, fail) {
    if (process.platform === 'win32') {
        const system = external_node_path_default().join(env.SystemRoot ?? 'C:\\Windows', 'System32');
        return { tar: external_node_path_default().join(system, 'tar.exe'), searched: system };
    }
    const folders = [];
    for (const folder of (env.PATH ?? '').split((external_node_path_default()).delimiter).filter((entry) => external_node_path_default().isAbsolute(entry))) {
        const real = await (0,promises_.realpath)(folder).catch(() => folder);
        if (!(await (0,workspace/* isInWorkspace */.P)(external_node_path_default().join(real, 'tar'), env)))
            folders.push(folder);
    }
    for (const folder of folders) {
        const tar = await (0,io/* which */.K7)(external_node_path_default().join(folder, 'tar'));
        if (tar !== '')
            return { tar, searched: folders.join((external_node_path_default()).delimiter) };
    }
    throw fail('there is no tar on PATH outside the workspace', 'Install tar (and gzip) in a step before this one.');
}
function requireSuccess({ end, stdout, stderr }, fail) {
    const words = (0,quotable/* quotable */.E)(stderr || stdout);
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











/**
 * Installs the cnspec that a workflow asks for. An exact version that is in the tool cache needs no network.
 * @throws ActionError `cnspec-failed`
 */
async function install(wish, options) {
    requireFolders(options.env);
    const version = await resolveVersion(wish, options);
    const place = new CachedVersion(version, options.machine.arch, options.env);
    const cached = await place.find();
    const program = cached ?? (await fetchInto(place, version, options));
    return { version, ...program, cached: cached !== undefined, remove: () => place.remove() };
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
async function fetchInto(place, version, options) {
    const { releases, machine, env, deadline, onDownload, onScratch } = options;
    const name = archiveFor(version, machine);
    const sums = await releases.checksums(version);
    const expected = checksumIn(sums, name);
    if (expected === undefined)
        throw noBuild(version, name, sums, releases.url);
    const prefixes = {
        temporary: external_node_path_default().join(env.RUNNER_TEMP, 'cnspec'),
        // From beside its place it can be moved there in one go.
        beside: place.folder,
    };
    try {
        return await withScratch(prefixes, onScratch, async ({ temporary, beside }) => {
            await (0,promises_.mkdir)(temporary, { recursive: true });
            const url = releases.archive(version, name);
            const file = external_node_path_default().join(temporary, name);
            onDownload(version, url);
            const actual = await download({ ...options, url, file });
            if (actual !== expected)
                throw wrongSum(url, { expected, actual });
            const unpacked = external_node_path_default().join(beside, 'unpacked');
            await (0,promises_.mkdir)(unpacked, { recursive: true });
            await unpack(file, unpacked, { env, deadline });
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
function noProgram(archive) {
    return new errors/* ActionError */.l('cnspec-failed', `cnspec could not be installed: there is no program named cnspec in the archive ${archive}, whose checksum is good.`, 'Set the input cnspec-version to another version; where the input updates-url names a mirror, look at the archive that it holds.');
}
function notWritable(folder, error) {
    return new errors/* ActionError */.l('cnspec-failed', (0,plain_text/* plainText */.w)(`cnspec could not be installed: it could not be put into the tool cache at ${folder} (${error.code ?? 'unknown error'}).`, 1000), 'Make room on the disk of the machine, and see that the user of the job may write to the folders that RUNNER_TOOL_CACHE and RUNNER_TEMP name.');
}
function noBuild(version, name, sums, host) {
    const known = archivesIn(sums);
    const offered = known.length === 0 ? 'no archive at all' : known.slice(0, 20).join(', ');
    return new errors/* ActionError */.l('cnspec-failed', (0,plain_text/* plainText */.w)(`cnspec could not be installed: ${host} has no build of cnspec ${version} for this machine, ${name}. Its checksums list ${offered}.`, 1500), 'Set cnspec-version to a version that has a build for this machine. A mirror has to hold the SHA256SUMS file of the release as it is.');
}
function wrongSum(url, { expected, actual }) {
    return new errors/* ActionError */.l('cnspec-failed', `cnspec could not be installed: ${url.href} is not the file that its release describes. Its SHA-256 is ${actual}, and SHA256SUMS says ${expected}. Nothing was unpacked.`, 'Run the job again in case the file was damaged on its way. If it stays, do not use it: somebody may have replaced it, at the host or in between.');
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
// EXTERNAL MODULE: ./src/platform/proxy.ts
var platform_proxy = __webpack_require__(9367);
// EXTERNAL MODULE: ./src/platform/rpc-status.ts
var rpc_status = __webpack_require__(3711);
// EXTERNAL MODULE: ./src/registration.ts + 3 modules
var registration = __webpack_require__(7242);
// EXTERNAL MODULE: ./src/report/later-steps.ts
var later_steps = __webpack_require__(46);
// EXTERNAL MODULE: ./src/report/notices.ts
var notices = __webpack_require__(1263);
// EXTERNAL MODULE: ./src/state.ts
var state = __webpack_require__(2462);
;// CONCATENATED MODULE: ./src/real-cnspec.ts



















/** How long the list of providers may take, which nothing depends on. Milliseconds. */
const PROVIDERS_WITHIN = 5000;
/**
 * Installs the cnspec that is asked for, asks it or the one that was found for its status, and writes into the
 * facts what came of it.
 * @param found the path of a cnspec that is there already
 */
async function installAndAsk(found, configPath, work) {
    const { inputs, facts } = work;
    const cnspec = {};
    facts.cnspec = cnspec;
    // cnspec is given them, and may quote them.
    (0,mask/* mask */.d)((0,secrets/* environmentProxySecrets */.pP)(process.env));
    try {
        const host = openReleases(work);
        const latestVersion = host?.newest.catch(() => undefined);
        try {
            const installed = host && (await installFrom(host, work));
            cnspec.version = installed?.version;
            const executable = installed?.executable ?? found;
            if (executable !== undefined && inputs.verifyWithCnspec !== 'false') {
                await ask(executable, configPath, { ...work, cnspec, installed });
            }
        }
        finally {
            cnspec.latestVersion = await latestVersion;
            host?.close();
        }
    }
    catch (error) {
        if (!(error instanceof errors/* ActionError */.l))
            throw error;
        cnspec.failure = error;
    }
}
/**
 * Opens the way to the releases host, if something has to be installed.
 * @throws ActionError `cnspec-failed`
 */
function openReleases({ inputs, identity, deadline }) {
    if (!inputs.cnspecVersion)
        return undefined;
    const url = inputs.updatesUrl ?? PUBLIC_RELEASES;
    let proxy;
    try {
        // cnspec itself goes to the releases host by the proxy of the platform.
        proxy = (0,platform_proxy/* proxyFor */.i)(url, (0,registration/* proxyNamed */.U5)(inputs, identity), process.env);
    }
    catch (error) {
        if (!(error instanceof errors/* ActionError */.l))
            throw error;
        const reason = error.message.replace(/^The/, 'the');
        throw new errors/* ActionError */.l('cnspec-failed', `cnspec could not be installed: ${reason}`, error.remedy);
    }
    (0,mask/* mask */.d)((0,secrets/* proxySecrets */.Wm)(proxy));
    const transport = new platform_transport/* Transport */.o({
        signal: deadline.signal,
        proxy,
        connectTimeout: REACHABLE_WITHIN,
        requestTimeout: ANSWERED_WITHIN,
    });
    const releases = new Releases(transport, { url, userAgent: connection/* USER_AGENT */._ });
    return { releases, newest: releases.newest(), proxy, close: () => transport.close() };
}
/** Installs the cnspec that is asked for, where one is, for this step and for later ones. */
async function installFrom({ releases, newest, proxy }, { inputs: { cnspecVersion: wish }, deadline }) {
    if (!wish)
        return undefined;
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
        onScratch: state/* keepScratch */.qP,
    });
    (0,notices/* tellInstalled */.YH)(installed);
    (0,later_steps/* exportCnspec */.T)(installed.folder, wish.kind === 'exact');
    return installed;
}
/** Asks cnspec what it sees, and compares that with what this step saw. */
async function ask(executable, configPath, { facts, deadline, cnspec, installed, }) {
    const env = environmentForCnspec(process.env);
    const cwd = process.env.RUNNER_TEMP || external_node_path_default().dirname(configPath);
    (0,notices/* tellQuestion */.oy)(executable);
    const answer = await new Cnspec(executable, { cwd, env, deadline }).status(configPath);
    cnspec.answer = answer;
    cnspec.version = answer.version ?? installed?.version;
    const soon = new platform_deadline/* Deadline */.B(Math.max(0, Math.min(PROVIDERS_WITHIN, deadline.remaining())));
    cnspec.providers = await new Cnspec(executable, { cwd, env, deadline: soon }).providers();
    if (installed)
        await requireInstalled(answer, installed);
    const { mrn: serviceAccount, apiEndpoint: endpoint } = facts.account;
    requireAgreement(answer, { serviceAccount, endpoint, authenticated: isAccepted(facts) });
}
/** Takes what is of another version than it was packed as out of the tool cache, where this step put it there. */
async function requireInstalled(answer, installed) {
    try {
        requireVersion(answer, installed.version);
    }
    catch (error) {
        if (!installed.cached)
            await installed.remove().catch(() => { });
        throw error;
    }
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


/***/ })

};
