/******/ (() => { // webpackBootstrap
/******/ 	"use strict";
/******/ 	var __webpack_modules__ = ({

/***/ 3377:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   E: () => (/* binding */ redact),
/* harmony export */   f: () => (/* binding */ lastLine)
/* harmony export */ });
/* harmony import */ var _util_text_js__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(9997);

/** In characters. */
const MAX_QUOTE = 200;
/** Makes a program's output safe to quote: leaves out anything that could be part of a key, token or password. */
function redact(output) {
    return (0,_util_text_js__WEBPACK_IMPORTED_MODULE_0__/* .plainText */ .wh)((0,_util_text_js__WEBPACK_IMPORTED_MODULE_0__/* .plainText */ .wh)(output, 4000)
        // Up to the last @, as a password may contain one.
        .replace(/:\/\/\S*@/g, '://…@')
        .replace(/[\w+/=%-]{16,}/g, (run) => (/^[a-z/_-]+$/.test(run) ? run : '…')), MAX_QUOTE);
}
/** Quotes the last line that isn't blank. */
function lastLine(output) {
    return redact(output.split(/[\r\n\u2028\u2029]+/).findLast((line) => (0,_util_text_js__WEBPACK_IMPORTED_MODULE_0__/* .plainText */ .wh)(line) !== '') ?? '');
}


/***/ }),

/***/ 7750:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   Ds: () => (/* binding */ majorOf),
/* harmony export */   O9: () => (/* binding */ isReleaseVersion),
/* harmony export */   ZD: () => (/* binding */ parseVersionSpec)
/* harmony export */ });
const NUMBER = String.raw `(?:0|[1-9]\d{0,8})`;
const EXACT = new RegExp(`^${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-[0-9A-Za-z][0-9A-Za-z.-]{0,30})?$`);
const MAJOR = new RegExp(`^${NUMBER}$`);
/** Parses `latest`, a major version such as `13`, or a release such as `13.35.2`. */
function parseVersionSpec(text) {
    if (text.toLowerCase() === 'latest')
        return { kind: 'latest' };
    const version = text.replace(/^v(?=\d)/i, '');
    if (MAJOR.test(version))
        return { kind: 'major', major: Number(version) };
    return isReleaseVersion(version) ? { kind: 'exact', version } : undefined;
}
function isReleaseVersion(text) {
    return typeof text === 'string' && EXACT.test(text);
}
function majorOf(version) {
    const major = /^v?(\d+)\./.exec(version)?.[1];
    return major === undefined ? undefined : Number(major);
}


/***/ }),

/***/ 7119:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {


// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  $H: () => (/* binding */ asMap),
  HI: () => (/* binding */ decodeCredentials),
  Q9: () => (/* binding */ keyTwice),
  uv: () => (/* binding */ lowerKeys),
  qF: () => (/* binding */ parseJson),
  ik: () => (/* binding */ place)
});

// UNUSED EXPORTS: duplicateKeyIn

;// CONCATENATED MODULE: external "node:buffer"
const external_node_buffer_namespaceObject = require("node:buffer");
// EXTERNAL MODULE: ./src/util/json.ts
var json = __nccwpck_require__(4976);
// EXTERNAL MODULE: ./src/util/text.ts
var util_text = __nccwpck_require__(9997);
// EXTERNAL MODULE: ./src/credentials/fields.ts
var fields = __nccwpck_require__(585);
// EXTERNAL MODULE: ./src/credentials/secrets.ts
var secrets = __nccwpck_require__(5515);
;// CONCATENATED MODULE: ./src/credentials/decode.ts





/** Takes the base64 off credentials that aren't blank, and finds out by content whether they are JSON or YAML. @throws ActionError */
function decodeCredentials(given) {
    const text = given.trim();
    if (!/^[\w+/=\s-]+$/.test(text) || text.includes('---'))
        return { form: syntaxOf(text), text };
    const compact = text.replace(/\s+/g, '');
    if (/[-_]/.test(compact)) {
        throw (0,fields/* invalid */.Gq)('The credentials look like URL-safe base64. They have `-` or `_` instead of `+` or `/`.', 'Use standard base64 (`base64 -w0 credentials.json`), or store the JSON unchanged.');
    }
    const bytes = Buffer.from(compact, 'base64');
    if (bytes.toString('base64') !== compact || !((0,external_node_buffer_namespaceObject.isUtf8)(bytes) || (0,secrets/* isUtf16 */.bJ)(bytes))) {
        throw (0,fields/* invalid */.Gq)("The credentials are neither JSON nor YAML, and can't be decoded as base64. They are cut off or something else, such as a path or a name.", undefined, `Length: ${compact.length} characters`);
    }
    const decoded = (0,secrets/* decodeBytes */.yj)(bytes).trim();
    return { form: `base64 of ${syntaxOf(decoded)}`, text: decoded };
}
/** @throws ActionError with the place of a mistake, never the text around it */
function parseJson(credentials) {
    const { form, text } = credentials;
    if (!form.endsWith('JSON'))
        throw (0,fields/* invalid */.Gq)("The credentials aren't JSON. They don't start with an opening brace.");
    let value;
    try {
        value = lowerKeys(JSON.parse(text));
    }
    catch (error) {
        const message = `The credentials (${form}) aren't valid JSON: ${jsonMistake(error, text)}.`;
        throw (0,fields/* invalid */.Gq)(message, undefined, `Length: ${text.length} characters`);
    }
    const duplicate = duplicateKeyIn(text);
    if (duplicate !== undefined)
        throw keyTwice(credentials, duplicate);
    return asMap(value, credentials);
}
function syntaxOf(text) {
    return text.startsWith('{') ? 'JSON' : 'YAML';
}
/** The parser's message quotes the text: only its kind and the number in it are safe. */
function jsonMistake({ message }, text) {
    if (/^(Unexpected end|Unterminated)/.test(message))
        return 'they end too early';
    const offset = /at position (\d+)/.exec(message)?.[1];
    return offset === undefined ? 'there is an error in the text' : `there is an error at ${place(text, Number(offset))}`;
}
/** Lower-cases every key, nested ones too, as cnspec does when it reads them. */
function lowerKeys(value) {
    if (Array.isArray(value))
        return value.map(lowerKeys);
    if (!(0,json/* isMap */.jh)(value))
        return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [(0,util_text/* lowerCased */.wY)(key), lowerKeys(inner)]));
}
/** @param offset of the second one */
function keyTwice({ form, text }, offset) {
    return (0,fields/* invalid */.Gq)(`The credentials (${form}) have the same key twice, the second time at ${place(text, offset)}.`, 'Remove the outdated one, or copy the credentials again from the Mondoo Console.');
}
function asMap(value, { form }) {
    if ((0,json/* isMap */.jh)(value))
        return value;
    const kind = value === null ? 'nothing' : Array.isArray(value) ? 'a list' : `a ${typeof value}`;
    throw (0,fields/* invalid */.Gq)(`The credentials (${form}) hold ${kind} instead of fields such as \`mrn\`.`);
}
function place(text, offset) {
    const before = text.slice(0, offset).split('\n');
    return `line ${before.length}, column ${before.at(-1).length + 1}`;
}
/** The keys, the other strings and the brackets of JSON, one match each. */
const TOKENS = /("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[{}[\]]/gs;
/** @returns the offset of a key that an object of valid JSON has again, even in another case: JSON.parse keeps the last one silently */
function duplicateKeyIn(json) {
    // A list has no keys.
    const open = [];
    for (const { 0: token, 1: key, index } of json.matchAll(TOKENS)) {
        if (key !== undefined) {
            const name = (0,util_text/* lowerCased */.wY)(JSON.parse(key));
            if (open.at(-1)?.has(name))
                return index;
            open.at(-1)?.add(name);
        }
        else if (token === '{' || token === '[')
            open.push(new Set());
        else if (token === '}' || token === ']')
            open.pop();
    }
    return undefined;
}


/***/ }),

/***/ 585:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   Fi: () => (/* binding */ COPY_CREDENTIALS),
/* harmony export */   Gq: () => (/* binding */ invalid),
/* harmony export */   Pf: () => (/* binding */ fieldsOf)
/* harmony export */ });
/* harmony import */ var _util_errors_js__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(17);
/* harmony import */ var _util_mrn_js__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(1075);
/* harmony import */ var _util_text_js__WEBPACK_IMPORTED_MODULE_2__ = __nccwpck_require__(9997);
/* harmony import */ var _util_url_js__WEBPACK_IMPORTED_MODULE_3__ = __nccwpck_require__(7997);




const COPY_CREDENTIALS = 'Copy the credentials again from the Mondoo Console, from the opening brace to the closing brace. Or generate new ones: Integrations → Supply Chain → Generate Long-Lived Credentials. Store the JSON unchanged as the secret.';
/** @param message may hold nothing of a secret, like `evidence` */
function invalid(message, remedy = COPY_CREDENTIALS, evidence) {
    return new _util_errors_js__WEBPACK_IMPORTED_MODULE_0__/* .ActionError */ .lZ('invalid-credentials', message, remedy, evidence);
}
/** Reads the fields of a document, whose keys are in lower case. All throw ActionError, and no message quotes a value that may be secret. */
function fieldsOf(document, owner, copyAgain) {
    const subject = (name) => `The ${owner === 'registration token' ? 'claim' : 'field'} \`${name}\` of the ${owner}`;
    function unusable(name, problem, remedy = copyAgain, evidence) {
        return invalid(`${subject(name)} ${problem}.`, remedy, evidence);
    }
    /** Absent, null and empty are the same, as in Go. */
    function text(name) {
        const value = document[name.toLowerCase()] ?? '';
        if (typeof value === 'string')
            return value || undefined;
        throw unusable(name, "isn't text");
    }
    function required(name, value = text(name)) {
        if (value !== undefined)
            return value;
        const others = Object.keys(document).filter((key) => key !== name.toLowerCase());
        throw unusable(name, 'is missing or empty', copyAgain, `Number of other fields: ${others.length}`);
    }
    function mrn(name, kind) {
        const value = text(name);
        if (value === undefined || (0,_util_mrn_js__WEBPACK_IMPORTED_MODULE_1__/* .isMrn */ .Om)(kind, value))
            return value;
        const what = kind === 'owner' ? 'a space or an organization' : `a ${kind}`;
        // Text without slashes may be a secret.
        const isPlain = owner === 'workload identity JSON' && /^\s*\/\/|:\/\//.test(value);
        const quoted = isPlain ? `. The value is ${(0,_util_text_js__WEBPACK_IMPORTED_MODULE_2__/* .codeSpan */ .SS)(value, 120)}` : '';
        throw unusable(name, `isn't the MRN of ${what}, such as \`${_util_mrn_js__WEBPACK_IMPORTED_MODULE_1__/* .MRN_SHAPE */ .cC[kind]}\`${quoted}`);
    }
    function url(name, parse, remedy = copyAgain) {
        const value = text(name);
        return value && parse(value, (problem) => unusable(name, problem, remedy));
    }
    /** Reads `api_endpoint`, or warns about the default. */
    function endpoint(warnings) {
        const remedy = `Use an https URL such as \`${_util_url_js__WEBPACK_IMPORTED_MODULE_3__/* .DEFAULT_ENDPOINT */ .mP}\`, or set the input \`api-endpoint\`.`;
        const declared = url('api_endpoint', _util_url_js__WEBPACK_IMPORTED_MODULE_3__/* .parseEndpoint */ .Bk, remedy);
        if (declared !== undefined)
            return declared;
        warnings.push(`${subject('api_endpoint')} is missing. Like cnspec, the action uses \`${_util_url_js__WEBPACK_IMPORTED_MODULE_3__/* .DEFAULT_ENDPOINT */ .mP}\`. For an account of another region, set the input \`api-endpoint\`.`);
        return _util_url_js__WEBPACK_IMPORTED_MODULE_3__/* .DEFAULT_ENDPOINT */ .mP;
    }
    /** Says that an endpoint isn't Mondoo's. */
    function foreignHost(name, endpoint) {
        return unusable(name, `names \`${new URL(endpoint).host}\`, which isn't a host of mondoo.com. Nothing was sent there`, `${copyAgain} If you trust this host, set the input \`api-endpoint\`.`);
    }
    return { text, required, mrn, url, endpoint, foreignHost, unusable };
}


/***/ }),

/***/ 5515:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   BK: () => (/* binding */ documentSecrets),
/* harmony export */   CA: () => (/* binding */ COMPACT_JWT),
/* harmony export */   DJ: () => (/* binding */ credentialSecrets),
/* harmony export */   Fd: () => (/* binding */ JWT_INSIDE),
/* harmony export */   RD: () => (/* binding */ tokenSecrets),
/* harmony export */   Wm: () => (/* binding */ proxySecrets),
/* harmony export */   aW: () => (/* binding */ fileSecrets),
/* harmony export */   bJ: () => (/* binding */ isUtf16),
/* harmony export */   pP: () => (/* binding */ environmentProxySecrets),
/* harmony export */   yj: () => (/* binding */ decodeBytes)
/* harmony export */ });
/* unused harmony export secretsIn */
/* harmony import */ var _util_json_js__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(4976);

/** A JWT in its compact form: three parts in base64url with a dot between them. */
const COMPACT_JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;
/** A JWT that may have other text around it. */
const JWT_INSIDE = /(?<![\w-])eyJ[\w-]+\.[\w-]+\.[\w-]+(?![\w.-])/;
/** The runner would replace shorter texts wherever they happen to occur. */
const SHORTEST_MASK = 16;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;
/** A token in JSON or YAML. An MRN or an endpoint in its place must stay readable. */
const TOKEN_FIELD = /(?<![\w-])(?:access_|jwt)?token["']?\s*:\s*["']?((?!\/\/|https?:)[^\s"',}]+)/gi;
/**
 * Finds what must be masked in a text with credentials, however broken it is: tokens, each line of every private key,
 * the key's body in one piece, and the whole key as it is inside JSON.
 * @returns values without line ends, as the runner masks a value line by line, even the short ones
 */
function secretsIn(text) {
    const secrets = [...text.matchAll(PRIVATE_KEY)].flatMap(([pem]) => {
        // Line ends may have been escaped, once or more often, have become blanks, or be gone.
        const lines = pem
            .split(/(?:(?<!\\)\\+[rn]|\s)*(-----[A-Z ]+-----)(?:\\+[rn]|\s)*|(?:(?<!\\)\\+[rn]|\s)+/)
            .filter(Boolean);
        const body = lines.filter((line) => !line.startsWith('-----')).join('');
        const key = lines.join('\n');
        const inJson = [key, `${key}\n`].map((text) => JSON.stringify(text).slice(1, -1));
        return [...lines, ...(body.match(/.{1,64}/g) ?? []), body, ...inJson];
    });
    return maskable([...secrets, ...[...text.matchAll(TOKEN_FIELD)].map(([, token = '']) => token)]);
}
/** Finds what must be masked of credentials as they were given, in any form. */
function credentialSecrets(given) {
    const compact = given.replace(/\s+/g, '');
    // A registration token in the place of credentials is refused, but it is still a secret.
    if (COMPACT_JWT.test(compact))
        return tokenSecrets(given);
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(compact))
        return secretsIn(given);
    return [...tokenSecrets(given), ...secretsIn(decodeBytes(Buffer.from(compact, 'base64')))];
}
/** Decodes UTF-8, or UTF-16 as PowerShell writes it. */
function decodeBytes(bytes) {
    return bytes.toString(isUtf16(bytes) ? 'utf16le' : 'utf8');
}
/** Whether bytes are UTF-16 that starts with ASCII, with or without a byte order mark. */
function isUtf16(bytes) {
    return bytes[bytes[0] === 0xff && bytes[1] === 0xfe ? 3 : 1] === 0;
}
/** Finds what must be masked of the fields of credentials, which are unchecked. */
function documentSecrets(document) {
    const { private_key: key, api_proxy: proxy, token, auth } = document;
    const textOf = (field) => (typeof field === 'string' ? field : '');
    const tokens = [token, (0,_util_json_js__WEBPACK_IMPORTED_MODULE_0__/* .mapIn */ .yL)(auth).access_token, document.access_token].map(textOf);
    return [...secretsIn(textOf(key)), ...proxySecrets(textOf(proxy)), ...maskable(tokens)];
}
/** Finds what must be masked of the text of mondoo.yml, which later steps may print as it is or as base64. */
function fileSecrets(text) {
    const base64 = Buffer.from(text).toString('base64');
    // The lines of `base64` and of `openssl base64`.
    const lines = [/.{76}/g, /.{64}/g].flatMap((line) => tokenSecrets(base64.replace(line, '$&\n')));
    return maskable([...secretsIn(text), ...lines]);
}
/** Finds what must be masked of a secret without blanks, base64 or a JWT, which may have been folded into lines. */
function tokenSecrets(token) {
    const lines = token.split(/\s+/);
    return maskable([...lines, lines.join(''), ...(JWT_INSIDE.exec(token) ?? [])]);
}
/** Finds what must be masked of the URL of a proxy: its password, encoded and decoded, of any length. */
function proxySecrets(proxy) {
    const password = URL.parse(proxy ?? '')?.password;
    if (!password)
        return [];
    try {
        return [...new Set([password, decodeURIComponent(password)])];
    }
    catch {
        return [password];
    }
}
/** Finds what must be masked of the variables that name proxies, however other programs read them. */
function environmentProxySecrets(env) {
    const secrets = Object.entries(env).flatMap(([name, value = '']) => {
        if (!/^(?:https?|all|mondoo_api)_proxy$/i.test(name))
            return [];
        // A password may hold an @ that isn't encoded.
        const password = /^[^:@]*:(.*)@/s.exec(value.replace(/^[a-z][a-z\d+.-]*:\/\//i, ''))?.[1] ?? '';
        return [password, ...proxySecrets(value)];
    });
    return [...new Set(secrets)].filter(Boolean);
}
function maskable(secrets) {
    return [...new Set(secrets)].filter((secret) => secret.length >= SHORTEST_MASK);
}


/***/ }),

/***/ 1283:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {


// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  _O: () => (/* binding */ USER_AGENT),
  xv: () => (/* binding */ VERSION),
  ev: () => (/* binding */ agentInfo)
});

;// CONCATENATED MODULE: ./package.json
const package_namespaceObject = {"rE":"1.0.0"};
;// CONCATENATED MODULE: ./src/platform/agent-info.ts

const VERSION = package_namespaceObject.rE;
const USER_AGENT = `register-cnspec/${VERSION} (${process.platform}; ${process.arch})`;
/** @param labels stay out of mondoo.yml, as cnspec would put them on every asset */
function agentInfo({ platform, ip, hostname }, actionVersion, labels) {
    return {
        platform_name: platform.name,
        platform_release: platform.version,
        platform_arch: platform.arch,
        platform_ip: ip,
        platform_hostname: hostname,
        labels: { 'register-cnspec/version': actionVersion, ...labels },
    };
}


/***/ }),

/***/ 1889:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {


// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  s0: () => (/* binding */ noConnection),
  kn: () => (/* binding */ openSocket),
  HM: () => (/* binding */ portOf)
});

// EXTERNAL MODULE: external "node:events"
var external_node_events_ = __nccwpck_require__(8474);
// EXTERNAL MODULE: external "node:http"
var external_node_http_ = __nccwpck_require__(7067);
var external_node_http_default = /*#__PURE__*/__nccwpck_require__.n(external_node_http_);
;// CONCATENATED MODULE: external "node:net"
const external_node_net_namespaceObject = require("node:net");
var external_node_net_default = /*#__PURE__*/__nccwpck_require__.n(external_node_net_namespaceObject);
;// CONCATENATED MODULE: external "node:tls"
const external_node_tls_namespaceObject = require("node:tls");
var external_node_tls_default = /*#__PURE__*/__nccwpck_require__.n(external_node_tls_namespaceObject);
// EXTERNAL MODULE: ./src/util/duration.ts
var duration = __nccwpck_require__(6518);
// EXTERNAL MODULE: ./src/util/text.ts
var util_text = __nccwpck_require__(9997);
// EXTERNAL MODULE: ./src/util/url.ts
var util_url = __nccwpck_require__(7997);
// EXTERNAL MODULE: ./src/platform/transport-error.ts
var transport_error = __nccwpck_require__(6329);
;// CONCATENATED MODULE: ./src/platform/connect.ts








/** Milliseconds for each address of a name: Node's default of 250 is too short for a far platform. */
const ATTEMPT_TIMEOUT = 4000;
/** Opens a connection that is ready for a request, with TLS for https. Throws HttpError. @param limit the timeout */
async function openSocket(url, context, limit) {
    const { ca } = context;
    const proxy = context.proxy ? new URL(context.proxy) : undefined;
    const signal = AbortSignal.any([limit, context.signal]);
    let isTunnelOpen = false;
    let socket;
    try {
        socket = await dial(proxy ?? url, ca, signal);
        if (!proxy)
            return socket;
        await openTunnel(socket, url, proxy, signal);
        isTunnelOpen = true;
        return await dial(url, ca, signal, socket);
    }
    catch (error) {
        socket?.destroy();
        const isUnknownCa = (error.code ?? '') in transport_error/* UNKNOWN_CA_CODES */.PG;
        if (limit.aborted)
            throw noConnection(context.timeout, url, context);
        if (!isUnknownCa || ca) {
            const failure = (0,transport_error/* toHttpError */.e7)(error, 'connect', url, proxy, isTunnelOpen);
            if (isUnknownCa)
                failure.remedy = trustRemedy(context);
            else if (!isTunnelOpen)
                failure.remedy = proxyRemedy(url, context);
            throw failure;
        }
    }
    // Reading the system's store takes long, so it is left alone until it is needed.
    context.ca ??= [...external_node_tls_default().getCACertificates('default'), ...external_node_tls_default().getCACertificates('system')];
    return openSocket(url, context, limit);
}
/** @param waited milliseconds */
function noConnection(waited, url, route) {
    const through = route.proxy ? ` through the proxy ${new URL(route.proxy).host}` : '';
    const message = `no connection within ${(0,duration/* formatDuration */.a3)(waited)}${through}`;
    return new transport_error/* HttpError */.j$('connect', message, false, proxyRemedy(url, route));
}
function proxyRemedy({ host }, { proxy, proxyFrom }) {
    if (!proxy)
        return undefined;
    return `Check the proxy in ${proxyFrom}: its name, port and password, and whether it allows connections to ${host}.`;
}
function trustRemedy({ extraCaFile }) {
    const remedy = "Add the CA to the system's store, or set `NODE_EXTRA_CA_CERTS` to the path of its PEM file.";
    if (!extraCaFile || external_node_tls_default().getCACertificates('extra').length > 0)
        return remedy;
    return `${remedy} The variable is set to ${(0,util_text/* codeSpan */.SS)(extraCaFile, 200)}, but Node found no PEM certificate there. The path must be absolute and without quotes, the file ASCII text with \`-----BEGIN CERTIFICATE-----\`.`;
}
/** @param through a socket that is connected with the server already */
async function dial(url, ca, signal, through) {
    const isTls = url.protocol === 'https:';
    if (through && !isTls)
        return through;
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const target = { host, port: portOf(url), autoSelectFamily: true, autoSelectFamilyAttemptTimeout: ATTEMPT_TIMEOUT };
    // Explicit, because NODE_TLS_REJECT_UNAUTHORIZED=0 would disable it.
    const security = { ...(external_node_net_default().isIP(host) === 0 && { servername: host }), ca, rejectUnauthorized: true };
    const socket = isTls ? external_node_tls_default().connect({ ...target, ...security, socket: through }) : external_node_net_default().connect(target);
    try {
        await (0,external_node_events_.once)(socket, isTls ? 'secureConnect' : 'connect', { signal });
        return socket;
    }
    catch (error) {
        socket.on('error', () => { }).destroy();
        throw error;
    }
}
function portOf({ port, protocol }) {
    return Number(port) || (protocol === 'https:' ? 443 : 80);
}
async function openTunnel(socket, url, proxy, signal) {
    const { username, password } = (0,util_url/* proxyLogin */.eU)(proxy.href);
    const login = Buffer.from(`${username}:${password}`).toString('base64');
    const host = `${url.hostname}:${portOf(url)}`;
    const headers = { host, ...(username && { 'proxy-authorization': `Basic ${login}` }) };
    const request = external_node_http_default().request({ createConnection: () => socket, method: 'CONNECT', path: host, headers });
    // `once` itself stops listening for errors after the first event.
    const connected = (0,external_node_events_.once)(request.on('error', () => { }).end(), 'connect', { signal });
    const [{ statusCode = 0 }, , head] = (await connected);
    socket.unshift(head);
    if (statusCode === 200)
        return;
    const problem = statusCode === 407 ? 'requires a valid user name and password' : `does not allow connections to ${url.host}`;
    // Many attempts with a wrong password may lock the account.
    const permanent = statusCode >= 400 && statusCode < 500 && statusCode !== 408 && statusCode !== 429;
    throw new transport_error/* HttpError */.j$('connect', `the proxy ${proxy.host} ${problem} (HTTP status ${statusCode})`, permanent);
}


/***/ }),

/***/ 6329:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   PG: () => (/* binding */ UNKNOWN_CA_CODES),
/* harmony export */   e7: () => (/* binding */ toHttpError),
/* harmony export */   j$: () => (/* binding */ HttpError)
/* harmony export */ });
/** A request without a complete response. The message says why in a few words. */
class HttpError extends Error {
    phase;
    /** Another attempt would end the same way. */
    permanent;
    /** The fix, if it follows from the route to the server. */
    remedy;
    constructor(phase, message, permanent = false, remedy) {
        super(message);
        this.name = 'HttpError';
        this.phase = phase;
        this.permanent = permanent;
        this.remedy = remedy;
    }
}
/** Words an error by codes and hosts alone: its text may quote what was sent, a proxy's URL may hold a password. */
function toHttpError(error, phase, url, proxy, isTunnelOpen = false) {
    if (error instanceof HttpError)
        return error;
    const { code = '' } = error;
    let target = proxy ? `the proxy ${proxy.host}` : url.host;
    if (isTunnelOpen)
        target = `${url.host} through ${target}`;
    const reasons = {
        connect: CONNECTING[code]?.(target) ?? `no connection to ${target}`,
        headers: `the connection to ${url.host} was lost before a response arrived`,
        body: `the connection to ${url.host} was lost in the middle of the response`,
    };
    const isCertificate = code in CERTIFICATE;
    const reason = isCertificate ? `the TLS certificate of ${target} ${CERTIFICATE[code]}` : reasons[phase];
    const permanent = isCertificate || /^(?:EPROTO|ERR_SSL_.*|ERR_INVALID_CHAR)$/.test(code);
    return new HttpError(phase, code ? `${reason} (${code})` : reason, permanent);
}
const UNKNOWN_CA = "comes from a CA that the runner doesn't trust";
/** Certificates that fail only because Node doesn't know their CA. */
const UNKNOWN_CA_CODES = {
    DEPTH_ZERO_SELF_SIGNED_CERT: "is self-signed, and the runner doesn't trust it",
    SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_CA,
    UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_CA,
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_CA,
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_CA,
};
/** https://docs.openssl.org/master/man1/openssl-verification-options/ */
const CERTIFICATE = {
    ...UNKNOWN_CA_CODES,
    CERT_HAS_EXPIRED: 'has expired',
    CERT_NOT_YET_VALID: 'is not valid yet',
    CERT_REVOKED: 'was revoked',
    CERT_SIGNATURE_FAILURE: 'has an invalid signature',
    CERT_UNTRUSTED: 'is not trusted on the runner',
    ERR_TLS_CERT_ALTNAME_INVALID: 'was issued for another host name',
};
const noTls = (target) => `${target} does not speak TLS`;
const noRoute = (target) => `there is no network route to ${target}`;
const CONNECTING = {
    EPROTO: noTls,
    ERR_SSL_WRONG_VERSION_NUMBER: noTls,
    ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls,
    ECONNREFUSED: (target) => `${target} refuses connections`,
    ECONNRESET: (target) => `the connection to ${target} was lost`,
    ENOTFOUND: (target) => `the name of ${target} cannot be resolved`,
    EAI_AGAIN: (target) => `the name of ${target} cannot be resolved at the moment`,
    ENETUNREACH: noRoute,
    EHOSTUNREACH: noRoute,
    ETIMEDOUT: (target) => `${target} does not respond`,
};


/***/ }),

/***/ 3038:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   o: () => (/* binding */ Transport)
/* harmony export */ });
/* harmony import */ var node_events__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(8474);
/* harmony import */ var node_events__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__nccwpck_require__.n(node_events__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var node_http__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(7067);
/* harmony import */ var node_http__WEBPACK_IMPORTED_MODULE_1___default = /*#__PURE__*/__nccwpck_require__.n(node_http__WEBPACK_IMPORTED_MODULE_1__);
/* harmony import */ var node_util__WEBPACK_IMPORTED_MODULE_2__ = __nccwpck_require__(7975);
/* harmony import */ var node_util__WEBPACK_IMPORTED_MODULE_2___default = /*#__PURE__*/__nccwpck_require__.n(node_util__WEBPACK_IMPORTED_MODULE_2__);
/* harmony import */ var _util_duration_js__WEBPACK_IMPORTED_MODULE_3__ = __nccwpck_require__(6518);
/* harmony import */ var _agent_info_js__WEBPACK_IMPORTED_MODULE_4__ = __nccwpck_require__(1283);
/* harmony import */ var _connect_js__WEBPACK_IMPORTED_MODULE_5__ = __nccwpck_require__(1889);
/* harmony import */ var _transport_error_js__WEBPACK_IMPORTED_MODULE_6__ = __nccwpck_require__(6329);







/** Milliseconds. */
const REQUEST_TIMEOUT = 30_000;
const CONNECT_TIMEOUT = 15_000;
/** Bytes. The platform's responses have a few kilobytes. */
const MAX_BODY = 1024 * 1024;
/** HTTP/1.1 over connections that are kept, with limits on size and time; it follows no redirects. */
class Transport {
    requestTimeout;
    context;
    closing = new AbortController();
    // Without a timeout, the agent keeps connections for longer than the server does.
    agent = new (node_http__WEBPACK_IMPORTED_MODULE_1___default().Agent)({ keepAlive: true, timeout: REQUEST_TIMEOUT });
    constructor({ requestTimeout, connectTimeout: timeout = CONNECT_TIMEOUT, ...route } = {}) {
        this.requestTimeout = requestTimeout ?? REQUEST_TIMEOUT;
        this.context = { ...route, timeout, signal: this.closing.signal };
        const open = (0,node_util__WEBPACK_IMPORTED_MODULE_2__.callbackify)((url) => (0,_connect_js__WEBPACK_IMPORTED_MODULE_5__/* .openSocket */ .kn)(url, this.context, AbortSignal.timeout(timeout)));
        // openSocket does TLS too, so `http` also serves https.
        this.agent.createConnection = (options, done) => {
            open(options.url, (error, socket) => done?.(error, socket));
            return undefined;
        };
    }
    /** Throws HttpError. */
    send(request) {
        return this.receive(request, async (head, body) => {
            const chunks = [];
            let size = 0;
            for await (const chunk of body) {
                size += chunk.length;
                if (size > MAX_BODY)
                    throw new _transport_error_js__WEBPACK_IMPORTED_MODULE_6__/* .HttpError */ .j$('body', 'the response is larger than 1 MiB', true);
                chunks.push(chunk);
            }
            return { ...head, body: Buffer.concat(chunks) };
        });
    }
    /** Hands a response over once its headers are there. Throws HttpError; errors of `consume` pass through. */
    async receive(request, consume) {
        const { method, url, headers, body = '', signal } = request;
        const limits = this.requestTimeout === 'none' ? [] : [AbortSignal.timeout(this.requestTimeout)];
        const stop = AbortSignal.any([signal, ...limits]);
        const startedAt = performance.now();
        let sentAt = 0;
        let phase = 'connect';
        const fail = (error) => {
            if (!stop.aborted)
                throw (0,_transport_error_js__WEBPACK_IMPORTED_MODULE_6__/* .toHttpError */ .e7)(error, phase, url);
            const waited = Math.round(performance.now() - startedAt);
            if (phase === 'connect')
                throw (0,_connect_js__WEBPACK_IMPORTED_MODULE_5__/* .noConnection */ .s0)(waited, url, this.context);
            const waiting = phase === 'headers' ? 'connected, but no response' : 'the response began but did not end';
            throw new _transport_error_js__WEBPACK_IMPORTED_MODULE_6__/* .HttpError */ .j$(phase, `${waiting} within ${(0,_util_duration_js__WEBPACK_IMPORTED_MODULE_3__/* .formatDuration */ .a3)(waited)}`);
        };
        async function* chunksOf(response) {
            try {
                yield* response;
                // Node ends a body without a length, as if it were complete, when it is aborted.
                stop.throwIfAborted();
            }
            catch (error) {
                fail(error);
            }
        }
        const begin = async () => {
            stop.throwIfAborted();
            // The agent distinguishes connections by `host`.
            const target = { agent: this.agent, host: url.origin, url, path: url.pathname + url.search };
            const length = body && { 'content-length': Buffer.byteLength(body) };
            const allHeaders = { 'user-agent': _agent_info_js__WEBPACK_IMPORTED_MODULE_4__/* .USER_AGENT */ ._O, ...headers, host: url.host, ...length };
            const request = node_http__WEBPACK_IMPORTED_MODULE_1___default().request({ ...target, method, headers: allHeaders, signal: stop });
            request.on('error', () => { });
            request.on('socket', () => {
                phase = 'headers';
                sentAt = Date.now();
            });
            request.end(body);
            // A request that still waits for its connection doesn't report that it was aborted.
            return (await (0,node_events__WEBPACK_IMPORTED_MODULE_0__.once)(request, 'response', { signal: stop }))[0];
        };
        const response = await begin().catch(fail);
        phase = 'body';
        const head = { status: response.statusCode ?? 0, headers: response.headers, sentAt, receivedAt: Date.now() };
        try {
            return await consume(head, chunksOf(response));
        }
        finally {
            response.destroy();
        }
    }
    [Symbol.dispose]() {
        this.closing.abort();
        this.agent.destroy();
    }
}


/***/ }),

/***/ 6518:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   E9: () => (/* binding */ parseDuration),
/* harmony export */   a3: () => (/* binding */ formatDuration),
/* harmony export */   mp: () => (/* binding */ describeSkew)
/* harmony export */ });
const UNITS = { ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1, s: 1e3, m: 60e3, h: 3600e3 };
/**
 * Parses a Go duration such as `1m30s`, `1.5h`, `-250ms` or `0`.
 * @returns milliseconds, or undefined if the text isn't a duration
 * @see https://pkg.go.dev/time#ParseDuration
 */
function parseDuration(text) {
    // A long text would keep the pattern busy.
    if (text.length > 64)
        return undefined;
    const match = /^([-+]?)(0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/.exec(text);
    if (!match)
        return undefined;
    let total = 0;
    for (const [, number, unit] of match[2].matchAll(/([\d.]+)([^\d.]+)/g))
        total += Number(number) * UNITS[unit];
    return match[1] === '-' ? 0 - total : total;
}
/** Formats milliseconds as Go does, to the nanosecond: `72h0m6.277s`, `1.5s`, `250ms`, `0s`. */
function formatDuration(milliseconds) {
    const sign = milliseconds < 0 ? '-' : '';
    const nanoseconds = Math.round(Math.abs(milliseconds) * 1e6);
    if (nanoseconds === 0)
        return '0s';
    if (nanoseconds < 1e3)
        return `${sign}${nanoseconds}ns`;
    if (nanoseconds < 1e6)
        return `${sign}${nanoseconds / 1e3}µs`;
    if (nanoseconds < 1e9)
        return `${sign}${nanoseconds / 1e6}ms`;
    const rest = nanoseconds % 60e9;
    const minutes = (nanoseconds - rest) / 60e9;
    const hours = Math.floor(minutes / 60);
    return `${sign}${hours ? `${hours}h` : ''}${minutes ? `${minutes % 60}m` : ''}${(rest / 1e9).toFixed(9).replace(/\.?0+$/, '')}s`;
}
/**
 * Says where the runner's clock is, in words that follow "it is"; a long skew has them twice: `3 days, 71h59m59.7s`.
 * @param accuracy below this skew, in milliseconds, the clocks are in sync
 */
function describeSkew(skew, accuracy = 2000) {
    const distance = Math.abs(skew);
    if (distance < accuracy)
        return 'in sync';
    const hours = Math.round(distance / 3600e3);
    const [count, unit] = hours < 48 ? [hours, 'hour'] : [Math.round(hours / 24), 'day'];
    const words = distance >= 3600e3 ? `${count} ${unit}${count > 1 ? 's' : ''}, ` : '';
    return `${skew > 0 ? 'behind' : 'ahead of'} the platform's by ${words}${formatDuration(distance)}`;
}


/***/ }),

/***/ 17:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   CA: () => (/* binding */ errorCode),
/* harmony export */   TG: () => (/* binding */ FINDINGS),
/* harmony export */   eX: () => (/* binding */ TITLES),
/* harmony export */   lZ: () => (/* binding */ ActionError),
/* harmony export */   p7: () => (/* binding */ describeCrash)
/* harmony export */ });
/** The findings and their titles, the gravest first. */
const TITLES = {
    'invalid-input': 'Invalid input',
    'missing-credentials': 'No credentials provided',
    'invalid-credentials': 'Invalid credentials',
    'runner-error': 'Problem on the runner',
    unreachable: 'No valid response from Mondoo Platform',
    'not-serving': 'Mondoo Platform is not serving',
    unauthenticated: 'Mondoo Platform rejected the credentials',
    'permission-denied': 'The credentials have the wrong role',
    'clock-skew': 'The clock of the runner is wrong',
    unregistered: 'cnspec could not be registered',
    'cnspec-failed': 'cnspec failed or reported a different status',
    skipped: 'Skipped: this run has no access to secrets',
};
const FINDINGS = Object.keys(TITLES);
/** `message` has the cause, `remedy` the fix: no secrets. A parser's error quotes its input, so none becomes evidence. */
class ActionError extends Error {
    code;
    remedy;
    evidence;
    constructor(code, message, remedy, evidence) {
        super(message);
        this.name = 'ActionError';
        this.code = code;
        this.remedy = remedy;
        if (evidence)
            this.evidence = evidence;
    }
}
/** The code of an error of the system, such as `ENOSPC`. */
function errorCode(error) {
    return error.code ?? 'unknown error';
}
/** Describes a bug by its kind and its stack only, as an exception's text can quote a secret. */
function describeCrash(cause) {
    const { name, message: text, stack = '' } = cause instanceof Error ? cause : { name: typeof cause, message: '' };
    const frames = stack
        .slice(stack.indexOf(text) + text.length)
        .split('\n')
        .filter((line) => /^\s+at /.test(line));
    const message = `This is a bug in the action (${name}). Report it in the repository of the action, with these lines.`;
    return [message, ...frames.slice(0, 5)].join('\n');
}


/***/ }),

/***/ 4976:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   Bl: () => (/* binding */ tryParseJson),
/* harmony export */   jh: () => (/* binding */ isMap),
/* harmony export */   yL: () => (/* binding */ mapIn)
/* harmony export */ });
/** Whether a parsed value is an object with keys, neither null nor a list. */
function isMap(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}
/** An empty object for any other value. */
function mapIn(value) {
    return isMap(value) ? value : {};
}
/** Parses JSON; undefined if it isn't valid. The text of a parser's error would quote its input. */
function tryParseJson(text) {
    try {
        return JSON.parse(text);
    }
    catch {
        return undefined;
    }
}


/***/ }),

/***/ 1075:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   In: () => (/* binding */ NO_CLIENT),
/* harmony export */   Mp: () => (/* binding */ spaceId),
/* harmony export */   Om: () => (/* binding */ isMrn),
/* harmony export */   bf: () => (/* binding */ ownerOf),
/* harmony export */   cC: () => (/* binding */ MRN_SHAPE)
/* harmony export */ });
/** What `cnspec status` prints in the place of a client's MRN. */
const NO_CLIENT = 'no managed client';
const ID = String.raw `[A-Za-z0-9](?:[\w.-]{0,126}[A-Za-z0-9])?`;
const SCOPE = `(?<kind>spaces|organizations)/(?<id>${ID})`;
/** By kind, for error messages; `owner` is a space or an organization. */
const MRN_SHAPE = {
    'service account': '//agents.api.mondoo.app/spaces/<id>/serviceaccounts/<id>',
    client: '//agents.api.mondoo.app/spaces/<id>/agents/<id>',
    owner: '//captain.api.mondoo.app/spaces/<id>',
};
function isMrn(kind, text) {
    return scopeOf(kind, text) !== undefined;
}
function scopeOf(kind, text) {
    const shape = MRN_SHAPE[kind].replaceAll('.', '\\.').replace(/(spaces\/)?<id>/g, (_, scope) => (scope ? SCOPE : ID));
    return new RegExp(`^${shape}$`).exec(text)?.groups;
}
/** The id of the space; undefined if the owner is an organization. */
function spaceId(owner) {
    const scope = scopeOf('owner', owner);
    return scope?.kind === 'spaces' ? scope.id : undefined;
}
/** The owner of a service account or client. */
function ownerOf(mrn) {
    const scope = scopeOf('service account', mrn) ?? scopeOf('client', mrn);
    return scope && `//captain.api.mondoo.app/${scope.kind}/${scope.id}`;
}


/***/ }),

/***/ 4964:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   F: () => (/* binding */ isInside),
/* harmony export */   n: () => (/* binding */ system32)
/* harmony export */ });
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(1455);
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__nccwpck_require__.n(node_fs_promises__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(6760);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1___default = /*#__PURE__*/__nccwpck_require__.n(node_path__WEBPACK_IMPORTED_MODULE_1__);


/** Whether an absolute path, which need not exist, is inside a folder, before or after resolving symlinks. */
async function isInside(folder, file) {
    const [target, real] = await Promise.all([resolveLinks(file), resolveLinks(folder)]);
    return [file, target].some((name) => [folder, real].some((place) => contains(place, name)));
}
/** Resolves symlinks in the part of the path that exists. */
async function resolveLinks(name) {
    const { dir, base } = node_path__WEBPACK_IMPORTED_MODULE_1___default().parse(name);
    return (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_0__.realpath)(name).catch(async () => (base === '' ? name : node_path__WEBPACK_IMPORTED_MODULE_1___default().join(await resolveLinks(dir), base)));
}
function contains(folder, file) {
    const way = node_path__WEBPACK_IMPORTED_MODULE_1___default().relative(folder, file);
    return way !== '' && way.split((node_path__WEBPACK_IMPORTED_MODULE_1___default().sep))[0] !== '..' && !node_path__WEBPACK_IMPORTED_MODULE_1___default().isAbsolute(way);
}
/** The folder of the programs that come with Windows. */
function system32(env) {
    return node_path__WEBPACK_IMPORTED_MODULE_1___default().join(env.SystemRoot ?? env.SYSTEMROOT ?? 'C:\\Windows', 'System32');
}


/***/ }),

/***/ 9997:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   Jg: () => (/* binding */ isWord),
/* harmony export */   SS: () => (/* binding */ codeSpan),
/* harmony export */   mP: () => (/* binding */ UNREADABLE),
/* harmony export */   wY: () => (/* binding */ lowerCased),
/* harmony export */   wh: () => (/* binding */ plainText)
/* harmony export */ });
/**
 * Makes text from elsewhere harmless in a log: one line, no control or direction-changing characters, and nothing
 * that a runner takes for a command (`::` at the start, `##[` or `##vso[` anywhere).
 */
function plainText(text, limit = 300) {
    const line = text
        .replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029\ufeff]+/gu, ' ')
        .replace(/##(?=\w*\[)/g, '# #')
        .trim()
        .replace(/^:(?=:)/, ': ');
    return line.length > limit ? `${line.slice(0, limit)}…` : line;
}
/** Quotes text from elsewhere in a message, so that it stays one code span. */
function codeSpan(text, limit) {
    return `\`${plainText(text, limit).replaceAll('`', "'") || '(none)'}\``;
}
/** Characters that cnspec's YAML reader refuses, with the whole file. */
const UNREADABLE = /[\p{Cs}\ufffe\uffff]/u;
/** Lower-cases a key as cnspec does: each character alone, so there is no final sigma. */
function lowerCased(key) {
    return key.replace(/./gsu, (character) => String.fromCodePoint(character.toLowerCase().codePointAt(0)));
}
/** Whether a version, build or status that a server or a program names may become an output. */
function isWord(text) {
    return typeof text === 'string' && /^[\w.+-]{1,64}$/.test(text);
}


/***/ }),

/***/ 7997:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   Bk: () => (/* binding */ parseEndpoint),
/* harmony export */   Pr: () => (/* binding */ parseProxyUrl),
/* harmony export */   T8: () => (/* binding */ isMondooHost),
/* harmony export */   U9: () => (/* binding */ isLoopback),
/* harmony export */   Xf: () => (/* binding */ isSameHost),
/* harmony export */   eU: () => (/* binding */ proxyLogin),
/* harmony export */   gM: () => (/* binding */ isTrustedHost),
/* harmony export */   mP: () => (/* binding */ DEFAULT_ENDPOINT)
/* harmony export */ });
/** Where cnspec sends credentials without an `api_endpoint`, in any region. */
const DEFAULT_ENDPOINT = 'https://us.api.mondoo.com';
/**
 * Parses an API endpoint: https, or http on loopback; no user, password, query or fragment.
 * @returns the endpoint without a slash at its end
 */
function parseEndpoint(text, refuse) {
    if (text.length > 2048)
        throw refuse('is longer than 2048 characters');
    const url = parseUrl(text, refuse);
    if (url.username || url.password)
        throw refuse('contains a user name or a password');
    if (/[?#]/.test(text))
        throw refuse('contains a query or a fragment');
    if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
        throw refuse('is plain http, which would send your credentials unencrypted');
    }
    if (!/^https?:$/.test(url.protocol))
        throw refuse('is not an https URL');
    return (url.origin + url.pathname).replace(/\/+$/, '');
}
/**
 * Parses the URL of a proxy: http or https, with or without user name and password.
 * @returns the URL, normalized
 */
function parseProxyUrl(text, refuse) {
    const url = parseUrl(text, refuse);
    if (!/^https?:$/.test(url.protocol))
        throw refuse('is neither an http nor an https URL');
    // A password may hold an apostrophe.
    if (/["\\]/.test(text) || /['`]/.test(url.host))
        throw refuse('contains a quote or a backslash');
    try {
        proxyLogin(url.href);
    }
    catch {
        throw refuse('has a user name or a password that is not URL-encoded');
    }
    return url.href;
}
/** The decoded user name and password; empty if there are none. */
function proxyLogin(proxy) {
    const { username, password } = new URL(proxy);
    return { username: decodeURIComponent(username), password: decodeURIComponent(password) };
}
function parseUrl(text, refuse) {
    // Node drops tabs and line ends silently; cnspec does not.
    if (/\s/.test(text))
        throw refuse('contains white space');
    const url = URL.parse(text);
    if (url === null)
        throw refuse('is not a URL');
    return url;
}
function isLoopback(hostname) {
    return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
/** Whether an endpoint is Mondoo's own, or on this runner. */
function isTrustedHost(endpoint) {
    return isMondooHost(endpoint) || isLoopback(new URL(endpoint).hostname);
}
function isMondooHost(endpoint) {
    return /(?:^|\.)mondoo\.com$/.test(new URL(endpoint).hostname);
}
function isSameHost(one, other) {
    return new URL(one).host === new URL(other).host;
}


/***/ }),

/***/ 181:
/***/ ((module) => {

module.exports = require("buffer");

/***/ }),

/***/ 9896:
/***/ ((module) => {

module.exports = require("fs");

/***/ }),

/***/ 1421:
/***/ ((module) => {

module.exports = require("node:child_process");

/***/ }),

/***/ 7598:
/***/ ((module) => {

module.exports = require("node:crypto");

/***/ }),

/***/ 8474:
/***/ ((module) => {

module.exports = require("node:events");

/***/ }),

/***/ 3024:
/***/ ((module) => {

module.exports = require("node:fs");

/***/ }),

/***/ 1455:
/***/ ((module) => {

module.exports = require("node:fs/promises");

/***/ }),

/***/ 7067:
/***/ ((module) => {

module.exports = require("node:http");

/***/ }),

/***/ 6760:
/***/ ((module) => {

module.exports = require("node:path");

/***/ }),

/***/ 6466:
/***/ ((module) => {

module.exports = require("node:stream/promises");

/***/ }),

/***/ 8500:
/***/ ((module) => {

module.exports = require("node:timers/promises");

/***/ }),

/***/ 7975:
/***/ ((module) => {

module.exports = require("node:util");

/***/ }),

/***/ 6928:
/***/ ((module) => {

module.exports = require("path");

/***/ }),

/***/ 932:
/***/ ((module) => {

module.exports = require("process");

/***/ }),

/***/ 90:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   H8: () => (/* binding */ IS_WINDOWS),
/* harmony export */   Qh: () => (/* binding */ isRooted),
/* harmony export */   t2: () => (/* binding */ exists),
/* harmony export */   vr: () => (/* binding */ tryGetExecutablePath)
/* harmony export */ });
/* unused harmony exports chmod, copyFile, lstat, mkdir, open, readdir, rename, rm, rmdir, stat, symlink, unlink, readlink, UV_FS_O_EXLOCK, READONLY, isDirectory, getCmdPath */
/* harmony import */ var fs__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(9896);
/* harmony import */ var path__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(6928);
var __awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};


const { chmod, copyFile, lstat, mkdir, open, readdir, rename, rm, rmdir, stat, symlink, unlink } = fs__WEBPACK_IMPORTED_MODULE_0__.promises;
// export const {open} = 'fs'
const IS_WINDOWS = process.platform === 'win32';
/**
 * Custom implementation of readlink to ensure Windows junctions
 * maintain trailing backslash for backward compatibility with Node.js < 24
 *
 * In Node.js 20, Windows junctions (directory symlinks) always returned paths
 * with trailing backslashes. Node.js 24 removed this behavior, which breaks
 * code that relied on this format for path operations.
 *
 * This implementation restores the Node 20 behavior by adding a trailing
 * backslash to all junction results on Windows.
 */
function readlink(fsPath) {
    return __awaiter(this, void 0, void 0, function* () {
        const result = yield fs.promises.readlink(fsPath);
        // On Windows, restore Node 20 behavior: add trailing backslash to all results
        // since junctions on Windows are always directory links
        if (IS_WINDOWS && !result.endsWith('\\')) {
            return `${result}\\`;
        }
        return result;
    });
}
// See https://github.com/nodejs/node/blob/d0153aee367422d0858105abec186da4dff0a0c5/deps/uv/include/uv/win.h#L691
const UV_FS_O_EXLOCK = 0x10000000;
const READONLY = fs__WEBPACK_IMPORTED_MODULE_0__.constants.O_RDONLY;
function exists(fsPath) {
    return __awaiter(this, void 0, void 0, function* () {
        try {
            yield stat(fsPath);
        }
        catch (err) {
            if (err.code === 'ENOENT') {
                return false;
            }
            throw err;
        }
        return true;
    });
}
function isDirectory(fsPath_1) {
    return __awaiter(this, arguments, void 0, function* (fsPath, useStat = false) {
        const stats = useStat ? yield stat(fsPath) : yield lstat(fsPath);
        return stats.isDirectory();
    });
}
/**
 * On OSX/Linux, true if path starts with '/'. On Windows, true for paths like:
 * \, \hello, \\hello\share, C:, and C:\hello (and corresponding alternate separator cases).
 */
function isRooted(p) {
    p = normalizeSeparators(p);
    if (!p) {
        throw new Error('isRooted() parameter "p" cannot be empty');
    }
    if (IS_WINDOWS) {
        return (p.startsWith('\\') || /^[A-Z]:/i.test(p) // e.g. \ or \hello or \\hello
        ); // e.g. C: or C:\hello
    }
    return p.startsWith('/');
}
/**
 * Best effort attempt to determine whether a file exists and is executable.
 * @param filePath    file path to check
 * @param extensions  additional file extensions to try
 * @return if file exists and is executable, returns the file path. otherwise empty string.
 */
function tryGetExecutablePath(filePath, extensions) {
    return __awaiter(this, void 0, void 0, function* () {
        let stats = undefined;
        try {
            // test file exists
            stats = yield stat(filePath);
        }
        catch (err) {
            if (err.code !== 'ENOENT') {
                // eslint-disable-next-line no-console
                console.log(`Unexpected error attempting to determine if executable file exists '${filePath}': ${err}`);
            }
        }
        if (stats && stats.isFile()) {
            if (IS_WINDOWS) {
                // on Windows, test for valid extension
                const upperExt = path__WEBPACK_IMPORTED_MODULE_1__.extname(filePath).toUpperCase();
                if (extensions.some(validExt => validExt.toUpperCase() === upperExt)) {
                    return filePath;
                }
            }
            else {
                if (isUnixExecutable(stats)) {
                    return filePath;
                }
            }
        }
        // try each extension
        const originalFilePath = filePath;
        for (const extension of extensions) {
            filePath = originalFilePath + extension;
            stats = undefined;
            try {
                stats = yield stat(filePath);
            }
            catch (err) {
                if (err.code !== 'ENOENT') {
                    // eslint-disable-next-line no-console
                    console.log(`Unexpected error attempting to determine if executable file exists '${filePath}': ${err}`);
                }
            }
            if (stats && stats.isFile()) {
                if (IS_WINDOWS) {
                    // preserve the case of the actual file (since an extension was appended)
                    try {
                        const directory = path__WEBPACK_IMPORTED_MODULE_1__.dirname(filePath);
                        const upperName = path__WEBPACK_IMPORTED_MODULE_1__.basename(filePath).toUpperCase();
                        for (const actualName of yield readdir(directory)) {
                            if (upperName === actualName.toUpperCase()) {
                                filePath = path__WEBPACK_IMPORTED_MODULE_1__.join(directory, actualName);
                                break;
                            }
                        }
                    }
                    catch (err) {
                        // eslint-disable-next-line no-console
                        console.log(`Unexpected error attempting to determine the actual case of the file '${filePath}': ${err}`);
                    }
                    return filePath;
                }
                else {
                    if (isUnixExecutable(stats)) {
                        return filePath;
                    }
                }
            }
        }
        return '';
    });
}
function normalizeSeparators(p) {
    p = p || '';
    if (IS_WINDOWS) {
        // convert slashes on Windows
        p = p.replace(/\//g, '\\');
        // remove redundant slashes
        return p.replace(/\\\\+/g, '\\');
    }
    // remove redundant slashes
    return p.replace(/\/\/+/g, '/');
}
// on Mac/Linux, test the execute bit
//     R   W  X  R  W X R W X
//   256 128 64 32 16 8 4 2 1
function isUnixExecutable(stats) {
    return ((stats.mode & 1) > 0 ||
        ((stats.mode & 8) > 0 &&
            process.getgid !== undefined &&
            stats.gid === process.getgid()) ||
        ((stats.mode & 64) > 0 &&
            process.getuid !== undefined &&
            stats.uid === process.getuid()));
}
// Get the path of cmd.exe in windows
function getCmdPath() {
    var _a;
    return (_a = process.env['COMSPEC']) !== null && _a !== void 0 ? _a : `cmd.exe`;
}
//# sourceMappingURL=io-util.js.map

/***/ }),

/***/ 5366:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {


// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  K7: () => (/* binding */ which)
});

// UNUSED EXPORTS: cp, findInPath, mkdirP, mv, rmRF

;// CONCATENATED MODULE: external "assert"
const external_assert_namespaceObject = require("assert");
// EXTERNAL MODULE: external "path"
var external_path_ = __nccwpck_require__(6928);
// EXTERNAL MODULE: ./node_modules/@actions/io/lib/io-util.js
var io_util = __nccwpck_require__(90);
;// CONCATENATED MODULE: ./node_modules/@actions/io/lib/io.js
var __awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};



/**
 * Copies a file or folder.
 * Based off of shelljs - https://github.com/shelljs/shelljs/blob/9237f66c52e5daa40458f94f9565e18e8132f5a6/src/cp.js
 *
 * @param     source    source path
 * @param     dest      destination path
 * @param     options   optional. See CopyOptions.
 */
function cp(source_1, dest_1) {
    return __awaiter(this, arguments, void 0, function* (source, dest, options = {}) {
        const { force, recursive, copySourceDirectory } = readCopyOptions(options);
        const destStat = (yield ioUtil.exists(dest)) ? yield ioUtil.stat(dest) : null;
        // Dest is an existing file, but not forcing
        if (destStat && destStat.isFile() && !force) {
            return;
        }
        // If dest is an existing directory, should copy inside.
        const newDest = destStat && destStat.isDirectory() && copySourceDirectory
            ? path.join(dest, path.basename(source))
            : dest;
        if (!(yield ioUtil.exists(source))) {
            throw new Error(`no such file or directory: ${source}`);
        }
        const sourceStat = yield ioUtil.stat(source);
        if (sourceStat.isDirectory()) {
            if (!recursive) {
                throw new Error(`Failed to copy. ${source} is a directory, but tried to copy without recursive flag.`);
            }
            else {
                yield cpDirRecursive(source, newDest, 0, force);
            }
        }
        else {
            if (path.relative(source, newDest) === '') {
                // a file cannot be copied to itself
                throw new Error(`'${newDest}' and '${source}' are the same file`);
            }
            yield copyFile(source, newDest, force);
        }
    });
}
/**
 * Moves a path.
 *
 * @param     source    source path
 * @param     dest      destination path
 * @param     options   optional. See MoveOptions.
 */
function mv(source_1, dest_1) {
    return __awaiter(this, arguments, void 0, function* (source, dest, options = {}) {
        if (yield ioUtil.exists(dest)) {
            let destExists = true;
            if (yield ioUtil.isDirectory(dest)) {
                // If dest is directory copy src into dest
                dest = path.join(dest, path.basename(source));
                destExists = yield ioUtil.exists(dest);
            }
            if (destExists) {
                if (options.force == null || options.force) {
                    yield rmRF(dest);
                }
                else {
                    throw new Error('Destination already exists');
                }
            }
        }
        yield mkdirP(path.dirname(dest));
        yield ioUtil.rename(source, dest);
    });
}
/**
 * Remove a path recursively with force
 *
 * @param inputPath path to remove
 */
function rmRF(inputPath) {
    return __awaiter(this, void 0, void 0, function* () {
        if (ioUtil.IS_WINDOWS) {
            // Check for invalid characters
            // https://docs.microsoft.com/en-us/windows/win32/fileio/naming-a-file
            if (/[*"<>|]/.test(inputPath)) {
                throw new Error('File path must not contain `*`, `"`, `<`, `>` or `|` on Windows');
            }
        }
        try {
            // note if path does not exist, error is silent
            yield ioUtil.rm(inputPath, {
                force: true,
                maxRetries: 3,
                recursive: true,
                retryDelay: 300
            });
        }
        catch (err) {
            throw new Error(`File was unable to be removed ${err}`);
        }
    });
}
/**
 * Make a directory.  Creates the full path with folders in between
 * Will throw if it fails
 *
 * @param   fsPath        path to create
 * @returns Promise<void>
 */
function mkdirP(fsPath) {
    return __awaiter(this, void 0, void 0, function* () {
        ok(fsPath, 'a path argument must be provided');
        yield ioUtil.mkdir(fsPath, { recursive: true });
    });
}
/**
 * Returns path of a tool had the tool actually been invoked.  Resolves via paths.
 * If you check and the tool does not exist, it will throw.
 *
 * @param     tool              name of the tool
 * @param     check             whether to check if tool exists
 * @returns   Promise<string>   path to tool
 */
function which(tool, check) {
    return __awaiter(this, void 0, void 0, function* () {
        if (!tool) {
            throw new Error("parameter 'tool' is required");
        }
        // recursive when check=true
        if (check) {
            const result = yield which(tool, false);
            if (!result) {
                if (io_util/* IS_WINDOWS */.H8) {
                    throw new Error(`Unable to locate executable file: ${tool}. Please verify either the file path exists or the file can be found within a directory specified by the PATH environment variable. Also verify the file has a valid extension for an executable file.`);
                }
                else {
                    throw new Error(`Unable to locate executable file: ${tool}. Please verify either the file path exists or the file can be found within a directory specified by the PATH environment variable. Also check the file mode to verify the file is executable.`);
                }
            }
            return result;
        }
        const matches = yield findInPath(tool);
        if (matches && matches.length > 0) {
            return matches[0];
        }
        return '';
    });
}
/**
 * Returns a list of all occurrences of the given tool on the system path.
 *
 * @returns   Promise<string[]>  the paths of the tool
 */
function findInPath(tool) {
    return __awaiter(this, void 0, void 0, function* () {
        if (!tool) {
            throw new Error("parameter 'tool' is required");
        }
        // build the list of extensions to try
        const extensions = [];
        if (io_util/* IS_WINDOWS */.H8 && process.env['PATHEXT']) {
            for (const extension of process.env['PATHEXT'].split(external_path_.delimiter)) {
                if (extension) {
                    extensions.push(extension);
                }
            }
        }
        // if it's rooted, return it if exists. otherwise return empty.
        if (io_util/* isRooted */.Qh(tool)) {
            const filePath = yield io_util/* tryGetExecutablePath */.vr(tool, extensions);
            if (filePath) {
                return [filePath];
            }
            return [];
        }
        // if any path separators, return empty
        if (tool.includes(external_path_.sep)) {
            return [];
        }
        // build the list of directories
        //
        // Note, technically "where" checks the current directory on Windows. From a toolkit perspective,
        // it feels like we should not do this. Checking the current directory seems like more of a use
        // case of a shell, and the which() function exposed by the toolkit should strive for consistency
        // across platforms.
        const directories = [];
        if (process.env.PATH) {
            for (const p of process.env.PATH.split(external_path_.delimiter)) {
                if (p) {
                    directories.push(p);
                }
            }
        }
        // find all matches
        const matches = [];
        for (const directory of directories) {
            const filePath = yield io_util/* tryGetExecutablePath */.vr(external_path_.join(directory, tool), extensions);
            if (filePath) {
                matches.push(filePath);
            }
        }
        return matches;
    });
}
function readCopyOptions(options) {
    const force = options.force == null ? true : options.force;
    const recursive = Boolean(options.recursive);
    const copySourceDirectory = options.copySourceDirectory == null
        ? true
        : Boolean(options.copySourceDirectory);
    return { force, recursive, copySourceDirectory };
}
function cpDirRecursive(sourceDir, destDir, currentDepth, force) {
    return __awaiter(this, void 0, void 0, function* () {
        // Ensure there is not a run away recursive copy
        if (currentDepth >= 255)
            return;
        currentDepth++;
        yield mkdirP(destDir);
        const files = yield ioUtil.readdir(sourceDir);
        for (const fileName of files) {
            const srcFile = `${sourceDir}/${fileName}`;
            const destFile = `${destDir}/${fileName}`;
            const srcFileStat = yield ioUtil.lstat(srcFile);
            if (srcFileStat.isDirectory()) {
                // Recurse
                yield cpDirRecursive(srcFile, destFile, currentDepth, force);
            }
            else {
                yield copyFile(srcFile, destFile, force);
            }
        }
        // Change the mode for the newly created directory
        yield ioUtil.chmod(destDir, (yield ioUtil.stat(sourceDir)).mode);
    });
}
// Buffered file copy
function copyFile(srcFile, destFile, force) {
    return __awaiter(this, void 0, void 0, function* () {
        if ((yield ioUtil.lstat(srcFile)).isSymbolicLink()) {
            // unlink/re-link it
            try {
                yield ioUtil.lstat(destFile);
                yield ioUtil.unlink(destFile);
            }
            catch (e) {
                // Try to override file permission
                if (e.code === 'EPERM') {
                    yield ioUtil.chmod(destFile, '0666');
                    yield ioUtil.unlink(destFile);
                }
                // other errors = it doesn't exist, no work to do
            }
            // Copy over symlink
            const symlinkFull = yield ioUtil.readlink(srcFile);
            yield ioUtil.symlink(symlinkFull, destFile, ioUtil.IS_WINDOWS ? 'junction' : null);
        }
        else if (!(yield ioUtil.exists(destFile)) || force) {
            yield ioUtil.copyFile(srcFile, destFile);
        }
    });
}
//# sourceMappingURL=io.js.map

/***/ })

/******/ 	});
/************************************************************************/
/******/ 	// The module cache
/******/ 	var __webpack_module_cache__ = {};
/******/ 	
/******/ 	// The require function
/******/ 	function __nccwpck_require__(moduleId) {
/******/ 		// Check if module is in cache
/******/ 		var cachedModule = __webpack_module_cache__[moduleId];
/******/ 		if (cachedModule !== undefined) {
/******/ 			return cachedModule.exports;
/******/ 		}
/******/ 		// Create a new module (and put it into the cache)
/******/ 		var module = __webpack_module_cache__[moduleId] = {
/******/ 			// no module.id needed
/******/ 			// no module.loaded needed
/******/ 			exports: {}
/******/ 		};
/******/ 	
/******/ 		// Execute the module function
/******/ 		var threw = true;
/******/ 		try {
/******/ 			__webpack_modules__[moduleId](module, module.exports, __nccwpck_require__);
/******/ 			threw = false;
/******/ 		} finally {
/******/ 			if(threw) delete __webpack_module_cache__[moduleId];
/******/ 		}
/******/ 	
/******/ 		// Return the exports of the module
/******/ 		return module.exports;
/******/ 	}
/******/ 	
/******/ 	// expose the modules object (__webpack_modules__)
/******/ 	__nccwpck_require__.m = __webpack_modules__;
/******/ 	
/************************************************************************/
/******/ 	/* webpack/runtime/asset-relocator-loader */
/******/ 	if (typeof __nccwpck_require__ !== 'undefined') __nccwpck_require__.ab = __dirname + "/";
/******/ 	
/******/ 	/* webpack/runtime/compat get default export */
/******/ 	(() => {
/******/ 		// getDefaultExport function for compatibility with non-harmony modules
/******/ 		__nccwpck_require__.n = (module) => {
/******/ 			var getter = module && module.__esModule ?
/******/ 				() => (module['default']) :
/******/ 				() => (module);
/******/ 			__nccwpck_require__.d(getter, { a: getter });
/******/ 			return getter;
/******/ 		};
/******/ 	})();
/******/ 	
/******/ 	/* webpack/runtime/define property getters */
/******/ 	(() => {
/******/ 		// define getter functions for harmony exports
/******/ 		__nccwpck_require__.d = (exports, definition) => {
/******/ 			for(var key in definition) {
/******/ 				if(__nccwpck_require__.o(definition, key) && !__nccwpck_require__.o(exports, key)) {
/******/ 					Object.defineProperty(exports, key, { enumerable: true, get: definition[key] });
/******/ 				}
/******/ 			}
/******/ 		};
/******/ 	})();
/******/ 	
/******/ 	/* webpack/runtime/ensure chunk */
/******/ 	(() => {
/******/ 		__nccwpck_require__.f = {};
/******/ 		// This file contains only the entry chunk.
/******/ 		// The chunk loading function for additional chunks
/******/ 		__nccwpck_require__.e = (chunkId) => {
/******/ 			return Promise.all(Object.keys(__nccwpck_require__.f).reduce((promises, key) => {
/******/ 				__nccwpck_require__.f[key](chunkId, promises);
/******/ 				return promises;
/******/ 			}, []));
/******/ 		};
/******/ 	})();
/******/ 	
/******/ 	/* webpack/runtime/get javascript chunk filename */
/******/ 	(() => {
/******/ 		// This function allow to reference async chunks
/******/ 		__nccwpck_require__.u = (chunkId) => {
/******/ 			// return url for filenames based on template
/******/ 			return "" + chunkId + ".index.js";
/******/ 		};
/******/ 	})();
/******/ 	
/******/ 	/* webpack/runtime/hasOwnProperty shorthand */
/******/ 	(() => {
/******/ 		__nccwpck_require__.o = (obj, prop) => (Object.prototype.hasOwnProperty.call(obj, prop))
/******/ 	})();
/******/ 	
/******/ 	/* webpack/runtime/make namespace object */
/******/ 	(() => {
/******/ 		// define __esModule on exports
/******/ 		__nccwpck_require__.r = (exports) => {
/******/ 			if(typeof Symbol !== 'undefined' && Symbol.toStringTag) {
/******/ 				Object.defineProperty(exports, Symbol.toStringTag, { value: 'Module' });
/******/ 			}
/******/ 			Object.defineProperty(exports, '__esModule', { value: true });
/******/ 		};
/******/ 	})();
/******/ 	
/******/ 	/* webpack/runtime/require chunk loading */
/******/ 	(() => {
/******/ 		// no baseURI
/******/ 		
/******/ 		// object to store loaded chunks
/******/ 		// "1" means "loaded", otherwise not loaded yet
/******/ 		var installedChunks = {
/******/ 			792: 1
/******/ 		};
/******/ 		
/******/ 		// no on chunks loaded
/******/ 		
/******/ 		var installChunk = (chunk) => {
/******/ 			var moreModules = chunk.modules, chunkIds = chunk.ids, runtime = chunk.runtime;
/******/ 			for(var moduleId in moreModules) {
/******/ 				if(__nccwpck_require__.o(moreModules, moduleId)) {
/******/ 					__nccwpck_require__.m[moduleId] = moreModules[moduleId];
/******/ 				}
/******/ 			}
/******/ 			if(runtime) runtime(__nccwpck_require__);
/******/ 			for(var i = 0; i < chunkIds.length; i++)
/******/ 				installedChunks[chunkIds[i]] = 1;
/******/ 		
/******/ 		};
/******/ 		
/******/ 		// require() chunk loading for javascript
/******/ 		__nccwpck_require__.f.require = (chunkId, promises) => {
/******/ 			// "1" is the signal for "already loaded"
/******/ 			if(!installedChunks[chunkId]) {
/******/ 				if(true) { // all chunks have JS
/******/ 					installChunk(require("./" + __nccwpck_require__.u(chunkId)));
/******/ 				} else installedChunks[chunkId] = 1;
/******/ 			}
/******/ 		};
/******/ 		
/******/ 		// no external install chunk
/******/ 		
/******/ 		// no HMR
/******/ 		
/******/ 		// no HMR manifest
/******/ 	})();
/******/ 	
/************************************************************************/
var __webpack_exports__ = {};

;// CONCATENATED MODULE: external "os"
const external_os_namespaceObject = require("os");
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/utils.js
// We use any as a valid input type
/* eslint-disable @typescript-eslint/no-explicit-any */
/**
 * Sanitizes an input into a string so it can be passed into issueCommand safely
 * @param input input to sanitize into a string
 */
function toCommandValue(input) {
    if (input === null || input === undefined) {
        return '';
    }
    else if (typeof input === 'string' || input instanceof String) {
        return input;
    }
    return JSON.stringify(input);
}
/**
 *
 * @param annotationProperties
 * @returns The command properties to send with the actual annotation command
 * See IssueCommandProperties: https://github.com/actions/runner/blob/main/src/Runner.Worker/ActionCommandManager.cs#L646
 */
function toCommandProperties(annotationProperties) {
    if (!Object.keys(annotationProperties).length) {
        return {};
    }
    return {
        title: annotationProperties.title,
        file: annotationProperties.file,
        line: annotationProperties.startLine,
        endLine: annotationProperties.endLine,
        col: annotationProperties.startColumn,
        endColumn: annotationProperties.endColumn
    };
}
//# sourceMappingURL=utils.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/command.js


/**
 * Issues a command to the GitHub Actions runner
 *
 * @param command - The command name to issue
 * @param properties - Additional properties for the command (key-value pairs)
 * @param message - The message to include with the command
 * @remarks
 * This function outputs a specially formatted string to stdout that the Actions
 * runner interprets as a command. These commands can control workflow behavior,
 * set outputs, create annotations, mask values, and more.
 *
 * Command Format:
 *   ::name key=value,key=value::message
 *
 * @example
 * ```typescript
 * // Issue a warning annotation
 * issueCommand('warning', {}, 'This is a warning message');
 * // Output: ::warning::This is a warning message
 *
 * // Set an environment variable
 * issueCommand('set-env', { name: 'MY_VAR' }, 'some value');
 * // Output: ::set-env name=MY_VAR::some value
 *
 * // Add a secret mask
 * issueCommand('add-mask', {}, 'secretValue123');
 * // Output: ::add-mask::secretValue123
 * ```
 *
 * @internal
 * This is an internal utility function that powers the public API functions
 * such as setSecret, warning, error, and exportVariable.
 */
function command_issueCommand(command, properties, message) {
    const cmd = new Command(command, properties, message);
    process.stdout.write(cmd.toString() + external_os_namespaceObject.EOL);
}
function command_issue(name, message = '') {
    command_issueCommand(name, {}, message);
}
const CMD_STRING = '::';
class Command {
    constructor(command, properties, message) {
        if (!command) {
            command = 'missing.command';
        }
        this.command = command;
        this.properties = properties;
        this.message = message;
    }
    toString() {
        let cmdStr = CMD_STRING + this.command;
        if (this.properties && Object.keys(this.properties).length > 0) {
            cmdStr += ' ';
            let first = true;
            for (const key in this.properties) {
                if (this.properties.hasOwnProperty(key)) {
                    const val = this.properties[key];
                    if (val) {
                        if (first) {
                            first = false;
                        }
                        else {
                            cmdStr += ',';
                        }
                        cmdStr += `${key}=${escapeProperty(val)}`;
                    }
                }
            }
        }
        cmdStr += `${CMD_STRING}${escapeData(this.message)}`;
        return cmdStr;
    }
}
function escapeData(s) {
    return toCommandValue(s)
        .replace(/%/g, '%25')
        .replace(/\r/g, '%0D')
        .replace(/\n/g, '%0A');
}
function escapeProperty(s) {
    return toCommandValue(s)
        .replace(/%/g, '%25')
        .replace(/\r/g, '%0D')
        .replace(/\n/g, '%0A')
        .replace(/:/g, '%3A')
        .replace(/,/g, '%2C');
}
//# sourceMappingURL=command.js.map
;// CONCATENATED MODULE: external "crypto"
const external_crypto_namespaceObject = require("crypto");
// EXTERNAL MODULE: external "fs"
var external_fs_ = __nccwpck_require__(9896);
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/file-command.js
// For internal use, subject to change.
// We use any as a valid input type
/* eslint-disable @typescript-eslint/no-explicit-any */




function issueFileCommand(command, message) {
    const filePath = process.env[`GITHUB_${command}`];
    if (!filePath) {
        throw new Error(`Unable to find environment variable for file command ${command}`);
    }
    if (!external_fs_.existsSync(filePath)) {
        throw new Error(`Missing file at path: ${filePath}`);
    }
    external_fs_.appendFileSync(filePath, `${toCommandValue(message)}${external_os_namespaceObject.EOL}`, {
        encoding: 'utf8'
    });
}
function prepareKeyValueMessage(key, value) {
    const delimiter = `ghadelimiter_${external_crypto_namespaceObject.randomUUID()}`;
    const convertedValue = toCommandValue(value);
    // These should realistically never happen, but just in case someone finds a
    // way to exploit uuid generation let's not allow keys or values that contain
    // the delimiter.
    if (key.includes(delimiter)) {
        throw new Error(`Unexpected input: name should not contain the delimiter "${delimiter}"`);
    }
    if (convertedValue.includes(delimiter)) {
        throw new Error(`Unexpected input: value should not contain the delimiter "${delimiter}"`);
    }
    return `${key}<<${delimiter}${external_os_namespaceObject.EOL}${convertedValue}${external_os_namespaceObject.EOL}${delimiter}`;
}
//# sourceMappingURL=file-command.js.map
// EXTERNAL MODULE: external "path"
var external_path_ = __nccwpck_require__(6928);
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/oidc-utils.js
var __awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};



class oidc_utils_OidcClient {
    static createHttpClient(allowRetry = true, maxRetry = 10) {
        const requestOptions = {
            allowRetries: allowRetry,
            maxRetries: maxRetry
        };
        return new HttpClient('actions/oidc-client', [new BearerCredentialHandler(oidc_utils_OidcClient.getRequestToken())], requestOptions);
    }
    static getRequestToken() {
        const token = process.env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'];
        if (!token) {
            throw new Error('Unable to get ACTIONS_ID_TOKEN_REQUEST_TOKEN env variable');
        }
        return token;
    }
    static getIDTokenUrl() {
        const runtimeUrl = process.env['ACTIONS_ID_TOKEN_REQUEST_URL'];
        if (!runtimeUrl) {
            throw new Error('Unable to get ACTIONS_ID_TOKEN_REQUEST_URL env variable');
        }
        return runtimeUrl;
    }
    static getCall(id_token_url) {
        return __awaiter(this, void 0, void 0, function* () {
            var _a;
            const httpclient = oidc_utils_OidcClient.createHttpClient();
            const res = yield httpclient
                .getJson(id_token_url)
                .catch(error => {
                throw new Error(`Failed to get ID Token. \n 
        Error Code : ${error.statusCode}\n 
        Error Message: ${error.message}`);
            });
            const id_token = (_a = res.result) === null || _a === void 0 ? void 0 : _a.value;
            if (!id_token) {
                throw new Error('Response json body do not have ID Token field');
            }
            return id_token;
        });
    }
    static getIDToken(audience) {
        return __awaiter(this, void 0, void 0, function* () {
            try {
                // New ID Token is requested from action service
                let id_token_url = oidc_utils_OidcClient.getIDTokenUrl();
                if (audience) {
                    const encodedAudience = encodeURIComponent(audience);
                    id_token_url = `${id_token_url}&audience=${encodedAudience}`;
                }
                debug(`ID token url is ${id_token_url}`);
                const id_token = yield oidc_utils_OidcClient.getCall(id_token_url);
                setSecret(id_token);
                return id_token;
            }
            catch (error) {
                throw new Error(`Error message: ${error.message}`);
            }
        });
    }
}
//# sourceMappingURL=oidc-utils.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/summary.js
var summary_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};


const { access, appendFile, writeFile } = external_fs_.promises;
const SUMMARY_ENV_VAR = 'GITHUB_STEP_SUMMARY';
const SUMMARY_DOCS_URL = 'https://docs.github.com/actions/using-workflows/workflow-commands-for-github-actions#adding-a-job-summary';
class Summary {
    constructor() {
        this._buffer = '';
    }
    /**
     * Finds the summary file path from the environment, rejects if env var is not found or file does not exist
     * Also checks r/w permissions.
     *
     * @returns step summary file path
     */
    filePath() {
        return summary_awaiter(this, void 0, void 0, function* () {
            if (this._filePath) {
                return this._filePath;
            }
            const pathFromEnv = process.env[SUMMARY_ENV_VAR];
            if (!pathFromEnv) {
                throw new Error(`Unable to find environment variable for $${SUMMARY_ENV_VAR}. Check if your runtime environment supports job summaries.`);
            }
            try {
                yield access(pathFromEnv, external_fs_.constants.R_OK | external_fs_.constants.W_OK);
            }
            catch (_a) {
                throw new Error(`Unable to access summary file: '${pathFromEnv}'. Check if the file has correct read/write permissions.`);
            }
            this._filePath = pathFromEnv;
            return this._filePath;
        });
    }
    /**
     * Wraps content in an HTML tag, adding any HTML attributes
     *
     * @param {string} tag HTML tag to wrap
     * @param {string | null} content content within the tag
     * @param {[attribute: string]: string} attrs key-value list of HTML attributes to add
     *
     * @returns {string} content wrapped in HTML element
     */
    wrap(tag, content, attrs = {}) {
        const htmlAttrs = Object.entries(attrs)
            .map(([key, value]) => ` ${key}="${value}"`)
            .join('');
        if (!content) {
            return `<${tag}${htmlAttrs}>`;
        }
        return `<${tag}${htmlAttrs}>${content}</${tag}>`;
    }
    /**
     * Writes text in the buffer to the summary buffer file and empties buffer. Will append by default.
     *
     * @param {SummaryWriteOptions} [options] (optional) options for write operation
     *
     * @returns {Promise<Summary>} summary instance
     */
    write(options) {
        return summary_awaiter(this, void 0, void 0, function* () {
            const overwrite = !!(options === null || options === void 0 ? void 0 : options.overwrite);
            const filePath = yield this.filePath();
            const writeFunc = overwrite ? writeFile : appendFile;
            yield writeFunc(filePath, this._buffer, { encoding: 'utf8' });
            return this.emptyBuffer();
        });
    }
    /**
     * Clears the summary buffer and wipes the summary file
     *
     * @returns {Summary} summary instance
     */
    clear() {
        return summary_awaiter(this, void 0, void 0, function* () {
            return this.emptyBuffer().write({ overwrite: true });
        });
    }
    /**
     * Returns the current summary buffer as a string
     *
     * @returns {string} string of summary buffer
     */
    stringify() {
        return this._buffer;
    }
    /**
     * If the summary buffer is empty
     *
     * @returns {boolen} true if the buffer is empty
     */
    isEmptyBuffer() {
        return this._buffer.length === 0;
    }
    /**
     * Resets the summary buffer without writing to summary file
     *
     * @returns {Summary} summary instance
     */
    emptyBuffer() {
        this._buffer = '';
        return this;
    }
    /**
     * Adds raw text to the summary buffer
     *
     * @param {string} text content to add
     * @param {boolean} [addEOL=false] (optional) append an EOL to the raw text (default: false)
     *
     * @returns {Summary} summary instance
     */
    addRaw(text, addEOL = false) {
        this._buffer += text;
        return addEOL ? this.addEOL() : this;
    }
    /**
     * Adds the operating system-specific end-of-line marker to the buffer
     *
     * @returns {Summary} summary instance
     */
    addEOL() {
        return this.addRaw(external_os_namespaceObject.EOL);
    }
    /**
     * Adds an HTML codeblock to the summary buffer
     *
     * @param {string} code content to render within fenced code block
     * @param {string} lang (optional) language to syntax highlight code
     *
     * @returns {Summary} summary instance
     */
    addCodeBlock(code, lang) {
        const attrs = Object.assign({}, (lang && { lang }));
        const element = this.wrap('pre', this.wrap('code', code), attrs);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML list to the summary buffer
     *
     * @param {string[]} items list of items to render
     * @param {boolean} [ordered=false] (optional) if the rendered list should be ordered or not (default: false)
     *
     * @returns {Summary} summary instance
     */
    addList(items, ordered = false) {
        const tag = ordered ? 'ol' : 'ul';
        const listItems = items.map(item => this.wrap('li', item)).join('');
        const element = this.wrap(tag, listItems);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML table to the summary buffer
     *
     * @param {SummaryTableCell[]} rows table rows
     *
     * @returns {Summary} summary instance
     */
    addTable(rows) {
        const tableBody = rows
            .map(row => {
            const cells = row
                .map(cell => {
                if (typeof cell === 'string') {
                    return this.wrap('td', cell);
                }
                const { header, data, colspan, rowspan } = cell;
                const tag = header ? 'th' : 'td';
                const attrs = Object.assign(Object.assign({}, (colspan && { colspan })), (rowspan && { rowspan }));
                return this.wrap(tag, data, attrs);
            })
                .join('');
            return this.wrap('tr', cells);
        })
            .join('');
        const element = this.wrap('table', tableBody);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds a collapsable HTML details element to the summary buffer
     *
     * @param {string} label text for the closed state
     * @param {string} content collapsable content
     *
     * @returns {Summary} summary instance
     */
    addDetails(label, content) {
        const element = this.wrap('details', this.wrap('summary', label) + content);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML image tag to the summary buffer
     *
     * @param {string} src path to the image you to embed
     * @param {string} alt text description of the image
     * @param {SummaryImageOptions} options (optional) addition image attributes
     *
     * @returns {Summary} summary instance
     */
    addImage(src, alt, options) {
        const { width, height } = options || {};
        const attrs = Object.assign(Object.assign({}, (width && { width })), (height && { height }));
        const element = this.wrap('img', null, Object.assign({ src, alt }, attrs));
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML section heading element
     *
     * @param {string} text heading text
     * @param {number | string} [level=1] (optional) the heading level, default: 1
     *
     * @returns {Summary} summary instance
     */
    addHeading(text, level) {
        const tag = `h${level}`;
        const allowedTag = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].includes(tag)
            ? tag
            : 'h1';
        const element = this.wrap(allowedTag, text);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML thematic break (<hr>) to the summary buffer
     *
     * @returns {Summary} summary instance
     */
    addSeparator() {
        const element = this.wrap('hr', null);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML line break (<br>) to the summary buffer
     *
     * @returns {Summary} summary instance
     */
    addBreak() {
        const element = this.wrap('br', null);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML blockquote to the summary buffer
     *
     * @param {string} text quote text
     * @param {string} cite (optional) citation url
     *
     * @returns {Summary} summary instance
     */
    addQuote(text, cite) {
        const attrs = Object.assign({}, (cite && { cite }));
        const element = this.wrap('blockquote', text, attrs);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML anchor tag to the summary buffer
     *
     * @param {string} text link text/content
     * @param {string} href hyperlink
     *
     * @returns {Summary} summary instance
     */
    addLink(text, href) {
        const element = this.wrap('a', text, { href });
        return this.addRaw(element).addEOL();
    }
}
const _summary = new Summary();
/**
 * @deprecated use `core.summary`
 */
const markdownSummary = (/* unused pure expression or super */ null && (_summary));
const summary = (/* unused pure expression or super */ null && (_summary));
//# sourceMappingURL=summary.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/path-utils.js

/**
 * toPosixPath converts the given path to the posix form. On Windows, \\ will be
 * replaced with /.
 *
 * @param pth. Path to transform.
 * @return string Posix path.
 */
function toPosixPath(pth) {
    return pth.replace(/[\\]/g, '/');
}
/**
 * toWin32Path converts the given path to the win32 form. On Linux, / will be
 * replaced with \\.
 *
 * @param pth. Path to transform.
 * @return string Win32 path.
 */
function toWin32Path(pth) {
    return pth.replace(/[/]/g, '\\');
}
/**
 * toPlatformPath converts the given path to a platform-specific path. It does
 * this by replacing instances of / and \ with the platform-specific path
 * separator.
 *
 * @param pth The path to platformize.
 * @return string The platform-specific path.
 */
function toPlatformPath(pth) {
    return pth.replace(/[/\\]/g, path.sep);
}
//# sourceMappingURL=path-utils.js.map
;// CONCATENATED MODULE: external "string_decoder"
const external_string_decoder_namespaceObject = require("string_decoder");
;// CONCATENATED MODULE: external "events"
const external_events_namespaceObject = require("events");
;// CONCATENATED MODULE: external "child_process"
const external_child_process_namespaceObject = require("child_process");
// EXTERNAL MODULE: ./node_modules/@actions/io/lib/io.js + 1 modules
var io = __nccwpck_require__(5366);
// EXTERNAL MODULE: ./node_modules/@actions/io/lib/io-util.js
var io_util = __nccwpck_require__(90);
;// CONCATENATED MODULE: external "timers"
const external_timers_namespaceObject = require("timers");
;// CONCATENATED MODULE: ./node_modules/@actions/exec/lib/toolrunner.js
var toolrunner_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};







/* eslint-disable @typescript-eslint/unbound-method */
const IS_WINDOWS = process.platform === 'win32';
/*
 * Class for running command line tools. Handles quoting and arg parsing in a platform agnostic way.
 */
class ToolRunner extends external_events_namespaceObject.EventEmitter {
    constructor(toolPath, args, options) {
        super();
        if (!toolPath) {
            throw new Error("Parameter 'toolPath' cannot be null or empty.");
        }
        this.toolPath = toolPath;
        this.args = args || [];
        this.options = options || {};
    }
    _debug(message) {
        if (this.options.listeners && this.options.listeners.debug) {
            this.options.listeners.debug(message);
        }
    }
    _getCommandString(options, noPrefix) {
        const toolPath = this._getSpawnFileName();
        const args = this._getSpawnArgs(options);
        let cmd = noPrefix ? '' : '[command]'; // omit prefix when piped to a second tool
        if (IS_WINDOWS) {
            // Windows + cmd file
            if (this._isCmdFile()) {
                cmd += toolPath;
                for (const a of args) {
                    cmd += ` ${a}`;
                }
            }
            // Windows + verbatim
            else if (options.windowsVerbatimArguments) {
                cmd += `"${toolPath}"`;
                for (const a of args) {
                    cmd += ` ${a}`;
                }
            }
            // Windows (regular)
            else {
                cmd += this._windowsQuoteCmdArg(toolPath);
                for (const a of args) {
                    cmd += ` ${this._windowsQuoteCmdArg(a)}`;
                }
            }
        }
        else {
            // OSX/Linux - this can likely be improved with some form of quoting.
            // creating processes on Unix is fundamentally different than Windows.
            // on Unix, execvp() takes an arg array.
            cmd += toolPath;
            for (const a of args) {
                cmd += ` ${a}`;
            }
        }
        return cmd;
    }
    _processLineBuffer(data, strBuffer, onLine) {
        try {
            let s = strBuffer + data.toString();
            let n = s.indexOf(external_os_namespaceObject.EOL);
            while (n > -1) {
                const line = s.substring(0, n);
                onLine(line);
                // the rest of the string ...
                s = s.substring(n + external_os_namespaceObject.EOL.length);
                n = s.indexOf(external_os_namespaceObject.EOL);
            }
            return s;
        }
        catch (err) {
            // streaming lines to console is best effort.  Don't fail a build.
            this._debug(`error processing line. Failed with error ${err}`);
            return '';
        }
    }
    _getSpawnFileName() {
        if (IS_WINDOWS) {
            if (this._isCmdFile()) {
                return process.env['COMSPEC'] || 'cmd.exe';
            }
        }
        return this.toolPath;
    }
    _getSpawnArgs(options) {
        if (IS_WINDOWS) {
            if (this._isCmdFile()) {
                let argline = `/D /S /C "${this._windowsQuoteCmdArg(this.toolPath)}`;
                for (const a of this.args) {
                    argline += ' ';
                    argline += options.windowsVerbatimArguments
                        ? a
                        : this._windowsQuoteCmdArg(a);
                }
                argline += '"';
                return [argline];
            }
        }
        return this.args;
    }
    _endsWith(str, end) {
        return str.endsWith(end);
    }
    _isCmdFile() {
        const upperToolPath = this.toolPath.toUpperCase();
        return (this._endsWith(upperToolPath, '.CMD') ||
            this._endsWith(upperToolPath, '.BAT'));
    }
    _windowsQuoteCmdArg(arg) {
        // for .exe, apply the normal quoting rules that libuv applies
        if (!this._isCmdFile()) {
            return this._uvQuoteCmdArg(arg);
        }
        // otherwise apply quoting rules specific to the cmd.exe command line parser.
        // the libuv rules are generic and are not designed specifically for cmd.exe
        // command line parser.
        //
        // for a detailed description of the cmd.exe command line parser, refer to
        // http://stackoverflow.com/questions/4094699/how-does-the-windows-command-interpreter-cmd-exe-parse-scripts/7970912#7970912
        // need quotes for empty arg
        if (!arg) {
            return '""';
        }
        // determine whether the arg needs to be quoted
        const cmdSpecialChars = [
            ' ',
            '\t',
            '&',
            '(',
            ')',
            '[',
            ']',
            '{',
            '}',
            '^',
            '=',
            ';',
            '!',
            "'",
            '+',
            ',',
            '`',
            '~',
            '|',
            '<',
            '>',
            '"'
        ];
        let needsQuotes = false;
        for (const char of arg) {
            if (cmdSpecialChars.some(x => x === char)) {
                needsQuotes = true;
                break;
            }
        }
        // short-circuit if quotes not needed
        if (!needsQuotes) {
            return arg;
        }
        // the following quoting rules are very similar to the rules that by libuv applies.
        //
        // 1) wrap the string in quotes
        //
        // 2) double-up quotes - i.e. " => ""
        //
        //    this is different from the libuv quoting rules. libuv replaces " with \", which unfortunately
        //    doesn't work well with a cmd.exe command line.
        //
        //    note, replacing " with "" also works well if the arg is passed to a downstream .NET console app.
        //    for example, the command line:
        //          foo.exe "myarg:""my val"""
        //    is parsed by a .NET console app into an arg array:
        //          [ "myarg:\"my val\"" ]
        //    which is the same end result when applying libuv quoting rules. although the actual
        //    command line from libuv quoting rules would look like:
        //          foo.exe "myarg:\"my val\""
        //
        // 3) double-up slashes that precede a quote,
        //    e.g.  hello \world    => "hello \world"
        //          hello\"world    => "hello\\""world"
        //          hello\\"world   => "hello\\\\""world"
        //          hello world\    => "hello world\\"
        //
        //    technically this is not required for a cmd.exe command line, or the batch argument parser.
        //    the reasons for including this as a .cmd quoting rule are:
        //
        //    a) this is optimized for the scenario where the argument is passed from the .cmd file to an
        //       external program. many programs (e.g. .NET console apps) rely on the slash-doubling rule.
        //
        //    b) it's what we've been doing previously (by deferring to node default behavior) and we
        //       haven't heard any complaints about that aspect.
        //
        // note, a weakness of the quoting rules chosen here, is that % is not escaped. in fact, % cannot be
        // escaped when used on the command line directly - even though within a .cmd file % can be escaped
        // by using %%.
        //
        // the saving grace is, on the command line, %var% is left as-is if var is not defined. this contrasts
        // the line parsing rules within a .cmd file, where if var is not defined it is replaced with nothing.
        //
        // one option that was explored was replacing % with ^% - i.e. %var% => ^%var^%. this hack would
        // often work, since it is unlikely that var^ would exist, and the ^ character is removed when the
        // variable is used. the problem, however, is that ^ is not removed when %* is used to pass the args
        // to an external program.
        //
        // an unexplored potential solution for the % escaping problem, is to create a wrapper .cmd file.
        // % can be escaped within a .cmd file.
        let reverse = '"';
        let quoteHit = true;
        for (let i = arg.length; i > 0; i--) {
            // walk the string in reverse
            reverse += arg[i - 1];
            if (quoteHit && arg[i - 1] === '\\') {
                reverse += '\\'; // double the slash
            }
            else if (arg[i - 1] === '"') {
                quoteHit = true;
                reverse += '"'; // double the quote
            }
            else {
                quoteHit = false;
            }
        }
        reverse += '"';
        return reverse.split('').reverse().join('');
    }
    _uvQuoteCmdArg(arg) {
        // Tool runner wraps child_process.spawn() and needs to apply the same quoting as
        // Node in certain cases where the undocumented spawn option windowsVerbatimArguments
        // is used.
        //
        // Since this function is a port of quote_cmd_arg from Node 4.x (technically, lib UV,
        // see https://github.com/nodejs/node/blob/v4.x/deps/uv/src/win/process.c for details),
        // pasting copyright notice from Node within this function:
        //
        //      Copyright Joyent, Inc. and other Node contributors. All rights reserved.
        //
        //      Permission is hereby granted, free of charge, to any person obtaining a copy
        //      of this software and associated documentation files (the "Software"), to
        //      deal in the Software without restriction, including without limitation the
        //      rights to use, copy, modify, merge, publish, distribute, sublicense, and/or
        //      sell copies of the Software, and to permit persons to whom the Software is
        //      furnished to do so, subject to the following conditions:
        //
        //      The above copyright notice and this permission notice shall be included in
        //      all copies or substantial portions of the Software.
        //
        //      THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
        //      IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
        //      FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
        //      AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
        //      LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING
        //      FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS
        //      IN THE SOFTWARE.
        if (!arg) {
            // Need double quotation for empty argument
            return '""';
        }
        if (!arg.includes(' ') && !arg.includes('\t') && !arg.includes('"')) {
            // No quotation needed
            return arg;
        }
        if (!arg.includes('"') && !arg.includes('\\')) {
            // No embedded double quotes or backslashes, so I can just wrap
            // quote marks around the whole thing.
            return `"${arg}"`;
        }
        // Expected input/output:
        //   input : hello"world
        //   output: "hello\"world"
        //   input : hello""world
        //   output: "hello\"\"world"
        //   input : hello\world
        //   output: hello\world
        //   input : hello\\world
        //   output: hello\\world
        //   input : hello\"world
        //   output: "hello\\\"world"
        //   input : hello\\"world
        //   output: "hello\\\\\"world"
        //   input : hello world\
        //   output: "hello world\\" - note the comment in libuv actually reads "hello world\"
        //                             but it appears the comment is wrong, it should be "hello world\\"
        let reverse = '"';
        let quoteHit = true;
        for (let i = arg.length; i > 0; i--) {
            // walk the string in reverse
            reverse += arg[i - 1];
            if (quoteHit && arg[i - 1] === '\\') {
                reverse += '\\';
            }
            else if (arg[i - 1] === '"') {
                quoteHit = true;
                reverse += '\\';
            }
            else {
                quoteHit = false;
            }
        }
        reverse += '"';
        return reverse.split('').reverse().join('');
    }
    _cloneExecOptions(options) {
        options = options || {};
        const result = {
            cwd: options.cwd || process.cwd(),
            env: options.env || process.env,
            silent: options.silent || false,
            windowsVerbatimArguments: options.windowsVerbatimArguments || false,
            failOnStdErr: options.failOnStdErr || false,
            ignoreReturnCode: options.ignoreReturnCode || false,
            delay: options.delay || 10000
        };
        result.outStream = options.outStream || process.stdout;
        result.errStream = options.errStream || process.stderr;
        return result;
    }
    _getSpawnOptions(options, toolPath) {
        options = options || {};
        const result = {};
        result.cwd = options.cwd;
        result.env = options.env;
        result['windowsVerbatimArguments'] =
            options.windowsVerbatimArguments || this._isCmdFile();
        if (options.windowsVerbatimArguments) {
            result.argv0 = `"${toolPath}"`;
        }
        return result;
    }
    /**
     * Exec a tool.
     * Output will be streamed to the live console.
     * Returns promise with return code
     *
     * @param     tool     path to tool to exec
     * @param     options  optional exec options.  See ExecOptions
     * @returns   number
     */
    exec() {
        return toolrunner_awaiter(this, void 0, void 0, function* () {
            // root the tool path if it is unrooted and contains relative pathing
            if (!io_util/* isRooted */.Qh(this.toolPath) &&
                (this.toolPath.includes('/') ||
                    (IS_WINDOWS && this.toolPath.includes('\\')))) {
                // prefer options.cwd if it is specified, however options.cwd may also need to be rooted
                this.toolPath = external_path_.resolve(process.cwd(), this.options.cwd || process.cwd(), this.toolPath);
            }
            // if the tool is only a file name, then resolve it from the PATH
            // otherwise verify it exists (add extension on Windows if necessary)
            this.toolPath = yield io/* which */.K7(this.toolPath, true);
            return new Promise((resolve, reject) => toolrunner_awaiter(this, void 0, void 0, function* () {
                this._debug(`exec tool: ${this.toolPath}`);
                this._debug('arguments:');
                for (const arg of this.args) {
                    this._debug(`   ${arg}`);
                }
                const optionsNonNull = this._cloneExecOptions(this.options);
                if (!optionsNonNull.silent && optionsNonNull.outStream) {
                    optionsNonNull.outStream.write(this._getCommandString(optionsNonNull) + external_os_namespaceObject.EOL);
                }
                const state = new ExecState(optionsNonNull, this.toolPath);
                state.on('debug', (message) => {
                    this._debug(message);
                });
                if (this.options.cwd && !(yield io_util/* exists */.t2(this.options.cwd))) {
                    return reject(new Error(`The cwd: ${this.options.cwd} does not exist!`));
                }
                const fileName = this._getSpawnFileName();
                const cp = external_child_process_namespaceObject.spawn(fileName, this._getSpawnArgs(optionsNonNull), this._getSpawnOptions(this.options, fileName));
                let stdbuffer = '';
                if (cp.stdout) {
                    cp.stdout.on('data', (data) => {
                        if (this.options.listeners && this.options.listeners.stdout) {
                            this.options.listeners.stdout(data);
                        }
                        if (!optionsNonNull.silent && optionsNonNull.outStream) {
                            optionsNonNull.outStream.write(data);
                        }
                        stdbuffer = this._processLineBuffer(data, stdbuffer, (line) => {
                            if (this.options.listeners && this.options.listeners.stdline) {
                                this.options.listeners.stdline(line);
                            }
                        });
                    });
                }
                let errbuffer = '';
                if (cp.stderr) {
                    cp.stderr.on('data', (data) => {
                        state.processStderr = true;
                        if (this.options.listeners && this.options.listeners.stderr) {
                            this.options.listeners.stderr(data);
                        }
                        if (!optionsNonNull.silent &&
                            optionsNonNull.errStream &&
                            optionsNonNull.outStream) {
                            const s = optionsNonNull.failOnStdErr
                                ? optionsNonNull.errStream
                                : optionsNonNull.outStream;
                            s.write(data);
                        }
                        errbuffer = this._processLineBuffer(data, errbuffer, (line) => {
                            if (this.options.listeners && this.options.listeners.errline) {
                                this.options.listeners.errline(line);
                            }
                        });
                    });
                }
                cp.on('error', (err) => {
                    state.processError = err.message;
                    state.processExited = true;
                    state.processClosed = true;
                    state.CheckComplete();
                });
                cp.on('exit', (code) => {
                    state.processExitCode = code;
                    state.processExited = true;
                    this._debug(`Exit code ${code} received from tool '${this.toolPath}'`);
                    state.CheckComplete();
                });
                cp.on('close', (code) => {
                    state.processExitCode = code;
                    state.processExited = true;
                    state.processClosed = true;
                    this._debug(`STDIO streams have closed for tool '${this.toolPath}'`);
                    state.CheckComplete();
                });
                state.on('done', (error, exitCode) => {
                    if (stdbuffer.length > 0) {
                        this.emit('stdline', stdbuffer);
                    }
                    if (errbuffer.length > 0) {
                        this.emit('errline', errbuffer);
                    }
                    cp.removeAllListeners();
                    if (error) {
                        reject(error);
                    }
                    else {
                        resolve(exitCode);
                    }
                });
                if (this.options.input) {
                    if (!cp.stdin) {
                        throw new Error('child process missing stdin');
                    }
                    cp.stdin.end(this.options.input);
                }
            }));
        });
    }
}
/**
 * Convert an arg string to an array of args. Handles escaping
 *
 * @param    argString   string of arguments
 * @returns  string[]    array of arguments
 */
function argStringToArray(argString) {
    const args = [];
    let inQuotes = false;
    let escaped = false;
    let arg = '';
    function append(c) {
        // we only escape double quotes.
        if (escaped && c !== '"') {
            arg += '\\';
        }
        arg += c;
        escaped = false;
    }
    for (let i = 0; i < argString.length; i++) {
        const c = argString.charAt(i);
        if (c === '"') {
            if (!escaped) {
                inQuotes = !inQuotes;
            }
            else {
                append(c);
            }
            continue;
        }
        if (c === '\\' && escaped) {
            append(c);
            continue;
        }
        if (c === '\\' && inQuotes) {
            escaped = true;
            continue;
        }
        if (c === ' ' && !inQuotes) {
            if (arg.length > 0) {
                args.push(arg);
                arg = '';
            }
            continue;
        }
        append(c);
    }
    if (arg.length > 0) {
        args.push(arg.trim());
    }
    return args;
}
class ExecState extends external_events_namespaceObject.EventEmitter {
    constructor(options, toolPath) {
        super();
        this.processClosed = false; // tracks whether the process has exited and stdio is closed
        this.processError = '';
        this.processExitCode = 0;
        this.processExited = false; // tracks whether the process has exited
        this.processStderr = false; // tracks whether stderr was written to
        this.delay = 10000; // 10 seconds
        this.done = false;
        this.timeout = null;
        if (!toolPath) {
            throw new Error('toolPath must not be empty');
        }
        this.options = options;
        this.toolPath = toolPath;
        if (options.delay) {
            this.delay = options.delay;
        }
    }
    CheckComplete() {
        if (this.done) {
            return;
        }
        if (this.processClosed) {
            this._setResult();
        }
        else if (this.processExited) {
            this.timeout = (0,external_timers_namespaceObject.setTimeout)(ExecState.HandleTimeout, this.delay, this);
        }
    }
    _debug(message) {
        this.emit('debug', message);
    }
    _setResult() {
        // determine whether there is an error
        let error;
        if (this.processExited) {
            if (this.processError) {
                error = new Error(`There was an error when attempting to execute the process '${this.toolPath}'. This may indicate the process failed to start. Error: ${this.processError}`);
            }
            else if (this.processExitCode !== 0 && !this.options.ignoreReturnCode) {
                error = new Error(`The process '${this.toolPath}' failed with exit code ${this.processExitCode}`);
            }
            else if (this.processStderr && this.options.failOnStdErr) {
                error = new Error(`The process '${this.toolPath}' failed because one or more lines were written to the STDERR stream`);
            }
        }
        // clear the timeout
        if (this.timeout) {
            clearTimeout(this.timeout);
            this.timeout = null;
        }
        this.done = true;
        this.emit('done', error, this.processExitCode);
    }
    static HandleTimeout(state) {
        if (state.done) {
            return;
        }
        if (!state.processClosed && state.processExited) {
            const message = `The STDIO streams did not close within ${state.delay / 1000} seconds of the exit event from process '${state.toolPath}'. This may indicate a child process inherited the STDIO streams and has not yet exited.`;
            state._debug(message);
        }
        state._setResult();
    }
}
//# sourceMappingURL=toolrunner.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/exec/lib/exec.js
var exec_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};


/**
 * Exec a command.
 * Output will be streamed to the live console.
 * Returns promise with return code
 *
 * @param     commandLine        command to execute (can include additional args). Must be correctly escaped.
 * @param     args               optional arguments for tool. Escaping is handled by the lib.
 * @param     options            optional exec options.  See ExecOptions
 * @returns   Promise<number>    exit code
 */
function exec_exec(commandLine, args, options) {
    return exec_awaiter(this, void 0, void 0, function* () {
        const commandArgs = tr.argStringToArray(commandLine);
        if (commandArgs.length === 0) {
            throw new Error(`Parameter 'commandLine' cannot be null or empty.`);
        }
        // Path to tool to execute should be first arg
        const toolPath = commandArgs[0];
        args = commandArgs.slice(1).concat(args || []);
        const runner = new tr.ToolRunner(toolPath, args, options);
        return runner.exec();
    });
}
/**
 * Exec a command and get the output.
 * Output will be streamed to the live console.
 * Returns promise with the exit code and collected stdout and stderr
 *
 * @param     commandLine           command to execute (can include additional args). Must be correctly escaped.
 * @param     args                  optional arguments for tool. Escaping is handled by the lib.
 * @param     options               optional exec options.  See ExecOptions
 * @returns   Promise<ExecOutput>   exit code, stdout, and stderr
 */
function getExecOutput(commandLine, args, options) {
    return exec_awaiter(this, void 0, void 0, function* () {
        var _a, _b;
        let stdout = '';
        let stderr = '';
        //Using string decoder covers the case where a mult-byte character is split
        const stdoutDecoder = new StringDecoder('utf8');
        const stderrDecoder = new StringDecoder('utf8');
        const originalStdoutListener = (_a = options === null || options === void 0 ? void 0 : options.listeners) === null || _a === void 0 ? void 0 : _a.stdout;
        const originalStdErrListener = (_b = options === null || options === void 0 ? void 0 : options.listeners) === null || _b === void 0 ? void 0 : _b.stderr;
        const stdErrListener = (data) => {
            stderr += stderrDecoder.write(data);
            if (originalStdErrListener) {
                originalStdErrListener(data);
            }
        };
        const stdOutListener = (data) => {
            stdout += stdoutDecoder.write(data);
            if (originalStdoutListener) {
                originalStdoutListener(data);
            }
        };
        const listeners = Object.assign(Object.assign({}, options === null || options === void 0 ? void 0 : options.listeners), { stdout: stdOutListener, stderr: stdErrListener });
        const exitCode = yield exec_exec(commandLine, args, Object.assign(Object.assign({}, options), { listeners }));
        //flush any remaining characters
        stdout += stdoutDecoder.end();
        stderr += stderrDecoder.end();
        return {
            exitCode,
            stdout,
            stderr
        };
    });
}
//# sourceMappingURL=exec.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/platform.js
var platform_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};


const getWindowsInfo = () => platform_awaiter(void 0, void 0, void 0, function* () {
    const { stdout: version } = yield exec.getExecOutput('powershell -command "(Get-CimInstance -ClassName Win32_OperatingSystem).Version"', undefined, {
        silent: true
    });
    const { stdout: name } = yield exec.getExecOutput('powershell -command "(Get-CimInstance -ClassName Win32_OperatingSystem).Caption"', undefined, {
        silent: true
    });
    return {
        name: name.trim(),
        version: version.trim()
    };
});
const getMacOsInfo = () => platform_awaiter(void 0, void 0, void 0, function* () {
    var _a, _b, _c, _d;
    const { stdout } = yield exec.getExecOutput('sw_vers', undefined, {
        silent: true
    });
    const version = (_b = (_a = stdout.match(/ProductVersion:\s*(.+)/)) === null || _a === void 0 ? void 0 : _a[1]) !== null && _b !== void 0 ? _b : '';
    const name = (_d = (_c = stdout.match(/ProductName:\s*(.+)/)) === null || _c === void 0 ? void 0 : _c[1]) !== null && _d !== void 0 ? _d : '';
    return {
        name,
        version
    };
});
const getLinuxInfo = () => platform_awaiter(void 0, void 0, void 0, function* () {
    const { stdout } = yield exec.getExecOutput('lsb_release', ['-i', '-r', '-s'], {
        silent: true
    });
    const [name, version] = stdout.trim().split('\n');
    return {
        name,
        version
    };
});
const platform = external_os_namespaceObject.platform();
const arch = external_os_namespaceObject.arch();
const isWindows = platform === 'win32';
const isMacOS = platform === 'darwin';
const isLinux = platform === 'linux';
function getDetails() {
    return platform_awaiter(this, void 0, void 0, function* () {
        return Object.assign(Object.assign({}, (yield (isWindows
            ? getWindowsInfo()
            : isMacOS
                ? getMacOsInfo()
                : getLinuxInfo()))), { platform,
            arch,
            isWindows,
            isMacOS,
            isLinux });
    });
}
//# sourceMappingURL=platform.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/core.js
var core_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};






/**
 * The code to exit an action
 */
var ExitCode;
(function (ExitCode) {
    /**
     * A code indicating that the action was successful
     */
    ExitCode[ExitCode["Success"] = 0] = "Success";
    /**
     * A code indicating that the action was a failure
     */
    ExitCode[ExitCode["Failure"] = 1] = "Failure";
})(ExitCode || (ExitCode = {}));
//-----------------------------------------------------------------------
// Variables
//-----------------------------------------------------------------------
/**
 * Sets env variable for this action and future actions in the job
 * @param name the name of the variable to set
 * @param val the value of the variable. Non-string values will be converted to a string via JSON.stringify
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
function exportVariable(name, val) {
    const convertedVal = toCommandValue(val);
    process.env[name] = convertedVal;
    const filePath = process.env['GITHUB_ENV'] || '';
    if (filePath) {
        return issueFileCommand('ENV', prepareKeyValueMessage(name, val));
    }
    command_issueCommand('set-env', { name }, convertedVal);
}
/**
 * Registers a secret which will get masked from logs
 *
 * @param secret - Value of the secret to be masked
 * @remarks
 * This function instructs the Actions runner to mask the specified value in any
 * logs produced during the workflow run. Once registered, the secret value will
 * be replaced with asterisks (***) whenever it appears in console output, logs,
 * or error messages.
 *
 * This is useful for protecting sensitive information such as:
 * - API keys
 * - Access tokens
 * - Authentication credentials
 * - URL parameters containing signatures (SAS tokens)
 *
 * Note that masking only affects future logs; any previous appearances of the
 * secret in logs before calling this function will remain unmasked.
 *
 * @example
 * ```typescript
 * // Register an API token as a secret
 * const apiToken = "abc123xyz456";
 * setSecret(apiToken);
 *
 * // Now any logs containing this value will show *** instead
 * console.log(`Using token: ${apiToken}`); // Outputs: "Using token: ***"
 * ```
 */
function core_setSecret(secret) {
    command_issueCommand('add-mask', {}, secret);
}
/**
 * Prepends inputPath to the PATH (for this action and future actions)
 * @param inputPath
 */
function addPath(inputPath) {
    const filePath = process.env['GITHUB_PATH'] || '';
    if (filePath) {
        issueFileCommand('PATH', inputPath);
    }
    else {
        command_issueCommand('add-path', {}, inputPath);
    }
    process.env['PATH'] = `${inputPath}${external_path_.delimiter}${process.env['PATH']}`;
}
/**
 * Gets the value of an input.
 * Unless trimWhitespace is set to false in InputOptions, the value is also trimmed.
 * Returns an empty string if the value is not defined.
 *
 * @param     name     name of the input to get
 * @param     options  optional. See InputOptions.
 * @returns   string
 */
function getInput(name, options) {
    const val = process.env[`INPUT_${name.replace(/ /g, '_').toUpperCase()}`] || '';
    if (options && options.required && !val) {
        throw new Error(`Input required and not supplied: ${name}`);
    }
    if (options && options.trimWhitespace === false) {
        return val;
    }
    return val.trim();
}
/**
 * Gets the values of an multiline input.  Each value is also trimmed.
 *
 * @param     name     name of the input to get
 * @param     options  optional. See InputOptions.
 * @returns   string[]
 *
 */
function getMultilineInput(name, options) {
    const inputs = getInput(name, options)
        .split('\n')
        .filter(x => x !== '');
    if (options && options.trimWhitespace === false) {
        return inputs;
    }
    return inputs.map(input => input.trim());
}
/**
 * Gets the input value of the boolean type in the YAML 1.2 "core schema" specification.
 * Support boolean input list: `true | True | TRUE | false | False | FALSE` .
 * The return value is also in boolean type.
 * ref: https://yaml.org/spec/1.2/spec.html#id2804923
 *
 * @param     name     name of the input to get
 * @param     options  optional. See InputOptions.
 * @returns   boolean
 */
function getBooleanInput(name, options) {
    const trueValue = ['true', 'True', 'TRUE'];
    const falseValue = ['false', 'False', 'FALSE'];
    const val = getInput(name, options);
    if (trueValue.includes(val))
        return true;
    if (falseValue.includes(val))
        return false;
    throw new TypeError(`Input does not meet YAML 1.2 "Core Schema" specification: ${name}\n` +
        `Support boolean input list: \`true | True | TRUE | false | False | FALSE\``);
}
/**
 * Sets the value of an output.
 *
 * @param     name     name of the output to set
 * @param     value    value to store. Non-string values will be converted to a string via JSON.stringify
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
function setOutput(name, value) {
    const filePath = process.env['GITHUB_OUTPUT'] || '';
    if (filePath) {
        return issueFileCommand('OUTPUT', prepareKeyValueMessage(name, value));
    }
    process.stdout.write(external_os_namespaceObject.EOL);
    command_issueCommand('set-output', { name }, toCommandValue(value));
}
/**
 * Enables or disables the echoing of commands into stdout for the rest of the step.
 * Echoing is disabled by default if ACTIONS_STEP_DEBUG is not set.
 *
 */
function setCommandEcho(enabled) {
    issue('echo', enabled ? 'on' : 'off');
}
//-----------------------------------------------------------------------
// Results
//-----------------------------------------------------------------------
/**
 * Sets the action status to failed.
 * When the action exits it will be with an exit code of 1
 * @param message add error issue message
 */
function setFailed(message) {
    process.exitCode = ExitCode.Failure;
    error(message);
}
//-----------------------------------------------------------------------
// Logging Commands
//-----------------------------------------------------------------------
/**
 * Gets whether Actions Step Debug is on or not
 */
function isDebug() {
    return process.env['RUNNER_DEBUG'] === '1';
}
/**
 * Writes debug message to user log
 * @param message debug message
 */
function core_debug(message) {
    issueCommand('debug', {}, message);
}
/**
 * Adds an error issue
 * @param message error issue message. Errors will be converted to string via toString()
 * @param properties optional properties to add to the annotation.
 */
function error(message, properties = {}) {
    command_issueCommand('error', toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
/**
 * Adds a warning issue
 * @param message warning issue message. Errors will be converted to string via toString()
 * @param properties optional properties to add to the annotation.
 */
function warning(message, properties = {}) {
    command_issueCommand('warning', toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
/**
 * Adds a notice issue
 * @param message notice issue message. Errors will be converted to string via toString()
 * @param properties optional properties to add to the annotation.
 */
function notice(message, properties = {}) {
    command_issueCommand('notice', toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
/**
 * Writes info to log with console.log.
 * @param message info message
 */
function info(message) {
    process.stdout.write(message + external_os_namespaceObject.EOL);
}
/**
 * Begin an output group.
 *
 * Output until the next `groupEnd` will be foldable in this group
 *
 * @param name The name of the output group
 */
function startGroup(name) {
    command_issue('group', name);
}
/**
 * End an output group.
 */
function endGroup() {
    command_issue('endgroup');
}
/**
 * Wrap an asynchronous function call in a group.
 *
 * Returns the same type as the function itself.
 *
 * @param name The name of the group
 * @param fn The function to wrap in the group
 */
function group(name, fn) {
    return core_awaiter(this, void 0, void 0, function* () {
        startGroup(name);
        let result;
        try {
            result = yield fn();
        }
        finally {
            endGroup();
        }
        return result;
    });
}
//-----------------------------------------------------------------------
// Wrapper action state
//-----------------------------------------------------------------------
/**
 * Saves state for current action, the state can only be retrieved by this action's post job execution.
 *
 * @param     name     name of the state to store
 * @param     value    value to store. Non-string values will be converted to a string via JSON.stringify
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
function saveState(name, value) {
    const filePath = process.env['GITHUB_STATE'] || '';
    if (filePath) {
        return issueFileCommand('STATE', prepareKeyValueMessage(name, value));
    }
    command_issueCommand('save-state', { name }, toCommandValue(value));
}
/**
 * Gets the value of an state set by this action's main execution.
 *
 * @param     name     name of the state to get
 * @returns   string
 */
function getState(name) {
    return process.env[`STATE_${name}`] || '';
}
function getIDToken(aud) {
    return core_awaiter(this, void 0, void 0, function* () {
        return yield OidcClient.getIDToken(aud);
    });
}
/**
 * Summary exports
 */

/**
 * @deprecated use core.summary
 */

/**
 * Path exports
 */

/**
 * Platform utilities exports
 */

//# sourceMappingURL=core.js.map
// EXTERNAL MODULE: ./src/util/errors.ts
var errors = __nccwpck_require__(17);
;// CONCATENATED MODULE: ./src/github/entry.ts


/**
 * Runs an entry point to the end of its process. Nothing ever goes to stderr, which the runner may show before a mask
 * takes effect: Node's own warnings are dropped, and a crash is reported on stdout.
 * @param run resolves to whether it passed
 * @param onCrash whether a crash fails the job, or is a warning only
 */
async function runEntry(run, onCrash) {
    const crash = (cause) => {
        const report = onCrash === 'fail' ? error : warning;
        report((0,errors/* describeCrash */.p7)(cause), { title: 'register-cnspec crashed' });
        if (onCrash === 'fail')
            process.exitCode = 1;
    };
    process.removeAllListeners('warning');
    process.on('uncaughtException', crash);
    // If the runner closes the pipe, finish anyway.
    process.stdout.on('error', () => { });
    const passed = await run().catch(crash);
    if (passed === false)
        process.exitCode = 1;
    // Exit now: a pending DNS lookup keeps Node alive.
    process.stdout.write('', () => process.exit());
}

;// CONCATENATED MODULE: external "node:os"
const external_node_os_namespaceObject = require("node:os");
var external_node_os_default = /*#__PURE__*/__nccwpck_require__.n(external_node_os_namespaceObject);
;// CONCATENATED MODULE: ./src/job.ts
/** The job was cancelled: the step reports nothing more. */
class JobCancelled extends Error {
    signalName;
    constructor(signalName) {
        super('the job was cancelled');
        this.name = 'JobCancelled';
        this.signalName = signalName;
    }
}
/** How long a cancelled job waits for critical work, in milliseconds. */
const GRACE = 800;
/** Aborts `over` when a signal cancels the job, and returns what runs critical work. */
function watchSignals(over) {
    const grace = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM']) {
        process.on(signal, () => {
            // Ignore repeated signals.
            if (over.signal.aborted)
                return;
            over.abort(new JobCancelled(signal));
            setTimeout(() => grace.abort(), GRACE).unref();
        });
    }
    return (work) => work(grace.signal);
}

;// CONCATENATED MODULE: ./src/report/words.ts
/** The code spans that rules may change: names, with or without a value, and variables. All others are values. */
const OWN = /^`(?:[a-z-]+(?:: \w+)?|[A-Z\d_]+)`$/;
function inWords(text, words) {
    const foreign = [];
    const own = text.replace(/"[^"]*"|`[^`]*`/g, (part) => (OWN.test(part) ? part : `\0${foreign.push(part) - 1}\0`));
    const said = words.reduce((result, [core, here]) => result.replace(core, here), own);
    return said.replace(/\0(\d+)\0/g, (_, at) => foreign[at]);
}
/** Puts the findings of a verdict into the words of a CI. */
function verdictInWords({ fatal, tolerated, ...verdict }, words) {
    const say = (text) => inWords(text, words);
    const translated = (finding) => ({ ...finding, message: say(finding.message), remedy: say(finding.remedy) });
    return { ...verdict, fatal: fatal.map(translated), tolerated: tolerated.map(translated) };
}

;// CONCATENATED MODULE: ./node_modules/jose/dist/webapi/lib/buffer_utils.js
const buffer_utils_encoder = new TextEncoder(), decoder = new TextDecoder(), strictDecoder = new TextDecoder("utf-8", { fatal: !0 }), UINT32_RANGE = (/* unused pure expression or super */ null && (2 ** 32));
function concat(...buffers) {
  const size = buffers.reduce((acc, { length }) => acc + length, 0), buf = new Uint8Array(size);
  let i = 0;
  for (const buffer of buffers)
    buf.set(buffer, i), i += buffer.length;
  return buf;
}
function writeUInt32BE(buf, value, offset) {
  if (value < 0 || value >= UINT32_RANGE)
    throw new RangeError(`value must be >= 0 and <= ${UINT32_RANGE - 1}. Received ${value}`);
  buf.set([value >>> 24, value >>> 16, value >>> 8, value & 255], offset);
}
function uint64be(value) {
  const high = Math.floor(value / UINT32_RANGE), low = value % UINT32_RANGE, buf = new Uint8Array(8);
  return writeUInt32BE(buf, high, 0), writeUInt32BE(buf, low, 4), buf;
}
function uint32be(value) {
  const buf = new Uint8Array(4);
  return writeUInt32BE(buf, value), buf;
}
const NON_ASCII = /[^\x00-\x7f]/;
function buffer_utils_encode(string) {
  if (typeof string == "string" && string.length >= 128) {
    if (NON_ASCII.test(string))
      throw new TypeError("non-ASCII string encountered in encode()");
    return buffer_utils_encoder.encode(string);
  }
  const bytes = new Uint8Array(string.length);
  for (let i = 0; i < string.length; i++) {
    const code = string.charCodeAt(i);
    if (code > 127)
      throw new TypeError("non-ASCII string encountered in encode()");
    bytes[i] = code;
  }
  return bytes;
}
function buffer_utils_encodeBase64(input, url = !1) {
  if (Uint8Array.prototype.toBase64)
    return input.toBase64({ alphabet: url ? "base64url" : "base64", omitPadding: url });
  const CHUNK_SIZE = 32768, arr = [];
  for (let i = 0; i < input.length; i += CHUNK_SIZE)
    arr.push(String.fromCharCode.apply(null, input.subarray(i, i + CHUNK_SIZE)));
  const encoded = btoa(arr.join(""));
  return url ? encoded.replace(/=/g, "").replace(/\+/g, "-").replace(/\//g, "_") : encoded;
}
function decodeBase64(encoded, url = !1) {
  if (Uint8Array.fromBase64)
    return Uint8Array.fromBase64(encoded, { alphabet: url ? "base64url" : "base64" });
  if (url) {
    if (encoded.includes("+") || encoded.includes("/"))
      throw new TypeError("Invalid base64url");
    encoded = encoded.replace(/-/g, "+").replace(/_/g, "/");
  }
  const binary = atob(encoded), bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++)
    bytes[i] = binary.charCodeAt(i);
  return bytes;
}
async function digest(algorithm, data) {
  const subtleDigest = `SHA-${algorithm.slice(-3)}`;
  return new Uint8Array(await crypto.subtle.digest(subtleDigest, data));
}


;// CONCATENATED MODULE: ./node_modules/jose/dist/webapi/util/base64url.js

const invalid = "The input to be decoded is not correctly encoded.";
function base64url_decode(input) {
  try {
    return decodeBase64(typeof input == "string" ? input : decoder.decode(input), !0);
  } catch (cause) {
    throw new TypeError(invalid, { cause });
  }
}
function base64url_encode(input) {
  return encodeBase64(typeof input == "string" ? encoder.encode(input) : input, !0);
}


;// CONCATENATED MODULE: ./node_modules/jose/dist/webapi/lib/validate.js



function assertUint8Array(input, label) {
  if (!(input instanceof Uint8Array))
    throw new TypeError(`${label} must be an instance of Uint8Array`);
}
function isObject(input) {
  if (typeof input != "object" || input === null || Object.prototype.toString.call(input) !== "[object Object]")
    return !1;
  const prototype = Object.getPrototypeOf(input);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
function isJwkSet(input) {
  return isObject(input) && Array.isArray(input.keys) && Array.from(input.keys).every(isObject);
}
function isDisjoint(...headers) {
  const parameters = /* @__PURE__ */ new Set();
  for (const header of headers)
    if (header)
      for (const parameter of Object.keys(header)) {
        if (parameters.has(parameter))
          return !1;
        parameters.add(parameter);
      }
  return !0;
}
function assertNotSet(value, name) {
  if (value !== void 0)
    throw new TypeError(`${name} can only be called once`);
}
function decodeBase64url(value, label, ErrorClass) {
  try {
    return decode(value);
  } catch (cause) {
    throw new ErrorClass(`Failed to base64url decode the ${label}`, { cause });
  }
}
function encodeAsciiMember(value, label, ErrorClass) {
  try {
    return encode(value);
  } catch (cause) {
    throw new ErrorClass(`The ${label} is not a valid base64url string`, { cause });
  }
}
function parseJoseHeader(encodedProtectedHeader, ErrorClass, message) {
  let parsed;
  try {
    parsed = JSON.parse(strictDecoder.decode(base64url_decode(encodedProtectedHeader)));
  } catch (cause) {
    throw new ErrorClass(message, { cause });
  }
  if (!isObject(parsed))
    throw new ErrorClass(message);
  return parsed;
}
const JWS_RECOGNIZED = { __proto__: null, b64: !0 }, JWE_RECOGNIZED = { __proto__: null };
function validateAlgorithms(option, algorithms) {
  if (algorithms !== void 0 && (!Array.isArray(algorithms) || algorithms.some((s) => typeof s != "string")))
    throw new TypeError(`"${option}" option must be an array of strings`);
  return algorithms === void 0 ? void 0 : new Set(algorithms);
}
function validateCritDuplicates(Err, protectedHeader) {
  const { crit } = protectedHeader ?? {};
  if (Array.isArray(crit) && new Set(crit).size !== crit.length)
    throw new Err('"crit" (Critical) Header Parameter MUST NOT contain duplicate values');
}
function validateCrit(Err, recognizedDefault, recognizedOption, protectedHeader, joseHeader) {
  if (joseHeader.crit !== void 0 && protectedHeader?.crit === void 0)
    throw new Err('"crit" (Critical) Header Parameter MUST be integrity protected');
  if (!protectedHeader || protectedHeader.crit === void 0)
    return [];
  if (!Array.isArray(protectedHeader.crit) || protectedHeader.crit.length === 0 || protectedHeader.crit.some((input) => typeof input != "string" || input.length === 0))
    throw new Err('"crit" (Critical) Header Parameter MUST be an array of non-empty strings when present');
  const recognized = recognizedOption === void 0 ? recognizedDefault : { __proto__: null, ...recognizedOption, ...recognizedDefault };
  for (const parameter of protectedHeader.crit) {
    if (!(parameter in recognized))
      throw new JOSENotSupported(`Extension Header Parameter "${parameter}" is not recognized`);
    if (!Object.hasOwn(joseHeader, parameter) || joseHeader[parameter] === void 0)
      throw new Err(`Extension Header Parameter "${parameter}" is missing`);
    if (recognized[parameter] && (!Object.hasOwn(protectedHeader, parameter) || protectedHeader[parameter] === void 0))
      throw new Err(`Extension Header Parameter "${parameter}" MUST be integrity protected`);
  }
  return protectedHeader.crit;
}
function validateB64(protectedHeader, extensions) {
  if (extensions.includes("b64")) {
    const b64 = protectedHeader.b64;
    if (typeof b64 != "boolean")
      throw new JWSInvalid('The "b64" (base64url-encode payload) Header Parameter must be a boolean');
    return b64;
  }
  return !0;
}
function serializeJoseHeader(Err, header) {
  let serialized, parsed;
  try {
    serialized = JSON.stringify(header), parsed = JSON.parse(serialized);
  } catch (cause) {
    throw new Err("JOSE Header is not valid JSON", { cause });
  }
  if (!isObject(parsed))
    throw new Err("JOSE Header is not a JSON object");
  return [parsed, serialized];
}


;// CONCATENATED MODULE: ./node_modules/jose/dist/webapi/util/errors.js
class JOSEError extends Error {
  static code = "ERR_JOSE_GENERIC";
  code = "ERR_JOSE_GENERIC";
  constructor(message, options) {
    super(message, options), this.name = this.constructor.name, Error.captureStackTrace?.(this, this.constructor);
  }
}
class JWTClaimValidationFailed extends JOSEError {
  static code = "ERR_JWT_CLAIM_VALIDATION_FAILED";
  code = "ERR_JWT_CLAIM_VALIDATION_FAILED";
  claim;
  reason;
  payload;
  constructor(message, payload, claim = "unspecified", reason = "unspecified") {
    super(message, { cause: { claim, reason, payload } }), this.claim = claim, this.reason = reason, this.payload = payload;
  }
}
class JWTExpired extends JOSEError {
  static code = "ERR_JWT_EXPIRED";
  code = "ERR_JWT_EXPIRED";
  claim;
  reason;
  payload;
  constructor(message, payload, claim = "unspecified", reason = "unspecified") {
    super(message, { cause: { claim, reason, payload } }), this.claim = claim, this.reason = reason, this.payload = payload;
  }
}
class JOSEAlgNotAllowed extends (/* unused pure expression or super */ null && (JOSEError)) {
  static code = (/* unused pure expression or super */ null && ("ERR_JOSE_ALG_NOT_ALLOWED"));
  code = "ERR_JOSE_ALG_NOT_ALLOWED";
}
class errors_JOSENotSupported extends (/* unused pure expression or super */ null && (JOSEError)) {
  static code = (/* unused pure expression or super */ null && ("ERR_JOSE_NOT_SUPPORTED"));
  code = "ERR_JOSE_NOT_SUPPORTED";
}
class JWEDecryptionFailed extends JOSEError {
  static code = "ERR_JWE_DECRYPTION_FAILED";
  code = "ERR_JWE_DECRYPTION_FAILED";
  constructor(message = "decryption operation failed", options) {
    super(message, options);
  }
}
class JWEInvalid extends (/* unused pure expression or super */ null && (JOSEError)) {
  static code = (/* unused pure expression or super */ null && ("ERR_JWE_INVALID"));
  code = "ERR_JWE_INVALID";
}
class errors_JWSInvalid extends (/* unused pure expression or super */ null && (JOSEError)) {
  static code = (/* unused pure expression or super */ null && ("ERR_JWS_INVALID"));
  code = "ERR_JWS_INVALID";
}
class JWTInvalid extends JOSEError {
  static code = "ERR_JWT_INVALID";
  code = "ERR_JWT_INVALID";
}
class JWKInvalid extends (/* unused pure expression or super */ null && (JOSEError)) {
  static code = (/* unused pure expression or super */ null && ("ERR_JWK_INVALID"));
  code = "ERR_JWK_INVALID";
}
class JWKSInvalid extends (/* unused pure expression or super */ null && (JOSEError)) {
  static code = (/* unused pure expression or super */ null && ("ERR_JWKS_INVALID"));
  code = "ERR_JWKS_INVALID";
}
class JWKSNoMatchingKey extends JOSEError {
  static code = "ERR_JWKS_NO_MATCHING_KEY";
  code = "ERR_JWKS_NO_MATCHING_KEY";
  constructor(message = "no applicable key found in the JSON Web Key Set", options) {
    super(message, options);
  }
}
class JWKSMultipleMatchingKeys extends JOSEError {
  [Symbol.asyncIterator] = async function* () {
  };
  static code = "ERR_JWKS_MULTIPLE_MATCHING_KEYS";
  code = "ERR_JWKS_MULTIPLE_MATCHING_KEYS";
  constructor(message = "multiple matching keys found in the JSON Web Key Set", options) {
    super(message, options);
  }
}
class JWKSTimeout extends JOSEError {
  static code = "ERR_JWKS_TIMEOUT";
  code = "ERR_JWKS_TIMEOUT";
  constructor(message = "request timed out", options) {
    super(message, options);
  }
}
class JWSSignatureVerificationFailed extends JOSEError {
  static code = "ERR_JWS_SIGNATURE_VERIFICATION_FAILED";
  code = "ERR_JWS_SIGNATURE_VERIFICATION_FAILED";
  constructor(message = "signature verification failed", options) {
    super(message, options);
  }
}


;// CONCATENATED MODULE: ./node_modules/jose/dist/webapi/util/decode_jwt.js




function decodeJwt(jwt) {
  if (typeof jwt != "string")
    throw new JWTInvalid("JWTs must use Compact JWS serialization, JWT must be a string");
  const { 1: encodedPayload, length } = jwt.split(".");
  if (length === 5)
    throw new JWTInvalid("Only JWTs using Compact JWS serialization can be decoded");
  if (length !== 3)
    throw new JWTInvalid("Invalid JWT");
  if (!encodedPayload)
    throw new JWTInvalid("JWTs must contain a payload");
  let claimsSetBytes;
  try {
    claimsSetBytes = base64url_decode(encodedPayload);
  } catch (cause) {
    throw new JWTInvalid("Failed to base64url decode the payload", { cause });
  }
  let claimsSet;
  try {
    claimsSet = JSON.parse(strictDecoder.decode(claimsSetBytes));
  } catch (cause) {
    throw new JWTInvalid("Failed to parse the decoded payload as JSON", { cause });
  }
  if (!isObject(claimsSet))
    throw new JWTInvalid("Invalid JWT Claims Set");
  return claimsSet;
}


// EXTERNAL MODULE: ./src/util/text.ts
var util_text = __nccwpck_require__(9997);
// EXTERNAL MODULE: ./src/util/url.ts
var util_url = __nccwpck_require__(7997);
// EXTERNAL MODULE: ./src/credentials/fields.ts
var credentials_fields = __nccwpck_require__(585);
// EXTERNAL MODULE: ./src/credentials/secrets.ts
var secrets = __nccwpck_require__(5515);
;// CONCATENATED MODULE: ./src/credentials/external-account.ts





const COPY_AGAIN = 'Copy the workload identity JSON again from the Mondoo Console.';
const JWT = 'urn:ietf:params:oauth:token-type:jwt';
/**
 * Checks that an ID token for a workload identity is for Mondoo and goes to Mondoo: the file is untrusted.
 * @param endpoint the input `api-endpoint`, which wins over the file's own
 * @throws ActionError
 */
function readExternalAccount(document, endpoint) {
    const fields = (0,credentials_fields/* fieldsOf */.Pf)(document, 'workload identity JSON', COPY_AGAIN);
    for (const name of ['audience', 'universeDomain', 'issuerUri']) {
        // Messages quote these fields.
        if (fields.required(name).includes('-----BEGIN'))
            throw fields.unusable(name, 'holds a key or a certificate');
    }
    const ownerMrn = fields.mrn('audience', 'owner');
    if ((document.subjecttokentype || JWT) !== JWT) {
        throw fields.unusable('subjectTokenType', `isn't \`${JWT}\`, the only kind that Mondoo Platform exchanges`);
    }
    const declaredEndpoint = fields.url('universeDomain', util_url/* parseEndpoint */.Bk);
    const isTrusted = (0,util_url/* isTrustedHost */.gM)(declaredEndpoint) || (endpoint && (0,util_url/* isSameHost */.Xf)(declaredEndpoint, endpoint));
    if (!isTrusted)
        throw fields.foreignHost('universeDomain', declaredEndpoint);
    const issuerUri = fields.required('issuerUri');
    if (!/^https?:\/\//.test(issuerUri))
        throw fields.unusable('issuerUri', "isn't a URL");
    const ignored = 'The workload identity JSON has a field `jwtToken`. The action ignores it and gets the token from the CI. Remove it from the file.';
    const apiEndpoint = endpoint ?? declaredEndpoint;
    const account = { apiEndpoint, declaredEndpoint, ownerMrn, issuerUri };
    return { account, warnings: document.jwttoken ? [ignored] : [] };
}
/** Reads an ID token of any CI, unverified; undefined if it isn't one. */
function readIdToken(jwt) {
    // All of it is masked.
    if (!secrets/* COMPACT_JWT */.CA.test(jwt))
        return undefined;
    try {
        const { aud = [], exp, iat = 0, ...claims } = decodeJwt(jwt);
        const text = (name) => (typeof claims[name] === 'string' ? claims[name] : '');
        const ofRun = ['ref', 'environment', 'job_workflow_ref'].map((name) => [name, text(name)]);
        const audiences = [aud].flat();
        const receivedAt = performance.now();
        return {
            jwt,
            claims: {
                issuer: text('iss'),
                audience: audiences.join(),
                subject: text('sub'),
                repository: text('repository') || text('project_path'),
                ...Object.fromEntries(ofRun),
            },
            audiences,
            expiresAt: exp === undefined ? undefined : new Date(exp * 1000),
            hasExpired: () => exp !== undefined && performance.now() - receivedAt >= (exp - iat) * 1000,
        };
    }
    catch {
        return undefined;
    }
}
/** @throws ActionError if the platform would look for another issuer */
function requireIssuer({ issuerUri }, { issuer }) {
    if (issuer === issuerUri)
        return;
    const isSlash = issuerUri === `${issuer}/` || issuer === `${issuerUri}/`;
    const slash = isSlash ? ' They differ only in the slash at the end.' : '';
    throw (0,credentials_fields/* invalid */.Gq)(`The workload identity JSON is for tokens of another issuer, so the ID token was not sent. The field \`issuerUri\` is ${(0,util_text/* codeSpan */.SS)(issuerUri)}, but the token's issuer is ${(0,util_text/* codeSpan */.SS)(issuer)}.${slash}`, isSlash
        ? "Write the token's issuer exactly, in the JSON and in the Mondoo Console (Settings → Workload Identity)."
        : 'Set up workload identity federation for the issuer of this run. A CI server of your own has its own issuer, and an enterprise account can have its own too.');
}

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __nccwpck_require__(7598);
// EXTERNAL MODULE: ./src/util/json.ts
var util_json = __nccwpck_require__(4976);
;// CONCATENATED MODULE: ./src/platform/call-error.ts
/** Codes after which the platform may have carried the request out. */
const MAYBE_DONE = { Canceled: 1, Unknown: 2, DeadlineExceeded: 4, Internal: 13, Unavailable: 14, DataLoss: 15 };
/** Codes after which it did not: because of what the request asks, or because of the platform's state. */
const REFUSED = { InvalidArgument: 3, NotFound: 5, AlreadyExists: 6, PermissionDenied: 7, Unauthenticated: 16 };
const PRECONDITION = { ResourceExhausted: 8, FailedPrecondition: 9, Aborted: 10, OutOfRange: 11, Unimplemented: 12 };
/** https://grpc.io/docs/guides/status-codes/ */
const RpcCode = { ...MAYBE_DONE, ...REFUSED, ...PRECONDITION };
/** A failed call to Mondoo Platform or the CI. Its message is text for the log and holds no secret. */
class CallError extends Error {
    method;
    failure;
    requestId;
    /** Milliseconds. */
    retryAfter;
    /** The attempts before this one. */
    earlier = [];
    constructor(method, failure, requestId, retryAfter) {
        super(describe(failure));
        this.name = 'CallError';
        this.method = method;
        this.failure = failure;
        this.requestId = requestId;
        this.retryAfter = retryAfter;
    }
    get code() {
        return this.failure.kind === 'rpc' ? this.failure.status.code : undefined;
    }
    /** The fix, if it follows from the route to the server. */
    get remedy() {
        return this.failure.kind === 'connection' ? this.failure.remedy : undefined;
    }
    /** Whether the failure may pass by itself. */
    get isTransient() {
        const { failure } = this;
        if (failure.kind === 'rpc')
            return TRANSIENT_CODES.includes(failure.status.code);
        return failure.kind === 'response' ? [429, 502, 503, 504].includes(failure.httpStatus) : !failure.permanent;
    }
    /** Whether a space has reached a limit: without a Retry-After, waiting doesn't help. */
    get isLimit() {
        return this.code === RpcCode.ResourceExhausted && this.retryAfter === undefined;
    }
    /** Whether the platform may have carried the request out. */
    get mayHaveTakenEffect() {
        const { failure } = this;
        if (failure.kind === 'rpc')
            return !DECIDED_CODES.includes(failure.status.code);
        if (failure.kind === 'connection')
            return failure.phase !== 'connect';
        // Without a gRPC code, what was sent elsewhere or refused was not carried out.
        const { httpStatus } = failure;
        const isDecided = httpStatus >= 300 && httpStatus < 500 && httpStatus !== 408 && httpStatus !== 499;
        return !isDecided && httpStatus !== 503;
    }
}
const { DeadlineExceeded, ResourceExhausted, Aborted, Unavailable } = RpcCode;
const TRANSIENT_CODES = [DeadlineExceeded, ResourceExhausted, Aborted, Unavailable];
const DECIDED_CODES = Object.values({ ...REFUSED, ...PRECONDITION });
function describe(failure) {
    if (failure.kind === 'rpc')
        return formatRpcStatus(failure.status);
    if (failure.kind === 'connection')
        return failure.reason;
    return `the response (HTTP status ${failure.httpStatus}) ${failure.problem}`;
}
/** Writes a status as cnspec does: `rpc error: code = Unauthenticated desc = request permission unauthenticated`. */
function formatRpcStatus({ code, message }) {
    return `rpc error: code = ${rpcName(code)} desc = ${message}`;
}
function rpcName(code) {
    return Object.entries(RpcCode).find(([, value]) => value === code)?.[0] ?? `Code(${code})`;
}

// EXTERNAL MODULE: ./src/platform/transport-error.ts
var transport_error = __nccwpck_require__(6329);
;// CONCATENATED MODULE: ./src/platform/json-call.ts





/** Makes a call, once, whose response is a JSON object. Throws CallError. */
async function callJson(transport, method, request) {
    const requestId = (0,external_node_crypto_.randomUUID)();
    const headers = { ...request.headers, accept: 'application/json', 'x-request-id': requestId };
    const response = await transport.send({ ...request, headers }).catch((error) => {
        if (!(error instanceof transport_error/* HttpError */.j$))
            throw error;
        const { phase, message: reason, permanent, remedy } = error;
        throw new CallError(method, { kind: 'connection', phase, reason, permanent, remedy }, requestId);
    });
    const { status: httpStatus, sentAt, receivedAt } = response;
    const retryAfter = parseRetryAfter(response.headers['retry-after']);
    const malformed = (problem) => new CallError(method, { kind: 'response', httpStatus, problem }, requestId, retryAfter);
    // Proxies and load balancers send HTML or nothing.
    const json = (0,util_json/* tryParseJson */.Bl)(response.body.toString('utf8'));
    const isSuccess = httpStatus >= 200 && httpStatus < 300;
    const status = isSuccess ? undefined : parseRpcStatus(json);
    if (status)
        throw new CallError(method, { kind: 'rpc', status, httpStatus }, requestId, retryAfter);
    if (!isSuccess || !(0,util_json/* isMap */.jh)(json))
        throw malformed(describeResponse(response, json));
    return { value: json, sentAt, receivedAt, malformed };
}
/** Reads an error body, `{"code": <gRPC code>, "message": "..."}`; anything else didn't come from the platform. */
function parseRpcStatus(body) {
    if (!(0,util_json/* isMap */.jh)(body))
        return undefined;
    const { code, message } = body;
    if (typeof code !== 'number' || !Number.isInteger(code) || code === 0)
        return undefined;
    // Takes out JWTs, which an error might quote. One pattern for all of a JWT could take minutes on a megabyte.
    const withoutTokens = (text) => text.replace(/[\w.-]+/g, (word) => (word.includes('eyJ') && word.split('.').length > 2 ? '***' : word));
    return { code, message: typeof message === 'string' ? (0,util_text/* plainText */.wh)(withoutTokens(message)) : '' };
}
/** Reads a Retry-After header, seconds or a date, as milliseconds from now. */
function parseRetryAfter(header = '') {
    if (/^\d{1,9}$/.test(header))
        return Number(header) * 1000;
    // Date.parse alone finds a date in almost anything.
    if (!/^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(header))
        return undefined;
    const date = Date.parse(header);
    return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}
function describeResponse({ status, headers, body }, json) {
    if (status >= 300 && status < 400)
        return 'is a redirect, which is never followed';
    if (body.length === 0)
        return 'is empty';
    if (json !== undefined)
        return 'is JSON of an unexpected shape';
    if (/html/i.test(headers['content-type'] ?? '') || /^\s*</.test(body.toString('latin1', 0, 64))) {
        return 'is a web page (HTML), probably from a proxy or a firewall';
    }
    return 'is not JSON';
}

// EXTERNAL MODULE: external "node:timers/promises"
var promises_ = __nccwpck_require__(8500);
;// CONCATENATED MODULE: ./src/platform/retry.ts


/** The limit of the first wait, in milliseconds; it doubles with each one after it. */
const FIRST_DELAY = 500;
const LONGEST_DELAY = 15_000;
const never = () => false;
const ifTransient = ({ isTransient }) => isTransient;
/** For RegisterAgent, where each call that arrives may create a client. */
const ifNothingWasDone = ({ isTransient, mayHaveTakenEffect, isLimit }) => isTransient && !mayHaveTakenEffect && !isLimit;
/** Retries with full jitter, so that jobs which fail together don't come back together, while the time allows. */
async function retrying(rule, call, { deadline, onRetry }) {
    const earlier = [];
    for (let longest = FIRST_DELAY;; longest = Math.min(2 * longest, LONGEST_DELAY)) {
        try {
            return await call();
        }
        catch (error) {
            if (!(error instanceof CallError))
                throw error;
            // A timeout during a retry hides the cause: throw the previous error.
            const isCutOff = deadline.remaining() <= 0 && error.failure.kind === 'connection';
            const before = earlier.at(-1);
            if (isCutOff && before && (rule !== ifNothingWasDone || !error.mayHaveTakenEffect))
                throw before;
            error.earlier = [...earlier];
            earlier.push(error);
            const delay = Math.random() * longest + (error.retryAfter ?? 0);
            if (!rule(error) || delay >= deadline.remaining())
                throw error;
            onRetry({ error, failed: earlier.length, delay });
            await (0,promises_.setTimeout)(delay, undefined, { signal: deadline.signal }).catch(() => {
                throw error;
            });
        }
    }
}

// EXTERNAL MODULE: ./src/platform/transport.ts
var platform_transport = __nccwpck_require__(3038);
;// CONCATENATED MODULE: ./src/github/id-token.ts
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






/**
 * Finds where this job gets ID tokens: it needs `id-token: write`, which a pull request from a fork never has.
 * @throws ActionError `invalid-input` if it isn't safe to send a secret there
 */
function findIdTokens(env) {
    const { ACTIONS_ID_TOKEN_REQUEST_URL: url = '', ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestToken = '' } = env;
    if (requestToken === '' || url === '')
        return undefined;
    const endpoint = URL.parse(url);
    if (endpoint?.protocol === 'https:' || (endpoint?.protocol === 'http:' && (0,util_url/* isLoopback */.U9)(endpoint.hostname))) {
        return { url: endpoint, request: (...request) => requestIdToken(endpoint, requestToken, ...request) };
    }
    throw new errors/* ActionError */.lZ('invalid-input', 'The variable `ACTIONS_ID_TOKEN_REQUEST_URL` is not an https URL, so the step requested no ID token.', 'Find what changes the variable: an `env:` in the workflow, an earlier step, or the setup of a self-hosted runner.');
}
/** A GET changes nothing, whichever server error it meets. */
const ifServerFailed = ({ isTransient, failure }) => isTransient || (failure.kind !== 'connection' && (failure.httpStatus ?? 0) >= 500);
/** Asks GitHub for an ID token of this run. The toolkit's getIDToken has no deadline. */
async function requestIdToken(endpoint, secret, audience, route) {
    const env_1 = { stack: [], error: void 0, hasError: false };
    try {
        const url = new URL(endpoint);
        url.searchParams.append('audience', audience);
        const headers = { authorization: `Bearer ${secret}` };
        const request = { method: 'GET', url, headers, signal: route.deadline.endSignal };
        const transport = __addDisposableResource(env_1, new platform_transport/* Transport */.o(route), false);
        const callOnce = () => callJson(transport, 'GitHub/IdToken', request);
        const { value, malformed } = await retrying(ifServerFailed, callOnce, route);
        const token = typeof value.value === 'string' ? readIdToken(value.value) : undefined;
        if (token === undefined)
            throw malformed('holds no ID token');
        return token;
    }
    catch (e_1) {
        env_1.error = e_1;
        env_1.hasError = true;
    }
    finally {
        __disposeResources(env_1);
    }
}

;// CONCATENATED MODULE: ./src/github/log.ts



/** Replaces words of the core by GitHub's. */
const WORDS = [
    [/Pass the value of the secret\./g, 'Write `$${{ secrets.NAME }}`, with the name of your secret.'],
    [
        /Store the JSON unchanged as the secret\./g,
        'Store the JSON unchanged as the secret, for example with `gh secret set NAME < credentials.json`.',
    ],
    [/store them as the secret,/g, 'store them with `gh secret set`,'],
    [/(`NODE_EXTRA_CA_CERTS` to the path of its PEM file)/g, '$1 in the `env:` of the step'],
    [/A CI server of your own has/g, 'GitHub Enterprise Server has'],
    [/the status page of the CI/g, 'https://www.githubstatus.com'],
    [/The temporary folder of the CI/g, 'The variable `RUNNER_TEMP`'],
    [/\b[Tt]he CI\b/g, 'GitHub'],
    [/Write the whole path,/g, 'Write the whole path, for example with `$${{ runner.temp }}`,'],
];
const LONGEST_LINE = 1000;
function log(line) {
    info((0,util_text/* plainText */.wh)(line, LONGEST_LINE));
}
function warn(text) {
    warning((0,util_text/* plainText */.wh)(inWords(text, WORDS), LONGEST_LINE));
}
/** Makes the runner hide secrets in everything that is printed from here on, until the job ends. */
function mask(secrets) {
    for (const secret of secrets)
        core_setSecret(secret);
}

;// CONCATENATED MODULE: ./src/util/misspelling.ts
/** Whether one word may have been meant as another: at most one edit (Levenshtein) for every three letters. */
function isMisspelling(word, meant) {
    return isWithin(Math.floor(word.length / 3), word, meant);
}
/** Whether so many edits turn one word into another. */
function isWithin(edits, from, to) {
    if (Math.abs(from.length - to.length) > edits)
        return false;
    if (from === '' || to === '')
        return true;
    const [fromRest, toRest] = [from.slice(1), to.slice(1)];
    if (from[0] === to[0])
        return isWithin(edits, fromRest, toRest);
    const isClose = (one, other) => isWithin(edits - 1, one, other);
    // A letter was replaced, added or left out.
    return isClose(fromRest, toRest) || isClose(fromRest, to) || isClose(from, toRest);
}

;// CONCATENATED MODULE: ./src/github/missing.ts



const NO_CREDENTIALS = 'The inputs `credentials` and `registration-token` are empty.';
const NO_ID_TOKEN = 'GitHub gives this job no ID token: `ACTIONS_ID_TOKEN_REQUEST_URL` or `…_TOKEN` is not set.';
/** Explains why there are no credentials. */
function missingCredentials(trigger, onMissing, env) {
    const { event, fork, byDependabot, inFork } = trigger;
    const misspelt = misspeltInput(env);
    if (misspelt !== undefined) {
        return new errors/* ActionError */.lZ('missing-credentials', `${NO_CREDENTIALS} The step sets the input ${(0,util_text/* codeSpan */.SS)(misspelt, 60)}, which this action doesn't have.`, 'Use the name `credentials`, `registration-token` or `on-missing-credentials`.');
    }
    if (fork)
        return withheldFromFork(NO_CREDENTIALS, fork.from, onMissing);
    if (byDependabot) {
        return withheld(`${NO_CREDENTIALS} Dependabot triggered this run. GitHub gives such runs only Dependabot secrets, not Actions secrets.`, 'To check before the merge, store the credentials as a Dependabot secret too: `gh secret set MONDOO_CREDENTIALS --app dependabot < credentials.json`.', onMissing);
    }
    // An earlier step with this action exports both.
    const isEmptied = env.MONDOO_CONFIG_BASE64 === '' && env.MONDOO_CONFIG_PATH;
    const emptied = isEmptied ? ' An earlier step of the job that uses this action may have emptied it.' : '';
    return new errors/* ActionError */.lZ('missing-credentials', `${NO_CREDENTIALS} The variable \`MONDOO_CONFIG_BASE64\` is empty too.${emptied} GitHub allows this run to read secrets (event ${(0,util_text/* codeSpan */.SS)(event || 'unknown', 60)}), so the secret isn't set, or this job can't read it.${inFork ? " This repository is a fork: GitHub doesn't copy secrets into forks." : ''}`, "Store the credentials JSON as a secret and pass it: `credentials: ${{ secrets.MONDOO_CREDENTIALS }}`. If the step already does, check the secret's name and the job's `environment:`. In a reusable workflow, check that the caller passes the secret.");
}
/** Explains why workload identity federation gets no ID token. */
function missingIdToken({ fork }, onMissing) {
    if (fork)
        return withheldFromFork(NO_ID_TOKEN, fork.from, onMissing);
    return new errors/* ActionError */.lZ('invalid-input', `${NO_ID_TOKEN} The job lacks the permission \`id-token: write\`.`, "Add `permissions:` with `contents: read` and `id-token: write` to the job. GitHub removes permissions that you don't list there. In a reusable workflow, the calling job needs them too.");
}
function withheldFromFork(missing, from, onMissing) {
    const origin = from === undefined ? 'fork that was deleted' : `fork (${(0,util_text/* codeSpan */.SS)(from, 200)})`;
    return withheld(`${missing} This pull request comes from a ${origin}. GitHub gives runs from forks no secrets and no ID tokens.`, "Don't switch to `pull_request_target`: it can expose the secrets to code from the pull request.", onMissing);
}
function withheld(message, remedy, onMissing) {
    const isSkipped = onMissing === 'skip';
    const advice = isSkipped
        ? 'No action needed if the change is checked after the merge.'
        : 'To let such runs pass, set `on-missing-credentials: skip` and check the change after the merge.';
    return new errors/* ActionError */.lZ(isSkipped ? 'skipped' : 'missing-credentials', message, `${advice} ${remedy}`);
}
/** Finds a misspelt input: the runner only warns of inputs that action.yml doesn't have. */
function misspeltInput(env) {
    const meant = ['credentials', 'registration-token'];
    return Object.keys(env)
        .filter((name) => name.startsWith('INPUT_'))
        .map((name) => name.slice('INPUT_'.length).toLowerCase())
        .filter((name) => ![...meant, 'on-missing-credentials'].includes(name))
        .find((name) => {
        const spelt = name.replaceAll('_', '-');
        return meant.some((ours) => isMisspelling(spelt, ours) || spelt.includes(ours.replace(/s$/, '')));
    });
}

// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __nccwpck_require__(3024);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __nccwpck_require__(6760);
var external_node_path_default = /*#__PURE__*/__nccwpck_require__.n(external_node_path_);
;// CONCATENATED MODULE: ./src/report/annotation.ts


function claimLines(claims = {}) {
    return Object.entries(claims).map(([name, value]) => (0,util_text/* plainText */.wh)(`${name}: ${value || '(none)'}`, 280));
}
/** The text of an annotation that has the title of the first finding. */
function annotationText(findings, linkTo) {
    // Two findings of this size, or one with claims, fit into the 4096 characters of an annotation.
    const texts = findings.slice(0, 2).map(({ code, message, remedy, evidence, claims }, index) => {
        const cause = (0,util_text/* plainText */.wh)(message, evidence ? 650 : 1150);
        const lines = [cause, `Fix: ${(0,util_text/* plainText */.wh)(remedy, 600)}`, `Docs: ${linkTo(code)}`];
        if (index > 0)
            lines.unshift(errors/* TITLES */.eX[code]);
        if (findings.length === 1 && claims)
            lines.push('The ID token says:', ...claimLines(claims));
        if (evidence)
            lines.push(`Evidence: ${(0,util_text/* plainText */.wh)(evidence, 1135 - cause.length)}`);
        return lines.join('\n');
    });
    const others = findings.slice(2).map(({ code }) => errors/* TITLES */.eX[code]);
    if (others.length > 0)
        texts.push(`Also: ${others.join(', ')}`);
    return texts.join('\n\n');
}

// EXTERNAL MODULE: ./src/cnspec/redact.ts
var redact = __nccwpck_require__(3377);
;// CONCATENATED MODULE: ./src/credentials/identity.ts

function identityTarget(identity) {
    return identity.kind === 'registration token' ? identity.token : identity.account;
}
const SUBJECTS = {
    'service account': 'The credentials belong to',
    'workload identity': 'The workload identity JSON is for',
    'registration token': 'The registration token is for',
};
/**
 * Makes sure that an identity belongs to the space that the workflow expects.
 * @throws ActionError `invalid-credentials`
 */
function requireSpace(identity, expected) {
    const { ownerMrn } = identityTarget(identity);
    if (expected === undefined || ownerMrn === expected)
        return;
    throw (0,credentials_fields/* invalid */.Gq)(`${SUBJECTS[identity.kind]} \`${ownerMrn}\`, but the input \`expect-space\` expects \`${expected}\`. Nothing was sent to Mondoo Platform.`, 'Check which secret the job passes. If the credentials are for the right space, correct `expect-space`.');
}

;// CONCATENATED MODULE: ./src/status/result.ts

function targetOf({ account, identity }) {
    return account ?? (identity && identityTarget(identity));
}
/** The client that later steps can use: one that this job registered counts only if mondoo.yml is in its place. */
function usableClient({ registration, configPath, error }) {
    const isLost = registration.wanted && (configPath === undefined || error !== undefined);
    return isLost ? undefined : registration.clientMrn;
}
/** As cnspec counts it: there is a service account, and the registration that was asked for succeeded. */
function isRegistered(result) {
    const { account, registration, error } = result;
    return account !== undefined && error === undefined && (!registration.wanted || usableClient(result) !== undefined);
}
/** As cnspec counts it: the ping was accepted at the local time. */
function isAuthenticated({ check }) {
    return check?.ping === 'accepted';
}

// EXTERNAL MODULE: ./src/util/duration.ts
var util_duration = __nccwpck_require__(6518);
// EXTERNAL MODULE: ./src/util/mrn.ts
var util_mrn = __nccwpck_require__(1075);
;// CONCATENATED MODULE: ./src/report/facts.ts






/** Beyond this skew, in milliseconds, cnspec warns. */
const WARNS_BEYOND = 30_000;
/** What log, outputs, summary and JSON have in common, in cnspec's words; undefined if it isn't known. */
function factsOf(result) {
    const { startedAt, identity, account, check, cnspec } = result;
    const target = targetOf(result);
    const health = check?.health instanceof CallError ? undefined : check?.health;
    const time = health?.time && timestamp(health.time);
    return {
        time: timestamp(startedAt),
        owner: target?.ownerMrn,
        client: account && (usableClient(result) ?? util_mrn/* NO_CLIENT */.In),
        serviceAccount: account?.mrn,
        /** Of long-lived credentials: other accounts live as long as the job. */
        certificate: identity?.kind === 'service account' ? identity.account.certificate : undefined,
        api: { endpoint: target?.apiEndpoint, status: health?.status, timestamp: time, version: health?.apiVersion },
        skew: check?.skew === undefined ? undefined : (0,util_duration/* formatDuration */.a3)(check.skew),
        latestVersion: cnspec?.answer?.latestVersion ?? cnspec?.latestVersion,
    };
}
/** What cnspec warned of, and its warning of a skewed clock if it would warn or the verdict names the clock. */
function warningsOf({ check, cnspec }, { findings }) {
    const warnings = (cnspec?.answer?.warnings ?? []).map(redact/* redact */.E);
    const skew = check?.skew ?? 0;
    if (Math.abs(skew) <= WARNS_BEYOND && !findings.includes('clock-skew'))
        return warnings;
    const others = warnings.filter((warning) => !warning.startsWith('possible clock skew'));
    return [...others, `possible clock skew detected: ${(0,util_duration/* formatDuration */.a3)(skew)}`];
}
/** The verdict in a few words. */
function titleOf({ registration }, verdict) {
    const [first] = [...verdict.fatal, ...verdict.tolerated];
    if (first)
        return findingTitle(first, verdict.fatal);
    return registration.clientMrn === undefined ? 'The credentials work' : 'cnspec is registered';
}
/** The title of a finding, which says so if it doesn't fail the job. */
function findingTitle(finding, fatal) {
    const title = errors/* TITLES */.eX[finding.code];
    return finding.code === 'skipped' || fatal.includes(finding) ? title : `${title}, but \`fail-on\` lets it pass`;
}
/** RFC 3339 in UTC with whole seconds, as Go writes it. */
function timestamp(date) {
    return date.toISOString().replace(/\.\d+Z$/, 'Z');
}

// EXTERNAL MODULE: ./src/cnspec/version.ts
var cnspec_version = __nccwpck_require__(7750);
;// CONCATENATED MODULE: ./src/report/log.ts






/** The result in the lines of `cnspec status`, in its words and its order. */
function statusLines(result, verdict) {
    const { host, check, registration, cnspec, exchangeError } = result;
    const { time, owner, client, serviceAccount, api, latestVersion } = factsOf(result);
    const { version, providers, answer: { updatesUrl, providersUrl } = {} } = cnspec ?? {};
    const why = client === util_mrn/* NO_CLIENT */.In ? ' (a service account is configured; cnspec counts that as registered)' : '';
    // cnspec prints its own major version as the API version.
    const apiVersion = `(API Version: ${(0,cnspec_version/* majorOf */.Ds)(version ?? '') ?? ''})`;
    const quoted = ({ message }) => JSON.stringify(message);
    const lines = [
        check?.health instanceof CallError && `x could not check upstream health error=${quoted(check.health)}`,
        `→ Platform: ${host.platform.name}`,
        `→ Version: ${host.platform.version}`,
        `→ Hostname: ${host.hostname}`,
        `→ IP: ${host.ip}`,
        `→ Time: ${time}`,
        version !== undefined && `→ Version: ${version} ${apiVersion}`,
        latestVersion !== undefined && `→ Latest Version: ${latestVersion}`,
        updatesUrl !== undefined && `→ Updates URL: ${updatesUrl}`,
        providersUrl !== undefined && `→ Providers URL: ${providersUrl}`,
        providers?.length && `→ Installed Providers: ${providers.join(' | ')}`,
        api.endpoint && `→ API ConnectionConfig: ${api.endpoint}`,
        check && `→ API Status: ${api.status ?? ''}`,
        check && `→ API Time: ${api.timestamp ?? ''}`,
        check && `→ API Version: ${api.version ?? ''}`,
        owner && `→ Owner: ${owner}`,
        client && `→ Client: ${client}`,
        serviceAccount && `→ Service Account: ${serviceAccount}`,
        // A skipped run did not look: an `x` would be read as a failure.
        verdict.status !== 'skipped' &&
            (isRegistered(result) ? `→ client is registered${why}` : 'x client is not registered'),
        exchangeError && `x could not exchange the ID token error=${quoted(exchangeError)}`,
        registration.error && `x could not register the client error=${quoted(registration.error)}`,
        isAuthenticated(result) && '→ client authenticated successfully',
        check?.ping instanceof CallError && `x could not connect to mondoo platform error=${quoted(check.ping)}`,
        ...warningsOf(result, verdict).map((warning) => `! ${warning}`),
    ];
    return lines.filter((line) => typeof line === 'string').map((line) => (0,util_text/* plainText */.wh)(line, 1000));
}

;// CONCATENATED MODULE: ./src/report/outputs.ts






/** Every output that is known. */
function outputs(result, verdict) {
    const { owner, serviceAccount, certificate, api, skew, latestVersion } = factsOf(result);
    const all = {
        status: verdict.status,
        findings: verdict.findings.join(','),
        registered: String(isRegistered(result)),
        authenticated: String(isAuthenticated(result)),
        // cnspec ignores a path that does not exist, and falls back to another identity.
        'config-path': verdict.passed ? result.configPath : undefined,
        'client-mrn': usableClient(result),
        'service-account-mrn': serviceAccount,
        'owner-mrn': owner,
        'space-id': owner && (0,util_mrn/* spaceId */.Mp)(owner),
        'api-endpoint': api.endpoint,
        'credentials-expire': certificate && timestamp(certificate.to),
        'cnspec-version': result.cnspec?.version,
        'latest-version': latestVersion,
        'status-json': JSON.stringify(statusJson(result, verdict)),
        error: verdict.fatal[0] && errorText(verdict.fatal[0]),
        'api-status': api.status,
        'api-time': api.timestamp,
        'api-version': api.version,
        'clock-skew': skew,
        'clock-skew-seconds': skew && String((result.check?.skew ?? 0) / 1000),
    };
    return Object.fromEntries(Object.entries(all).filter((entry) => entry[1] !== undefined));
}
/** Replaces the outputs that don't hold if reporting failed. */
function withdrawn(error) {
    return {
        status: error.code,
        findings: error.code,
        registered: 'false',
        'config-path': '',
        'client-mrn': '',
        'status-json': '',
        error: errorText(error),
    };
}
/**
 * The outputs as variables for later jobs. GitLab refuses blank lines and comments, and keeps quotes as a part of the value.
 * Without the prefix, `MONDOO_API_ENDPOINT` and its like would configure cnspec in later jobs.
 */
function dotenv(values) {
    return Object.entries(values)
        .filter(([name, value]) => !/^(?:status-json|error|config-path)$/.test(name) && /^[\w./:@+,=-]+$/.test(value))
        .map(([name, value]) => `MONDOO_GATE_${name.replaceAll('-', '_').toUpperCase()}=${value}\n`)
        .join('');
}
function errorText(finding) {
    return (0,util_text/* plainText */.wh)(`${errors/* TITLES */.eX[finding.code]}. ${findingText(finding)}`, 2000);
}
/** Cause, fix and evidence of a finding. */
function findingText({ message, remedy, evidence, claims }) {
    const end = evidence ? ` Evidence: ${[...claimLines(claims), evidence].join('; ')}` : '';
    return `${message} Fix: ${remedy}${end}`;
}
/** The result in the shape of `cnspec status -o json`; what isn't known is undefined. */
function statusJson(result, verdict) {
    const { time, owner, client, serviceAccount, api } = factsOf(result);
    const answer = result.cnspec?.answer;
    const warnings = warningsOf(result, verdict);
    return {
        client: {
            timestamp: time,
            ...result.host,
            parentMrn: owner,
            mrn: client,
            service_account: serviceAccount,
            registered: isRegistered(result) || undefined,
            // cnspec leaves it empty for every cause.
            pingPongError: result.check?.ping && !isAuthenticated(result) ? {} : undefined,
            version: answer?.version,
            latest_version: answer?.latestVersion,
            build: answer?.build,
            updatesUrl: answer?.updatesUrl,
            providersUrl: answer?.providersUrl,
        },
        upstream: { api, warnings: warnings.length > 0 ? warnings : undefined },
    };
}

;// CONCATENATED MODULE: ./src/report/summary.ts






/** For verdicts that pass without a warning. */
const MARKS = { ok: '✅', skipped: '⏭️' };
const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
/**
 * The job summary: the verdict, then the findings or one line on the client, warnings, and details.
 * It is HTML, in which no Markdown counts, so text from elsewhere stays text.
 */
function summaryHtml(result, verdict, linkTo, next) {
    const { passed, status, fatal, tolerated } = verdict;
    const mark = passed ? (MARKS[status] ?? '⚠️') : '❌';
    const findings = [...fatal, ...tolerated];
    const sections = findings.flatMap((finding) => [
        findings.length > 1 && `<h4>${prose(findingTitle(finding, fatal))}</h4>`,
        `<p><b>Cause:</b> ${prose(finding.message)}</p>`,
        `<p><b>Fix:</b> ${prose(finding.remedy)}</p>`,
        `<p><a href="${escapeHtml(linkTo(finding.code))}">More about ${code(finding.code)}</a></p>`,
        finding.claims && `<p>The ID token says:</p>\n${table(finding.claims)}`,
        finding.evidence && `<details><summary>Evidence</summary><p>${prose(finding.evidence)}</p></details>`,
    ]);
    const warned = (result.cnspec?.answer?.warnings ?? []).map((text) => `\`cnspec status\` warns: ${(0,redact/* redact */.E)(text)}`);
    const lines = [
        `<h3>${mark} ${prose(titleOf(result, verdict))}</h3>`,
        ...sections,
        ...(status === 'ok' ? successLines(result, next) : []),
        ...[...(result.warnings ?? []), ...warned].map((warning) => `<p>⚠️ ${prose(warning)}</p>`),
        ...details(result, verdict),
    ];
    return lines.filter(Boolean).join('\n').concat('\n');
}
/** Who is registered where, on one line, and what comes next. */
function successLines({ account, registration, check, cnspec }, next) {
    if (!account)
        return [];
    const { wanted, name, clientMrn } = registration;
    const words = [
        clientMrn === undefined ? 'No client registered' : `Client ${code(wanted ? name : clientMrn.replace(/.*\//, ''))}`,
        `${ownerOf(account)} at ${code(new URL(account.apiEndpoint).host)}`,
        check?.skew !== undefined && `clock ${escapeHtml((0,util_duration/* describeSkew */.mp)(check.skew))}`,
        cnspec?.answer && `${code('cnspec status')} ${escapeHtml(cnspec.version ?? '')} agrees`,
    ];
    return [`<p>${words.filter(Boolean).join(' · ')}</p>`, `<p><b>Next:</b> ${prose(next)}</p>`];
}
function ownerOf({ ownerMrn, apiEndpoint }) {
    const id = (0,util_mrn/* spaceId */.Mp)(ownerMrn);
    if (id === undefined)
        return `organization ${code(ownerMrn.replace(/.*\//, ''))}`;
    if (!(0,util_url/* isMondooHost */.T8)(apiEndpoint))
        return `space ${code(id)}`;
    return `space <a href="https://console.mondoo.com/space/overview?spaceId=${id}">${code(id)}</a>`;
}
function details(result, { passed, findings }) {
    const { time, owner, client, serviceAccount, api } = factsOf(result);
    if (!owner)
        return [];
    const skew = result.check?.skew;
    const values = {
        Owner: owner,
        Client: client,
        'Service\u00a0account': serviceAccount,
        'API endpoint': api.endpoint,
        'API status': api.status,
        'API version': api.version,
        Clock: skew === undefined ? undefined : (0,util_duration/* describeSkew */.mp)(skew, findings.includes('clock-skew') ? 0 : undefined),
        cnspec: result.cnspec?.version,
        'mondoo.yml': passed ? result.configPath : undefined,
        'Checked at': time,
    };
    return ['<details><summary>Details</summary>', table(values), '</details>'];
}
function table(values) {
    const rows = Object.entries(values).flatMap(([label, value]) => value === undefined ? [] : `<tr><td>${label}</td><td>${code(value || '(none)')}</td></tr>`);
    return ['<table>', '<tr><th>Name</th><th>Value</th></tr>', ...rows, '</table>'].join('\n');
}
function code(text) {
    return `<code>${escapeHtml(text)}</code>`;
}
/** Escapes a message; MRNs, endpoints and text in backticks become code. */
function prose(text) {
    return escapeHtml(text).replace(/`([^`]+)`|((?:https?:)?\/\/[\w.:/[\]-]*\w)/g, '<code>$1$2</code>');
}
function escapeHtml(text) {
    return (0,util_text/* plainText */.wh)(text, 2000).replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

;// CONCATENATED MODULE: ./src/github/runner-files.ts



/** The name of the one value that main hands to post. */
const STATE = 'cleanup';
/** The home folder in container jobs and Docker actions, which are Linux only: the same as `$RUNNER_TEMP/_github_home`. */
const CONTAINER_HOME = '/github/home';
/**
 * Chooses where mondoo.yml goes: a path that every later step can read, Docker actions included, and that is outside
 * the workspace, so that it ends up in no image, cache or artifact.
 * @param paths how the runner's system writes paths
 * @throws ActionError `invalid-input` when the environment is not a runner's
 */
function defaultConfigPath({ HOME, RUNNER_TEMP }, paths = (external_node_path_default())) {
    const home = HOME === CONTAINER_HOME ? HOME : RUNNER_TEMP && paths.join(RUNNER_TEMP, '_github_home');
    if (home)
        return paths.join(home, '.config', 'mondoo', 'mondoo.yml');
    throw new errors/* ActionError */.lZ('invalid-input', 'The variable `RUNNER_TEMP` is not set, so `mondoo.yml` has no default path.', 'Run the action in a GitHub Actions workflow, or set the input `config-path`.');
}
/**
 * Returns a function that says whether the runner has begun another step since. The runner creates files for each step
 * and keeps them until the job ends. Only in a container job: elsewhere signals arrive.
 */
function watchSteps({ HOME, GITHUB_STATE = '' }) {
    if (HOME !== CONTAINER_HOME || GITHUB_STATE === '')
        return () => false;
    const list = () => {
        try {
            return (0,external_node_fs_.readdirSync)(external_node_path_default().dirname(GITHUB_STATE)).filter((name) => name.startsWith('save_state_'));
        }
        catch {
            return [];
        }
    };
    const before = list();
    return () => {
        const now = list();
        return now.length < before.length || now.some((name) => !before.includes(name));
    };
}
/**
 * Writes to the runner's command files.
 * @throws ActionError `runner-error`
 */
function writeCommands(write) {
    try {
        write();
    }
    catch (error) {
        const { code = 'file not found' } = error;
        throw new errors/* ActionError */.lZ('runner-error', `The step could not write to the runner's command files (${code}).`, code === 'EACCES' || code === 'EPERM'
            ? "The step's user isn't allowed to write them. In a container job with `options: --user`, remove that option or use the runner's user."
            : 'Free disk space on the runner, where `RUNNER_TEMP` is. Then check what changes that folder during a job.');
    }
}

;// CONCATENATED MODULE: ./src/github/report.ts













/** What the job summary says after a success. */
const NEXT = "In later steps, run cnspec with `if: steps.<id>.outputs.status == 'ok'`; `<id>` is this step's `id:`.";
/**
 * Reports the outcome: log, annotations, outputs, later steps, and last the summary, which has all warnings.
 * @throws ActionError `runner-error` if the runner's files can't be written
 */
function report(result, found, jobSummary, job) {
    const verdict = verdictInWords(found, WORDS);
    const linkTo = documentation(job.env);
    startGroup('Details, as `cnspec status` prints them');
    for (const line of statusLines(result, verdict))
        info(line);
    endGroup();
    info(`${verdict.passed ? '→' : 'x'} ${titleOf(result, verdict)}`);
    annotate(verdict, linkTo);
    const { account, origin } = result;
    if (account && origin?.earlierFile) {
        notice(`An earlier step wrote ${(0,util_text/* codeSpan */.SS)(origin.earlierFile)} from \`MONDOO_CONFIG_BASE64\`. This step only checked the account in it, \`${account.mrn}\`. To write another \`mondoo.yml\` or to register, set the input \`credentials\`.`);
    }
    writeCommands(() => {
        for (const [name, value] of Object.entries(outputs(result, verdict)))
            setOutput(name, value);
        if (verdict.passed)
            exportToLaterSteps(result, job);
    });
    if (jobSummary)
        writeSummary(summaryHtml(result, verdict, linkTo, NEXT), job.env);
}
/** Reports why the outcome could not be reported. */
function reportFailure(obstacle, { passed }, env) {
    if (passed)
        annotate({ fatal: [obstacle], tolerated: [] }, documentation(env));
    else
        log(`! ${obstacle.message}`);
    try {
        // What was reported before isn't true any more.
        for (const [name, value] of Object.entries(withdrawn(obstacle)))
            setOutput(name, value);
    }
    catch {
        // Then the first report wasn't written either.
    }
}
function annotate({ fatal, tolerated }, linkTo) {
    for (const finding of tolerated) {
        // What the workflow asked for needs no warning.
        const print = finding.code === 'skipped' ? notice : warning;
        print(annotationText([finding], linkTo), { title: findingTitle(finding, fatal) });
    }
    if (fatal[0])
        error(annotationText(fatal, linkTo), { title: findingTitle(fatal[0], fatal) });
}
/** Makes the steps that follow use the cnspec that was installed, and mondoo.yml. */
function exportToLaterSteps({ installed, configPath, origin }, job) {
    const { MONDOO_CONFIG_PATH: before, MONDOO_CONFIG_BASE64 } = job.env;
    if (configPath && before && before !== configPath) {
        notice(`\`MONDOO_CONFIG_PATH\` was ${(0,util_text/* codeSpan */.SS)(before)}. For later steps, it is ${(0,util_text/* codeSpan */.SS)(configPath)}.`);
    }
    if (installed)
        addPath(installed.folder);
    // Otherwise cnspec updates its engine.
    if (installed?.isPinned)
        exportVariable('MONDOO_AUTO_UPDATE_ENGINE', 'false');
    if (!configPath)
        return;
    if (MONDOO_CONFIG_BASE64)
        exportVariable('MONDOO_CONFIG_BASE64', '');
    // Last, as it can't be undone.
    exportVariable('MONDOO_CONFIG_PATH', configPath);
    if (MONDOO_CONFIG_BASE64) {
        const why = '`MONDOO_CONFIG_BASE64` overrides `mondoo.yml` in cnspec, so this step emptied it for later steps.';
        if (origin)
            notice(`${why} They use \`mondoo.yml\`.`);
        else
            job.warn(`${why} A step that sets the variable in its own \`env:\` still uses it. Remove it there.`);
    }
}
/** A summary that can't be written doesn't change the verdict. */
function writeSummary(html, { GITHUB_STEP_SUMMARY = '' }) {
    try {
        // The toolkit writes it asynchronously, so that a signal could interleave.
        (0,external_node_fs_.appendFileSync)(GITHUB_STEP_SUMMARY, html);
    }
    catch (error) {
        warning(`The step could not write the job summary (${(0,errors/* errorCode */.CA)(error)}). The verdict is the same.`);
    }
}
/** Links to the documentation of the action's version, which may be in a subfolder of its repository. */
function documentation(env) {
    const { GITHUB_ACTION_REPOSITORY: action, GITHUB_REPOSITORY, GITHUB_SERVER_URL: server, GITHUB_WORKSPACE } = env;
    // Empty for an action in the workflow's own repository.
    const repository = action || GITHUB_REPOSITORY;
    const ref = (action ? env.GITHUB_ACTION_REF : env.GITHUB_SHA) || 'HEAD';
    // The process runs dist/<entry>/index.js.
    const root = external_node_path_default().resolve(process.argv[1] ?? '', '../../..');
    const checkout = action ? external_node_path_default().join('_actions', action, ref) : GITHUB_WORKSPACE;
    const folder = (checkout && `${root}${(external_node_path_default()).sep}`.split(`${checkout}${(external_node_path_default()).sep}`)[1]) ?? '';
    const place = encodeURI(folder.replaceAll('\\', '/'));
    const base = repository && server ? `${server}/${repository}/blob/${ref}/${place}` : '';
    return (code) => `${base}docs/troubleshooting.md#${code}`;
}

// EXTERNAL MODULE: external "node:fs/promises"
var external_node_fs_promises_ = __nccwpck_require__(1455);
;// CONCATENATED MODULE: ./src/github/trigger.ts


/** Events on a pull request that run its head's code. `pull_request_target` runs the base's, and gets the secrets. */
const RUNS_THE_HEAD = ['pull_request', 'pull_request_review', 'pull_request_review_comment'];
/** Events whose runs get Dependabot secrets only if Dependabot is the actor. */
const RESTRICTED_FOR_DEPENDABOT = [...RUNS_THE_HEAD, 'push', 'create', 'deployment', 'deployment_status'];
async function readTrigger(env) {
    const { GITHUB_EVENT_NAME: event = '', GITHUB_EVENT_PATH: file = '' } = env;
    // Outside of GitHub there is no event.
    const text = await (0,external_node_fs_promises_.readFile)(file, 'utf8').catch(() => '');
    const { repository, pull_request } = ((0,util_json/* tryParseJson */.Bl)(text) ?? {});
    const { head, base } = pull_request ?? {};
    const isForeign = RUNS_THE_HEAD.includes(event) && head && !isSame(head.repo, base?.repo);
    return {
        event,
        byDependabot: env.GITHUB_ACTOR === 'dependabot[bot]' && RESTRICTED_FOR_DEPENDABOT.includes(event),
        ...(isForeign && { fork: { from: head.repo?.full_name } }),
        inFork: repository?.fork === true,
    };
}
/** Not `head.repo.fork`: it is true for each pull request inside a repository that is a fork. */
function isSame(head, base) {
    // A deleted fork leaves no head repository.
    if (!head || !base)
        return false;
    return head.id === undefined || base.id === undefined ? head.full_name === base.full_name : head.id === base.id;
}

;// CONCATENATED MODULE: ./src/github/job.ts











/** A job of GitHub Actions, seen from one of its steps. */
function githubJob(env) {
    const over = new AbortController();
    // The runner sends SIGINT, 7.5 seconds later SIGTERM, and 2.5 seconds after that it kills.
    const critical = watchSignals(over);
    const hasNewStep = watchSteps(env);
    let manifest = {};
    const warnings = [];
    const findSuperseded = () => hasNewStep()
        ? new errors/* ActionError */.lZ('runner-error', 'The runner went on to another step while this one was still running. This happens if a job in a container is cancelled.', 'Run the job again.')
        : undefined;
    const throwIfOver = () => {
        const superseded = findSuperseded();
        if (superseded)
            over.abort(superseded);
        over.signal.throwIfAborted();
    };
    return {
        env,
        workspace: env.GITHUB_WORKSPACE || process.cwd(),
        temp: env.RUNNER_TEMP || undefined,
        toolCache: env.RUNNER_TOOL_CACHE || undefined,
        credentialsPlace: 'the input `credentials`',
        defaultName: [env.GITHUB_REPOSITORY, env.GITHUB_JOB].filter(Boolean).join('/') || external_node_os_default().hostname(),
        labels: labelsOf(env),
        signal: over.signal,
        throwIfOver,
        findSuperseded,
        critical,
        mask: mask,
        log: log,
        warn(text) {
            warnings.push(inWords(text, WORDS));
            warn(text);
        },
        get manifest() {
            return manifest;
        },
        remember(change) {
            const next = { ...manifest, ...change };
            writeCommands(() => saveState(STATE, next));
            manifest = next;
            // Post may already have read it.
            const superseded = findSuperseded();
            if (superseded)
                throw superseded;
        },
        keepsConfig: true,
        defaultConfigPath: () => defaultConfigPath(env),
        explainMissingCredentials: async (onMissing) => missingCredentials(await readTrigger(env), onMissing, env),
        async findIdTokens(onMissing) {
            const idTokens = findIdTokens(env);
            if (!idTokens)
                throw missingIdToken(await readTrigger(env), onMissing);
            return idTokens;
        },
        report(result, verdict, { jobSummary }) {
            report({ ...result, warnings }, verdict, jobSummary, this);
            // Post may have run before there was anything to remove.
            throwIfOver();
        },
        reportFailure: (error, verdict) => reportFailure(error, verdict, env),
    };
}
function labelsOf(env) {
    const names = ['repository', 'workflow', 'job', 'run-id', 'sha', 'ref'];
    const labels = names.map((name) => [`github.com/${name}`, env[`GITHUB_${name.toUpperCase().replace('-', '_')}`]]);
    return Object.fromEntries(labels.filter(([, value]) => value));
}

;// CONCATENATED MODULE: ./src/input-reader.ts




function input_reader_invalid(name, problem, remedy) {
    return new errors/* ActionError */.lZ('invalid-input', `The input \`${name}\` ${problem}.`, remedy);
}
/** @param problem says what the value isn't */
function invalidValue(name, value, problem, remedy) {
    return input_reader_invalid(name, `is ${(0,util_text/* codeSpan */.SS)(value, 60)}, which ${problem}`, remedy);
}
/** Reads `expect-space`, an id or an MRN. */
function readSpace(text) {
    if (text === '')
        return undefined;
    const mrn = text.startsWith('//') ? text : `//captain.api.mondoo.app/spaces/${text}`;
    if ((0,util_mrn/* spaceId */.Mp)(mrn) !== undefined)
        return mrn;
    const remedy = 'Copy the id or the MRN from the settings of the space in the Mondoo Console.';
    throw invalidValue('expect-space', text, "isn't the id or the MRN of a space", remedy);
}
/** Reads inputs of a kind. All throw ActionError. @param defaults are used for an input that is empty, too */
function inputReader(get, defaults) {
    const text = (name) => get(name) || defaults[name];
    function choice(name, choices) {
        const given = text(name).toLowerCase();
        const choice = choices.find((choice) => choice === given);
        if (choice !== undefined)
            return choice;
        const list = choices.map((choice) => `\`${choice}\``).join(', ');
        throw invalidValue(name, given, `isn't one of ${list}`, `Set \`${name}\` to one of these, or leave it out.`);
    }
    /** Reads a duration, in milliseconds. @param range says which ones fit */
    function duration(name, range, fits) {
        const given = text(name);
        const duration = (0,util_duration/* parseDuration */.E9)(given);
        if (duration !== undefined && fits(duration))
            return duration;
        const hasNoUnit = duration === undefined && /^-?[\d.]+$/.test(given);
        const problem = duration !== undefined ? 'is out of range' : hasNoUnit ? 'has no unit' : "isn't a duration";
        throw invalidValue(name, given, problem, `Write it like \`30s\`, \`2m\` or \`1m30s\`. ${range}`);
    }
    /** Reads a URL, if there is one. */
    function url(name, parse, remedy) {
        const given = get(name);
        return given === '' ? undefined : parse(given, (problem) => input_reader_invalid(name, problem, remedy));
    }
    const boolean = (name) => choice(name, ['true', 'false']) === 'true';
    return { text, boolean, choice, duration, url };
}

;// CONCATENATED MODULE: ./src/inputs.ts








/** The defaults, for an input that is empty, too. */
const DEFAULTS = {
    register: 'true',
    'max-clock-skew': '30s',
    'fail-on': 'all',
    'on-missing-credentials': 'fail',
    timeout: '2m',
    'verify-with-cnspec': 'auto',
    'job-summary': 'true',
};
/** Timers overflow after 24.8 days. */
const isTimeout = (milliseconds) => milliseconds > 0 && milliseconds <= 24 * 3_600_000;
/**
 * Reads and checks the inputs of the step, and masks the secrets among them first.
 * @param get returns the text of an input, empty if there is none
 * @throws ActionError `invalid-input`
 */
function readInputs(get, { env, workspace, defaultName, mask }) {
    const [credentials, registrationToken, apiProxy] = [get('credentials'), get('registration-token'), get('api-proxy')];
    mask((0,secrets/* credentialSecrets */.DJ)(credentials.trim() || env.MONDOO_CONFIG_BASE64 || ''));
    mask((0,secrets/* tokenSecrets */.RD)(registrationToken));
    mask((0,secrets/* proxySecrets */.Wm)(apiProxy));
    const read = inputReader(get, DEFAULTS);
    const register = read.boolean('register');
    refuseContradictions(credentials, registrationToken, register);
    return {
        /** A secret as it was given; may be blank. */
        credentials,
        /** A secret as it was given; may be blank. Never beside `credentials`. */
        registrationToken,
        apiEndpoint: read.url('api-endpoint', util_url/* parseEndpoint */.Bk, urlLike('https://eu.api.mondoo.com')),
        /** May hold a password. */
        apiProxy: read.url('api-proxy', util_url/* parseProxyUrl */.Pr, PROXY_URL),
        name: get('name') || defaultName,
        annotations: parseAnnotations(get('annotations')),
        register,
        expectSpace: readSpace(get('expect-space')),
        /** Absolute. */
        configPath: absolutePath(get('config-path'), workspace),
        maxClockSkew: read.duration('max-clock-skew', 'It must not be negative.', (skew) => skew >= 0),
        failOn: parseFailOn(read.text('fail-on')),
        onMissingCredentials: read.choice('on-missing-credentials', ['fail', 'skip']),
        timeout: read.duration('timeout', 'It must be more than 0s and at most 24h.', isTimeout),
        cnspecVersion: readCnspecVersion(get('cnspec-version')),
        verifyWithCnspec: read.choice('verify-with-cnspec', ['auto', 'true', 'false']),
        updatesUrl: read.url('updates-url', util_url/* parseEndpoint */.Bk, urlLike('https://mirror.example.com/mondoo')),
        jobSummary: read.boolean('job-summary'),
    };
}
const urlLike = (example) => `Give an https URL without user name, password or query, such as \`${example}\`. Or leave the input out.`;
const PROXY_URL = 'Write it like `http://proxy.example.com:3128`. URL-encode characters such as @ and : in a password.';
function refuseContradictions(credentials, registrationToken, register) {
    if (registrationToken === '')
        return;
    if (credentials !== '') {
        const remedy = 'Remove one of the two inputs.';
        throw input_reader_invalid('registration-token', 'is set, and so is `credentials`. The action can use only one of them', remedy);
    }
    if (!register) {
        const remedy = 'Remove `register`, or pass `credentials` instead of the registration token.';
        throw input_reader_invalid('registration-token', 'contradicts `register: false`. A token can only register', remedy);
    }
}
function readCnspecVersion(text) {
    const spec = (0,cnspec_version/* parseVersionSpec */.ZD)(text);
    if (text === '' || spec !== undefined)
        return spec;
    const remedy = 'Write `latest`, `13` or `13.35.2`, in quotes, because YAML reads 13.10 as 13.1.';
    throw invalidValue('cnspec-version', text, "isn't a version of cnspec", remedy);
}
function parseAnnotations(text) {
    const annotations = new Map();
    for (const line of text.split('\n').filter((line) => line.trim() !== '')) {
        const at = line.indexOf('=');
        // cnspec lower-cases keys.
        const key = (0,util_text/* lowerCased */.wY)(line.slice(0, Math.max(at, 0)).trim());
        const refuse = (problem, remedy) => {
            throw input_reader_invalid('annotations', `${problem} in line ${annotations.size + 1} (blank lines not counted)`, remedy);
        };
        if (key === '')
            refuse('has no `key=value`', 'Write one `key=value` pair per line.');
        if (annotations.has(key))
            refuse('has a key twice, the second time', 'Remove one of the two lines.');
        if (key.includes('\\'))
            refuse('has a key with a backslash', 'Write another character. cnspec splits keys there.');
        if (util_text/* UNREADABLE */.mP.test(line))
            refuse("has a character that cnspec can't read", 'Remove U+FFFE, U+FFFF, surrogates.');
        annotations.set(key, line.slice(at + 1).trim());
    }
    return Object.fromEntries(annotations);
}
/** The home folder, or a variable of a shell, of PowerShell or of cmd. */
const UNEXPANDED = /^~|(?<=^|[\\/])(?:\$\{?[A-Za-z_][\w:]*\}?|%[^%\\/]+%)/;
/** A path with a device, with or without an extension, a name whose end Windows drops, or a stream of a file. */
const MISREAD_BY_WINDOWS = /\\(?:(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[\d¹²³]) *(?:[.:][^\\]*)?|[^\\]*[. ])(?:\\|$)|\\[^\\]*:/i;
/** Makes a path to mondoo.yml absolute. A slash at its end means a folder. */
function resolveConfig(text, workspace, paths = (external_node_path_default())) {
    const isFolder = text.endsWith('/') || text.endsWith(paths.sep);
    return paths.resolve(workspace, text, isFolder ? 'mondoo.yml' : '');
}
/** Checks `config-path`, and makes it absolute. @param paths how the job's system writes paths @throws ActionError */
function absolutePath(text, workspace, paths = (external_node_path_default())) {
    if (text === '')
        return undefined;
    const unexpanded = UNEXPANDED.exec(text)?.[0];
    if (unexpanded !== undefined) {
        const problem = `has ${(0,util_text/* codeSpan */.SS)(unexpanded, 60)} in it, which only a shell replaces`;
        throw input_reader_invalid('config-path', problem, 'Write the whole path, or leave the input out.');
    }
    if (/[\r\n\0]/.test(text))
        throw input_reader_invalid('config-path', 'has more than one line', 'Give one path.');
    const file = resolveConfig(text, workspace, paths);
    if (paths.sep === '/' || !MISREAD_BY_WINDOWS.test(file))
        return file;
    const remedy = 'Use no name such as NUL, CON or COM1, none that ends with a dot or a space, and none with a colon.';
    throw invalidValue('config-path', text, 'Windows takes for a device or for another name', remedy);
}
function parseFailOn(text) {
    const words = text.split(/[\s,]+/).filter(Boolean);
    // A run that is skipped passes, because the workflow set `skip`.
    const known = errors/* FINDINGS */.TG.filter((finding) => finding !== 'skipped');
    if (words.join() === 'all')
        return new Set(known);
    if (words.join() === 'none')
        return new Set();
    const remedy = `Use \`all\`, \`none\`, or a list of findings: \`${known.join('`, `')}\`.`;
    if (words.length === 0)
        throw input_reader_invalid('fail-on', 'names no finding', remedy);
    if (words.includes('all') || words.includes('none')) {
        throw input_reader_invalid('fail-on', 'has `all` or `none` beside other words', remedy);
    }
    const wrong = words.find((word) => !known.includes(word));
    if (wrong === undefined)
        return new Set(words);
    const meant = known.find((finding) => isMisspelling(wrong, finding));
    const hint = meant === undefined ? '' : `Did you mean \`${meant}\`? `;
    const problem = `Unknown finding ${(0,util_text/* codeSpan */.SS)(wrong, 60)} in the input \`fail-on\`.`;
    throw new errors/* ActionError */.lZ('invalid-input', problem, hint + remedy);
}

;// CONCATENATED MODULE: ./src/config/read.ts
var read_addDisposableResource = (undefined && undefined.__addDisposableResource) || function (env, value, async) {
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
var read_disposeResources = (undefined && undefined.__disposeResources) || (function (SuppressedError) {
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



/** The most of a file that is read, in bytes. */
const LONGEST = 1024 * 1024;
/** The start of the first line of each mondoo.yml that this action writes. */
const MARK = '# Written by register-cnspec';
const PEM = /-----BEGIN PRIVATE KEY-----([^-]*)-----END PRIVATE KEY-----/g;
/** Reads the start of a file, which PowerShell may have rewritten. A pipe would block, and a link leads elsewhere. */
async function readText(file) {
    const env_1 = { stack: [], error: void 0, hasError: false };
    try {
        if (!(await (0,external_node_fs_promises_.lstat)(file)).isFile())
            return '';
        const handle = read_addDisposableResource(env_1, await (0,external_node_fs_promises_.open)(file), true);
        const { bytesRead, buffer } = await handle.read(Buffer.alloc(LONGEST));
        return (0,secrets/* decodeBytes */.yj)(buffer.subarray(0, bytesRead)).replace(/^\ufeff/, '');
    }
    catch (e_1) {
        env_1.error = e_1;
        env_1.hasError = true;
    }
    finally {
        const result_1 = read_disposeResources(env_1);
        if (result_1)
            await result_1;
    }
}
/** Whether this action wrote a text, in any run. @param source how the source begins that it names */
function isOurs(text, source) {
    return text.startsWith(source === undefined ? MARK : `${MARK} from ${source}`);
}
/** The service account in the text of a mondoo.yml. */
function accountIn(text) {
    return /^mrn: ["']?(\S+?)["']?\s*$/m.exec(text)?.[1];
}
/** Hashes a private key: SHA-256 of its PKCS#8 DER, in hex. */
function keyHash(key) {
    return (0,external_node_crypto_.hash)('sha256', key.export({ type: 'pkcs8', format: 'der' }));
}
/** Hashes the private keys in a text, as block or escaped strings: without a parser, as other programs may rewrite it. */
function keyHashesIn(text) {
    return [...text.matchAll(PEM)].flatMap(([, body = '']) => {
        const der = Buffer.from(body.replace(/\\[nr]|\s|\\/g, ''), 'base64');
        try {
            return [keyHash((0,external_node_crypto_.createPrivateKey)({ key: der, format: 'der', type: 'pkcs8' }))];
        }
        catch {
            return [];
        }
    });
}

// EXTERNAL MODULE: ./src/credentials/decode.ts + 1 modules
var credentials_decode = __nccwpck_require__(7119);
;// CONCATENATED MODULE: ./src/credentials/diagnose.ts


const PASS_SECRET = 'The action uses the text as it is. Pass the value of the secret.';
const STORE_UNCHANGED = 'Store the JSON unchanged as the secret.';
const diagnose_COPY_AGAIN = 'Copy the JSON again from the Mondoo Console and store it as the secret.';
const INNER_JSON = 'Store only the inner JSON, from its opening brace to its closing brace.';
/** What people paste instead of credentials: how it shows, what it is, and how to store it right. The first row wins. */
const ROWS = [
    [
        /^(?!.*: |\w{2,}:)[\w.:~ /\\()+@-]+\.(?:json|ya?ml)$/i,
        'the path of a file',
        'Store the content of the file as the secret.',
    ],
    [
        /^(?:\$\{?\w+\}?|\$env:\w+|(?:\$?\{+ *)?(?:secrets|vars|env)\.\w+(?: *\}+)?|%\w+%|op:\/\/.+)$/,
        'a reference to a secret, not the secret itself',
        PASS_SECRET,
    ],
    [
        /^eyJ[\w\s-]+\.[\w\s-]+\.[\w\s-]+$/,
        'a registration token',
        'Pass it with the input `registration-token` instead of `credentials`.',
    ],
    [/^[\w.-]{1,64}$/, 'a name, not the credentials', PASS_SECRET],
    [/^(["'`])[\w+/=\s]{64,}\1$/, 'base64 in quotes', 'Store the base64 without the quotes.'],
    [/^[\w+/=\s]{64,}%$/, 'base64 with a `%` at the end, which a shell printed', 'Store the base64 without the `%`.'],
    [
        ({ text, isDecoded }) => isDecoded && /^[\w+/=\s]{64,}$/.test(text),
        'JSON that was encoded as base64 twice',
        STORE_UNCHANGED,
    ],
    // Base64 of an opening brace, in UTF-8 or UTF-16, with or without a byte order mark.
    [
        /^-----BEGIN CERTIFICATE-----\s*(?:e[yw]|77u\/e|\/\/57)/,
        'the output of `certutil -encode`',
        'Store it without its first and last line.',
    ],
    [/^data:[^,]*,/, 'a `data:` URL', 'Store only the text after the comma.'],
    [/^"?\{\s*(?:\\+[nrt]\s*)*\\+["nrt]/, 'JSON with escaped quotes or line breaks', STORE_UNCHANGED],
    [/^(?:```|~~~)/, 'JSON in a Markdown code fence', 'Store the JSON without the fence.'],
    [/^[\u200b-\u200f\u2060\ufeff]/, 'JSON with an invisible character before it', STORE_UNCHANGED],
    [
        /^(?:\S*[$>❯]|[^\s#]\S*[#%])\s[^{]*\{/,
        'JSON with a shell prompt before it',
        'Store the JSON without the prompt and the command.',
    ],
    [/\*\*\*/, 'text with `***`, as if it was copied from a log', diagnose_COPY_AGAIN],
    [isWrapped, 'JSON with a name before it, or inside another object', INNER_JSON],
    [
        ({ document = {} }) => !document.mrn && document.type !== 'external_account' && 'audience' in document,
        "a workload identity JSON, but its field `type` isn't `external_account`",
        diagnose_COPY_AGAIN,
    ],
];
function isWrapped({ text, document }) {
    if (!document)
        return /^(?:export\s+)?[\w.-]+\s*[:=]\s*["']?\{/.test(text);
    const isInner = (value) => (0,util_json/* isMap */.jh)(value) && ['mrn', 'private_key', 'audience'].some((key) => key in value);
    return !document.mrn && Object.values(document).some(isInner);
}
/** Says what was pasted instead of credentials, if that is known. */
function diagnose(pasted) {
    const row = ROWS.find(([shows]) => (shows instanceof RegExp ? shows.test(pasted.text) : shows(pasted)));
    return row && (0,credentials_fields/* invalid */.Gq)(`The text that was passed as credentials is ${row[1]}.`, row[2]);
}

;// CONCATENATED MODULE: ./src/credentials/readable.ts



const isText = (value) => typeof value === 'string';
/** The types that cnspec expects. If a field has another one, cnspec can't load the file. */
const TYPES = [
    ['text', isText, ['category', 'updates_url', 'providers_url', 'type', 'audience', 'issueruri', 'universedomain']],
    ['a list of strings', (value) => [value].flat().every(isText), ['features', 'scopes']],
    ['a map of strings', (value) => (0,util_json/* isMap */.jh)(value) && Object.values(value).every(isText), ['annotations', 'labels']],
    ['an object with text as `method`', (value) => (0,util_json/* isMap */.jh)(value) && isText(value.method ?? ''), ['auth']],
    ['an object', util_json/* isMap */.jh, ['scan_interval']],
];
/** How cnspec signs in without the key, by the method of `auth`. */
const OTHER_METHODS = new Map([
    ['ssh', 'an SSH key (`auth` with the method `ssh`)'],
    ['wif', 'workload identity federation (`auth` with the method `wif`)'],
    ['oauth', "a person's browser login, which expires (`auth` with the method `oauth`)"],
]);
/** Makes sure that cnspec can load a mondoo.yml with these fields and signs in with the key in it. @throws ActionError */
function requireReadable(document) {
    const { auth, token, private_key: key } = document;
    const method = token && !key ? 'a token' : OTHER_METHODS.get((0,util_json/* isMap */.jh)(auth) && auth.method);
    if (method) {
        throw (0,credentials_fields/* invalid */.Gq)(`With these credentials, cnspec signs in with ${method}. The action needs a service account with a private key.`, 'Generate one in the Mondoo Console: Integrations → Supply Chain → Generate Long-Lived Credentials. Or use the JSON for workload identity federation. If the credentials have a `private_key` too, remove `auth`.');
    }
    const problem = findUnreadable(document);
    if (problem)
        throw (0,credentials_fields/* invalid */.Gq)(`${problem}. cnspec can't load such a \`mondoo.yml\`.`, 'Correct it in the secret.');
}
function findUnreadable(document) {
    for (const [type, fits, fields] of TYPES) {
        const wrong = fields.find((field) => (document[field] ?? undefined) !== undefined && !fits(document[field]));
        if (wrong)
            return `The field \`${wrong}\` of the credentials isn't ${type}`;
    }
    const values = [document];
    // The loop also visits what is added on the way.
    for (const value of values) {
        const keys = typeof value === 'object' ? Object.keys(value ?? {}) : [];
        if (keys.some((key) => key.includes('\\')))
            return 'The credentials have a key with a backslash';
        values.push(...keys, ...keys.map((key) => value[key]));
    }
    if (!values.some((value) => typeof value === 'string' && util_text/* UNREADABLE */.mP.test(value)))
        return undefined;
    return "The credentials have a character that cnspec can't read: U+FFFE, U+FFFF or half of a surrogate pair";
}

;// CONCATENATED MODULE: ./node_modules/jose/dist/webapi/util/decode_protected_header.js

function decodeProtectedHeader(token) {
  let encodedProtectedHeader;
  if (typeof token == "string") {
    const parts = token.split(".");
    (parts.length === 3 || parts.length === 5) && ([encodedProtectedHeader] = parts);
  } else if (typeof token == "object" && token)
    if ("protected" in token)
      encodedProtectedHeader = token.protected;
    else
      throw new TypeError("Token does not contain a Protected Header");
  const invalid = "Invalid Token or Protected Header formatting";
  if (typeof encodedProtectedHeader != "string" || !encodedProtectedHeader)
    throw new TypeError(invalid);
  return parseJoseHeader(encodedProtectedHeader, TypeError, invalid);
}


;// CONCATENATED MODULE: ./src/credentials/registration-token.ts




const NEW_TOKEN = 'Generate a new registration token in the Mondoo Console. Registration tokens are short-lived. For a job that runs regularly, use credentials or workload identity federation.';
/**
 * Reads the claims of a registration token. Only the platform can verify them, so they lead to Mondoo's hosts alone.
 * @param endpoint the input `api-endpoint`, which wins over the token's own
 * @throws ActionError
 */
function readRegistrationToken(given, { endpoint, now }) {
    const jwt = given.replace(/\s+/g, '');
    const claims = registration_token_decode(jwt, given);
    const expiresAt = readTime(claims.exp);
    if (expiresAt !== undefined && expiresAt <= now) {
        throw (0,credentials_fields/* invalid */.Gq)(`The registration token expired at ${expiresAt.toISOString()}. The runner's clock says ${now.toISOString()}.`, NEW_TOKEN);
    }
    const declared = typeof claims.api_endpoint === 'string' ? claims.api_endpoint : undefined;
    const fields = (0,credentials_fields/* fieldsOf */.Pf)({ ...claims, api_endpoint: declared }, 'registration token', NEW_TOKEN);
    const ownerMrn = fields.required('space', fields.mrn('space', 'owner'));
    const warnings = [];
    const apiEndpoint = endpoint ?? fields.endpoint(warnings);
    if (endpoint === undefined && !(0,util_url/* isTrustedHost */.gM)(apiEndpoint))
        throw fields.foreignHost('api_endpoint', apiEndpoint);
    return { token: { jwt, apiEndpoint, ownerMrn, expiresAt }, warnings };
}
function registration_token_decode(token, given) {
    try {
        // All of it must fit into an HTTP header, and the library ignores the signature.
        if (secrets/* COMPACT_JWT */.CA.test(token) && decodeProtectedHeader(token))
            return decodeJwt(token);
    }
    catch {
        // Falls through to the error below.
    }
    const isAlone = token.startsWith('eyJ') && secrets/* COMPACT_JWT */.CA.test(token);
    if (!isAlone && secrets/* JWT_INSIDE */.Fd.test(given)) {
        throw (0,credentials_fields/* invalid */.Gq)('The input `registration-token` contains a registration token and other text.', 'Paste only the token, without quotes, `Bearer`, a name or a command.');
    }
    const [message, remedy] = token.startsWith('{')
        ? ['holds JSON, not a registration token', 'Pass credentials JSON with the input `credentials`.']
        : ["isn't a registration token. A registration token is a JWT: three parts, separated by dots", NEW_TOKEN];
    throw (0,credentials_fields/* invalid */.Gq)(`The input \`registration-token\` ${message}.`, remedy, `Length: ${token.length} characters`);
}
/** Undefined if Date can't represent it: the platform will judge. */
function readTime(seconds) {
    const date = new Date(typeof seconds === 'number' ? seconds * 1000 : Number.NaN);
    return Number.isNaN(date.getTime()) ? undefined : date;
}

// EXTERNAL MODULE: ./src/platform/connect.ts + 2 modules
var connect = __nccwpck_require__(1889);
;// CONCATENATED MODULE: ./src/credentials/route.ts




/**
 * Finds how a server is reached, and masks the password of its proxy: the one that is named for Mondoo Platform, in
 * cnspec's order behind the input, or else what HTTPS_PROXY and NO_PROXY say.
 * @param named undefined if the server isn't Mondoo's
 * @throws ActionError `invalid-input` if a variable can't be used
 */
function routeTo(url, named, job) {
    const route = proxyFor(url, named, job.env);
    job.mask((0,secrets/* proxySecrets */.Wm)(route.proxy));
    return { ...route, extraCaFile: job.env.NODE_EXTRA_CA_CERTS };
}
function proxyFor(server, named, env) {
    const url = new URL(server);
    // The proxy could read ID tokens and minted keys.
    if (url.protocol === 'http:')
        return {};
    if (named?.input)
        return { proxy: named.input, proxyFrom: 'the input `api-proxy`' };
    if (named && env.MONDOO_API_PROXY)
        return readVariable('MONDOO_API_PROXY', env.MONDOO_API_PROXY);
    if (named?.credentials)
        return { proxy: named.credentials, proxyFrom: '`api_proxy` of the credentials' };
    const name = env.HTTPS_PROXY ? 'HTTPS_PROXY' : 'https_proxy';
    const proxy = env[name];
    if (!proxy || (0,util_url/* isLoopback */.U9)(url.hostname) || isBypassed(url, env.NO_PROXY || env.no_proxy || ''))
        return {};
    return readVariable(name, proxy.includes('://') ? proxy : `http://${proxy}`);
}
function readVariable(name, value) {
    const remedy = 'Write it like `http://proxy.example.com:3128`. For Mondoo, the input `api-proxy` overrides it.';
    const subject = `The proxy in the variable \`${name}\``;
    const refuse = (problem) => new errors/* ActionError */.lZ('invalid-input', `${subject} ${problem}.`, remedy);
    return { proxy: (0,util_url/* parseProxyUrl */.Pr)(value, refuse), proxyFrom: `\`${name}\`` };
}
/** NO_PROXY lists domains, with or without a port, or `*`. As in Go, `.x` and `*.x` leave `x` itself out. */
function isBypassed(url, noProxy) {
    const hosts = [url.hostname, `${url.hostname}:${(0,connect/* portOf */.HM)(url)}`];
    return noProxy
        .split(',')
        .map((entry) => entry.trim().toLowerCase().replace(/^\*\./, '.'))
        .filter(Boolean)
        .some((entry) => hosts.some((host) => [host, '*'].includes(entry) || host.endsWith(entry.replace(/^\.?/, '.'))));
}

;// CONCATENATED MODULE: ./src/credentials/private-key.ts


const OTHER_LABELS = {
    'EC PRIVATE KEY': [
        'is in the SEC1 form ("BEGIN EC PRIVATE KEY"), which cnspec can\'t read',
        'Convert it with `openssl pkcs8 -topk8 -nocrypt`, or use the credentials as the Mondoo Console gives them.',
    ],
    'ENCRYPTED PRIVATE KEY': ['is encrypted with a passphrase ("BEGIN ENCRYPTED PRIVATE KEY")'],
    'RSA PRIVATE KEY': ['is an RSA key. Service accounts use EC P-384'],
    'PUBLIC KEY': ['is only the public half of a key ("BEGIN PUBLIC KEY")'],
    CERTIFICATE: ['holds a certificate instead of a key. The two fields may have been swapped'],
};
const CURVE_NAMES = { prime256v1: 'P-256', secp521r1: 'P-521' };
/** Reads a private key: PEM, PKCS#8, EC P-384, the only kind that cnspec reads. @throws ActionError */
function readPrivateKey(pem) {
    // `openssl ecparam -genkey` writes the parameters of the curve before the key.
    const label = /-----BEGIN (?!EC PARAMETERS)([A-Z0-9 ]+)-----/.exec(pem)?.[1];
    if (label === undefined)
        throw unusable('isn\'t PEM: the line "-----BEGIN PRIVATE KEY-----" is missing');
    if (pem.includes('\\n')) {
        const problem = 'has double-escaped line breaks: a backslash and "n" instead of each line break';
        throw unusable(problem, 'Store the JSON unchanged, without quoting or escaping it again.');
    }
    if (!/-----BEGIN [A-Z0-9 ]+-----[ \t]*\r?\n/.test(pem)) {
        const problem = 'has lost its line breaks: more text follows "-----BEGIN" in the same line';
        throw unusable(problem, 'Store the JSON unchanged as the secret.');
    }
    if (label !== 'PRIVATE KEY')
        throw unusable(...(OTHER_LABELS[label] ?? ["is PEM, but isn't a PKCS#8 private key"]));
    const body = /-----BEGIN PRIVATE KEY-----(.*?)-----END PRIVATE KEY-----/s.exec(pem)?.[1];
    if (body === undefined)
        throw unusable('is cut off: the line "-----END PRIVATE KEY-----" is missing');
    if (/PRIVATE KEY-----.*-----BEGIN [A-Z ]*PRIVATE KEY-----/s.test(pem))
        throw unusable('holds several keys');
    let key;
    try {
        // Lines with a colon are headers. Other line breaks make no difference to cnspec.
        const der = Buffer.from(body.replace(/^.*:.*$/gm, ''), 'base64');
        key = (0,external_node_crypto_.createPrivateKey)({ key: der, format: 'der', type: 'pkcs8' });
    }
    catch {
        throw unusable("is labelled as a PKCS#8 key but can't be read: the text between the labels is damaged or cut off");
    }
    const { asymmetricKeyType, asymmetricKeyDetails } = key;
    if (asymmetricKeyType !== 'ec') {
        throw unusable(`is an ${asymmetricKeyType?.toUpperCase()} key. Service accounts use EC P-384`);
    }
    const curve = asymmetricKeyDetails?.namedCurve ?? 'unnamed';
    if (curve === 'secp384r1')
        return key;
    throw unusable(`is an EC key on the curve ${CURVE_NAMES[curve] ?? curve}. Service accounts use P-384`);
}
function unusable(found, remedy) {
    return (0,credentials_fields/* invalid */.Gq)(`The field \`private_key\` of the credentials ${found}.`, remedy);
}

;// CONCATENATED MODULE: ./src/credentials/service-account.ts





const PROXY = 'Write it like `http://proxy.example.com:3128`. Or remove the field and set the input `api-proxy`.';
const DAY = 86_400_000;
/** Days before the expiry from which the action warns. */
const SOON = 30;
/**
 * Checks credentials offline.
 * @param endpoint the input `api-endpoint`, which wins over the credentials' own
 * @throws ActionError
 */
function service_account_readServiceAccount(document, { endpoint, now }) {
    const fields = (0,credentials_fields/* fieldsOf */.Pf)(document, 'credentials', credentials_fields/* COPY_CREDENTIALS */.Fi);
    const warnings = [];
    const mrn = fields.required('mrn', fields.mrn('mrn', 'service account'));
    const privateKey = readPrivateKey(fields.required('private_key'));
    const owners = ['scope_mrn', 'space_mrn', 'parent_mrn'].map((field) => fields.mrn(field, 'owner'));
    const apiEndpoint = endpoint ?? fields.endpoint(warnings);
    if (endpoint === undefined && !(0,util_url/* isTrustedHost */.gM)(apiEndpoint)) {
        warnings.push(`The credentials name the API endpoint \`${new URL(apiEndpoint).host}\`, which isn't a host of mondoo.com. If you trust this host, set the input \`api-endpoint\`.`);
    }
    const ownerMrn = owners.find(Boolean) ?? (0,util_mrn/* ownerOf */.bf)(mrn);
    const apiProxy = fields.url('api_proxy', util_url/* parseProxyUrl */.Pr, PROXY);
    const agentMrn = fields.mrn('agent_mrn', 'client');
    const pem = fields.text('certificate');
    const certificate = pem === undefined ? undefined : readCertificate(pem, privateKey);
    const warning = certificate
        ? validityWarning(certificate, now)
        : `The credentials have no ${pem ? 'readable date in their certificate' : 'certificate'}. cnspec works without it, but the action can't check the expiry of the credentials. To get expiry warnings, generate new credentials.`;
    if (warning)
        warnings.push(warning);
    return {
        account: { mrn, privateKey, ownerMrn, apiEndpoint, apiProxy, agentMrn, certificate },
        document: { ...document, private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }) },
        warnings,
    };
}
/** Warns of a certificate that isn't valid yet, or ends within 30 days, and says what to do. */
function validityWarning(certificate, now) {
    const subject = 'The certificate of the credentials';
    const { to } = certificate;
    const days = Math.floor((to.getTime() - now.getTime()) / DAY);
    const outdated = certificateProblem(certificate, now);
    if (days >= SOON)
        return outdated && `${subject} ${outdated}. It may be rejected. Check the runner's clock.`;
    const left = days < 1 ? 'less than a day' : days === 1 ? '1 day' : `${days} days`;
    return `${subject} ${to < now ? outdated : `expires on ${to.toISOString()}, in ${left}`}. Mondoo Platform may reject expired credentials. Generate new credentials in the Mondoo Console, store them as the secret, then delete the old service account.`;
}
/** Says since when a certificate is out of its dates; nothing if it is within them. */
function certificateProblem({ from, to }, now) {
    if (to < now)
        return `expired on ${to.toISOString()}`;
    return from > now ? `is not valid before ${from.toISOString()}` : undefined;
}
/**
 * Reads the certificate of a key, with any dates, because cnspec never sends it.
 * @returns undefined if a date is unreadable
 * @throws ActionError
 */
function readCertificate(pem, key) {
    let certificate;
    try {
        certificate = new external_node_crypto_.X509Certificate(pem);
    }
    catch {
        throw (0,credentials_fields/* invalid */.Gq)('The field `certificate` of the credentials isn\'t a readable PEM certificate ("-----BEGIN CERTIFICATE-----").', 'Copy the credentials again from the Mondoo Console, or remove the field. cnspec works without it.');
    }
    if (!certificate.checkPrivateKey(key)) {
        throw (0,credentials_fields/* invalid */.Gq)("The fields `certificate` and `private_key` of the credentials don't belong together. The secret mixes two sets of credentials.", 'Copy one whole set from the Mondoo Console and store it again.');
    }
    // For a date that Node can't read, `validToDate` may be anything, but the text is `Bad time value`.
    const [from, to] = [new Date(certificate.validFrom), new Date(certificate.validTo)];
    return Number.isNaN(from.getTime() + to.getTime()) ? undefined : { from, to };
}

// EXTERNAL MODULE: ./src/util/paths.ts
var paths = __nccwpck_require__(4964);
;// CONCATENATED MODULE: ./src/identify.ts













const VARIABLE = 'the variable `MONDOO_CONFIG_BASE64`';
/**
 * Finds the identity of the step, without a request.
 * @returns also `source`, for people, and `origin` if the credentials aren't from an input
 * @throws ActionError
 */
async function identify(work) {
    const { inputs, job } = work;
    const { identity, source, warnings, origin } = await readIdentity(work);
    job.log(`→ loaded ${source}`);
    for (const text of warnings)
        job.warn(text);
    const account = identity.kind === 'service account' ? identity.account : undefined;
    const { apiEndpoint: endpoint } = identityTarget(identity);
    // For mondoo.yml: later steps read the environment themselves.
    const apiProxy = inputs.apiProxy ?? account?.apiProxy;
    const named = { input: inputs.apiProxy, credentials: account?.apiProxy };
    const route = { endpoint, apiProxy, named, ...routeTo(endpoint, named, job) };
    const clientMrn = account?.agentMrn;
    const wanted = inputs.register && clientMrn === undefined && !origin?.earlierFile;
    const registration = { wanted, name: inputs.name, clientMrn };
    return { identity, source, account, route, registration, origin };
}
/** Finds the credentials: the input, the environment variable, or the file that an earlier step wrote from that. */
async function findCredentials({ inputs, job }) {
    if (inputs.credentials.trim() !== '')
        return { given: inputs.credentials, place: job.credentialsPlace };
    const { MONDOO_CONFIG_BASE64: variable, MONDOO_CONFIG_PATH: file } = job.env;
    if (variable?.trim())
        return { given: variable, place: VARIABLE, origin: {} };
    // An earlier step with this action emptied the variable. A file in the workspace may come from a pull request.
    if (variable === undefined || !file || (await (0,paths/* isInside */.F)(job.workspace, external_node_path_default().resolve(file))))
        return undefined;
    const text = await readText(file).catch(() => '');
    if (!isOurs(text, `credentials from ${VARIABLE}`))
        return undefined;
    job.mask((0,secrets/* credentialSecrets */.DJ)(text));
    const place = `${file}, which an earlier step wrote from ${VARIABLE}`;
    return { given: text, place, origin: { earlierFile: file } };
}
async function readIdentity(work) {
    const { inputs, job, startedAt: now } = work;
    const { registrationToken, apiEndpoint: endpoint, onMissingCredentials } = inputs;
    if (registrationToken !== '') {
        const { token, warnings } = readRegistrationToken(registrationToken, { endpoint, now });
        const identity = { kind: 'registration token', token };
        return { identity, source: `a registration token for ${token.ownerMrn}`, warnings };
    }
    const found = await findCredentials(work);
    if (!found)
        throw await job.explainMissingCredentials(onMissingCredentials);
    const { given, place, origin } = found;
    const pasted = { text: given.trim(), isDecoded: false };
    try {
        const decoded = (0,credentials_decode/* decodeCredentials */.HI)(given);
        Object.assign(pasted, { text: decoded.text, isDecoded: decoded.form.startsWith('base64') });
        // The YAML parser takes longer to load than everything else, and few credentials need it.
        const parse = decoded.form.endsWith('JSON') ? credentials_decode/* parseJson */.qF : (await Promise.all(/* import() */[__nccwpck_require__.e(815), __nccwpck_require__.e(139)]).then(__nccwpck_require__.bind(__nccwpck_require__, 3139))).parseYaml;
        const document = parse(decoded);
        pasted.document = document;
        job.mask((0,secrets/* documentSecrets */.BK)(document));
        const source = `credentials from ${place} (${decoded.form})`;
        if (document.type === 'external_account') {
            const { account, warnings } = readExternalAccount(document, endpoint);
            const idTokens = await job.findIdTokens(onMissingCredentials);
            const identity = { kind: 'workload identity', account, idTokens };
            return { identity, source: `${source}: a workload identity JSON for ${account.ownerMrn}`, warnings, origin };
        }
        requireReadable(document);
        const { warnings, ...session } = service_account_readServiceAccount(document, { endpoint, now });
        return { identity: { kind: 'service account', ...session }, source, warnings, origin };
    }
    catch (error) {
        if (!(error instanceof errors/* ActionError */.lZ) || error.code !== 'invalid-credentials')
            throw error;
        throw diagnose(pasted) ?? error;
    }
}

// EXTERNAL MODULE: ./src/platform/agent-info.ts + 1 modules
var agent_info = __nccwpck_require__(1283);
;// CONCATENATED MODULE: ./src/platform/request-token.ts

/** Lifetime of a token, and how much longer the platform accepts it, as observed. Seconds. */
const LIFETIME = 60;
const LEEWAY = 60;
/** What a request may take to the platform, in milliseconds. */
const ON_THE_WAY = 5000;
/** Whether the platform accepts the local time. `skew`: its clock minus the local one; both in milliseconds. */
function fitsPlatformTime(skew, error) {
    return skew - error > -LEEWAY * 1000 && skew + error + ON_THE_WAY < (LIFETIME + LEEWAY) * 1000;
}
/**
 * Signs a JWT that binds neither host nor method, so it must only be sent to the account's own endpoint.
 * With node:crypto, as a library that uses WebCrypto adds 7 % to the CPU time of the step.
 */
function signRequest({ mrn, privateKey }, body, now) {
    const iat = Math.floor(now.getTime() / 1000);
    const chash = (0,external_node_crypto_.createHash)('sha256').update(body).digest('hex');
    const claims = { chash, iss: 'mondoo/ams', sub: mrn, iat, nbf: iat, exp: iat + LIFETIME };
    const encode = (part) => Buffer.from(JSON.stringify(part)).toString('base64url');
    const content = `${encode({ alg: 'ES384', typ: 'JWT', kid: mrn })}.${encode(claims)}`;
    const signature = (0,external_node_crypto_.sign)('sha384', Buffer.from(content), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    return `${content}.${signature.toString('base64url')}`;
}

;// CONCATENATED MODULE: ./src/platform/client.ts







const EXCHANGE = 'SecureTokenService/ExchangeExternalToken';
/** What is retried, by method. docs/behaviour.md has the same table. */
const RULES = {
    'Health/Check': ifTransient,
    'AgentManager/PingPong': ifTransient,
    'AgentManager/RegisterAgent': ifNothingWasDone,
    'AgentManager/UnRegisterAgent': ifTransient,
    [EXCHANGE]: ifTransient,
};
/** Mondoo Platform. Every method throws CallError. Disposing of it drops its connections. */
class PlatformClient {
    options;
    transport;
    constructor(options) {
        this.options = options;
        this.transport = new platform_transport/* Transport */.o(options);
    }
    async checkHealth() {
        const { value, sentAt, receivedAt, malformed } = await this.call('Health/Check', '{}');
        const { status = 'UNKNOWN', time, apiVersion } = value;
        if (!(0,util_text/* isWord */.Jg)(status))
            throw malformed('has no readable status');
        const roundTrip = receivedAt - sentAt;
        const localTime = new Date(sentAt + roundTrip / 2);
        const isTime = typeof time === 'string' && RFC_3339.test(time) && !Number.isNaN(Date.parse(time));
        const reported = { ...(isTime && { time: new Date(time) }), ...((0,util_text/* isWord */.Jg)(apiVersion) && { apiVersion }) };
        return { status, localTime, roundTrip, ...reported };
    }
    /** @param skew signs so many milliseconds from now, once */
    async pingPong(signer, skew) {
        await this.callSigned('PingPong', signer, {}, skew);
    }
    async registerAgent(signer, name, info) {
        return clientMrnIn(await this.callSigned('RegisterAgent', signer, { name, agent_info: info }));
    }
    /** Mints a service account for the client. */
    async registerWithToken(token, name, info, deadline) {
        const body = JSON.stringify({ token, name, agent_info: info });
        const response = await this.call('AgentManager/RegisterAgent', body, () => token, { deadline });
        return { agentMrn: clientMrnIn(response), credential: response.value.credential, malformed: response.malformed };
    }
    /** Removes a client, and revokes the service account that asks for it. */
    async unregisterAgent(signer, agentMrn) {
        try {
            await this.callSigned('UnRegisterAgent', signer, { mrn: agentMrn });
        }
        catch (error) {
            if (!(error instanceof CallError && mayMeanNoClient(error)))
                throw error;
            // An earlier attempt, whose response was lost, may have removed the account that this one was signed by.
            if (!error.earlier.some(({ mayHaveTakenEffect }) => mayHaveTakenEffect))
                throw error;
        }
    }
    /** Returns base64 of credentials JSON. @param freshToken gives the ID token for each attempt */
    async exchangeExternalToken({ issuerUri: issuer_uri, audience }, freshToken) {
        const body = async () => JSON.stringify({ issuer_uri, audience, jwt_token: await freshToken() });
        const { value, malformed } = await this.call(EXCHANGE, body);
        const credential = value.base64_credential;
        if (typeof credential !== 'string' || credential === '')
            throw malformed('holds no credentials');
        return { credential, malformed };
    }
    callSigned(method, signer, request, skew) {
        const body = JSON.stringify(request);
        const sign = () => signRequest(signer, body, new Date(Date.now() + (skew ?? 0)));
        return this.call(`AgentManager/${method}`, body, sign, skew === undefined ? {} : { rule: never });
    }
    /**
     * Calls a remote procedure as the platform takes it: `POST <endpoint>/<Service>/<Method>`, JSON both ways.
     * @param body a function makes it for each attempt, as `authorize` makes a bearer token
     */
    call(method, body, authorize, { rule = RULES[method] ?? never, deadline = this.options.deadline } = {}) {
        const { endpoint, onRetry } = this.options;
        const callOnce = async () => {
            const login = authorize && { authorization: `Bearer ${authorize()}` };
            const headers = { 'content-type': 'application/json', ...login };
            const text = typeof body === 'string' ? body : await body();
            const url = new URL(`${endpoint}/${method}`);
            return callJson(this.transport, method, { method: 'POST', url, headers, body: text, signal: deadline.endSignal });
        };
        return retrying(rule, callOnce, { deadline, onRetry });
    }
    [Symbol.dispose]() {
        this.transport[Symbol.dispose]();
    }
}
/** Whether a client that was to be unregistered may be gone already. */
function mayMeanNoClient({ code }) {
    return code === RpcCode.Unauthenticated || code === RpcCode.NotFound;
}
function clientMrnIn({ value: { agent_mrn: mrn }, malformed }) {
    if (typeof mrn === 'string' && (0,util_mrn/* isMrn */.Om)('client', mrn))
        return mrn;
    throw malformed('does not name the client that was registered');
}
const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

;// CONCATENATED MODULE: ./src/platform/deadline.ts
class Deadline {
    /** Nothing new begins. */
    signal;
    /** Nothing continues. */
    endSignal;
    end;
    over;
    // `AbortSignal.any` alone doesn't keep a timer from the garbage collector.
    timeUp;
    /** @param timeout milliseconds from now */
    constructor(timeout, over, grace = over) {
        this.over = over;
        // Timers take whole milliseconds only.
        this.timeUp = AbortSignal.timeout(Math.max(0, Math.ceil(timeout)));
        this.signal = over ? AbortSignal.any([this.timeUp, over]) : this.timeUp;
        this.endSignal = grace ? AbortSignal.any([this.timeUp, grace]) : this.timeUp;
        this.end = performance.now() + timeout;
    }
    remaining() {
        const left = this.end - performance.now();
        // A timer may fire a moment early.
        return this.signal.aborted ? Math.min(left, 0) : left;
    }
    /** Lets current work continue until `grace` aborts. */
    withGrace(grace) {
        return new Deadline(this.remaining(), this.over, grace);
    }
}

;// CONCATENATED MODULE: ./src/platform/status-check.ts


/** Beyond this skew, in milliseconds, no request is signed with the platform's time. */
const MAX_PROVABLE_SKEW = 7 * 24 * 3_600_000;
async function checkPlatform(client) {
    const health = await client.checkHealth().catch(asCallError);
    if (health instanceof CallError || health.time === undefined)
        return { health };
    return { health, skew: health.time.getTime() - health.localTime.getTime() };
}
/** @param known what `checkPlatform` found before */
async function checkAccount(client, signer, known) {
    const [platform, ping] = await Promise.all([known ?? checkPlatform(client), outcomeOf(client.pingPong(signer))]);
    const check = { ...platform, ping };
    const { health, skew } = check;
    const isRefused = ping instanceof CallError && ping.code === RpcCode.Unauthenticated;
    if (!isRefused || health instanceof CallError || skew === undefined)
        return check;
    if (Math.abs(skew) <= measurementError(health) || Math.abs(skew) > MAX_PROVABLE_SKEW)
        return check;
    // A skewed clock and revoked credentials look the same on the wire; a ping with the platform's time decides.
    return { ...check, pingAtServerTime: await outcomeOf(client.pingPong(signer, skew)) };
}
/** Whether the platform accepted the ping at the local time; undefined if it said neither. */
function isAccepted({ ping }) {
    if (ping === 'accepted')
        return true;
    const isRefused = ping?.code === RpcCode.Unauthenticated || ping?.code === RpcCode.PermissionDenied;
    return isRefused ? false : undefined;
}
function isClockUnknown({ health }) {
    return !(health instanceof CallError) && health.time === undefined;
}
function canSign({ health, skew }) {
    return health instanceof CallError || skew === undefined || fitsPlatformTime(skew, measurementError(health));
}
/** How wrong a skew may be, in milliseconds: the platform sends its time in whole seconds. */
function measurementError({ roundTrip }) {
    return 1000 + roundTrip / 2;
}
const outcomeOf = (ping) => ping.then(() => 'accepted', asCallError);
function asCallError(error) {
    if (error instanceof CallError)
        return error;
    throw error;
}

;// CONCATENATED MODULE: ./src/report/notices.ts


/** Logs each retry of a call. */
const logRetries = (job) => (retry) => job.log(notices.retry(retry));
/** Lines of the log and warnings, besides the status. */
const notices = {
    retry: ({ error, failed, delay }) => `! ${error.method} failed: ${error.message}. Attempt ${failed + 1} follows in ${(0,util_duration/* formatDuration */.a3)(Math.round(delay))}`,
    unknownClock: "The runner's clock could not be checked: Mondoo Platform did not report its time.",
    inWorkspace: (configPath) => `${configPath ? 'The input `config-path`' : 'The temporary folder of the CI'} puts \`mondoo.yml\` into the workspace. Its private key can end up in an image, a cache, an artifact or a commit. Set \`config-path\` to a path outside the workspace.`,
    override: (variable) => `The environment variable ${(0,util_text/* codeSpan */.SS)(variable)} is set. In later steps, cnspec uses it instead of the value in \`mondoo.yml\`. Remove the variable if that is not intended.`,
    emptyProxy: (variable) => `The environment variable \`${variable}\` is set but empty. In later steps, cnspec may take that for a proxy and fail to connect. Remove the variable where it is set.`,
    replacedAccount: (file, before, now) => `This step replaced the service account in ${(0,util_text/* codeSpan */.SS)(file)}. It was ${(0,util_text/* codeSpan */.SS)(before, 200)}, now it is \`${now}\`.`,
    exchanged: (validity) => `→ exchanged the ID token of this run for a service account${validity}`,
    minting: (client) => `→ registering the client ${(0,util_text/* codeSpan */.SS)(client)} with the registration token. If the step is killed now, look for this client in the Mondoo Console`,
    unregistered: (client) => `→ unregistered the client ${client}`,
    postponed: (client, reason) => `! the client ${client} could not be unregistered: ${reason}. The cleanup after the job retries, and removes its key`,
    cancelled: (signal, client) => `→ the job was cancelled (${signal})${client ? `. The cleanup after the job unregisters the client ${client} and removes its key` : ''}`,
    pendingClient: (name) => `The step ended while it registered a client with the registration token. If the space's list of clients in the Mondoo Console has a client named ${(0,util_text/* codeSpan */.SS)(name)} that no other job uses, remove it there.`,
    lostClient: (client, reason) => `The client \`${client}\`, which this job registered, could not be unregistered: ${reason}. Remove the client in the Mondoo Console.`,
};

;// CONCATENATED MODULE: ./src/config/manifest.ts



/** Removes a part of the manifest. If that fails, the cleanup ignores what is missing. */
function forget(part, remember) {
    try {
        remember({ [part]: undefined });
    }
    catch { }
}
const UUID = String.raw `[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}`;
/** The ends of the paths that the step gives to what it creates. */
const DEFAULT_PLACE = /[\\/]\.config[\\/]mondoo[\\/]mondoo\.yml$/;
const KEY_FILE = new RegExp(String.raw `[\\/]\.mondoo\.${UUID}\.key\.json$`);
const INSTALL_FOLDER = new RegExp(String.raw `[\\/](?:cnspec|cnspec[\\/][^\\/]+[\\/]\w+)-${UUID}$`);
const SHAPES = {
    config: (config) => isConfig((0,util_json/* mapIn */.yL)(config)),
    keyFile: (file) => isPath(file, KEY_FILE),
    createdFolders: (list) => Array.isArray(list) && list.every((folder) => isPath(folder)),
    installFolders: (list) => Array.isArray(list) && list.every((folder) => isPath(folder, INSTALL_FOLDER)),
    client: (mrn) => typeof mrn === 'string' && (0,util_mrn/* isMrn */.Om)('client', mrn),
    pendingClientName: (name) => typeof name === 'string',
};
/**
 * Reads what a step saved. Another step or a checkout may have put other text there.
 * @returns undefined if a path or a name isn't one that the step would give
 */
function readManifest(text) {
    const saved = tryParseJson(text);
    if (!isMap(saved))
        return undefined;
    const parts = Object.entries(SHAPES).filter(([part]) => saved[part] !== undefined);
    const isValid = parts.every(([part, fits]) => fits(saved[part]));
    return isValid ? Object.fromEntries(parts.map(([part]) => [part, saved[part]])) : undefined;
}
/** Whether a manifest has only paths that belong to the mondoo.yml at this path. */
function belongsTo(place, { config, keyFile, createdFolders, installFolders }) {
    if (installFolders || (config && (config.isDefaultPlace || config.path !== place)))
        return false;
    if (keyFile && path.dirname(keyFile) !== path.dirname(place))
        return false;
    return !createdFolders?.some((folder) => !place.startsWith(folder + path.sep));
}
function isPath(file, end = /(?:)/) {
    return typeof file === 'string' && external_node_path_default().isAbsolute(file) && end.test(file);
}
function isConfig({ path: file, temporaryPath, isDefaultPlace, keyHash = '' }) {
    if (!isPath(file) || !isPath(temporaryPath) || typeof keyHash !== 'string')
        return false;
    const { dir, name, ext } = external_node_path_default().parse(file);
    const start = external_node_path_default().join(dir, `.${name}.`);
    const id = new RegExp(`^${UUID}`).exec(temporaryPath.slice(start.length))?.[0];
    return temporaryPath === `${start}${id}${ext}` && (isDefaultPlace === false || DEFAULT_PLACE.test(file));
}

;// CONCATENATED MODULE: ./src/credentials/minted.ts








/** All that is kept of credentials that the platform made: no proxy, no features. */
const KEYS = ['mrn', 'space_mrn', 'parent_mrn', 'scope_mrn', 'private_key', 'certificate', 'api_endpoint'];
/** The most characters that they may have. */
const minted_LONGEST = 64 * 1024;
/**
 * Checks the base64 of credentials JSON that an ID token was exchanged for.
 * @throws CallError if they can't work, or are for another owner or host
 */
function readExchanged({ credential, malformed }, { apiEndpoint, declaredEndpoint, ownerMrn }, now) {
    const { account, document } = readMinted(malformed, now, () => {
        const known = knownKeys((0,credentials_decode/* parseJson */.qF)((0,credentials_decode/* decodeCredentials */.HI)(credential)));
        return { ...known, api_endpoint: known.api_endpoint || declaredEndpoint };
    });
    requireOwner(account, ownerMrn, malformed);
    if (![apiEndpoint, declaredEndpoint].some((endpoint) => (0,util_url/* isSameHost */.Xf)(account.apiEndpoint, endpoint))) {
        throw malformed(`holds credentials for another host, ${new URL(account.apiEndpoint).host}`);
    }
    return { account: { ...account, apiEndpoint }, document: { ...document, api_endpoint: apiEndpoint } };
}
/**
 * Checks the client that a registration token made, and its credentials for the endpoint that made them.
 * @param apiProxy goes into the credentials
 * @throws CallError that names the client
 */
function readRegistered({ agentMrn: client, credential, malformed: malformedAnswer }, { apiEndpoint }, { apiProxy, now }) {
    const malformed = (problem) => malformedAnswer(`names the client ${client} but ${problem}`);
    if (!(0,util_json/* isMap */.jh)(credential))
        throw malformed('holds no credentials for the client');
    const additions = { api_endpoint: apiEndpoint, ...(apiProxy !== undefined && { api_proxy: apiProxy }) };
    return { client, ...readMinted(malformed, now, () => ({ ...knownKeys(credential), ...additions })) };
}
/** @throws CallError if a client or its account is not in the space that a registration token is for */
function requireSameOwner({ malformed }, { client, account }, { ownerMrn }) {
    requireOwner(account, ownerMrn, malformed);
    if ((0,util_mrn/* ownerOf */.bf)(client) !== ownerMrn)
        throw malformed(`names a client that is not in ${ownerMrn}`);
}
function requireOwner({ mrn, ownerMrn }, expected, malformed) {
    const foreign = [ownerMrn, (0,util_mrn/* ownerOf */.bf)(mrn)].find((owner) => owner !== expected);
    if (foreign)
        throw malformed(`holds credentials for ${foreign}, not for ${expected}`);
}
function knownKeys(document) {
    const known = Object.fromEntries(Object.entries(document).filter(([key]) => KEYS.includes(key)));
    const texts = Object.values(known).filter((value) => typeof value === 'string');
    if (texts.join('').length > minted_LONGEST)
        throw (0,credentials_fields/* invalid */.Gq)('They have more than 64 KiB.');
    return known;
}
/** Blames the platform for invalid credentials that it minted. */
function readMinted(malformed, now, read) {
    try {
        const { account, document } = service_account_readServiceAccount(read(), { now });
        const { certificate, ...others } = document;
        if (!certificate)
            return { account, document: others };
        // Without other text around it, because all that looks like a key in mondoo.yml is masked.
        return { account, document: { ...others, certificate: new external_node_crypto_.X509Certificate(certificate).toString() } };
    }
    catch (error) {
        if (!(error instanceof errors/* ActionError */.lZ))
            throw error;
        throw malformed(`holds credentials that cannot work (${error.message.replace(/\.$/, '')})`);
    }
}

;// CONCATENATED MODULE: ./src/unregister.ts
var unregister_addDisposableResource = (undefined && undefined.__addDisposableResource) || function (env, value, async) {
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
var unregister_disposeResources = (undefined && undefined.__disposeResources) || (function (SuppressedError) {
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










/** The limit, independent of `timeout`. Milliseconds. */
const TIMEOUT = 10_000;
/** The limit of one attempt, so that there is time for a retry. Milliseconds. */
const REQUEST_TIMEOUT = 3000;
/**
 * Unregisters a client that this job minted. Never call it for another client: it revokes the service account too.
 * @param account the service account that was minted with the client
 * @param over ends the attempts
 * @returns undefined if the client is gone
 */
async function unregister(client, account, job, over) {
    const { apiEndpoint: endpoint, apiProxy } = account;
    const deadline = new Deadline(TIMEOUT, over);
    try {
        const env_1 = { stack: [], error: void 0, hasError: false };
        try {
            // A registration token names no proxy, so the account's is that of the input.
            const route = routeTo(endpoint, { input: apiProxy }, job);
            const onRetry = logRetries(job);
            const platform = unregister_addDisposableResource(env_1, new PlatformClient({ endpoint, ...route, deadline, requestTimeout: REQUEST_TIMEOUT, onRetry }), false);
            await platform.unregisterAgent(account, client);
        }
        catch (e_1) {
            env_1.error = e_1;
            env_1.hasError = true;
        }
        finally {
            unregister_disposeResources(env_1);
        }
    }
    catch (error) {
        if (!(error instanceof CallError || error instanceof errors/* ActionError */.lZ))
            throw error;
        const mayBeGone = error instanceof CallError && mayMeanNoClient(error);
        return { reason: mayBeGone ? `${error.message}. The client may already be gone` : error.message, mayBeGone };
    }
    job.log(notices.unregistered(client));
    return undefined;
}
/** Reads the account that was minted with a client from its key file; undefined if the file was changed. */
function readKeyFile(text, client) {
    try {
        const { account } = readServiceAccount(parseJson({ form: 'JSON', text }), { now: new Date() });
        return account.agentMrn === client ? account : undefined;
    }
    catch (error) {
        if (error instanceof ActionError)
            return undefined;
        throw error;
    }
}
/** Unregisters a client that is no longer needed. If that fails, post retries with the key file. */
async function rollBack(client, account, keyFile, job) {
    const isCancelled = () => job.signal.reason instanceof JobCancelled;
    if (isCancelled())
        return;
    const obstacle = await job.critical((grace) => unregister(client, account, job, grace));
    if (obstacle && isCancelled())
        return;
    const superseded = job.findSuperseded();
    if (obstacle && keyFile.isWritten() && !superseded)
        return job.log(notices.postponed(client, obstacle.reason));
    // If post ran before, it has unregistered the client.
    if (obstacle && !(obstacle.mayBeGone && superseded))
        job.warn(notices.lostClient(client, obstacle.reason));
    forget('client', job.remember);
    forget('pendingClientName', job.remember);
}

;// CONCATENATED MODULE: ./src/sign-in.ts











/** Gets a service account that can sign requests, by the identity's authentication method. */
async function signIn(context) {
    const { identity, check, keyFile } = context;
    switch (identity.kind) {
        case 'service account':
            return { session: identity, found: {} };
        case 'workload identity':
            return exchangeIdToken(identity, context);
        case 'registration token':
            // Even if fail-on tolerates the skew, the client could be neither used nor unregistered.
            return keyFile && check && canSign(check) ? mintClient(identity, context, keyFile) : { found: {} };
    }
}
/** Exchanges an ID token of this run for a service account. */
async function exchangeIdToken({ account: external, idTokens }, { job, platform, deadline, startedAt }) {
    // The input api-proxy leads to Mondoo; the route to the CI is the runner's own.
    const route = idTokens.url && routeTo(idTokens.url.href, undefined, job);
    const { issuerUri, ownerMrn: audience } = external;
    const found = {};
    let idToken;
    const freshToken = async () => {
        if (idToken && !idToken.hasExpired())
            return idToken.jwt;
        idToken = await idTokens.request(audience, { ...route, deadline, onRetry: logRetries(job) });
        job.mask((0,secrets/* tokenSecrets */.RD)(idToken.jwt));
        found.idToken = idToken.claims;
        requireIssuer(external, idToken.claims);
        job.throwIfOver();
        return idToken.jwt;
    };
    try {
        await freshToken();
        const minted = await platform.exchangeExternalToken({ issuerUri, audience }, freshToken);
        const session = readExchanged(minted, external, startedAt);
        const { account } = session;
        const expiresAt = account.certificate?.to;
        job.log(notices.exchanged(expiresAt === undefined ? '' : `, valid until ${timestamp(expiresAt)}`));
        return { session, found: { ...found, account } };
    }
    catch (error) {
        if (!(error instanceof CallError))
            throw error;
        return { found: { ...found, exchangeError: error } };
    }
}
/** Registers a client with a registration token, which mints a service account for it. */
async function mintClient({ token }, { job, platform, deadline, startedAt, host, rollback, registration, route }, keyFile) {
    const { name } = registration;
    const info = (0,agent_info/* agentInfo */.ev)(host, agent_info/* VERSION */.xv, job.labels);
    job.throwIfOver();
    job.log(notices.minting(name));
    job.remember({ pendingClientName: name });
    try {
        // Without the key file, no one could unregister the client.
        const { answer, minted } = await job.critical(async (grace) => {
            const answer = await platform.registerWithToken(token.jwt, name, info, deadline.withGrace(grace));
            const minted = readRegistered(answer, token, { apiProxy: route.apiProxy, now: startedAt });
            const { client, account, document } = minted;
            rollback.defer(() => rollBack(client, account, keyFile, job));
            const text = JSON.stringify({ ...document, agent_mrn: client });
            job.mask((0,secrets/* fileSecrets */.aW)(text));
            job.remember({ client, pendingClientName: undefined });
            keyFile.write(text);
            return { answer, minted };
        });
        job.throwIfOver();
        requireSameOwner(answer, minted, token);
        const { account, client: clientMrn } = minted;
        return { session: minted, found: { account, registration: { ...registration, clientMrn } } };
    }
    catch (error) {
        if (!(error instanceof CallError))
            throw error;
        // If the job is over, the platform may still answer: post names the client.
        job.throwIfOver();
        forget('pendingClientName', job.remember);
        return { found: { registration: { ...registration, error, failedAt: new Date() } } };
    }
}

;// CONCATENATED MODULE: ./src/status/finding.ts




/** The response says nothing about the credentials. */
function unreachable(result, error, consequence) {
    return {
        code: 'unreachable',
        message: `The request to \`${targetOf(result)?.apiEndpoint}\` failed: ${reasonOf(error)}. ${consequence ?? 'The credentials could not be checked.'}`,
        remedy: remedyFor(error, result),
        evidence: evidenceOf(error),
    };
}
function remedyFor(error, result, kind = error.failure.kind) {
    if (error.remedy !== undefined)
        return error.remedy;
    const url = targetOf(result)?.apiEndpoint ?? '';
    const again = `Run the job again in ${waitOf(error) ?? 'a few minutes'}. If it keeps failing,`;
    const isConnected = error.failure.kind === 'connection' && error.failure.phase !== 'connect';
    const remedies = {
        connection: isConnected
            ? `${again} check the proxy and the firewall between the runner and \`${url}\`, or increase the input \`timeout\`.`
            : `Check that the runner can reach \`${url}\`: DNS, firewall, proxy. On a self-hosted runner, run \`curl -sv ${url}/Health/Check -d '{}' -H 'content-type: application/json'\`.`,
        response: `${error.isTransient ? `${again} check` : 'Check'} whether a proxy or a firewall responds instead of Mondoo Platform. Check that \`${url}\` is the right endpoint (the input \`api-endpoint\`, or the endpoint in the credentials).`,
        rpc: `${again} give the request id to Mondoo support.`,
    };
    return remedies[kind];
}
/** @param reason the cause, as far as it is known @param check comes before the new credentials */
function unauthenticated(result, error, reason, check = '') {
    const { account, startedAt } = result;
    const outdated = account?.certificate && certificateProblem(account.certificate, startedAt);
    return {
        code: 'unauthenticated',
        message: outdated ? `${reason} The certificate of the credentials ${outdated}.` : reason,
        remedy: `${check}${newCredentials(result)}`,
        evidence: evidenceOf(error, accountOf(result)),
    };
}
const AGENT = 'Add a service account with the role Agent in the Mondoo Console (Settings → Service Accounts), and replace the secret.';
function permissionDenied(result, error) {
    return {
        code: 'permission-denied',
        message: `The key is correct, but the role of the service account does not allow \`${error.method}\`.`,
        remedy: isOwn(result) ? AGENT : newCredentials(result),
        evidence: evidenceOf(error, accountOf(result)),
    };
}
/** @param credentials says whether they work */
function unregistered(result, error, credentials) {
    const { failure } = error;
    // With such a status the platform itself responded.
    const kind = failure.kind === 'response' && failure.httpStatus < 300 ? 'rpc' : failure.kind;
    const checkSpace = `Check in the Mondoo Console that the space exists. If it is at a limit, remove unused clients.${credentials && ' If this job needs no client, set `register: false`.'}`;
    return {
        code: 'unregistered',
        message: `${credentials}The registration failed: ${reasonOf(error)}.`,
        remedy: kind === 'rpc' && !error.mayHaveTakenEffect ? checkSpace : remedyFor(error, result, kind),
        evidence: evidenceOf(error, `Owner \`${targetOf(result)?.ownerMrn}\``),
    };
}
/** Whether the service account is the credentials' own. */
function isOwn({ identity }) {
    return identity === undefined || identity.kind === 'service account';
}
const accountOf = ({ account }) => account && `Service account \`${account.mrn}\``;
function newCredentials({ identity }) {
    const remedies = {
        'workload identity': 'In the Mondoo Console (Settings → Workload Identity), check the provider and its role, Agent.',
        'registration token': 'Run the job again. If it keeps failing, generate another token in the Mondoo Console.',
        'service account': 'Generate new credentials in the Mondoo Console (Integrations → Supply Chain → Generate Long-Lived Credentials), and replace the secret.',
    };
    return remedies[identity?.kind ?? 'service account'];
}
/** Why a call failed, in the platform's own words if it responded with an error. */
function reasonOf(error) {
    const wait = waitOf(error);
    const asked = wait === undefined ? '' : `. The response asks to wait ${wait}`;
    if (error.failure.kind !== 'rpc')
        return error.message + asked;
    const { code, message } = error.failure.status;
    return `error \`${rpcName(code)}\`${message && `, "${message.replace(/["`]/g, "'").replace(/\.$/, '')}"`}${asked}`;
}
function waitOf({ retryAfter }) {
    return retryAfter ? (0,util_duration/* formatDuration */.a3)(Math.ceil(retryAfter / 1000) * 1000) : undefined;
}
/** @param other evidence besides the platform's words, and the id by which Mondoo support finds the request */
function evidenceOf({ method, failure, message, requestId }, other) {
    const words = failure.kind === 'rpc' ? ` failed with "${message}"` : '';
    return `${other ? `${other}; ` : ''}${method}${words} (request id ${requestId})`;
}

;// CONCATENATED MODULE: ./src/status/refusals.ts





/** The codes by which the platform refuses a token. */
const TOKEN_REJECTED = [RpcCode.InvalidArgument, RpcCode.PermissionDenied, RpcCode.Unauthenticated];
/** Says why workload identity federation gave no service account. */
function exchangeFinding(result, error) {
    const { apiEndpoint, ownerMrn } = targetOf(result) ?? {};
    if (error.method !== EXCHANGE) {
        return {
            code: 'unreachable',
            message: `${result.idToken ? 'The' : 'Mondoo Platform was not asked for a service account, because the'} CI gave this run no ID token: ${error.message}.`,
            remedy: error.remedy ??
                'Run the job again in a few minutes, and check the status page of the CI. On a self-hosted runner, check that the runner can reach the CI: DNS, firewall, and the proxy in `HTTPS_PROXY`.',
        };
    }
    if (error.code === undefined || error.isTransient) {
        return unreachable(result, error, 'The ID token could not be exchanged for a service account.');
    }
    const isDistrusted = TOKEN_REJECTED.includes(error.code);
    return {
        code: 'unauthenticated',
        message: isDistrusted
            ? `Mondoo Platform (\`${apiEndpoint}\`) does not trust the ID token of this run.`
            : `Mondoo Platform (\`${apiEndpoint}\`) did not exchange the ID token for a service account. The response does not blame the token.`,
        remedy: isDistrusted
            ? 'Compare the claims of the token with the provider in the Mondoo Console (Settings → Workload Identity). Issuer, audience and subject must match exactly. In newer repositories, the subject contains ids.'
            : `In the Mondoo Console, check that \`${ownerMrn}\` still exists and has a provider (Settings → Workload Identity). Check that its API endpoint is \`${apiEndpoint}\`. If it keeps failing, give the request id to Mondoo support.`,
        evidence: evidenceOf(error),
        // Only the signature of an ID token is secret.
        claims: { ...result.idToken },
    };
}
/** Says why no client was registered. */
function registrationFinding(result, error) {
    const { identity, registration } = result;
    const token = identity?.kind === 'registration token' ? identity.token : undefined;
    const isDenied = error.code === RpcCode.PermissionDenied;
    if (isDenied || error.code === RpcCode.Unauthenticated) {
        if (token)
            return tokenRefused(result, token, error);
        if (isDenied)
            return permissionDenied(result, error);
        const reason = "The same credentials were accepted a moment before. They were revoked, or can't register clients.";
        return unauthenticated(result, error, reason);
    }
    const start = token ? '' : 'The credentials work. ';
    const isLost = error.mayHaveTakenEffect;
    const state = isLost ? 'It is not known whether a client was registered.' : 'No client was registered.';
    const finding = isOutage(error) ? unreachable(result, error, start + state) : unregistered(result, error, start);
    if (!isLost)
        return finding;
    return {
        ...finding,
        message: `${finding.message} A client named ${(0,util_text/* codeSpan */.SS)(registration.name)} may exist.`,
        remedy: `Look for this client in the space's list of clients in the Mondoo Console, and remove it. ${finding.remedy}`,
    };
}
/** The platform judges a token by its own clock, which proves whether its age is the reason. */
function tokenRefused(result, { expiresAt }, error) {
    const { failedAt } = result.registration;
    const skew = result.check?.skew;
    const now = failedAt && skew !== undefined ? new Date(failedAt.getTime() + skew) : undefined;
    const times = expiresAt && now && `The token expires at ${expiresAt.toISOString()}, platform time ${now.toISOString()}`;
    const hasExpired = expiresAt && now && expiresAt <= now;
    const age = times ? 'Its age is not the cause.' : 'Its age could not be checked.';
    const isDenied = error.code === RpcCode.PermissionDenied;
    return {
        code: isDenied ? 'permission-denied' : 'unauthenticated',
        message: hasExpired
            ? "The registration token has expired by the platform's clock."
            : `The registration token ${isDenied ? "isn't allowed to register clients, " : ''}was revoked, or isn't for the region of \`${targetOf(result)?.apiEndpoint}\`. ${age}`,
        remedy: 'Generate a new registration token in the Mondoo Console. For a job that runs regularly, use credentials or workload identity federation.',
        evidence: evidenceOf(error, times),
    };
}
/** Whether the platform failed rather than refused: it may have processed the registration. */
function isOutage(error) {
    if (error.failure.kind === 'connection')
        return error.failure.phase === 'connect';
    return error.isTransient && !error.isLimit;
}

;// CONCATENATED MODULE: ./src/status/findings.ts







/**
 * Lists the findings in no particular order, each code at most once.
 * @param maxClockSkew milliseconds
 */
function findingsIn(result, maxClockSkew) {
    const { check, exchangeError, registration, cnspec } = result;
    const findings = [
        errorFinding(result),
        check && healthFinding(result, check),
        check && pingFinding(result, check),
        check && clockFinding(result, check, maxClockSkew),
        exchangeError && exchangeFinding(result, exchangeError),
        registration.error && registrationFinding(result, registration.error),
        cnspec?.failure,
    ].filter((finding) => finding !== undefined);
    return findings.filter(({ code }, index) => findings.findIndex((other) => other.code === code) === index);
}
function errorFinding({ error, registration, identity }) {
    const remains = registration.wanted && registration.clientMrn && identity?.kind !== 'registration token';
    if (!error || !remains)
        return error;
    const client = `The step had already registered the client \`${registration.clientMrn}\`. It remains in the space's list of clients.`;
    return new errors/* ActionError */.lZ(error.code, `${error.message} ${client}`, error.remedy, error.evidence);
}
function healthFinding(result, { health, ping }) {
    if (health instanceof CallError) {
        const works = ping === 'accepted' ? 'The credentials work, but health and clock could not be checked.' : undefined;
        return unreachable(result, health, works);
    }
    if (health.status === 'SERVING')
        return undefined;
    return {
        code: 'not-serving',
        message: `The health check of \`${targetOf(result)?.apiEndpoint}\` returns the status \`${health.status}\`. Your job is not the cause.`,
        remedy: 'Run the job again in a few minutes. If it keeps failing, contact Mondoo support.',
    };
}
const CHECK_REGION = 'Look for the account in the Mondoo Console (Settings → Service Accounts). If it exists, correct the input `api-endpoint`, or the endpoint in the credentials. Otherwise, replace it. ';
function pingFinding(result, { skew, ping, pingAtServerTime }) {
    if (ping === undefined || ping === 'accepted' || pingAtServerTime === 'accepted')
        return undefined;
    // The platform looks at the role only if signature and time are good.
    const last = pingAtServerTime ?? ping;
    if (last.code === RpcCode.PermissionDenied)
        return permissionDenied(result, last);
    if (last.code !== RpcCode.Unauthenticated)
        return unreachable(result, last);
    let clock = 'The clock may be the cause: it could not be checked.';
    if (pingAtServerTime) {
        clock = "The clock is not the cause: a request signed with the platform's time was rejected too.";
    }
    else if (skew !== undefined) {
        // With such a skew any credentials are refused: the clock finding says so.
        if (Math.abs(skew) > MAX_PROVABLE_SKEW)
            return undefined;
        clock = `The clock is not the cause: it is ${(0,util_duration/* describeSkew */.mp)(skew)}.`;
    }
    const minted = 'Mondoo Platform rejected the service account that it created a moment before.';
    if (!isOwn(result))
        return unauthenticated(result, ping, `${minted} ${clock}`);
    const cause = `The service account was deleted or revoked, or isn't for the region of \`${targetOf(result)?.apiEndpoint}\`.`;
    return unauthenticated(result, ping, `${cause} ${clock}`, CHECK_REGION);
}
function clockFinding(result, check, maxClockSkew) {
    const { health, skew } = check;
    if (skew === undefined || health instanceof CallError)
        return undefined;
    const effect = effectOfSkew(result, check, maxClockSkew);
    if (effect === undefined)
        return undefined;
    return {
        code: 'clock-skew',
        message: `The runner's clock is ${(0,util_duration/* describeSkew */.mp)(skew, 0)}. ${effect}`,
        remedy: 'Synchronize the clock with NTP: `sudo chronyc makestep` or `sudo systemctl restart systemd-timesyncd` on Linux, `sudo sntp -sS time.apple.com` on macOS, `w32tm /resync` on Windows. On a self-hosted runner, look for a virtual machine that was paused or restored.',
        evidence: `Platform time ${health.time?.toISOString()}, runner time ${health.localTime.toISOString()}`,
    };
}
/** Says what is wrong with a skew; undefined if nothing is. */
function effectOfSkew({ identity, account }, check, maxClockSkew) {
    const { skew = 0, ping, pingAtServerTime } = check;
    const rejects = "Mondoo Platform rejects requests signed with the runner's time";
    if (identity?.kind === 'registration token' && account === undefined && !canSign(check)) {
        return `${rejects}. No client was registered, because the step could neither check nor unregister it.`;
    }
    if (pingAtServerTime === 'accepted') {
        return `${rejects}. It accepts the same credentials with its own time, so they work.`;
    }
    if (pingAtServerTime?.code === RpcCode.PermissionDenied)
        return `${rejects}.`;
    if (ping !== 'accepted' && ping?.code === RpcCode.Unauthenticated && Math.abs(skew) > MAX_PROVABLE_SKEW) {
        return 'With this skew, Mondoo Platform rejects every request, so the credentials could not be checked.';
    }
    if (Math.abs(skew) <= maxClockSkew)
        return undefined;
    const limit = `\`max-clock-skew\` allows only \`${(0,util_duration/* formatDuration */.a3)(maxClockSkew)}\`.`;
    return ping === 'accepted' ? `Mondoo Platform still accepts requests, but ${limit}` : limit;
}

;// CONCATENATED MODULE: ./src/status/verdict.ts


/** Nothing works after one of these. */
const ALWAYS_FATAL = ['invalid-input', 'missing-credentials', 'invalid-credentials', 'runner-error'];
function judge(findings, failOn) {
    const ordered = findings.toSorted((a, b) => errors/* FINDINGS */.TG.indexOf(a.code) - errors/* FINDINGS */.TG.indexOf(b.code));
    const isFatal = ({ code }) => ALWAYS_FATAL.includes(code) || failOn.has(code);
    const fatal = ordered.filter(isFatal);
    return {
        status: ordered[0]?.code ?? 'ok',
        findings: ordered.map(({ code }) => code),
        passed: fatal.length === 0,
        fatal,
        tolerated: ordered.filter((finding) => !isFatal(finding)),
    };
}
/** The gate for inputs that can't be read. */
const STRICTEST = { failOn: new Set(errors/* FINDINGS */.TG), maxClockSkew: 0, jobSummary: true };
function verdictOn(result, { failOn, maxClockSkew }) {
    return judge(findingsIn(result, maxClockSkew), failOn);
}

// EXTERNAL MODULE: external "node:child_process"
var external_node_child_process_ = __nccwpck_require__(1421);
// EXTERNAL MODULE: external "node:util"
var external_node_util_ = __nccwpck_require__(7975);
;// CONCATENATED MODULE: ./src/util/host.ts




/** As PROCESSOR_ARCHITECTURE names them. */
const WINDOWS_ARCH = { x64: 'AMD64', arm64: 'ARM64' };
const NO_HOST = { platform: { name: '', version: '', arch: '' }, ip: '', hostname: '' };
async function describeHost() {
    let outward = [];
    try {
        outward = Object.values(external_node_os_default().networkInterfaces()).flatMap((list = []) => list.filter(({ internal }) => !internal));
    }
    catch {
        // A sandbox may forbid it.
    }
    const address = outward.find(({ family }) => family === 'IPv4') ?? outward[0];
    return { platform: await describePlatform(), ip: address?.address ?? '', hostname: external_node_os_default().hostname() };
}
async function describePlatform() {
    if (process.platform === 'win32') {
        // cnspec's version of Windows is the build number, the third part of 10.0.20348.
        const version = external_node_os_default().release().split('.')[2] ?? '';
        return { name: 'windows', version, arch: WINDOWS_ARCH[process.arch] ?? process.arch };
    }
    const arch = external_node_os_default().machine();
    if (process.platform === 'darwin') {
        const run = (0,external_node_util_.promisify)(external_node_child_process_.execFile)('/usr/bin/sw_vers', ['-productVersion']);
        const version = await run.then(({ stdout }) => stdout.trim()).catch(() => '');
        return { name: 'macos', version, arch };
    }
    const read = (file) => (0,external_node_fs_promises_.readFile)(file, 'utf8').catch(() => '');
    return { ...linuxRelease(await read('/etc/os-release'), await read('/etc/debian_version')), arch };
}
/**
 * Finds a distribution's name and version as cnspec does.
 * @param osRelease the content of /etc/os-release
 * @param debianVersion the content of /etc/debian_version, the only place with Debian's point release
 */
function linuxRelease(osRelease, debianVersion) {
    const value = (key) => new RegExp(`^${key}=(["']?)(.*)\\1$`, 'm').exec(osRelease)?.[2] ?? '';
    const name = value('ID') || 'linux';
    return { name, version: (name === 'debian' && debianVersion.trim()) || value('VERSION_ID') };
}

;// CONCATENATED MODULE: ./src/cnspec/find.ts


/** Finds the cnspec that later steps would run: the first one on PATH, as an absolute path. */
async function findCnspec({ PATH = '', PATHEXT = '.EXE' }) {
    const onWindows = process.platform === 'win32';
    const names = onWindows ? PATHEXT.split(';').map((extension) => `cnspec${extension.toLowerCase()}`) : ['cnspec'];
    // An entry of Windows may be in quotes.
    const folders = (onWindows ? PATH.replaceAll('"', '') : PATH).split((external_node_path_default()).delimiter).filter(Boolean);
    for (const file of folders.flatMap((folder) => names.map((name) => external_node_path_default().resolve(folder, name)))) {
        // The user may not be allowed to enter the folder.
        const [stats] = await Promise.all([(0,external_node_fs_promises_.stat)(file), (0,external_node_fs_promises_.access)(file, external_node_fs_promises_.constants.X_OK)]).catch(() => []);
        if (stats?.isFile())
            return file;
    }
    return undefined;
}

;// CONCATENATED MODULE: ./src/verify-cnspec.ts







/** Finds the cnspec to compare with. If it is required and missing, the result is a failure. */
async function findProgram(work) {
    const { env, workspace, log } = contextOf(work);
    const { verifyWithCnspec: verify } = work.inputs;
    const executable = verify === 'false' ? undefined : await findCnspec(env);
    if (executable === undefined) {
        if (verify !== 'true')
            return {};
        const failure = new errors/* ActionError */.lZ('cnspec-failed', "The input `verify-with-cnspec` is `true`, but cnspec isn't on `PATH`.", 'Install cnspec in an earlier step, or set the input `cnspec-version`.');
        return { result: { failure } };
    }
    // A pull request can bring a program of that name, which must not see mondoo.yml.
    if (verify === 'auto' && (await (0,paths/* isInside */.F)(workspace, executable))) {
        const skipped = `! cnspec at \`${executable}\` is inside the workspace, so it was skipped.`;
        log((0,util_text/* plainText */.wh)(`${skipped} Set \`verify-with-cnspec: true\` to use it.`, 1000));
        return {};
    }
    return { executable };
}
/** Installs a version of cnspec for later steps. @param named also for downloads */
async function installProgram(spec, named, work) {
    const { inputs, job } = work;
    // Loaded on demand, as few jobs need it and it is big.
    const { installCnspec } = await __nccwpck_require__.e(/* import() */ 309).then(__nccwpck_require__.bind(__nccwpck_require__, 1309));
    const { executable, result } = await installCnspec(spec, {
        ...contextOf(work),
        updatesUrl: inputs.updatesUrl,
        routeTo: (url) => routeTo(url, named, job),
        rememberFolders: (installFolders) => job.remember({ installFolders }),
    });
    return {
        executable: inputs.verifyWithCnspec === 'false' ? undefined : executable,
        result,
        installed: executable ? { folder: external_node_path_default().dirname(executable), isPinned: spec.kind === 'exact' } : undefined,
    };
}
/** Runs `cnspec status` with this mondoo.yml and compares it with what the step found. */
async function compareStatus(executable, configPath, expected, work) {
    const { compareWithCnspec } = await __nccwpck_require__.e(/* import() */ 21).then(__nccwpck_require__.bind(__nccwpck_require__, 9021));
    return compareWithCnspec(executable, configPath, expected, contextOf(work));
}
function contextOf({ job, deadline }) {
    const { env, workspace, temp, toolCache, log } = job;
    // cnspec may print them.
    job.mask((0,secrets/* environmentProxySecrets */.pP)(env));
    return { env, workspace, temp, toolCache, signal: deadline.signal, log };
}

;// CONCATENATED MODULE: ./src/config/environment.ts
/**
 * Lists the variables that change what cnspec does in later steps: for each key of mondoo.yml, it prefers
 * `MONDOO_<KEY>`. As observed with cnspec 13.0.0, some count without the key, and it dials a proxy that is empty.
 * @param config the keys and values of mondoo.yml
 */
function overridingVariables(env, config) {
    const keys = new Set([...Object.keys(config).map((key) => key.toUpperCase()), 'API_PROXY', 'TYPE', 'UPDATES_URL']);
    // The step itself sets the first and empties the second.
    for (const key of ['CONFIG_PATH', 'CONFIG_BASE64'])
        keys.delete(key);
    return {
        set: [...keys].map((key) => `MONDOO_${key}`).filter((name) => env[name]),
        empty: ['MONDOO_API_PROXY', 'HTTPS_PROXY'].filter((name) => env[name] === ''),
    };
}

;// CONCATENATED MODULE: ./src/config/disk-error.ts



/** What Windows reports if another program has the file open. */
const IN_USE = new Set(['EPERM', 'EACCES', 'EBUSY']);
/** Says why Windows refuses to open, move or remove a file; empty for another error. */
function inUse(error) {
    if (process.platform !== 'win32' || !IN_USE.has((0,errors/* errorCode */.CA)(error)))
        return '';
    return 'Another program, such as a virus scanner, has it open, or it belongs to another user. ';
}
/** Errors that the path itself causes, on any disk. */
const WRONG_PATH = new Set(['ENOTDIR', 'ENAMETOOLONG', 'EINVAL', 'ELOOP']);
/**
 * Returns a handler that explains why mondoo.yml can't be written to a folder.
 * @param isInput whether the input `config-path` names the folder
 */
function explainUnwritable(folder, isInput) {
    return (error) => {
        if (error instanceof errors/* ActionError */.lZ)
            throw error;
        const code = (0,errors/* errorCode */.CA)(error);
        const owner = 'The folder may belong to another user, for example to root in a container of an earlier step.';
        const cause = inUse(error) || (['EACCES', 'EPERM'].includes(code) ? owner : '');
        throw new errors/* ActionError */.lZ(isInput && WRONG_PATH.has(code) ? 'invalid-input' : 'runner-error', `The step could not write \`mondoo.yml\` to \`${folder}\` (${code}). ${cause}`.trim(), `${['ENOSPC', 'EDQUOT'].includes(code) ? 'Free disk space, or set' : 'Set'} the input \`config-path\` to another path.`);
    };
}
function pathTaken(what) {
    return new errors/* ActionError */.lZ('runner-error', `${what} The step left it unchanged.`, 'Remove it, or set the input `config-path` to another path.');
}
/** Retries on Windows until the signal: a virus scanner that has a file open keeps other programs from it. */
async function retryBusy(act, signal) {
    try {
        return await act();
    }
    catch (error) {
        if (!inUse(error) || signal.aborted)
            throw error;
    }
    await (0,promises_.setTimeout)(100);
    return retryBusy(act, signal);
}
async function statIfExists(file) {
    return (0,external_node_fs_promises_.lstat)(file).catch((error) => {
        if (isMissing(error))
            return undefined;
        throw error;
    });
}
function isMissing(error) {
    return ['ENOENT', 'ENOTDIR'].includes((0,errors/* errorCode */.CA)(error));
}

;// CONCATENATED MODULE: ./src/config/folders.ts




const PRIVATE = 0o700;
/** For the folders above: not writable for others, with any umask. */
const PUBLIC = 0o755;
/** Lists the folders that must be created for a folder, outermost first. */
async function missingFolders(folder) {
    const parent = external_node_path_default().dirname(folder);
    if (parent === folder || (await statIfExists(folder)))
        return [];
    return [...(await missingFolders(parent)), folder];
}
/** Creates folders, the last one private. Another job may create them at the same time. */
async function createFolders(missing) {
    for (const folder of missing) {
        await (0,external_node_fs_promises_.mkdir)(folder, { recursive: true, mode: folder === missing.at(-1) ? PRIVATE : PUBLIC });
    }
}
/**
 * Makes sure that no other user can replace files in the folder of `config-path`, or in the one that it is created in.
 * The runner's user, who has the workspace, is trusted: in a container, the step may be another one.
 * @throws ActionError `invalid-input`
 */
async function requireOwnFolder(folder, workspace) {
    const link = await statIfExists(folder);
    if (link === undefined)
        return requireOwnFolder(external_node_path_default().dirname(folder), workspace);
    // Windows has no modes, and the file's access list protects it.
    if (process.platform === 'win32')
        return;
    const { mode, uid } = await (0,external_node_fs_promises_.stat)(folder);
    const trusted = [0, process.getuid?.(), (await statIfExists(workspace))?.uid];
    const isForeign = [uid, link.uid].some((owner) => !trusted.includes(owner));
    if (!isForeign && (mode & 0o1002) !== 0o0002)
        return;
    throw new errors/* ActionError */.lZ('invalid-input', `The input \`config-path\` leads to \`${folder}\`, which ${isForeign ? 'belongs to another user' : 'other users may write to'}. Other users could replace \`mondoo.yml\` there.`, 'Choose a folder that only the user of this step may write to, or leave `config-path` out.');
}
/**
 * Makes `.config/mondoo` in the job's own home private.
 * @throws ActionError `runner-error` if one of its folders is a link or no folder
 */
async function claimFolder(folder) {
    const parent = external_node_path_default().dirname(folder);
    for (const own of [external_node_path_default().dirname(parent), parent, folder]) {
        if (!(await (0,external_node_fs_promises_.lstat)(own)).isDirectory())
            throw pathTaken(`\`${own}\` is not a folder, or it is a link to one.`);
    }
    // The umask may have taken permissions away, and an earlier step may have given some.
    await (0,external_node_fs_promises_.chmod)(folder, PRIVATE);
}

;// CONCATENATED MODULE: ./src/config/private-file.ts









/**
 * Creates a file that only its owner can read, with its folders and room for its text. Written through its handle, as
 * its name may lead elsewhere later.
 * @param change what post must know before the file exists
 * @throws ActionError if the file exists or can't be written
 */
async function createPrivateFile(file, change, options) {
    const { isDefaultPlace, room, signal, rollback, job } = options;
    const folder = external_node_path_default().dirname(file);
    const fail = explainUnwritable(folder, !isDefaultPlace);
    const create = async () => {
        const missing = await missingFolders(folder);
        job.remember({ ...change, createdFolders: [...(job.manifest.createdFolders ?? []), ...missing] });
        await createFolders(missing);
        if (isDefaultPlace)
            await claimFolder(folder);
        return retryBusy(() => (0,external_node_fs_promises_.open)(file, 'wx', 0o600), signal);
    };
    // The post step of another job may have just removed the empty folder.
    const createAgain = (error) => ((0,errors/* errorCode */.CA)(error) === 'ENOENT' ? create() : fail(error));
    const handle = await create().catch(createAgain).catch(fail);
    let isWritten = false;
    /** Makes the file hold this text only. Synchronous, so that no signal interleaves. */
    const write = (text) => {
        const bytes = Buffer.from(text);
        try {
            // A disk that is nearly full may take less at a time.
            for (let at = 0; at < bytes.length;)
                at += (0,external_node_fs_.writeSync)(handle.fd, bytes, at, bytes.length - at, at);
            (0,external_node_fs_.ftruncateSync)(handle.fd, bytes.length);
        }
        catch (error) {
            fail(error);
        }
        isWritten = text.trim() !== '';
    };
    /** Whether the name still leads to this file. */
    const isInPlace = async () => {
        const [open, named] = await Promise.all([handle.stat(), statIfExists(file)]);
        if (named === undefined)
            return false;
        // On Windows, the number of a volume depends on how it is read, and only administrators can create links.
        return process.platform === 'win32' || (open.ino === named.ino && open.dev === named.dev);
    };
    // On Windows the name of an open file can't be removed.
    rollback.defer(() => handle.close().catch(() => { }));
    if (process.platform === 'win32')
        await restrictAccess(file, job.env, signal);
    write('\n'.repeat(room));
    return { write, isWritten: () => isWritten, isInPlace, close: () => handle.close() };
}
/** Lets only the owner in, even if the folder lets others in: Windows has no modes. */
async function restrictAccess(file, env, signal) {
    const icacls = external_node_path_default().join((0,paths/* system32 */.n)(env), 'icacls.exe');
    try {
        await (0,external_node_util_.promisify)(external_node_child_process_.execFile)(icacls, icaclsArguments(file), { windowsHide: true, signal });
    }
    catch (error) {
        const { code } = error;
        const failed = typeof code === 'number' ? `exited with code ${code}` : `did not run (${(0,errors/* errorCode */.CA)(error)})`;
        const end = signal.aborted ? "didn't exit within `timeout`" : failed;
        const long = file.length < 260 ? '' : ` The path has ${file.length} characters, which may be too long for it.`;
        throw new errors/* ActionError */.lZ('runner-error', `The step could not protect \`mondoo.yml\` in \`${external_node_path_default().dirname(file)}\` from other users: ${icacls} ${end}.${long}`, 'Use a disk with access lists, such as NTFS, or set the input `config-path` to another path.');
    }
}
/** A namespaced path may have 260 characters and more. @param paths how the job's system writes paths */
function icaclsArguments(file, paths = (external_node_path_default())) {
    // S-1-3-4 is "owner rights", in whichever language the system speaks.
    return [paths.toNamespacedPath(file), '/inheritance:r', '/grant:r', '*S-1-3-4:F'];
}

;// CONCATENATED MODULE: ./src/config/remove.ts
var remove_addDisposableResource = (undefined && undefined.__addDisposableResource) || function (env, value, async) {
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
var remove_disposeResources = (undefined && undefined.__disposeResources) || (function (SuppressedError) {
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




/** How long post waits for a file that is in use, in milliseconds. */
const IN_USE_TIMEOUT = 10_000;
/**
 * Removes the files of a step and the folders that they leave empty: mondoo.yml if it holds the key that the step wrote,
 * even if later steps changed the rest of it.
 * @param timeout how long a file that is in use is waited for, in milliseconds
 * @returns what became of each file that existed
 */
async function removeFiles({ config, keyFile, createdFolders = [] }, warn, timeout = IN_USE_TIMEOUT) {
    const outcomes = [];
    const failures = [];
    const signal = AbortSignal.timeout(timeout);
    let [cause, hint] = ['', ''];
    const attempt = async (file, remove) => {
        const outcome = await retryBusy(remove, signal).catch(async (error) => {
            if (isMissing(error))
                return undefined;
            // `unlink` runs only on our own files.
            const isEmpty = error.syscall === 'unlink' && (await overwrite(file));
            failures.push(`\`${file}\` (${(0,errors/* errorCode */.CA)(error)}${isEmpty ? ', overwritten' : ''})`);
            if (!isEmpty)
                hint = 'They may hold a private key. ';
            cause = inUse(error);
            return 'failed';
        });
        if (outcome)
            outcomes.push([outcome, file]);
    };
    if (config)
        await attempt(config.temporaryPath, () => removeTemporary(config.temporaryPath));
    if (config)
        await attempt(config.path, () => removePublished(config));
    if (keyFile)
        await attempt(keyFile, () => (0,external_node_fs_promises_.unlink)(keyFile).then(() => 'key removed'));
    for (const folder of createdFolders.toReversed())
        await (0,external_node_fs_promises_.rmdir)(folder).catch(() => { });
    if (failures.length > 0) {
        warn(`The step could not remove its files: ${failures.join(' and ')}. ${cause}${hint}Remove them.`);
    }
    return outcomes;
}
/** Overwrites a file in place, as far as it was read. @returns whether that worked */
async function overwrite(file) {
    try {
        const env_1 = { stack: [], error: void 0, hasError: false };
        try {
            // A link or a pipe may have taken the name.
            const handle = remove_addDisposableResource(env_1, await (0,external_node_fs_promises_.open)(file, external_node_fs_promises_.constants.O_WRONLY | external_node_fs_promises_.constants.O_NOFOLLOW | external_node_fs_promises_.constants.O_NONBLOCK), true);
            const { size } = await handle.stat();
            await handle.write(Buffer.alloc(Math.min(size, LONGEST)));
            await handle.truncate();
            return true;
        }
        catch (e_1) {
            env_1.error = e_1;
            env_1.hasError = true;
        }
        finally {
            const result_1 = remove_disposeResources(env_1);
            if (result_1)
                await result_1;
        }
    }
    catch {
        return false;
    }
}
async function removeTemporary(file) {
    const text = await readText(file).catch(() => '');
    // Reserved room is blank. Another program may have taken the name.
    if (!isOurs(text) && text.trim() !== '')
        return undefined;
    await (0,external_node_fs_promises_.unlink)(file);
    return 'copy removed';
}
async function removePublished({ path, isDefaultPlace, keyHash }) {
    if (keyHash === undefined)
        return undefined;
    const hashes = await readText(path).then(keyHashesIn, (error) => {
        if (!isDefaultPlace)
            throw error;
        // In the default place, a file that can't be read is the step's own.
        return [keyHash];
    });
    if (!hashes.includes(keyHash))
        return hashes.length > 0 ? 'changed' : 'foreign';
    await (0,external_node_fs_promises_.unlink)(path);
    return 'removed';
}

;// CONCATENATED MODULE: ./src/config/render.ts


/**
 * The keys and values of mondoo.yml: every key that the credentials had, and what the step adds.
 * @param additions replace values of the credentials, unless they are undefined
 * @param annotations join those of the credentials
 */
function mondooConfig(credentials, additions, annotations) {
    const added = Object.entries(additions).filter(([, value]) => value !== undefined);
    const config = { ...credentials, ...Object.fromEntries(added) };
    const { certificate } = config;
    if (typeof certificate === 'string')
        config.certificate = certificate.replace(/(?<![ \t\r])[ \t\r]+\n/g, '\n');
    if (Object.keys(annotations).length > 0) {
        config.annotations = { ...config.annotations, ...annotations };
    }
    return config;
}
/**
 * Writes the text of mondoo.yml, each PEM as a block of lines, as cnspec itself does.
 *
 * cnspec's YAML 1.1 parser reads U+0085, U+2028 and U+2029 as line breaks. So text is plain only if no parser can
 * misread it, and otherwise escaped on one line in double quotes.
 * @param source where the credentials came from, as plain text
 */
function renderMondooYml(config, source) {
    const mark = `${MARK} from ${source}. Its cleanup removes this file. The file holds a private key: do not copy it.`;
    return `${mark}\n${block(config)}`;
}
const render_PEM = /^-----BEGIN [A-Z ]+-----\n(?:[\w+/=]+\n)+-----END [A-Z ]+-----\n?$/;
/** Words, MRNs and URLs. */
const PLAIN = /^[A-Za-z/](?:[\w./@%+-]|:(?=[\w/])| (?=[\w/]))*$/;
const WORD_WITH_MEANING = /^(?:y|yes|n|no|true|false|on|off|null|e\d+)$/i;
/** Characters that YAML parsers read as line breaks, reject, or drop. */
const MISREAD = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;
function block(map, indent = '') {
    const deeper = `${indent}  `;
    const entries = Object.entries(map).map(([name, value]) => {
        const key = flow(name);
        // A key of more than 1024 characters needs a question mark.
        const lead = `${indent}${key.length > 1000 ? `? ${key}\n${indent}` : key}:`;
        if ((0,util_json/* isMap */.jh)(value) && Object.keys(value).length > 0)
            return `${lead}\n${block(value, deeper)}`;
        if (typeof value !== 'string' || !render_PEM.test(value))
            return `${lead} ${flow(value)}\n`;
        const lines = value.trimEnd().replaceAll('\n', `\n${deeper}`);
        return `${lead} ${value.endsWith('\n') ? '|' : '|-'}\n${deeper}${lines}\n`;
    });
    return entries.join('');
}
/** Plain text, or JSON on one line, which is YAML too. YAML 1.1 needs a blank after each colon. */
function flow(value) {
    if (typeof value === 'string' && PLAIN.test(value) && !WORD_WITH_MEANING.test(value))
        return value;
    const json = JSON.stringify(value ?? null, null, 1).replace(/(,?)\n */g, (_, comma) => comma && ', ');
    return json.replace(MISREAD, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

;// CONCATENATED MODULE: ./src/config/reserve.ts








/**
 * Reserves the place of mondoo.yml, before anything is created on the platform.
 * @throws ActionError `runner-error` if another file is there or nothing can be written; `invalid-input`
 */
async function reserveConfig(file, options) {
    const { isDefaultPlace, signal, job } = options;
    const { dir, name, ext } = external_node_path_default().parse(file);
    const fail = explainUnwritable(dir, !isDefaultPlace);
    // With the same extension, as `cnspec status` reads it.
    const temporaryPath = external_node_path_default().join(dir, `.${name}.${(0,external_node_crypto_.randomUUID)()}${ext}`);
    const config = { path: file, temporaryPath, isDefaultPlace };
    if (!isDefaultPlace)
        await requireOwnFolder(dir, job.workspace).catch(fail);
    await retryBusy(() => requireReplaceable(config, job.env), signal).catch(fail);
    const { write, isInPlace, close } = await createPrivateFile(temporaryPath, { config }, options);
    return {
        path: file,
        temporaryPath,
        /** Writes the whole text under the temporary name. */
        write,
        /**
         * Renames the file, so that no program reads half of it.
         * @returns the service account in the mondoo.yml that was replaced
         */
        async publish({ privateKey }) {
            try {
                // In a container job no signal arrives, so post may already have removed it.
                if (!(await isInPlace())) {
                    throw new errors/* ActionError */.lZ('runner-error', `The file \`${temporaryPath}\` was removed or replaced before the step could rename it to \`mondoo.yml\`.`, 'If the job was cancelled, its cleanup removed the file. Otherwise, find what changes that folder during the job, or set the input `config-path` to another path.');
                }
                await close();
                return await retryBusy(async () => {
                    const replaced = await requireReplaceable(config, job.env);
                    job.remember({ config: { ...config, keyHash: keyHash(privateKey) } });
                    await (0,external_node_fs_promises_.rename)(temporaryPath, file).catch((error) => {
                        // The file that is still there may be an earlier step's, with the same key.
                        job.remember({ config });
                        throw error;
                    });
                    return replaced;
                }, signal);
            }
            catch (error) {
                return fail(error);
            }
        },
    };
}
/** mondoo.yml of an earlier step, which stays as it is. */
function keptConfig(file) {
    return { path: file, temporaryPath: file, write: () => { }, publish: async () => undefined };
}
/**
 * Makes sure that a file may be replaced: it has our mark or, in the default place, MONDOO_CONFIG_PATH names it, as
 * `cnspec login` may have rewritten it.
 * @returns the service account in it
 * @throws ActionError `runner-error`
 */
async function requireReplaceable(config, env) {
    const { path: file, isDefaultPlace } = config;
    const stats = await statIfExists(file);
    if (stats === undefined)
        return undefined;
    const kind = stats.isSymbolicLink() ? 'a symbolic link' : 'not a file';
    if (!stats.isFile())
        throw pathTaken(`\`${file}\` is ${kind}.`);
    const text = await readText(file);
    const isReplaceable = isOurs(text) || (isDefaultPlace && env.MONDOO_CONFIG_PATH === file);
    if (!isReplaceable)
        throw pathTaken(`\`${file}\` exists already, and this action didn't write it. \`cnspec login\` may have.`);
    return accountIn(text);
}

;// CONCATENATED MODULE: ./src/write-config.ts











/** The bytes that are reserved for an MRN and minted credentials. */
const ROOM = 16_384;
/** Reserves the files that the step will write: the key file is for a client that a registration token mints. */
async function reserveFiles({ identity, origin }, { inputs, job, deadline, rollback }) {
    if (origin?.earlierFile)
        return { config: keptConfig(origin.earlierFile) };
    const file = inputs.configPath ?? job.defaultConfigPath();
    if (await (0,paths/* isInside */.F)(job.workspace, file))
        job.warn(notices.inWorkspace(inputs.configPath));
    const room = ROOM + Buffer.byteLength(JSON.stringify([identity, inputs.annotations]));
    const options = { room, signal: deadline.signal, rollback, job };
    rollback.defer(async () => {
        // Post needs the key of a client that could not be unregistered.
        const { client, keyFile, ...rest } = job.manifest;
        // If a file is in use, post has more time for it.
        const outcomes = await removeFiles(client ? rest : job.manifest, job.warn, 1000);
        if (outcomes.every(([outcome]) => outcome !== 'failed'))
            forget('config', job.remember);
    });
    const config = await reserveConfig(file, { isDefaultPlace: inputs.configPath === undefined, ...options });
    if (identity.kind !== 'registration token')
        return { config };
    const home = job.defaultConfigPath();
    const keyPath = external_node_path_default().join(external_node_path_default().dirname(home), `.mondoo.${(0,external_node_crypto_.randomUUID)()}.key.json`);
    const isDefaultPlace = home !== inputs.configPath;
    const keyFile = await createPrivateFile(keyPath, { keyFile: keyPath }, { isDefaultPlace, ...options });
    return { config, keyFile };
}
/** Renders mondoo.yml, as keys with their values and as text. */
function renderConfig({ document }, agentMrn, identified, work) {
    const { source, route } = identified;
    const { updatesUrl, annotations } = work.inputs;
    const own = { api_endpoint: route.endpoint, api_proxy: route.apiProxy, updates_url: updatesUrl, agent_mrn: agentMrn };
    const keys = mondooConfig(document, own, annotations);
    return { keys, text: renderMondooYml(keys, source) };
}
/** Puts mondoo.yml where later steps look for it. */
async function publishConfig(config, { keys, text }, { account }, { job }) {
    job.mask((0,secrets/* fileSecrets */.aW)(text));
    config.write(text);
    const replaced = await config.publish(account);
    if (replaced && replaced !== account.mrn)
        job.warn(notices.replacedAccount(config.path, replaced, account.mrn));
    const variables = overridingVariables(job.env, keys);
    for (const name of variables.set)
        job.warn(notices.override(name));
    for (const name of variables.empty)
        job.warn(notices.emptyProxy(name));
}

;// CONCATENATED MODULE: ./src/register.ts
var register_addDisposableResource = (undefined && undefined.__addDisposableResource) || function (env, value, async) {
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
var register_disposeResources = (undefined && undefined.__disposeResources) || (function (SuppressedError) {
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















/**
 * The work of main: gathers what `register` finds until the gate fails, undoes what it did unless mondoo.yml is in
 * its place, and reports.
 * @param readInputs masks the secrets among the inputs first; throws ActionError
 * @throws JobCancelled
 */
async function run(job, readInputs) {
    const env_1 = { stack: [], error: void 0, hasError: false };
    try {
        const rollback = register_addDisposableResource(env_1, new AsyncDisposableStack(), true);
        let result = { startedAt: new Date(), host: NO_HOST, registration: { wanted: false, name: '' } };
        let gate = STRICTEST;
        try {
            // First, so that post reads our state, not one that another step put into the environment.
            job.remember({});
            result = { ...result, host: await describeHost() };
            const inputs = await readInputs();
            gate = inputs;
            const deadline = new Deadline(inputs.timeout, job.signal);
            let hasFindings = false;
            for await (const found of register({ ...result, inputs, job, deadline, rollback })) {
                const isTimeUp = deadline.remaining() <= 0;
                // If another finding used up the time, cnspec isn't the cause.
                if (hasFindings && isTimeUp && found.cnspec)
                    found.cnspec = { ...found.cnspec, failure: undefined };
                result = { ...result, ...found };
                job.throwIfOver();
                const { passed, findings } = verdictOn(result, gate);
                hasFindings = findings.length > 0;
                // After the timeout nothing new begins, even if fail-on tolerates what it caused.
                if (!passed || (hasFindings && isTimeUp))
                    break;
            }
        }
        catch (error) {
            if (!(error instanceof errors/* ActionError */.lZ))
                throw error;
            result = { ...result, error };
        }
        // In a container job no signal arrives. If the runner is at another step, post may have deleted our files: report that.
        const superseded = job.findSuperseded();
        if (superseded)
            result = { ...result, error: superseded };
        const verdict = verdictOn(result, gate);
        const isPublished = verdict.passed && result.configPath !== undefined;
        if (!isPublished)
            await rollback.disposeAsync();
        // A job that is cancelled while the step undoes gets no report.
        if (!superseded)
            job.signal.throwIfAborted();
        try {
            job.report(result, verdict, gate);
        }
        catch (error) {
            if (!(error instanceof errors/* ActionError */.lZ))
                throw error;
            const [failure = error] = verdictOn({ ...result, error }, gate).fatal;
            job.reportFailure(failure, verdict);
            return { ...verdict, passed: false };
        }
        // From here on post cleans up. Every other way out of this function undoes.
        if (isPublished)
            rollback.move();
        return verdict;
    }
    catch (e_1) {
        env_1.error = e_1;
        env_1.hasError = true;
    }
    finally {
        const result_1 = register_disposeResources(env_1);
        if (result_1)
            await result_1;
    }
}
/** Does the work and yields what it finds, part by part. The registration comes late, because it can't be undone. */
async function* register(work) {
    const env_2 = { stack: [], error: void 0, hasError: false };
    try {
        const { inputs, job, deadline } = work;
        const identified = await identify(work);
        const { identity, account, route, origin } = identified;
        let { registration } = identified;
        yield { identity, registration, account, origin };
        requireSpace(identity, inputs.expectSpace);
        const { config, keyFile } = await reserveFiles(identified, work);
        let program = inputs.cnspecVersion ? {} : await findProgram(work);
        if (program.result)
            yield { cnspec: program.result };
        const platform = register_addDisposableResource(env_2, new PlatformClient({ ...route, deadline, onRetry: logRetries(job) }), false);
        let check;
        if (keyFile || inputs.cnspecVersion) {
            // Check the platform before a registration token mints a client, or cnspec is downloaded.
            check = await checkPlatform(platform);
            yield { check };
        }
        if (inputs.cnspecVersion) {
            program = await installProgram(inputs.cnspecVersion, route.named, work);
            yield { cnspec: program.result, installed: program.installed };
        }
        const { session, found } = await signIn({ ...work, ...identified, platform, keyFile, check });
        // The key in the layout in which it is written.
        if (session)
            job.mask((0,secrets/* documentSecrets */.BK)(session.document));
        yield found;
        if (!session)
            return;
        registration = found.registration ?? registration;
        check = await checkAccount(platform, session.account, check);
        if (isClockUnknown(check))
            job.warn(notices.unknownClock);
        yield { check };
        const render = () => renderConfig(session, registration.clientMrn, identified, work);
        if (program.executable) {
            config.write(render().text);
            const { mrn: serviceAccount, apiEndpoint: endpoint } = session.account;
            const expected = { serviceAccount, endpoint, authenticated: isAccepted(check), client: registration.clientMrn };
            const compared = await compareStatus(program.executable, config.temporaryPath, expected, work);
            yield { cnspec: { ...program.result, ...compared } };
        }
        registration = await registerClient(platform, session.account, { ...work, registration, check });
        yield { registration };
        if (!job.keepsConfig)
            return;
        await publishConfig(config, render(), session, work);
        yield { configPath: config.path };
    }
    catch (e_2) {
        env_2.error = e_2;
        env_2.hasError = true;
    }
    finally {
        register_disposeResources(env_2);
    }
}
/** Registers a client, if one is wanted and none is there yet. It can't be undone, as other jobs may use the account. */
async function registerClient(platform, account, { job, host, registration, check }) {
    const { wanted, name, clientMrn } = registration;
    if (!wanted || clientMrn !== undefined || check.ping !== 'accepted')
        return registration;
    try {
        const info = (0,agent_info/* agentInfo */.ev)(host, agent_info/* VERSION */.xv, job.labels);
        return { ...registration, clientMrn: await platform.registerAgent(account, name, info) };
    }
    catch (error) {
        if (!(error instanceof CallError))
            throw error;
        return { ...registration, error, failedAt: new Date() };
    }
}

;// CONCATENATED MODULE: ./src/main.ts







void runEntry(async () => {
    const job = githubJob(process.env);
    try {
        const { passed } = await run(job, () => readInputs(getInput, job));
        return passed;
    }
    catch (error) {
        if (!(error instanceof JobCancelled))
            throw error;
        job.log(notices.cancelled(error.signalName, job.manifest.client));
        return false;
    }
}, 'fail');

module.exports = __webpack_exports__;
/******/ })()
;