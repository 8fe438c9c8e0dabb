export const id = 21;
export const ids = [21];
export const modules = {

/***/ 9021:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   compareWithCnspec: () => (/* binding */ compareWithCnspec)
/* harmony export */ });
/* unused harmony export findDisagreement */
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(6760);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_path__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var _util_endpoint_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(7);
/* harmony import */ var _util_errors_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(17);
/* harmony import */ var _util_mrn_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(1075);
/* harmony import */ var _util_text_js__WEBPACK_IMPORTED_MODULE_6__ = __webpack_require__(9997);
/* harmony import */ var _environment_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(2587);
/* harmony import */ var _status_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(1014);







/** The limit of listing the providers, which no finding depends on, in milliseconds. */
const PROVIDERS_TIMEOUT = 5000;
/** Asks cnspec what it sees by a mondoo.yml, and compares that with what the step found. */
async function compareWithCnspec(executable, configPath, expected, { env, temp, deadline, log }) {
    const options = { cwd: temp || node_path__WEBPACK_IMPORTED_MODULE_0___default().dirname(configPath), env: (0,_environment_js__WEBPACK_IMPORTED_MODULE_4__/* .environmentForCnspec */ .h)(env), deadline };
    log((0,_util_text_js__WEBPACK_IMPORTED_MODULE_6__/* .plainText */ .w)(`→ asking cnspec at ${executable} for its status`, 1000));
    try {
        const answer = await (0,_status_js__WEBPACK_IMPORTED_MODULE_5__/* .askStatus */ .uy)(executable, configPath, options);
        const signal = AbortSignal.any([deadline.signal, AbortSignal.timeout(PROVIDERS_TIMEOUT)]);
        const providers = await (0,_status_js__WEBPACK_IMPORTED_MODULE_5__/* .askProviders */ .EL)(executable, { ...options, deadline: { signal } });
        const failure = findDisagreement(answer, expected);
        const { version } = answer;
        return { ...(version !== undefined && { version }), answer, providers, ...(failure && { failure }) };
    }
    catch (error) {
        if (!(error instanceof _util_errors_js__WEBPACK_IMPORTED_MODULE_2__/* .ActionError */ .l))
            throw error;
        return { failure: error };
    }
}
/** Makes an error of the differences between cnspec's answer and what the step found. */
function findDisagreement(answer, expected) {
    const differences = differencesOf(answer, expected);
    if (differences.length === 0)
        return undefined;
    const version = answer.version === undefined ? '' : ` ${answer.version}`;
    const cnspec = differences.map(({ cnspec }) => cnspec).join(', ');
    const step = differences.map(({ step }) => step).join(', ');
    return new _util_errors_js__WEBPACK_IMPORTED_MODULE_2__/* .ActionError */ .l('cnspec-failed', `cnspec${version} and this step do not agree about the same mondoo.yml: cnspec says that ${cnspec}; this step found that ${step}.`, 'Look for a wrapper or an old version in the place of cnspec, and at proxies and certificates that only one of the two knows.');
}
/** Says what each of the two found, in words that fit behind "cnspec says that". */
function differencesOf(answer, expected) {
    // The rest of its answer is about another configuration then.
    if (!answer.registered)
        return [{ cnspec: 'it is not registered', step: 'it is registered' }];
    const found = [];
    const compare = (cnspec, step) => {
        if (cnspec !== step)
            found.push({ cnspec, step });
    };
    if (!answer.silent) {
        const { serviceAccount, endpoint, client } = answer;
        const account = (0,_util_mrn_js__WEBPACK_IMPORTED_MODULE_3__/* .isMrn */ .Om)('service account', serviceAccount ?? '') ? serviceAccount : UNREADABLE;
        compare(`its service account is ${account}`, `its service account is ${expected.serviceAccount}`);
        compare(`its endpoint is ${normalized(endpoint)}`, `its endpoint is ${expected.endpoint}`);
        compare(describeClient(client), describeClient(expected.client));
    }
    if (expected.authenticated !== undefined) {
        compare(describePing(answer.authenticated), describePing(expected.authenticated));
    }
    return found;
}
/** Stands for text that must not be quoted. */
const UNREADABLE = 'none that can be read';
function normalized(endpoint = '') {
    try {
        return (0,_util_endpoint_js__WEBPACK_IMPORTED_MODULE_1__/* .parseEndpoint */ .Bk)(endpoint);
    }
    catch {
        return UNREADABLE;
    }
}
function describeClient(client) {
    if (client === undefined)
        return 'it has no client';
    return `its client is ${(0,_util_mrn_js__WEBPACK_IMPORTED_MODULE_3__/* .isMrn */ .Om)('client', client) ? client : UNREADABLE}`;
}
function describePing(accepted) {
    return `the platform ${accepted ? 'accepts' : 'does not accept'} it`;
}


/***/ }),

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
