"use strict";
exports.id = 438;
exports.ids = [438];
exports.modules = {

/***/ 3377:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   E: () => (/* binding */ redact),
/* harmony export */   f: () => (/* binding */ lastLine)
/* harmony export */ });
/* harmony import */ var _util_text_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(9997);

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
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
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

/***/ 1873:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   WI: () => (/* binding */ readManifest),
/* harmony export */   g4: () => (/* binding */ belongsTo),
/* harmony export */   y6: () => (/* binding */ forget)
/* harmony export */ });
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(6760);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_path__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var _util_json_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(4976);
/* harmony import */ var _util_mrn_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(1075);



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
    config: (config) => isConfig((0,_util_json_js__WEBPACK_IMPORTED_MODULE_2__/* .mapIn */ .yL)(config)),
    keyFile: (file) => isPath(file, KEY_FILE),
    createdFolders: (list) => Array.isArray(list) && list.every((folder) => isPath(folder)),
    installFolders: (list) => Array.isArray(list) && list.every((folder) => isPath(folder, INSTALL_FOLDER)),
    client: (mrn) => typeof mrn === 'string' && (0,_util_mrn_js__WEBPACK_IMPORTED_MODULE_1__/* .isMrn */ .Om)('client', mrn),
    pendingClientName: (name) => typeof name === 'string',
};
/**
 * Reads what a step saved. Another step or a checkout may have put other text there.
 * @returns undefined if a path or a name isn't one that the step would give
 */
function readManifest(text) {
    const saved = (0,_util_json_js__WEBPACK_IMPORTED_MODULE_2__/* .tryParseJson */ .Bl)(text);
    if (!(0,_util_json_js__WEBPACK_IMPORTED_MODULE_2__/* .isMap */ .jh)(saved))
        return undefined;
    const parts = Object.entries(SHAPES).filter(([part]) => saved[part] !== undefined);
    const isValid = parts.every(([part, fits]) => fits(saved[part]));
    return isValid ? Object.fromEntries(parts.map(([part]) => [part, saved[part]])) : undefined;
}
/** Whether a manifest has only paths that belong to the mondoo.yml at this path. */
function belongsTo(place, { config, keyFile, createdFolders, installFolders }) {
    if (installFolders || (config && (config.isDefaultPlace || config.path !== place)))
        return false;
    if (keyFile && node_path__WEBPACK_IMPORTED_MODULE_0___default().dirname(keyFile) !== node_path__WEBPACK_IMPORTED_MODULE_0___default().dirname(place))
        return false;
    return !createdFolders?.some((folder) => !place.startsWith(folder + (node_path__WEBPACK_IMPORTED_MODULE_0___default().sep)));
}
function isPath(file, end = /(?:)/) {
    return typeof file === 'string' && node_path__WEBPACK_IMPORTED_MODULE_0___default().isAbsolute(file) && end.test(file);
}
function isConfig({ path: file, temporaryPath, isDefaultPlace, keyHash = '' }) {
    if (!isPath(file) || !isPath(temporaryPath) || typeof keyHash !== 'string')
        return false;
    const { dir, name, ext } = node_path__WEBPACK_IMPORTED_MODULE_0___default().parse(file);
    const start = node_path__WEBPACK_IMPORTED_MODULE_0___default().join(dir, `.${name}.`);
    const id = new RegExp(`^${UUID}`).exec(temporaryPath.slice(start.length))?.[0];
    return temporaryPath === `${start}${id}${ext}` && (isDefaultPlace === false || DEFAULT_PLACE.test(file));
}


/***/ }),

/***/ 7562:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   $H: () => (/* binding */ asMap),
/* harmony export */   HI: () => (/* binding */ decodeCredentials),
/* harmony export */   Q9: () => (/* binding */ keyTwice),
/* harmony export */   ik: () => (/* binding */ place),
/* harmony export */   qF: () => (/* binding */ parseJson),
/* harmony export */   uv: () => (/* binding */ lowerKeys)
/* harmony export */ });
/* unused harmony export duplicateKeyIn */
/* harmony import */ var node_buffer__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(4573);
/* harmony import */ var node_buffer__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_buffer__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var _util_json_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(4976);
/* harmony import */ var _util_text_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(9997);
/* harmony import */ var _fields_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(585);
/* harmony import */ var _secrets_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(5515);





/** Takes the base64 off credentials that aren't blank, and finds out by content whether they are JSON or YAML. @throws ActionError */
function decodeCredentials(given) {
    const text = given.trim();
    if (!/^[\w+/=\s-]+$/.test(text) || text.includes('---'))
        return { form: syntaxOf(text), text };
    const compact = text.replace(/\s+/g, '');
    if (/[-_]/.test(compact)) {
        throw (0,_fields_js__WEBPACK_IMPORTED_MODULE_1__/* .invalid */ .Gq)('The credentials look like URL-safe base64. They have `-` or `_` instead of `+` or `/`.', 'Use standard base64 (`base64 -w0 credentials.json`), or store the JSON unchanged.');
    }
    const bytes = Buffer.from(compact, 'base64');
    if (bytes.toString('base64') !== compact || !((0,node_buffer__WEBPACK_IMPORTED_MODULE_0__.isUtf8)(bytes) || (0,_secrets_js__WEBPACK_IMPORTED_MODULE_2__/* .isUtf16 */ .bJ)(bytes))) {
        throw (0,_fields_js__WEBPACK_IMPORTED_MODULE_1__/* .invalid */ .Gq)("The credentials are neither JSON nor YAML, and can't be decoded as base64. They are cut off or something else, such as a path or a name.", undefined, `Length: ${compact.length} characters`);
    }
    const decoded = (0,_secrets_js__WEBPACK_IMPORTED_MODULE_2__/* .decodeBytes */ .yj)(bytes).trim();
    return { form: `base64 of ${syntaxOf(decoded)}`, text: decoded };
}
/** @throws ActionError with the place of a mistake, never the text around it */
function parseJson(credentials) {
    const { form, text } = credentials;
    if (!form.endsWith('JSON'))
        throw (0,_fields_js__WEBPACK_IMPORTED_MODULE_1__/* .invalid */ .Gq)("The credentials aren't JSON. They don't start with an opening brace.");
    let value;
    try {
        value = lowerKeys(JSON.parse(text));
    }
    catch (error) {
        const message = `The credentials (${form}) aren't valid JSON: ${jsonMistake(error, text)}.`;
        throw (0,_fields_js__WEBPACK_IMPORTED_MODULE_1__/* .invalid */ .Gq)(message, undefined, `Length: ${text.length} characters`);
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
    if (!(0,_util_json_js__WEBPACK_IMPORTED_MODULE_3__/* .isMap */ .jh)(value))
        return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [(0,_util_text_js__WEBPACK_IMPORTED_MODULE_4__/* .lowerCased */ .wY)(key), lowerKeys(inner)]));
}
/** @param offset of the second one */
function keyTwice({ form, text }, offset) {
    return (0,_fields_js__WEBPACK_IMPORTED_MODULE_1__/* .invalid */ .Gq)(`The credentials (${form}) have the same key twice, the second time at ${place(text, offset)}.`, 'Remove the outdated one, or copy the credentials again from the Mondoo Console.');
}
function asMap(value, { form }) {
    if ((0,_util_json_js__WEBPACK_IMPORTED_MODULE_3__/* .isMap */ .jh)(value))
        return value;
    const kind = value === null ? 'nothing' : Array.isArray(value) ? 'a list' : `a ${typeof value}`;
    throw (0,_fields_js__WEBPACK_IMPORTED_MODULE_1__/* .invalid */ .Gq)(`The credentials (${form}) hold ${kind} instead of fields such as \`mrn\`.`);
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
            const name = (0,_util_text_js__WEBPACK_IMPORTED_MODULE_4__/* .lowerCased */ .wY)(JSON.parse(key));
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
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Fi: () => (/* binding */ COPY_CREDENTIALS),
/* harmony export */   Gq: () => (/* binding */ invalid),
/* harmony export */   Pf: () => (/* binding */ fieldsOf)
/* harmony export */ });
/* harmony import */ var _util_errors_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(17);
/* harmony import */ var _util_mrn_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(1075);
/* harmony import */ var _util_text_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(9997);
/* harmony import */ var _util_url_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(7997);




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

/***/ 3035:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   B: () => (/* binding */ routeTo)
/* harmony export */ });
/* unused harmony export proxyFor */
/* harmony import */ var _platform_connect_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(4097);
/* harmony import */ var _util_errors_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(17);
/* harmony import */ var _util_url_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(7997);
/* harmony import */ var _secrets_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(5515);




/**
 * Finds how a server is reached, and masks the password of its proxy: the one that is named for Mondoo Platform, in
 * cnspec's order behind the input, or else what HTTPS_PROXY and NO_PROXY say.
 * @param named undefined if the server isn't Mondoo's
 * @throws ActionError `invalid-input` if a variable can't be used
 */
function routeTo(url, named, job) {
    const route = proxyFor(url, named, job.env);
    job.mask((0,_secrets_js__WEBPACK_IMPORTED_MODULE_2__/* .proxySecrets */ .Wm)(route.proxy));
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
    if (!proxy || (0,_util_url_js__WEBPACK_IMPORTED_MODULE_3__/* .isLoopback */ .U9)(url.hostname) || isBypassed(url, env.NO_PROXY || env.no_proxy || ''))
        return {};
    return readVariable(name, proxy.includes('://') ? proxy : `http://${proxy}`);
}
function readVariable(name, value) {
    const remedy = 'Write it like `http://proxy.example.com:3128`. For Mondoo, the input `api-proxy` overrides it.';
    const subject = `The proxy in the variable \`${name}\``;
    const refuse = (problem) => new _util_errors_js__WEBPACK_IMPORTED_MODULE_1__/* .ActionError */ .lZ('invalid-input', `${subject} ${problem}.`, remedy);
    return { proxy: (0,_util_url_js__WEBPACK_IMPORTED_MODULE_3__/* .parseProxyUrl */ .Pr)(value, refuse), proxyFrom: `\`${name}\`` };
}
/** NO_PROXY lists domains, with or without a port, or `*`. As in Go, `.x` and `*.x` leave `x` itself out. */
function isBypassed(url, noProxy) {
    const hosts = [url.hostname, `${url.hostname}:${(0,_platform_connect_js__WEBPACK_IMPORTED_MODULE_0__/* .portOf */ .HM)(url)}`];
    return noProxy
        .split(',')
        .map((entry) => entry.trim().toLowerCase().replace(/^\*\./, '.'))
        .filter(Boolean)
        .some((entry) => hosts.some((host) => [host, '*'].includes(entry) || host.endsWith(entry.replace(/^\.?/, '.'))));
}


/***/ }),

/***/ 5515:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
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
/* harmony import */ var _util_json_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(4976);

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

/***/ 3970:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  VP: () => (/* binding */ certificateProblem),
  Zf: () => (/* binding */ readServiceAccount)
});

// UNUSED EXPORTS: readCertificate, validityWarning

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: ./src/util/mrn.ts
var util_mrn = __webpack_require__(1075);
// EXTERNAL MODULE: ./src/util/url.ts
var url = __webpack_require__(7997);
// EXTERNAL MODULE: ./src/credentials/fields.ts
var credentials_fields = __webpack_require__(585);
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
function readServiceAccount(document, { endpoint, now }) {
    const fields = (0,credentials_fields/* fieldsOf */.Pf)(document, 'credentials', credentials_fields/* COPY_CREDENTIALS */.Fi);
    const warnings = [];
    const mrn = fields.required('mrn', fields.mrn('mrn', 'service account'));
    const privateKey = readPrivateKey(fields.required('private_key'));
    const owners = ['scope_mrn', 'space_mrn', 'parent_mrn'].map((field) => fields.mrn(field, 'owner'));
    const apiEndpoint = endpoint ?? fields.endpoint(warnings);
    if (endpoint === undefined && !(0,url/* isTrustedHost */.gM)(apiEndpoint)) {
        warnings.push(`The credentials name the API endpoint \`${new URL(apiEndpoint).host}\`, which isn't a host of mondoo.com. If you trust this host, set the input \`api-endpoint\`.`);
    }
    const ownerMrn = owners.find(Boolean) ?? (0,util_mrn/* ownerOf */.bf)(mrn);
    const apiProxy = fields.url('api_proxy', url/* parseProxyUrl */.Pr, PROXY);
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


/***/ }),

/***/ 7228:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   R: () => (/* binding */ watchSignals),
/* harmony export */   x: () => (/* binding */ JobCancelled)
/* harmony export */ });
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


/***/ }),

/***/ 1283:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
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

/***/ 2492:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   NP: () => (/* binding */ rpcName),
/* harmony export */   RA: () => (/* binding */ CallError),
/* harmony export */   ti: () => (/* binding */ RpcCode)
/* harmony export */ });
/* unused harmony export formatRpcStatus */
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


/***/ }),

/***/ 349:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  W: () => (/* binding */ EXCHANGE),
  Ht: () => (/* binding */ PlatformClient),
  PU: () => (/* binding */ mayMeanNoClient)
});

// EXTERNAL MODULE: ./src/util/mrn.ts
var util_mrn = __webpack_require__(1075);
// EXTERNAL MODULE: ./src/util/text.ts
var util_text = __webpack_require__(9997);
// EXTERNAL MODULE: ./src/platform/call-error.ts
var call_error = __webpack_require__(2492);
// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: ./src/util/json.ts
var util_json = __webpack_require__(4976);
// EXTERNAL MODULE: ./src/platform/transport-error.ts
var transport_error = __webpack_require__(6329);
;// CONCATENATED MODULE: ./src/platform/json-call.ts





/** Makes a call, once, whose response is a JSON object. Throws CallError. */
async function callJson(transport, method, request) {
    const requestId = (0,external_node_crypto_.randomUUID)();
    const headers = { ...request.headers, accept: 'application/json', 'x-request-id': requestId };
    const response = await transport.send({ ...request, headers }).catch((error) => {
        if (!(error instanceof transport_error/* HttpError */.j$))
            throw error;
        const { phase, message: reason, permanent, remedy } = error;
        throw new call_error/* CallError */.RA(method, { kind: 'connection', phase, reason, permanent, remedy }, requestId);
    });
    const { status: httpStatus, sentAt, receivedAt } = response;
    const retryAfter = parseRetryAfter(response.headers['retry-after']);
    const malformed = (problem) => new call_error/* CallError */.RA(method, { kind: 'response', httpStatus, problem }, requestId, retryAfter);
    // Proxies and load balancers send HTML or nothing.
    const json = (0,util_json/* tryParseJson */.Bl)(response.body.toString('utf8'));
    const isSuccess = httpStatus >= 200 && httpStatus < 300;
    const status = isSuccess ? undefined : parseRpcStatus(json);
    if (status)
        throw new call_error/* CallError */.RA(method, { kind: 'rpc', status, httpStatus }, requestId, retryAfter);
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

// EXTERNAL MODULE: ./src/platform/request-token.ts
var request_token = __webpack_require__(9354);
// EXTERNAL MODULE: external "node:timers/promises"
var promises_ = __webpack_require__(8500);
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
            if (!(error instanceof call_error/* CallError */.RA))
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
var transport = __webpack_require__(3038);
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
        this.transport = new transport/* Transport */.o(options);
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
            if (!(error instanceof call_error/* CallError */.RA && mayMeanNoClient(error)))
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
        const sign = () => (0,request_token/* signRequest */.z)(signer, body, new Date(Date.now() + (skew ?? 0)));
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
    return code === call_error/* RpcCode */.ti.Unauthenticated || code === call_error/* RpcCode */.ti.NotFound;
}
function clientMrnIn({ value: { agent_mrn: mrn }, malformed }) {
    if (typeof mrn === 'string' && (0,util_mrn/* isMrn */.Om)('client', mrn))
        return mrn;
    throw malformed('does not name the client that was registered');
}
const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;


/***/ }),

/***/ 4097:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   HM: () => (/* binding */ portOf),
/* harmony export */   kn: () => (/* binding */ openSocket),
/* harmony export */   s0: () => (/* binding */ noConnection)
/* harmony export */ });
/* harmony import */ var node_events__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8474);
/* harmony import */ var node_events__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_events__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var node_http__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(7067);
/* harmony import */ var node_http__WEBPACK_IMPORTED_MODULE_1___default = /*#__PURE__*/__webpack_require__.n(node_http__WEBPACK_IMPORTED_MODULE_1__);
/* harmony import */ var node_net__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(7030);
/* harmony import */ var node_net__WEBPACK_IMPORTED_MODULE_2___default = /*#__PURE__*/__webpack_require__.n(node_net__WEBPACK_IMPORTED_MODULE_2__);
/* harmony import */ var node_tls__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(1692);
/* harmony import */ var node_tls__WEBPACK_IMPORTED_MODULE_3___default = /*#__PURE__*/__webpack_require__.n(node_tls__WEBPACK_IMPORTED_MODULE_3__);
/* harmony import */ var _util_duration_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(6518);
/* harmony import */ var _util_text_js__WEBPACK_IMPORTED_MODULE_6__ = __webpack_require__(9997);
/* harmony import */ var _util_url_js__WEBPACK_IMPORTED_MODULE_7__ = __webpack_require__(7997);
/* harmony import */ var _transport_error_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(6329);








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
        const isUnknownCa = (error.code ?? '') in _transport_error_js__WEBPACK_IMPORTED_MODULE_5__/* .UNKNOWN_CA_CODES */ .PG;
        if (limit.aborted)
            throw noConnection(context.timeout, url, context);
        if (!isUnknownCa || ca) {
            const failure = (0,_transport_error_js__WEBPACK_IMPORTED_MODULE_5__/* .toHttpError */ .e7)(error, 'connect', url, proxy, isTunnelOpen);
            if (isUnknownCa)
                failure.remedy = trustRemedy(context);
            else if (!isTunnelOpen)
                failure.remedy = proxyRemedy(url, context);
            throw failure;
        }
    }
    // Reading the system's store takes long, so it is left alone until it is needed.
    context.ca ??= [...node_tls__WEBPACK_IMPORTED_MODULE_3___default().getCACertificates('default'), ...node_tls__WEBPACK_IMPORTED_MODULE_3___default().getCACertificates('system')];
    return openSocket(url, context, limit);
}
/** @param waited milliseconds */
function noConnection(waited, url, route) {
    const through = route.proxy ? ` through the proxy ${new URL(route.proxy).host}` : '';
    const message = `no connection within ${(0,_util_duration_js__WEBPACK_IMPORTED_MODULE_4__/* .formatDuration */ .a3)(waited)}${through}`;
    return new _transport_error_js__WEBPACK_IMPORTED_MODULE_5__/* .HttpError */ .j$('connect', message, false, proxyRemedy(url, route));
}
function proxyRemedy({ host }, { proxy, proxyFrom }) {
    if (!proxy)
        return undefined;
    return `Check the proxy in ${proxyFrom}: its name, port and password, and whether it allows connections to ${host}.`;
}
function trustRemedy({ extraCaFile }) {
    const remedy = "Add the CA to the system's store, or set `NODE_EXTRA_CA_CERTS` to the path of its PEM file.";
    if (!extraCaFile || node_tls__WEBPACK_IMPORTED_MODULE_3___default().getCACertificates('extra').length > 0)
        return remedy;
    return `${remedy} The variable is set to ${(0,_util_text_js__WEBPACK_IMPORTED_MODULE_6__/* .codeSpan */ .SS)(extraCaFile, 200)}, but Node found no PEM certificate there. The path must be absolute and without quotes, the file ASCII text with \`-----BEGIN CERTIFICATE-----\`.`;
}
/** @param through a socket that is connected with the server already */
async function dial(url, ca, signal, through) {
    const isTls = url.protocol === 'https:';
    if (through && !isTls)
        return through;
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const target = { host, port: portOf(url), autoSelectFamily: true, autoSelectFamilyAttemptTimeout: ATTEMPT_TIMEOUT };
    // Explicit, because NODE_TLS_REJECT_UNAUTHORIZED=0 would disable it.
    const security = { ...(node_net__WEBPACK_IMPORTED_MODULE_2___default().isIP(host) === 0 && { servername: host }), ca, rejectUnauthorized: true };
    const socket = isTls ? node_tls__WEBPACK_IMPORTED_MODULE_3___default().connect({ ...target, ...security, socket: through }) : node_net__WEBPACK_IMPORTED_MODULE_2___default().connect(target);
    try {
        await (0,node_events__WEBPACK_IMPORTED_MODULE_0__.once)(socket, isTls ? 'secureConnect' : 'connect', { signal });
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
    const { username, password } = (0,_util_url_js__WEBPACK_IMPORTED_MODULE_7__/* .proxyLogin */ .eU)(proxy.href);
    const login = Buffer.from(`${username}:${password}`).toString('base64');
    const host = `${url.hostname}:${portOf(url)}`;
    const headers = { host, ...(username && { 'proxy-authorization': `Basic ${login}` }) };
    const request = node_http__WEBPACK_IMPORTED_MODULE_1___default().request({ createConnection: () => socket, method: 'CONNECT', path: host, headers });
    // `once` itself stops listening for errors after the first event.
    const connected = (0,node_events__WEBPACK_IMPORTED_MODULE_0__.once)(request.on('error', () => { }).end(), 'connect', { signal });
    const [{ statusCode = 0 }, , head] = (await connected);
    socket.unshift(head);
    if (statusCode === 200)
        return;
    const problem = statusCode === 407 ? 'requires a valid user name and password' : `does not allow connections to ${url.host}`;
    // Many attempts with a wrong password may lock the account.
    const permanent = statusCode >= 400 && statusCode < 500 && statusCode !== 408 && statusCode !== 429;
    throw new _transport_error_js__WEBPACK_IMPORTED_MODULE_5__/* .HttpError */ .j$('connect', `the proxy ${proxy.host} ${problem} (HTTP status ${statusCode})`, permanent);
}


/***/ }),

/***/ 2219:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   B: () => (/* binding */ Deadline)
/* harmony export */ });
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


/***/ }),

/***/ 9354:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   n: () => (/* binding */ fitsPlatformTime),
/* harmony export */   z: () => (/* binding */ signRequest)
/* harmony export */ });
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7598);
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_crypto__WEBPACK_IMPORTED_MODULE_0__);

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
    const chash = (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createHash)('sha256').update(body).digest('hex');
    const claims = { chash, iss: 'mondoo/ams', sub: mrn, iat, nbf: iat, exp: iat + LIFETIME };
    const encode = (part) => Buffer.from(JSON.stringify(part)).toString('base64url');
    const content = `${encode({ alg: 'ES384', typ: 'JWT', kid: mrn })}.${encode(claims)}`;
    const signature = (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.sign)('sha384', Buffer.from(content), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    return `${content}.${signature.toString('base64url')}`;
}


/***/ }),

/***/ 6329:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
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
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   o: () => (/* binding */ Transport)
/* harmony export */ });
/* harmony import */ var node_events__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8474);
/* harmony import */ var node_events__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_events__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var node_http__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(7067);
/* harmony import */ var node_http__WEBPACK_IMPORTED_MODULE_1___default = /*#__PURE__*/__webpack_require__.n(node_http__WEBPACK_IMPORTED_MODULE_1__);
/* harmony import */ var node_util__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(7975);
/* harmony import */ var node_util__WEBPACK_IMPORTED_MODULE_2___default = /*#__PURE__*/__webpack_require__.n(node_util__WEBPACK_IMPORTED_MODULE_2__);
/* harmony import */ var _util_duration_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(6518);
/* harmony import */ var _agent_info_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(1283);
/* harmony import */ var _connect_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(4097);
/* harmony import */ var _transport_error_js__WEBPACK_IMPORTED_MODULE_6__ = __webpack_require__(6329);







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

/***/ 1263:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   o: () => (/* binding */ notices),
/* harmony export */   z: () => (/* binding */ logRetries)
/* harmony export */ });
/* harmony import */ var _util_duration_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(6518);
/* harmony import */ var _util_text_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(9997);


/** Logs each retry of a call. */
const logRetries = (job) => (retry) => job.log(notices.retry(retry));
/** Lines of the log and warnings, besides the status. */
const notices = {
    retry: ({ error, failed, delay }) => `! ${error.method} failed: ${error.message}. Attempt ${failed + 1} follows in ${(0,_util_duration_js__WEBPACK_IMPORTED_MODULE_0__/* .formatDuration */ .a3)(Math.round(delay))}`,
    unknownClock: "The runner's clock could not be checked: Mondoo Platform did not report its time.",
    inWorkspace: (configPath) => `${configPath ? 'The input `config-path`' : 'The temporary folder of the CI'} puts \`mondoo.yml\` into the workspace. Its private key can end up in an image, a cache, an artifact or a commit. Set \`config-path\` to a path outside the workspace.`,
    override: (variable) => `The environment variable ${(0,_util_text_js__WEBPACK_IMPORTED_MODULE_1__/* .codeSpan */ .SS)(variable)} is set. In later steps, cnspec uses it instead of the value in \`mondoo.yml\`. Remove the variable if that is not intended.`,
    emptyProxy: (variable) => `The environment variable \`${variable}\` is set but empty. In later steps, cnspec may take that for a proxy and fail to connect. Remove the variable where it is set.`,
    replacedAccount: (file, before, now) => `This step replaced the service account in ${(0,_util_text_js__WEBPACK_IMPORTED_MODULE_1__/* .codeSpan */ .SS)(file)}. It was ${(0,_util_text_js__WEBPACK_IMPORTED_MODULE_1__/* .codeSpan */ .SS)(before, 200)}, now it is \`${now}\`.`,
    exchanged: (validity) => `→ exchanged the ID token of this run for a service account${validity}`,
    minting: (client) => `→ registering the client ${(0,_util_text_js__WEBPACK_IMPORTED_MODULE_1__/* .codeSpan */ .SS)(client)} with the registration token. If the step is killed now, look for this client in the Mondoo Console`,
    unregistered: (client) => `→ unregistered the client ${client}`,
    postponed: (client, reason) => `! the client ${client} could not be unregistered: ${reason}. The cleanup after the job retries, and removes its key`,
    cancelled: (signal, client) => `→ the job was cancelled (${signal})${client ? `. The cleanup after the job unregisters the client ${client} and removes its key` : ''}`,
    pendingClient: (name) => `The step ended while it registered a client with the registration token. If the space's list of clients in the Mondoo Console has a client named ${(0,_util_text_js__WEBPACK_IMPORTED_MODULE_1__/* .codeSpan */ .SS)(name)} that no other job uses, remove it there.`,
    lostClient: (client, reason) => `The client \`${client}\`, which this job registered, could not be unregistered: ${reason}. Remove the client in the Mondoo Console.`,
};


/***/ }),

/***/ 438:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  runCommand: () => (/* binding */ runCommand)
});

// EXTERNAL MODULE: external "node:os"
var external_node_os_ = __webpack_require__(8161);
var external_node_os_default = /*#__PURE__*/__webpack_require__.n(external_node_os_);
// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
// EXTERNAL MODULE: external "node:timers/promises"
var external_node_timers_promises_ = __webpack_require__(8500);
// EXTERNAL MODULE: ./src/util/errors.ts
var errors = __webpack_require__(17);
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
    await (0,external_node_timers_promises_.setTimeout)(100);
    return retryBusy(act, signal);
}
async function statIfExists(file) {
    return (0,promises_.lstat)(file).catch((error) => {
        if (isMissing(error))
            return undefined;
        throw error;
    });
}
function isMissing(error) {
    return ['ENOENT', 'ENOTDIR'].includes((0,errors/* errorCode */.CA)(error));
}

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: ./src/credentials/secrets.ts
var secrets = __webpack_require__(5515);
;// CONCATENATED MODULE: ./src/config/read.ts
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



/** The most of a file that is read, in bytes. */
const LONGEST = 1024 * 1024;
/** The start of the first line of each mondoo.yml that this action writes. */
const MARK = '# Written by register-cnspec';
const PEM = /-----BEGIN PRIVATE KEY-----([^-]*)-----END PRIVATE KEY-----/g;
/** Reads the start of a file, which PowerShell may have rewritten. A pipe would block, and a link leads elsewhere. */
async function readText(file) {
    const env_1 = { stack: [], error: void 0, hasError: false };
    try {
        if (!(await (0,promises_.lstat)(file)).isFile())
            return '';
        const handle = __addDisposableResource(env_1, await (0,promises_.open)(file), true);
        const { bytesRead, buffer } = await handle.read(Buffer.alloc(LONGEST));
        return (0,secrets/* decodeBytes */.yj)(buffer.subarray(0, bytesRead)).replace(/^\ufeff/, '');
    }
    catch (e_1) {
        env_1.error = e_1;
        env_1.hasError = true;
    }
    finally {
        const result_1 = __disposeResources(env_1);
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
        await attempt(keyFile, () => (0,promises_.unlink)(keyFile).then(() => 'key removed'));
    for (const folder of createdFolders.toReversed())
        await (0,promises_.rmdir)(folder).catch(() => { });
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
            const handle = remove_addDisposableResource(env_1, await (0,promises_.open)(file, promises_.constants.O_WRONLY | promises_.constants.O_NOFOLLOW | promises_.constants.O_NONBLOCK), true);
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
    await (0,promises_.unlink)(file);
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
    await (0,promises_.unlink)(path);
    return 'removed';
}

// EXTERNAL MODULE: ./src/report/notices.ts
var notices = __webpack_require__(1263);
;// CONCATENATED MODULE: ./src/cleanup.ts






const OUTCOMES = {
    removed: 'Removed mondoo.yml',
    'copy removed': 'Removed a temporary copy of mondoo.yml',
    'key removed': 'Removed the key file of the client',
    changed: 'mondoo.yml was not removed, because it now holds another private key. Remove it if no step needs it',
    foreign: 'mondoo.yml was not removed, because it no longer holds the key of this step',
};
/** The work of the post step: cleans up what main left on the platform and on the runner. */
async function cleanUp(manifest, job) {
    const { keyFile, client, pendingClientName, installFolders = [], ...files } = manifest;
    if (!files.config && !keyFile)
        job.log('There is nothing to clean up.');
    // First: unregistering may take a while, and it needs the key file alone.
    await removeAndReport(files, job);
    try {
        const obstacle = client && (await unregisterBy(keyFile, client, job));
        if (client && obstacle)
            job.warn(notices/* notices */.o.lostClient(client, obstacle));
        if (!client && pendingClientName)
            job.warn(notices/* notices */.o.pendingClient(pendingClientName));
    }
    finally {
        await removeAndReport({ keyFile, createdFolders: files.createdFolders }, job);
    }
    for (const folder of installFolders) {
        await (0,promises_.rm)(folder, { recursive: true, force: true, maxRetries: 5 }).catch((error) => job.warn(`The step could not remove \`${folder}\` of the cnspec installation (${(0,errors/* errorCode */.CA)(error)}). Remove it.`));
    }
}
async function removeAndReport(files, job) {
    const outcomes = await removeFiles(files, job.warn);
    for (const [outcome, file] of outcomes) {
        if (outcome === 'changed')
            job.warn(`${OUTCOMES.changed}: ${file}`);
        else if (outcome !== 'failed')
            job.log(`${OUTCOMES[outcome]}: ${file}`);
    }
    if (files.config && outcomes.length === 0)
        job.log(`There is no mondoo.yml to remove: ${files.config.path}`);
}
/** @returns why the client may still exist */
async function unregisterBy(keyFile, client, job) {
    const read = (file) => retryBusy(() => readText(file), AbortSignal.timeout(IN_USE_TIMEOUT));
    const text = keyFile && (await read(keyFile).catch(() => undefined));
    if (text === undefined)
        return 'its key file is missing or unreadable';
    // Reserved room is blank.
    if (text.trim() === '')
        return 'the step ended before it saved the key';
    // Loaded on demand, as few jobs need it and it is big.
    const { readKeyFile, unregister } = await Promise.resolve(/* import() */).then(__webpack_require__.bind(__webpack_require__, 285));
    const account = readKeyFile(text, client);
    if (!account)
        return 'its key file was changed';
    return (await unregister(client, account, job))?.reason;
}

// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
var external_node_path_default = /*#__PURE__*/__webpack_require__.n(external_node_path_);
// EXTERNAL MODULE: ./src/cnspec/version.ts
var cnspec_version = __webpack_require__(7750);
// EXTERNAL MODULE: ./src/util/duration.ts
var util_duration = __webpack_require__(6518);
// EXTERNAL MODULE: ./src/util/mrn.ts
var util_mrn = __webpack_require__(1075);
// EXTERNAL MODULE: ./src/util/text.ts
var util_text = __webpack_require__(9997);
;// CONCATENATED MODULE: ./src/input-reader.ts




function invalid(name, problem, remedy) {
    return new errors/* ActionError */.lZ('invalid-input', `The input \`${name}\` ${problem}.`, remedy);
}
/** @param problem says what the value isn't */
function invalidValue(name, value, problem, remedy) {
    return invalid(name, `is ${(0,util_text/* codeSpan */.SS)(value, 60)}, which ${problem}`, remedy);
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
        return given === '' ? undefined : parse(given, (problem) => invalid(name, problem, remedy));
    }
    const boolean = (name) => choice(name, ['true', 'false']) === 'true';
    return { text, boolean, choice, duration, url };
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

// EXTERNAL MODULE: ./src/util/url.ts
var url = __webpack_require__(7997);
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
        apiEndpoint: read.url('api-endpoint', url/* parseEndpoint */.Bk, urlLike('https://eu.api.mondoo.com')),
        /** May hold a password. */
        apiProxy: read.url('api-proxy', url/* parseProxyUrl */.Pr, PROXY_URL),
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
        updatesUrl: read.url('updates-url', url/* parseEndpoint */.Bk, urlLike('https://mirror.example.com/mondoo')),
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
        throw invalid('registration-token', 'is set, and so is `credentials`. The action can use only one of them', remedy);
    }
    if (!register) {
        const remedy = 'Remove `register`, or pass `credentials` instead of the registration token.';
        throw invalid('registration-token', 'contradicts `register: false`. A token can only register', remedy);
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
            throw invalid('annotations', `${problem} in line ${annotations.size + 1} (blank lines not counted)`, remedy);
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
        throw invalid('config-path', problem, 'Write the whole path, or leave the input out.');
    }
    if (/[\r\n\0]/.test(text))
        throw invalid('config-path', 'has more than one line', 'Give one path.');
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
        throw invalid('fail-on', 'names no finding', remedy);
    if (words.includes('all') || words.includes('none')) {
        throw invalid('fail-on', 'has `all` or `none` beside other words', remedy);
    }
    const wrong = words.find((word) => !known.includes(word));
    if (wrong === undefined)
        return new Set(words);
    const meant = known.find((finding) => isMisspelling(wrong, finding));
    const hint = meant === undefined ? '' : `Did you mean \`${meant}\`? `;
    const problem = `Unknown finding ${(0,util_text/* codeSpan */.SS)(wrong, 60)} in the input \`fail-on\`.`;
    throw new errors/* ActionError */.lZ('invalid-input', problem, hint + remedy);
}

// EXTERNAL MODULE: ./src/job.ts
var src_job = __webpack_require__(7228);
// EXTERNAL MODULE: ./src/platform/agent-info.ts + 1 modules
var agent_info = __webpack_require__(1283);
// EXTERNAL MODULE: ./src/credentials/fields.ts
var credentials_fields = __webpack_require__(585);
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

// EXTERNAL MODULE: ./src/credentials/decode.ts
var credentials_decode = __webpack_require__(7562);
// EXTERNAL MODULE: ./src/util/json.ts
var json = __webpack_require__(4976);
;// CONCATENATED MODULE: ./src/credentials/diagnose.ts


const PASS_SECRET = 'The action uses the text as it is. Pass the value of the secret.';
const STORE_UNCHANGED = 'Store the JSON unchanged as the secret.';
const COPY_AGAIN = 'Copy the JSON again from the Mondoo Console and store it as the secret.';
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
    [/\*\*\*/, 'text with `***`, as if it was copied from a log', COPY_AGAIN],
    [isWrapped, 'JSON with a name before it, or inside another object', INNER_JSON],
    [
        ({ document = {} }) => !document.mrn && document.type !== 'external_account' && 'audience' in document,
        "a workload identity JSON, but its field `type` isn't `external_account`",
        COPY_AGAIN,
    ],
];
function isWrapped({ text, document }) {
    if (!document)
        return /^(?:export\s+)?[\w.-]+\s*[:=]\s*["']?\{/.test(text);
    const isInner = (value) => (0,json/* isMap */.jh)(value) && ['mrn', 'private_key', 'audience'].some((key) => key in value);
    return !document.mrn && Object.values(document).some(isInner);
}
/** Says what was pasted instead of credentials, if that is known. */
function diagnose(pasted) {
    const row = ROWS.find(([shows]) => (shows instanceof RegExp ? shows.test(pasted.text) : shows(pasted)));
    return row && (0,credentials_fields/* invalid */.Gq)(`The text that was passed as credentials is ${row[1]}.`, row[2]);
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

const base64url_invalid = "The input to be decoded is not correctly encoded.";
function base64url_decode(input) {
  try {
    return decodeBase64(typeof input == "string" ? input : decoder.decode(input), !0);
  } catch (cause) {
    throw new TypeError(base64url_invalid, { cause });
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


;// CONCATENATED MODULE: ./src/credentials/external-account.ts





const external_account_COPY_AGAIN = 'Copy the workload identity JSON again from the Mondoo Console.';
const JWT = 'urn:ietf:params:oauth:token-type:jwt';
/**
 * Checks that an ID token for a workload identity is for Mondoo and goes to Mondoo: the file is untrusted.
 * @param endpoint the input `api-endpoint`, which wins over the file's own
 * @throws ActionError
 */
function readExternalAccount(document, endpoint) {
    const fields = (0,credentials_fields/* fieldsOf */.Pf)(document, 'workload identity JSON', external_account_COPY_AGAIN);
    for (const name of ['audience', 'universeDomain', 'issuerUri']) {
        // Messages quote these fields.
        if (fields.required(name).includes('-----BEGIN'))
            throw fields.unusable(name, 'holds a key or a certificate');
    }
    const ownerMrn = fields.mrn('audience', 'owner');
    if ((document.subjecttokentype || JWT) !== JWT) {
        throw fields.unusable('subjectTokenType', `isn't \`${JWT}\`, the only kind that Mondoo Platform exchanges`);
    }
    const declaredEndpoint = fields.url('universeDomain', url/* parseEndpoint */.Bk);
    const isTrusted = (0,url/* isTrustedHost */.gM)(declaredEndpoint) || (endpoint && (0,url/* isSameHost */.Xf)(declaredEndpoint, endpoint));
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

;// CONCATENATED MODULE: ./src/credentials/readable.ts



const isText = (value) => typeof value === 'string';
/** The types that cnspec expects. If a field has another one, cnspec can't load the file. */
const TYPES = [
    ['text', isText, ['category', 'updates_url', 'providers_url', 'type', 'audience', 'issueruri', 'universedomain']],
    ['a list of strings', (value) => [value].flat().every(isText), ['features', 'scopes']],
    ['a map of strings', (value) => (0,json/* isMap */.jh)(value) && Object.values(value).every(isText), ['annotations', 'labels']],
    ['an object with text as `method`', (value) => (0,json/* isMap */.jh)(value) && isText(value.method ?? ''), ['auth']],
    ['an object', json/* isMap */.jh, ['scan_interval']],
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
    const method = token && !key ? 'a token' : OTHER_METHODS.get((0,json/* isMap */.jh)(auth) && auth.method);
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
    if (endpoint === undefined && !(0,url/* isTrustedHost */.gM)(apiEndpoint))
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

// EXTERNAL MODULE: ./src/credentials/route.ts
var credentials_route = __webpack_require__(3035);
// EXTERNAL MODULE: ./src/credentials/service-account.ts + 1 modules
var service_account = __webpack_require__(3970);
// EXTERNAL MODULE: ./src/util/paths.ts
var paths = __webpack_require__(4964);
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
    const route = { endpoint, apiProxy, named, ...(0,credentials_route/* routeTo */.B)(endpoint, named, job) };
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
        const parse = decoded.form.endsWith('JSON') ? credentials_decode/* parseJson */.qF : (await Promise.all(/* import() */[__webpack_require__.e(815), __webpack_require__.e(139)]).then(__webpack_require__.bind(__webpack_require__, 3139))).parseYaml;
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
        const { warnings, ...session } = (0,service_account/* readServiceAccount */.Zf)(document, { endpoint, now });
        return { identity: { kind: 'service account', ...session }, source, warnings, origin };
    }
    catch (error) {
        if (!(error instanceof errors/* ActionError */.lZ) || error.code !== 'invalid-credentials')
            throw error;
        throw diagnose(pasted) ?? error;
    }
}

// EXTERNAL MODULE: ./src/platform/call-error.ts
var call_error = __webpack_require__(2492);
// EXTERNAL MODULE: ./src/platform/client.ts + 2 modules
var client = __webpack_require__(349);
// EXTERNAL MODULE: ./src/platform/deadline.ts
var platform_deadline = __webpack_require__(2219);
// EXTERNAL MODULE: ./src/platform/request-token.ts
var request_token = __webpack_require__(9354);
;// CONCATENATED MODULE: ./src/platform/status-check.ts


/** Beyond this skew, in milliseconds, no request is signed with the platform's time. */
const MAX_PROVABLE_SKEW = 7 * 24 * 3_600_000;
async function checkPlatform(client) {
    const health = await client.checkHealth().catch(asCallError);
    if (health instanceof call_error/* CallError */.RA || health.time === undefined)
        return { health };
    return { health, skew: health.time.getTime() - health.localTime.getTime() };
}
/** @param known what `checkPlatform` found before */
async function checkAccount(client, signer, known) {
    const [platform, ping] = await Promise.all([known ?? checkPlatform(client), outcomeOf(client.pingPong(signer))]);
    const check = { ...platform, ping };
    const { health, skew } = check;
    const isRefused = ping instanceof call_error/* CallError */.RA && ping.code === call_error/* RpcCode */.ti.Unauthenticated;
    if (!isRefused || health instanceof call_error/* CallError */.RA || skew === undefined)
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
    const isRefused = ping?.code === call_error/* RpcCode */.ti.Unauthenticated || ping?.code === call_error/* RpcCode */.ti.PermissionDenied;
    return isRefused ? false : undefined;
}
function isClockUnknown({ health }) {
    return !(health instanceof call_error/* CallError */.RA) && health.time === undefined;
}
function canSign({ health, skew }) {
    return health instanceof call_error/* CallError */.RA || skew === undefined || (0,request_token/* fitsPlatformTime */.n)(skew, measurementError(health));
}
/** How wrong a skew may be, in milliseconds: the platform sends its time in whole seconds. */
function measurementError({ roundTrip }) {
    return 1000 + roundTrip / 2;
}
const outcomeOf = (ping) => ping.then(() => 'accepted', asCallError);
function asCallError(error) {
    if (error instanceof call_error/* CallError */.RA)
        return error;
    throw error;
}

// EXTERNAL MODULE: ./src/config/manifest.ts
var manifest = __webpack_require__(1873);
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
    if (![apiEndpoint, declaredEndpoint].some((endpoint) => (0,url/* isSameHost */.Xf)(account.apiEndpoint, endpoint))) {
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
    if (!(0,json/* isMap */.jh)(credential))
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
        const { account, document } = (0,service_account/* readServiceAccount */.Zf)(read(), { now });
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

// EXTERNAL MODULE: ./src/cnspec/redact.ts
var redact = __webpack_require__(3377);
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

;// CONCATENATED MODULE: ./src/report/facts.ts






/** Beyond this skew, in milliseconds, cnspec warns. */
const WARNS_BEYOND = 30_000;
/** What log, outputs, summary and JSON have in common, in cnspec's words; undefined if it isn't known. */
function factsOf(result) {
    const { startedAt, identity, account, check, cnspec } = result;
    const target = targetOf(result);
    const health = check?.health instanceof call_error/* CallError */.RA ? undefined : check?.health;
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

// EXTERNAL MODULE: ./src/unregister.ts
var unregister = __webpack_require__(285);
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
    const route = idTokens.url && (0,credentials_route/* routeTo */.B)(idTokens.url.href, undefined, job);
    const { issuerUri, ownerMrn: audience } = external;
    const found = {};
    let idToken;
    const freshToken = async () => {
        if (idToken && !idToken.hasExpired())
            return idToken.jwt;
        idToken = await idTokens.request(audience, { ...route, deadline, onRetry: (0,notices/* logRetries */.z)(job) });
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
        job.log(notices/* notices */.o.exchanged(expiresAt === undefined ? '' : `, valid until ${timestamp(expiresAt)}`));
        return { session, found: { ...found, account } };
    }
    catch (error) {
        if (!(error instanceof call_error/* CallError */.RA))
            throw error;
        return { found: { ...found, exchangeError: error } };
    }
}
/** Registers a client with a registration token, which mints a service account for it. */
async function mintClient({ token }, { job, platform, deadline, startedAt, host, rollback, registration, route }, keyFile) {
    const { name } = registration;
    const info = (0,agent_info/* agentInfo */.ev)(host, agent_info/* VERSION */.xv, job.labels);
    job.throwIfOver();
    job.log(notices/* notices */.o.minting(name));
    job.remember({ pendingClientName: name });
    try {
        // Without the key file, no one could unregister the client.
        const { answer, minted } = await job.critical(async (grace) => {
            const answer = await platform.registerWithToken(token.jwt, name, info, deadline.withGrace(grace));
            const minted = readRegistered(answer, token, { apiProxy: route.apiProxy, now: startedAt });
            const { client, account, document } = minted;
            rollback.defer(() => (0,unregister/* rollBack */.F)(client, account, keyFile, job));
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
        if (!(error instanceof call_error/* CallError */.RA))
            throw error;
        // If the job is over, the platform may still answer: post names the client.
        job.throwIfOver();
        (0,manifest/* forget */.y6)('pendingClientName', job.remember);
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
    const outdated = account?.certificate && (0,service_account/* certificateProblem */.VP)(account.certificate, startedAt);
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
    return `error \`${(0,call_error/* rpcName */.NP)(code)}\`${message && `, "${message.replace(/["`]/g, "'").replace(/\.$/, '')}"`}${asked}`;
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
const TOKEN_REJECTED = [call_error/* RpcCode */.ti.InvalidArgument, call_error/* RpcCode */.ti.PermissionDenied, call_error/* RpcCode */.ti.Unauthenticated];
/** Says why workload identity federation gave no service account. */
function exchangeFinding(result, error) {
    const { apiEndpoint, ownerMrn } = targetOf(result) ?? {};
    if (error.method !== client/* EXCHANGE */.W) {
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
    const isDenied = error.code === call_error/* RpcCode */.ti.PermissionDenied;
    if (isDenied || error.code === call_error/* RpcCode */.ti.Unauthenticated) {
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
    const isDenied = error.code === call_error/* RpcCode */.ti.PermissionDenied;
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
    if (health instanceof call_error/* CallError */.RA) {
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
    if (last.code === call_error/* RpcCode */.ti.PermissionDenied)
        return permissionDenied(result, last);
    if (last.code !== call_error/* RpcCode */.ti.Unauthenticated)
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
    if (skew === undefined || health instanceof call_error/* CallError */.RA)
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
    if (pingAtServerTime?.code === call_error/* RpcCode */.ti.PermissionDenied)
        return `${rejects}.`;
    if (ping !== 'accepted' && ping?.code === call_error/* RpcCode */.ti.Unauthenticated && Math.abs(skew) > MAX_PROVABLE_SKEW) {
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
var external_node_child_process_ = __webpack_require__(1421);
// EXTERNAL MODULE: external "node:util"
var external_node_util_ = __webpack_require__(7975);
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
    const read = (file) => (0,promises_.readFile)(file, 'utf8').catch(() => '');
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
        const [stats] = await Promise.all([(0,promises_.stat)(file), (0,promises_.access)(file, promises_.constants.X_OK)]).catch(() => []);
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
    const { installCnspec } = await __webpack_require__.e(/* import() */ 251).then(__webpack_require__.bind(__webpack_require__, 4251));
    const { executable, result } = await installCnspec(spec, {
        ...contextOf(work),
        updatesUrl: inputs.updatesUrl,
        routeTo: (url) => (0,credentials_route/* routeTo */.B)(url, named, job),
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
    const { compareWithCnspec } = await __webpack_require__.e(/* import() */ 21).then(__webpack_require__.bind(__webpack_require__, 9021));
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

// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
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
        await (0,promises_.mkdir)(folder, { recursive: true, mode: folder === missing.at(-1) ? PRIVATE : PUBLIC });
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
    const { mode, uid } = await (0,promises_.stat)(folder);
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
        if (!(await (0,promises_.lstat)(own)).isDirectory())
            throw pathTaken(`\`${own}\` is not a folder, or it is a link to one.`);
    }
    // The umask may have taken permissions away, and an earlier step may have given some.
    await (0,promises_.chmod)(folder, PRIVATE);
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
        return retryBusy(() => (0,promises_.open)(file, 'wx', 0o600), signal);
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
        if ((0,json/* isMap */.jh)(value) && Object.keys(value).length > 0)
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
                    await (0,promises_.rename)(temporaryPath, file).catch((error) => {
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
        job.warn(notices/* notices */.o.inWorkspace(inputs.configPath));
    const room = ROOM + Buffer.byteLength(JSON.stringify([identity, inputs.annotations]));
    const options = { room, signal: deadline.signal, rollback, job };
    rollback.defer(async () => {
        // Post needs the key of a client that could not be unregistered.
        const { client, keyFile, ...rest } = job.manifest;
        // If a file is in use, post has more time for it.
        const outcomes = await removeFiles(client ? rest : job.manifest, job.warn, 1000);
        if (outcomes.every(([outcome]) => outcome !== 'failed'))
            (0,manifest/* forget */.y6)('config', job.remember);
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
        job.warn(notices/* notices */.o.replacedAccount(config.path, replaced, account.mrn));
    const variables = overridingVariables(job.env, keys);
    for (const name of variables.set)
        job.warn(notices/* notices */.o.override(name));
    for (const name of variables.empty)
        job.warn(notices/* notices */.o.emptyProxy(name));
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
            const deadline = new platform_deadline/* Deadline */.B(inputs.timeout, job.signal);
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
        const platform = register_addDisposableResource(env_2, new client/* PlatformClient */.Ht({ ...route, deadline, onRetry: (0,notices/* logRetries */.z)(job) }), false);
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
            job.warn(notices/* notices */.o.unknownClock);
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
        if (!(error instanceof call_error/* CallError */.RA))
            throw error;
        return { ...registration, error, failedAt: new Date() };
    }
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

;// CONCATENATED MODULE: ./src/terminal/ci.ts



const CIS = [
    {
        name: 'GitLab',
        variables: ['GITLAB_CI', 'CI_PROJECT_PATH', 'CI_JOB_NAME'],
        isFork: ({ CI_MERGE_REQUEST_SOURCE_PROJECT_ID: source, CI_MERGE_REQUEST_PROJECT_ID: target }) => source !== target,
        setUp: 'Add the variable `MONDOO_CREDENTIALS` under Settings → CI/CD → Variables, or check its environment scope.',
        idToken: 'Add `id_tokens:` to the job, with `JWT_TOKEN:` and the `audience` of the JSON as `aud:`.',
    },
    {
        name: 'Azure Pipelines',
        variables: ['TF_BUILD', 'BUILD_REPOSITORY_NAME', 'SYSTEM_JOBNAME'],
        isFork: ({ SYSTEM_PULLREQUEST_ISFORK }) => /^true$/i.test(SYSTEM_PULLREQUEST_ISFORK ?? ''),
        setUp: 'Add a secret variable, and map it with `env:`, as `MONDOO_CREDENTIALS: $(MONDOO_CREDENTIALS)`.',
    },
    {
        name: 'CircleCI',
        variables: ['CIRCLECI', 'CIRCLE_PROJECT_REPONAME', 'CIRCLE_JOB'],
        isFork: ({ CIRCLE_PR_REPONAME }) => Boolean(CIRCLE_PR_REPONAME),
        setUp: 'Add `MONDOO_CREDENTIALS` to the project, or to a context that the workflow names.',
        idToken: 'Set `JWT_TOKEN` with `circleci run oidc get`, with the `audience` of the JSON as `aud`.',
    },
    {
        name: 'Jenkins',
        variables: ['JENKINS_URL', 'JOB_NAME', 'STAGE_NAME'],
        isFork: ({ CHANGE_FORK }) => Boolean(CHANGE_FORK),
        setUp: 'Bind a credential to `MONDOO_CREDENTIALS` with `withCredentials`.',
    },
    {
        name: 'Bitbucket Pipelines',
        variables: ['BITBUCKET_BUILD_NUMBER', 'BITBUCKET_REPO_FULL_NAME', ''],
        setUp: 'Add `MONDOO_CREDENTIALS` as a secured repository variable.',
    },
];
/** Finds the CI that the command runs on; a shell is one, too. */
function findCi(env) {
    const setUp = 'Use `--credentials FILE`, or set `MONDOO_CREDENTIALS`.';
    return CIS.find(({ variables: [mark] }) => env[mark]) ?? { name: 'a shell', variables: ['', '', ''], setUp };
}
/** Explains why something secret is missing. @param missing is one sentence */
function explainMissing(missing, ci, onMissing, env) {
    const explain = (reason, remedy, code = 'missing-credentials') => new errors/* ActionError */.lZ(code, missing + reason, remedy);
    if (ci.isFork?.(env)) {
        const reason = ` This change comes from a fork, and ${ci.name} gives forks no secrets by default.`;
        return onMissing === 'skip'
            ? explain(reason, 'No action needed if the change is checked after the merge.', 'skipped')
            : explain(reason, 'Set `on-missing-credentials: skip`, and check the change after the merge.');
    }
    if (env.CI_COMMIT_REF_PROTECTED !== 'false' || ci.setUp === ci.idToken)
        return explain('', ci.setUp);
    const reason = ` ${(0,util_text/* codeSpan */.SS)(env.CI_COMMIT_REF_NAME ?? '')} isn't a protected branch or tag, and GitLab passes protected variables only to those.`;
    return explain(reason, `If the variable is protected, clear *Protect variable* or protect the branch. ${ci.setUp}`);
}
/** Takes the ID token from a variable, as cnspec does. It can't be fetched again. */
function idTokensFrom(variable, jwt, setUp) {
    const refused = (problem, remedy = setUp, code = 'invalid-credentials') => new errors/* ActionError */.lZ(code, `The ID token in \`${variable}\` ${problem}. It was not sent.`, remedy);
    return {
        url: undefined,
        async request(audience) {
            const [token, now] = [readIdToken(jwt), new Date()];
            if (!token)
                throw refused("isn't a JWT");
            const mismatch = `is for the audience ${(0,util_text/* codeSpan */.SS)(token.audiences.join())}, but the workload identity JSON expects \`${audience}\``;
            if (!token.audiences.includes(audience))
                throw refused(mismatch);
            if (!(token.expiresAt && token.expiresAt <= now))
                return token;
            const problem = `expired at ${token.expiresAt.toISOString()}. The runner's clock says ${now.toISOString()}`;
            throw refused(problem, 'Run the job again, with this command earlier in the job.', 'unauthenticated');
        },
    };
}

;// CONCATENATED MODULE: ./src/terminal/options.ts






/** A wrong command line. The message quotes no value, as that may be a secret. */
class UsageError extends Error {
}
const COMMANDS = ['check', 'register', 'cleanup'];
/** Options that are the inputs of the same name. */
const INPUTS = 'api-endpoint api-proxy name expect-space max-clock-skew fail-on on-missing-credentials timeout verify-with-cnspec';
const HELP = `Usage  register-cnspec [check | register | cleanup] [options]

  check     (default) checks the credentials, and registers no client
  register  registers a client and writes mondoo.yml
  cleanup   removes what an earlier command left

  --credentials FILE      the credentials, - is standard input (default MONDOO_CREDENTIALS, MONDOO_CONFIG_BASE64,
                          and with \`register\` MONDOO_REGISTRATION_TOKEN)
  --id-token-env NAME     the variable with the ID token for a workload identity JSON (default JWT_TOKEN)
  --config FILE           path to mondoo.yml, which \`register\` and \`cleanup\` need
  --annotation KEY=VALUE  added to each asset that cnspec scans, may be repeated
  --json                  the outputs as JSON on stdout, everything else on stderr
  --dotenv FILE           the outputs as MONDOO_GATE_<OUTPUT>=value
  --junit FILE            a test case for each finding
  As in docs/inputs.md:   --${INPUTS.replaceAll(' ', ' --').replace(' --max', `\n${' '.repeat(26)}--max`)}

Each option but \`--json\` is also a variable, such as REGISTER_CNSPEC_FAIL_ON.
Exits 0 if the check passed, 1 if it failed, 2 on wrong usage, 130 or 143 after a signal. See docs/other-ci.md.`;
const NAMES = `${INPUTS} credentials id-token-env config dotenv junit annotation`.split(' ');
const OPTIONS = Object.fromEntries(NAMES.map((name) => [name, { type: 'string', multiple: true }]));
function readOptions(args, env) {
    const [values, command = 'check', ...others] = parse(args);
    if (!COMMANDS.includes(command) || others.length > 0) {
        throw new UsageError(`Use one of the commands \`${COMMANDS.join('`, `')}\`. Pass secrets in variables or files.`);
    }
    const variableOf = (name) => `REGISTER_CNSPEC_${name.replaceAll('-', '_').toUpperCase()}`;
    const option = (name) => (values[name] ?? [(NAMES.includes(name) && env[variableOf(name)]) || '']).join('\n');
    if (values['api-proxy']?.some((proxy) => (0,secrets/* proxySecrets */.Wm)(proxy).length > 0)) {
        throw new UsageError('Other processes can read the password in `--api-proxy`. Use `REGISTER_CNSPEC_API_PROXY`.');
    }
    const config = option('config') === '' ? undefined : resolveConfig(option('config'), process.cwd());
    if (command !== 'check' && config === undefined)
        throw new UsageError(`\`${command}\` needs \`--config FILE\`.`);
    const registrationToken = secret(env.MONDOO_REGISTRATION_TOKEN);
    if (command === 'check' && registrationToken !== '') {
        throw new UsageError("`check` can't use `MONDOO_REGISTRATION_TOKEN`: a registration token can only register.");
    }
    const credentials = command === 'cleanup' ? { text: '', place: '' } : readCredentials(option('credentials'), env);
    return { command, option, config, json: 'json' in values, credentials, registrationToken };
}
function parse(args) {
    try {
        const options = { ...OPTIONS, json: { type: 'boolean' } };
        const { values, positionals } = (0,external_node_util_.parseArgs)({ args, options, allowPositionals: true });
        return [values, ...positionals];
    }
    catch (error) {
        const known = /^[^']*'[\w<> -]{1,28}'[^'.\n]*/.exec(error.message);
        throw new UsageError(`${known ?? 'Unknown option (not shown)'}.`);
    }
}
function readCredentials(file, env) {
    if (file === '')
        return { text: secret(env.MONDOO_CREDENTIALS), place: 'the variable `MONDOO_CREDENTIALS`' };
    try {
        const place = file === '-' ? 'standard input' : `the file ${(0,util_text/* codeSpan */.SS)(file)}`;
        return { text: (0,external_node_fs_.readFileSync)(file === '-' ? 0 : file, 'utf8'), place };
    }
    catch (error) {
        throw new UsageError(`The file of \`--credentials\` can't be read (${(0,errors/* errorCode */.CA)(error)}).`);
    }
}
/** Azure Pipelines leaves `$(NAME)` as it is if there is no such variable. */
function secret(value = '') {
    return /^\$\([\w.]+\)$/.test(value.trim()) ? '' : value;
}

;// CONCATENATED MODULE: ./src/terminal/state.ts






const stateOf = (config) => external_node_path_default().join(external_node_path_default().dirname(config), `.${external_node_path_default().basename(config)}.cleanup.json`);
/** Saves what `cleanup` will need, in a private file beside mondoo.yml. @throws ActionError */
function saveState(config, manifest) {
    const [file, fresh] = [stateOf(config), `${stateOf(config)}.${(0,external_node_crypto_.randomUUID)()}`];
    try {
        (0,external_node_fs_.mkdirSync)(external_node_path_default().dirname(file), { recursive: true, mode: 0o700 });
        (0,external_node_fs_.writeFileSync)(fresh, JSON.stringify(manifest), { mode: 0o600, flag: 'wx' });
        (0,external_node_fs_.renameSync)(fresh, file);
    }
    catch (error) {
        (0,external_node_fs_.rmSync)(fresh, { force: true });
        explainUnwritable(external_node_path_default().dirname(file), true)(error);
    }
}
/** Reads what an earlier command left. @throws ActionError if another user or a checkout may have written the file */
function readState(config) {
    const file = stateOf(config);
    const stats = (0,external_node_fs_.lstatSync)(file, { throwIfNoEntry: false });
    if (!stats)
        return undefined;
    const isPrivate = process.platform === 'win32' || (stats.uid === process.getuid?.() && (stats.mode & 0o177) === 0);
    const state = stats.isFile() && isPrivate && (0,manifest/* readManifest */.WI)((0,external_node_fs_.readFileSync)(file, 'utf8'));
    if (state && (0,manifest/* belongsTo */.g4)(config, state))
        return state;
    const message = `\`${file}\` isn't private, or register-cnspec did not write it. The command ignored it and left it unchanged.`;
    const remedy = 'If the repository brought it, remove it. Otherwise run `chmod 600` on it and run `cleanup` again.';
    throw new errors/* ActionError */.lZ('runner-error', message, remedy);
}
/** Removes the state, and the folders that are empty then. */
function removeState(config, { createdFolders = [] }) {
    try {
        (0,external_node_fs_.rmSync)(stateOf(config), { force: true });
        for (const folder of createdFolders.toReversed())
            (0,external_node_fs_.rmdirSync)(folder);
    }
    catch {
        // A folder that is in use remains.
    }
}

;// CONCATENATED MODULE: ./src/terminal/job.ts








/** A job of any CI, or a shell, seen from a command. */
function terminalJob(env, ci, options, output) {
    const { option, config, credentials } = options;
    const over = new AbortController();
    const [, project, job] = ci.variables.map((name) => env[name]);
    // On macOS it is behind a link.
    const temp = (0,external_node_fs_.existsSync)(external_node_os_default().tmpdir()) ? (0,external_node_fs_.realpathSync)(external_node_os_default().tmpdir()) : external_node_os_default().tmpdir();
    const privatePath = external_node_path_default().join(temp, `register-cnspec-${(0,external_node_crypto_.randomUUID)()}`, 'mondoo.yml');
    let manifest = {};
    return {
        env,
        workspace: process.cwd(),
        temp,
        toolCache: undefined,
        credentialsPlace: credentials.place,
        defaultName: [project, job].filter(Boolean).join('/') || external_node_os_default().hostname(),
        labels: { 'register-cnspec/ci': ci.name, ...(project && { 'register-cnspec/project': project }) },
        signal: over.signal,
        throwIfOver: () => over.signal.throwIfAborted(),
        findSuperseded: () => undefined,
        critical: (0,src_job/* watchSignals */.R)(over),
        ...output,
        get manifest() {
            return manifest;
        },
        remember(change) {
            const next = { ...manifest, ...change };
            // Before there is anything to clean up, no folder is created.
            if (config && Object.keys(next).length > 0)
                saveState(config, next);
            manifest = next;
        },
        keepsConfig: config !== undefined,
        defaultConfigPath: () => config ?? privatePath,
        async explainMissingCredentials(onMissing) {
            const missing = `Nothing was found in ${credentials.place} or in \`MONDOO_CONFIG_BASE64\`.`;
            return explainMissing(missing, ci, onMissing, env);
        },
        async findIdTokens(onMissing) {
            const variable = option('id-token-env') || 'JWT_TOKEN';
            const setUp = ci.idToken ?? `Put an ID token for the \`audience\` of the JSON into \`${variable}\`.`;
            const jwt = secret(env[variable]).trim();
            if (jwt !== '')
                return idTokensFrom(variable, jwt, setUp);
            throw explainMissing(`The variable \`${variable}\` has no ID token.`, { ...ci, setUp }, onMissing, env);
        },
    };
}

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

;// CONCATENATED MODULE: ./src/report/junit.ts




const wasAccepted = ({ check }) => check?.ping === 'accepted' || check?.pingAtServerTime === 'accepted';
/** Whether the work came far enough to rule a finding out. */
const RULED_OUT = {
    'invalid-input': () => true,
    'missing-credentials': ({ error }) => error?.code !== 'invalid-input',
    'invalid-credentials': ({ identity }) => identity !== undefined,
    'runner-error': ({ identity }) => identity !== undefined,
    unreachable: ({ check }) => check !== undefined,
    'not-serving': ({ check }) => check !== undefined && !(check.health instanceof call_error/* CallError */.RA),
    unauthenticated: wasAccepted,
    'permission-denied': wasAccepted,
    'clock-skew': ({ check }) => check?.skew !== undefined,
    unregistered: ({ registration }) => registration.wanted && registration.clientMrn !== undefined,
    'cnspec-failed': ({ cnspec }) => cnspec !== undefined,
    skipped: ({ error }) => error?.code !== 'invalid-input',
};
/** The verdict as JUnit XML: always the same cases, one for each finding. */
function junitXml(result, { fatal, tolerated }) {
    const cases = errors/* FINDINGS */.TG.map((code) => {
        const finding = [...fatal, ...tolerated].find((finding) => finding.code === code);
        let content = RULED_OUT[code](result) ? '' : '<skipped/>';
        if (finding) {
            const text = escapeXml(findingText(finding));
            content = fatal.includes(finding)
                ? `<failure message="${escapeXml(errors/* TITLES */.eX[code])}">${text}</failure>`
                : `<system-out>${text}</system-out>`;
        }
        return `<testcase classname="register-cnspec" name="${code}">${content}</testcase>\n`;
    });
    const suite = `<testsuite name="register-cnspec" tests="${cases.length}">\n${cases.join('')}</testsuite>`;
    return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suite}\n</testsuites>\n`;
}
/** XML has no lone surrogates, no U+FFFE and no U+FFFF. */
function escapeXml(text) {
    const valid = (0,util_text/* plainText */.wh)(text, 2000).toWellFormed();
    return valid.replace(/[\ufffe\uffff]/g, '').replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

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
        check?.health instanceof call_error/* CallError */.RA && `x could not check upstream health error=${quoted(check.health)}`,
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
        check?.ping instanceof call_error/* CallError */.RA && `x could not connect to mondoo platform error=${quoted(check.ping)}`,
        ...warningsOf(result, verdict).map((warning) => `! ${warning}`),
    ];
    return lines.filter((line) => typeof line === 'string').map((line) => (0,util_text/* plainText */.wh)(line, 1000));
}

;// CONCATENATED MODULE: ./src/terminal/report.ts










/** Replaces words of the core by those of a command line. */
const WORDS = [
    // The command installs no cnspec.
    [/(?:, or s|\. Or s|\. S)et the input `cnspec-version`[^.]*/g, ''],
    [/, or leave (?:the input|`config-path`) out(?=\.)/g, ''],
    [/\b([Tt])he input `registration-token`/g, '$1he variable `MONDOO_REGISTRATION_TOKEN`'],
    [/\b([Tt])he input\b/g, '$1he option'],
    [/\b([Tt]he option) `(name|timeout|credentials)`/g, '$1 `--$2`'],
    [/set `register: false`/g, 'use the command `check`'],
    [/Store the content of the file as the secret\./g, 'Pass the path with `--credentials`.'],
    [/\b[Tt]he cleanup after the job\b/g, '`register-cnspec cleanup`'],
    [/`config-path`/g, '`--config`'],
    [/`annotations`/g, '`--annotation`'],
    [/`(api-endpoint|api-proxy|expect-space|max-clock-skew)`/g, '`--$1`'],
    [/`(fail-on|on-missing-credentials|verify-with-cnspec)(?::( \w+))?`/g, '`--$1$2`'],
    [/\bth(?:e|is) (?:action|step)\b/gi, 'register-cnspec'],
];
/** Prints what people read: on stdout, or on stderr if stdout is for JSON. Colored on a terminal only. */
function createOutput({ json, option }, isAzure) {
    const stream = json ? process.stderr : process.stdout;
    const print = (text, color) => void stream.write(`${color ? (0,external_node_util_.styleText)(color, text, { stream }) : text}\n`);
    const plain = (text) => (0,util_text/* plainText */.wh)(inWords(text, WORDS), 1000);
    const explain = (finding, fatal, mark, color) => {
        print(`${mark} ${plain(findingTitle(finding, fatal))}`, color);
        print(annotationText([finding], (code) => `docs/troubleshooting.md#${code}`));
    };
    const write = (name, text) => {
        if (option(name) === '')
            return undefined;
        try {
            // A checkout may have put a link there.
            const file = (0,external_node_fs_.openSync)(option(name), external_node_fs_.constants.O_WRONLY | external_node_fs_.constants.O_CREAT | external_node_fs_.constants.O_TRUNC | external_node_fs_.constants.O_NOFOLLOW);
            (0,external_node_fs_.writeFileSync)(file, text);
            return void (0,external_node_fs_.closeSync)(file);
        }
        catch (error) {
            const message = `The file of \`--${name}\` could not be written (${(0,errors/* errorCode */.CA)(error)}).`;
            return new errors/* ActionError */.lZ('runner-error', message, 'Check that its folder exists and that you may write to it.');
        }
    };
    const printJson = (values) => void (json && process.stdout.write(`${JSON.stringify(values)}\n`));
    return {
        log: (line) => print(plain(line)),
        warn: (text) => print(`! ${plain(text)}`, 'yellow'),
        /** Azure Pipelines reads masks on stdout, and unescapes them. Other CIs have none that a program can set. */
        mask: (secrets) => {
            const escaped = (text) => text.replaceAll('%', '%AZP25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
            if (isAzure && !json)
                for (const secret of secrets)
                    print(`##vso[task.setsecret]${escaped(secret)}`);
        },
        report(result, found) {
            const verdict = verdictInWords(found, WORDS);
            for (const line of statusLines(result, verdict))
                print(line);
            if (verdict.status === 'ok')
                print(`→ ${titleOf(result, verdict)}`, 'green');
            for (const finding of verdict.tolerated)
                explain(finding, verdict.fatal, verdict.passed ? '→' : '!', 'yellow');
            for (const finding of verdict.fatal)
                explain(finding, verdict.fatal, 'x', 'red');
            const values = outputs(result, verdict);
            // The one that later jobs read comes last.
            const obstacle = write('junit', junitXml(result, verdict)) ?? write('dotenv', dotenv(values));
            if (obstacle)
                throw obstacle;
            printJson(values);
        },
        reportFailure(obstacle) {
            explain(obstacle, [obstacle], 'x', 'red');
            printJson(withdrawn(obstacle));
            write('dotenv', dotenv(withdrawn(obstacle)));
        },
    };
}

;// CONCATENATED MODULE: ./src/terminal/command.ts














const ANSWERS = { '--help': HELP, '-h': HELP, '--version': agent_info/* VERSION */.xv };
/** Runs the command. @returns its exit code */
async function runCommand(args, env) {
    process.on('uncaughtException', (error) => process.exit(explain(error)));
    // If the reader closes the pipe, finish anyway.
    for (const stream of [process.stdout, process.stderr])
        stream.on('error', () => { });
    const asked = Object.entries(ANSWERS).find(([option]) => args.includes(option));
    if (!asked)
        return execute(args, env).catch(explain);
    process.stdout.write(`${asked[1]}\n`);
    return 0;
}
function explain(error) {
    const isUsage = error instanceof UsageError;
    const text = isUsage ? `${error.message} For help: register-cnspec --help` : inWords((0,errors/* describeCrash */.p7)(error), WORDS);
    process.stderr.write(`${text}\n`);
    return isUsage ? 2 : 1;
}
async function execute(args, env) {
    const options = readOptions(args, env);
    const { command, option, config, credentials, registrationToken } = options;
    const ci = findCi(env);
    const output = createOutput(options, ci.name === 'Azure Pipelines');
    const cleanUpEarlier = async () => {
        const left = config && readState(config);
        const refused = `An earlier command left \`mondoo.yml\` at \`${config}\`.`;
        const remedy = 'Run `register-cnspec cleanup` with the same `--config`, or use another path.';
        if (left && command === 'check')
            throw new errors/* ActionError */.lZ('runner-error', refused, remedy);
        if (left || command === 'cleanup')
            await cleanUp(left || {}, { env, ...output });
        if (config && left)
            removeState(config, left);
    };
    if (command === 'cleanup') {
        await cleanUpEarlier().catch((error) => {
            if (!(error instanceof errors/* ActionError */.lZ))
                throw error;
            output.warn(`${error.message} ${error.remedy}`);
        });
        return 0;
    }
    const job = terminalJob(env, ci, options, output);
    const inputs = {
        credentials: credentials.text,
        'registration-token': registrationToken,
        register: String(command === 'register'),
        'config-path': option('config'),
        annotations: option('annotation'),
    };
    try {
        const { passed } = await run(job, async () => {
            const read = readInputs((name) => inputs[name] ?? option(name), job);
            // So that no client and no key is forgotten.
            await cleanUpEarlier();
            return read;
        });
        return passed ? 0 : 1;
    }
    catch (error) {
        if (!(error instanceof src_job/* JobCancelled */.x))
            throw error;
        output.log(notices/* notices */.o.cancelled(error.signalName, job.manifest.client));
        return 128 + (external_node_os_default()).constants.signals[error.signalName];
    }
    finally {
        const { config: kept, client, pendingClientName } = job.manifest;
        // A manifest that is empty was not saved: the state is an earlier command's.
        if (config && 'config' in job.manifest && !kept && !client && !pendingClientName)
            removeState(config, job.manifest);
    }
}


/***/ }),

/***/ 285:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   F: () => (/* binding */ rollBack),
/* harmony export */   readKeyFile: () => (/* binding */ readKeyFile),
/* harmony export */   unregister: () => (/* binding */ unregister)
/* harmony export */ });
/* harmony import */ var _config_manifest_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1873);
/* harmony import */ var _credentials_decode_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(7562);
/* harmony import */ var _credentials_route_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(3035);
/* harmony import */ var _credentials_service_account_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(3970);
/* harmony import */ var _job_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(7228);
/* harmony import */ var _platform_call_error_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(2492);
/* harmony import */ var _platform_client_js__WEBPACK_IMPORTED_MODULE_6__ = __webpack_require__(349);
/* harmony import */ var _platform_deadline_js__WEBPACK_IMPORTED_MODULE_9__ = __webpack_require__(2219);
/* harmony import */ var _report_notices_js__WEBPACK_IMPORTED_MODULE_7__ = __webpack_require__(1263);
/* harmony import */ var _util_errors_js__WEBPACK_IMPORTED_MODULE_8__ = __webpack_require__(17);
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
    const deadline = new _platform_deadline_js__WEBPACK_IMPORTED_MODULE_9__/* .Deadline */ .B(TIMEOUT, over);
    try {
        const env_1 = { stack: [], error: void 0, hasError: false };
        try {
            // A registration token names no proxy, so the account's is that of the input.
            const route = (0,_credentials_route_js__WEBPACK_IMPORTED_MODULE_2__/* .routeTo */ .B)(endpoint, { input: apiProxy }, job);
            const onRetry = (0,_report_notices_js__WEBPACK_IMPORTED_MODULE_7__/* .logRetries */ .z)(job);
            const platform = __addDisposableResource(env_1, new _platform_client_js__WEBPACK_IMPORTED_MODULE_6__/* .PlatformClient */ .Ht({ endpoint, ...route, deadline, requestTimeout: REQUEST_TIMEOUT, onRetry }), false);
            await platform.unregisterAgent(account, client);
        }
        catch (e_1) {
            env_1.error = e_1;
            env_1.hasError = true;
        }
        finally {
            __disposeResources(env_1);
        }
    }
    catch (error) {
        if (!(error instanceof _platform_call_error_js__WEBPACK_IMPORTED_MODULE_5__/* .CallError */ .RA || error instanceof _util_errors_js__WEBPACK_IMPORTED_MODULE_8__/* .ActionError */ .lZ))
            throw error;
        const mayBeGone = error instanceof _platform_call_error_js__WEBPACK_IMPORTED_MODULE_5__/* .CallError */ .RA && (0,_platform_client_js__WEBPACK_IMPORTED_MODULE_6__/* .mayMeanNoClient */ .PU)(error);
        return { reason: mayBeGone ? `${error.message}. The client may already be gone` : error.message, mayBeGone };
    }
    job.log(_report_notices_js__WEBPACK_IMPORTED_MODULE_7__/* .notices */ .o.unregistered(client));
    return undefined;
}
/** Reads the account that was minted with a client from its key file; undefined if the file was changed. */
function readKeyFile(text, client) {
    try {
        const { account } = (0,_credentials_service_account_js__WEBPACK_IMPORTED_MODULE_3__/* .readServiceAccount */ .Zf)((0,_credentials_decode_js__WEBPACK_IMPORTED_MODULE_1__/* .parseJson */ .qF)({ form: 'JSON', text }), { now: new Date() });
        return account.agentMrn === client ? account : undefined;
    }
    catch (error) {
        if (error instanceof _util_errors_js__WEBPACK_IMPORTED_MODULE_8__/* .ActionError */ .lZ)
            return undefined;
        throw error;
    }
}
/** Unregisters a client that is no longer needed. If that fails, post retries with the key file. */
async function rollBack(client, account, keyFile, job) {
    const isCancelled = () => job.signal.reason instanceof _job_js__WEBPACK_IMPORTED_MODULE_4__/* .JobCancelled */ .x;
    if (isCancelled())
        return;
    const obstacle = await job.critical((grace) => unregister(client, account, job, grace));
    if (obstacle && isCancelled())
        return;
    const superseded = job.findSuperseded();
    if (obstacle && keyFile.isWritten() && !superseded)
        return job.log(_report_notices_js__WEBPACK_IMPORTED_MODULE_7__/* .notices */ .o.postponed(client, obstacle.reason));
    // If post ran before, it has unregistered the client.
    if (obstacle && !(obstacle.mayBeGone && superseded))
        job.warn(_report_notices_js__WEBPACK_IMPORTED_MODULE_7__/* .notices */ .o.lostClient(client, obstacle.reason));
    (0,_config_manifest_js__WEBPACK_IMPORTED_MODULE_0__/* .forget */ .y6)('client', job.remember);
    (0,_config_manifest_js__WEBPACK_IMPORTED_MODULE_0__/* .forget */ .y6)('pendingClientName', job.remember);
}


/***/ }),

/***/ 6518:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
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
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
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
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
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
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
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
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   F: () => (/* binding */ isInside),
/* harmony export */   n: () => (/* binding */ system32)
/* harmony export */ });
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1455);
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_fs_promises__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(6760);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1___default = /*#__PURE__*/__webpack_require__.n(node_path__WEBPACK_IMPORTED_MODULE_1__);


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
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
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
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Bk: () => (/* binding */ parseEndpoint),
/* harmony export */   Pr: () => (/* binding */ parseProxyUrl),
/* harmony export */   U9: () => (/* binding */ isLoopback),
/* harmony export */   Xf: () => (/* binding */ isSameHost),
/* harmony export */   eU: () => (/* binding */ proxyLogin),
/* harmony export */   gM: () => (/* binding */ isTrustedHost),
/* harmony export */   mP: () => (/* binding */ DEFAULT_ENDPOINT)
/* harmony export */ });
/* unused harmony export isMondooHost */
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


/***/ })

};
;