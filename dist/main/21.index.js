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
/* harmony import */ var _util_errors_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(17);
/* harmony import */ var _util_mrn_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(1075);
/* harmony import */ var _util_text_js__WEBPACK_IMPORTED_MODULE_6__ = __webpack_require__(9997);
/* harmony import */ var _util_url_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(7997);
/* harmony import */ var _environment_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(2587);
/* harmony import */ var _status_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(1014);







/** The limit of listing the providers, which no finding depends on, in milliseconds. */
const PROVIDERS_TIMEOUT = 5000;
/** Stands for text that must not be quoted. */
const UNREADABLE = 'none that can be read';
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
        if (!(error instanceof _util_errors_js__WEBPACK_IMPORTED_MODULE_1__/* .ActionError */ .l))
            throw error;
        return { failure: error };
    }
}
/** Makes an error of the differences between cnspec's answer and what the step found. */
function findDisagreement(answer, expected) {
    const authenticated = expected.authenticated ?? answer.authenticated;
    // If it isn't registered, the rest of its answer is about another configuration.
    const says = answer.registered ? describe(answer) : ['it is not registered'];
    const found = answer.registered ? describe({ ...expected, authenticated }) : ['it is registered'];
    const differencesTo = (others) => (text, index) => text !== others[index];
    const cnspec = says.filter(differencesTo(found)).join(', ');
    const step = found.filter(differencesTo(says)).join(', ');
    if (cnspec === '')
        return undefined;
    const version = answer.version === undefined ? '' : ` ${answer.version}`;
    return new _util_errors_js__WEBPACK_IMPORTED_MODULE_1__/* .ActionError */ .l('cnspec-failed', `cnspec${version} and this step do not agree about the same mondoo.yml: cnspec says that ${cnspec}; this step found that ${step}.`, 'Look for a wrapper or an old version in the place of cnspec, and at proxies and certificates that only one of the two knows.');
}
/** Says what one of the two found, in words that fit behind "cnspec says that". */
function describe({ serviceAccount = '', endpoint, client, authenticated }) {
    const quoted = (kind, mrn) => ((0,_util_mrn_js__WEBPACK_IMPORTED_MODULE_2__/* .isMrn */ .Om)(kind, mrn) ? mrn : UNREADABLE);
    return [
        `its service account is ${quoted('service account', serviceAccount)}`,
        `its endpoint is ${normalized(endpoint)}`,
        client === undefined ? 'it has no client' : `its client is ${quoted('client', client)}`,
        `the platform ${authenticated ? 'accepts' : 'does not accept'} it`,
    ];
}
function normalized(endpoint = '') {
    try {
        return (0,_util_url_js__WEBPACK_IMPORTED_MODULE_3__/* .parseEndpoint */ .Bk)(endpoint);
    }
    catch {
        return UNREADABLE;
    }
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
