"use strict";
exports.id = 21;
exports.ids = [21];
exports.modules = {

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
/* harmony import */ var _util_text_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(9997);
/* harmony import */ var _util_url_js__WEBPACK_IMPORTED_MODULE_6__ = __webpack_require__(7997);
/* harmony import */ var _environment_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(2587);
/* harmony import */ var _status_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(1014);







/** Milliseconds; no finding depends on the providers. */
const PROVIDERS_TIMEOUT = 5000;
async function compareWithCnspec(executable, configPath, expected, { env, temp, signal, log }) {
    const options = { cwd: temp || node_path__WEBPACK_IMPORTED_MODULE_0___default().dirname(configPath), env: (0,_environment_js__WEBPACK_IMPORTED_MODULE_3__/* .environmentForCnspec */ .h)(env), signal };
    log((0,_util_text_js__WEBPACK_IMPORTED_MODULE_5__/* .plainText */ .wh)(`→ running \`${executable} status\``, 1000));
    try {
        const answer = await (0,_status_js__WEBPACK_IMPORTED_MODULE_4__/* .askStatus */ .uy)(executable, configPath, options);
        const soon = AbortSignal.any([signal, AbortSignal.timeout(PROVIDERS_TIMEOUT)]);
        const providers = await (0,_status_js__WEBPACK_IMPORTED_MODULE_4__/* .askProviders */ .EL)(executable, { ...options, signal: soon });
        const version = answer.version ? { version: answer.version } : {};
        return { ...version, answer, providers, failure: findDisagreement(answer, expected) };
    }
    catch (error) {
        if (!(error instanceof _util_errors_js__WEBPACK_IMPORTED_MODULE_1__/* .ActionError */ .lZ))
            throw error;
        return { failure: error };
    }
}
function findDisagreement(answer, expected) {
    const authenticated = expected.authenticated ?? answer.authenticated;
    // If it isn't registered, the rest of its answer is about another configuration.
    const says = answer.registered ? describe(answer) : ['it has no service account'];
    const found = answer.registered ? describe({ ...expected, authenticated }) : ['there is one'];
    const differs = (_, index) => says[index] !== found[index];
    const cnspec = says.filter(differs).join(', ');
    const step = found.filter(differs).join(', ');
    if (cnspec === '')
        return undefined;
    const version = answer.version === undefined ? '' : ` ${answer.version}`;
    return new _util_errors_js__WEBPACK_IMPORTED_MODULE_1__/* .ActionError */ .lZ('cnspec-failed', `cnspec${version} and the action disagree about the same \`mondoo.yml\`. cnspec reports that ${cnspec}. The action found that ${step}.`, 'Run `cnspec status` in a step of its own and compare. Typical causes are another program named `cnspec` on `PATH`, an old version, or a proxy or CA that only one of the two uses.');
}
/** Follows "cnspec reports that". */
function describe({ serviceAccount = '', endpoint, client, authenticated }) {
    const quoted = (kind, mrn) => ((0,_util_mrn_js__WEBPACK_IMPORTED_MODULE_2__/* .isMrn */ .Om)(kind, mrn) ? `\`${mrn}\`` : 'unreadable');
    return [
        `its service account is ${quoted('service account', serviceAccount)}`,
        `its endpoint is ${normalized(endpoint)}`,
        client === undefined ? 'it has no client' : `its client is ${quoted('client', client)}`,
        `Mondoo Platform ${authenticated ? 'accepts' : 'rejects'} the service account`,
    ];
}
function normalized(endpoint = '') {
    try {
        return `\`${(0,_util_url_js__WEBPACK_IMPORTED_MODULE_6__/* .parseEndpoint */ .Bk)(endpoint, Error)}\``;
    }
    catch {
        return 'unreadable';
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