"use strict";
exports.id = 476;
exports.ids = [476];
exports.modules = {

/***/ 476:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  readKeyFile: () => (/* binding */ readKeyFile),
  unregister: () => (/* binding */ unregister)
});

// UNUSED EXPORTS: rollBack

// EXTERNAL MODULE: ./src/config/manifest.ts
var manifest = __webpack_require__(873);
// EXTERNAL MODULE: external "node:buffer"
var external_node_buffer_ = __webpack_require__(573);
// EXTERNAL MODULE: ./src/util/json.ts
var util_json = __webpack_require__(976);
// EXTERNAL MODULE: ./src/util/text.ts
var util_text = __webpack_require__(997);
// EXTERNAL MODULE: ./src/util/errors.ts
var errors = __webpack_require__(17);
// EXTERNAL MODULE: ./src/util/mrn.ts
var util_mrn = __webpack_require__(75);
;// CONCATENATED MODULE: ./src/util/url.ts
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

;// CONCATENATED MODULE: ./src/credentials/fields.ts




const COPY_CREDENTIALS = 'Copy the credentials again from the Mondoo Console, from the opening brace to the closing brace. Or generate new ones: Integrations → Supply Chain → Generate Long-Lived Credentials. Store the JSON unchanged as the secret.';
/** @param message may hold nothing of a secret, like `evidence` */
function fields_invalid(message, remedy = COPY_CREDENTIALS, evidence) {
    return new errors/* ActionError */.lZ('invalid-credentials', message, remedy, evidence);
}
/** Reads the fields of a document, whose keys are in lower case. All throw ActionError, and no message quotes a value that may be secret. */
function fieldsOf(document, owner, copyAgain) {
    const subject = (name) => `The ${owner === 'registration token' ? 'claim' : 'field'} \`${name}\` of the ${owner}`;
    function unusable(name, problem, remedy = copyAgain, evidence) {
        return fields_invalid(`${subject(name)} ${problem}.`, remedy, evidence);
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
        if (value === undefined || (0,util_mrn/* isMrn */.Om)(kind, value))
            return value;
        const what = kind === 'owner' ? 'a space or an organization' : `a ${kind}`;
        // Text without slashes may be a secret.
        const isPlain = owner === 'workload identity JSON' && /^\s*\/\/|:\/\//.test(value);
        const quoted = isPlain ? `. The value is ${(0,util_text/* codeSpan */.SS)(value, 120)}` : '';
        throw unusable(name, `isn't the MRN of ${what}, such as \`${util_mrn/* MRN_SHAPE */.cC[kind]}\`${quoted}`);
    }
    function url(name, parse, remedy = copyAgain) {
        const value = text(name);
        return value && parse(value, (problem) => unusable(name, problem, remedy));
    }
    /** Reads `api_endpoint`, or warns about the default. */
    function endpoint(warnings) {
        const remedy = `Use an https URL such as \`${DEFAULT_ENDPOINT}\`, or set the input \`api-endpoint\`.`;
        const declared = url('api_endpoint', parseEndpoint, remedy);
        if (declared !== undefined)
            return declared;
        warnings.push(`${subject('api_endpoint')} is missing. Like cnspec, the action uses \`${DEFAULT_ENDPOINT}\`. For an account of another region, set the input \`api-endpoint\`.`);
        return DEFAULT_ENDPOINT;
    }
    /** Says that an endpoint isn't Mondoo's. */
    function foreignHost(name, endpoint) {
        return unusable(name, `names \`${new URL(endpoint).host}\`, which isn't a host of mondoo.com. Nothing was sent there`, `${copyAgain} If you trust this host, set the input \`api-endpoint\`.`);
    }
    return { text, required, mrn, url, endpoint, foreignHost, unusable };
}

;// CONCATENATED MODULE: ./src/credentials/decode.ts





/** Takes the base64 off credentials that aren't blank, and finds out by content whether they are JSON or YAML. @throws ActionError */
function decodeCredentials(given) {
    const text = given.trim();
    if (!/^[\w+/=\s-]+$/.test(text) || text.includes('---'))
        return { form: syntaxOf(text), text };
    const compact = text.replace(/\s+/g, '');
    if (/[-_]/.test(compact)) {
        throw invalid('The credentials look like URL-safe base64. They have `-` or `_` instead of `+` or `/`.', 'Use standard base64 (`base64 -w0 credentials.json`), or store the JSON unchanged.');
    }
    const bytes = Buffer.from(compact, 'base64');
    if (bytes.toString('base64') !== compact || !(isUtf8(bytes) || isUtf16(bytes))) {
        throw invalid("The credentials are neither JSON nor YAML, and can't be decoded as base64. They are cut off or something else, such as a path or a name.", undefined, `Length: ${compact.length} characters`);
    }
    const decoded = decodeBytes(bytes).trim();
    return { form: `base64 of ${syntaxOf(decoded)}`, text: decoded };
}
/** @throws ActionError with the place of a mistake, never the text around it */
function parseJson(credentials) {
    const { form, text } = credentials;
    if (!form.endsWith('JSON'))
        throw fields_invalid("The credentials aren't JSON. They don't start with an opening brace.");
    let value;
    try {
        value = lowerKeys(JSON.parse(text));
    }
    catch (error) {
        const message = `The credentials (${form}) aren't valid JSON: ${jsonMistake(error, text)}.`;
        throw fields_invalid(message, undefined, `Length: ${text.length} characters`);
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
    if (!(0,util_json/* isMap */.jh)(value))
        return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [(0,util_text/* lowerCased */.wY)(key), lowerKeys(inner)]));
}
/** @param offset of the second one */
function keyTwice({ form, text }, offset) {
    return fields_invalid(`The credentials (${form}) have the same key twice, the second time at ${place(text, offset)}.`, 'Remove the outdated one, or copy the credentials again from the Mondoo Console.');
}
function asMap(value, { form }) {
    if ((0,util_json/* isMap */.jh)(value))
        return value;
    const kind = value === null ? 'nothing' : Array.isArray(value) ? 'a list' : `a ${typeof value}`;
    throw fields_invalid(`The credentials (${form}) hold ${kind} instead of fields such as \`mrn\`.`);
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

// EXTERNAL MODULE: external "node:events"
var external_node_events_ = __webpack_require__(474);
// EXTERNAL MODULE: external "node:http"
var external_node_http_ = __webpack_require__(67);
var external_node_http_default = /*#__PURE__*/__webpack_require__.n(external_node_http_);
// EXTERNAL MODULE: external "node:net"
var external_node_net_ = __webpack_require__(30);
var external_node_net_default = /*#__PURE__*/__webpack_require__.n(external_node_net_);
// EXTERNAL MODULE: external "node:tls"
var external_node_tls_ = __webpack_require__(692);
var external_node_tls_default = /*#__PURE__*/__webpack_require__.n(external_node_tls_);
// EXTERNAL MODULE: ./src/util/duration.ts
var duration = __webpack_require__(518);
;// CONCATENATED MODULE: ./src/platform/transport-error.ts
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
        const isUnknownCa = (error.code ?? '') in UNKNOWN_CA_CODES;
        if (limit.aborted)
            throw noConnection(context.timeout, url, context);
        if (!isUnknownCa || ca) {
            const failure = toHttpError(error, 'connect', url, proxy, isTunnelOpen);
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
    return new HttpError('connect', message, false, proxyRemedy(url, route));
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
    const { username, password } = proxyLogin(proxy.href);
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
    throw new HttpError('connect', `the proxy ${proxy.host} ${problem} (HTTP status ${statusCode})`, permanent);
}

// EXTERNAL MODULE: ./src/credentials/secrets.ts
var secrets = __webpack_require__(515);
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
    if (!proxy || isLoopback(url.hostname) || isBypassed(url, env.NO_PROXY || env.no_proxy || ''))
        return {};
    return readVariable(name, proxy.includes('://') ? proxy : `http://${proxy}`);
}
function readVariable(name, value) {
    const remedy = 'Write it like `http://proxy.example.com:3128`. For Mondoo, the input `api-proxy` overrides it.';
    const subject = `The proxy in the variable \`${name}\``;
    const refuse = (problem) => new errors/* ActionError */.lZ('invalid-input', `${subject} ${problem}.`, remedy);
    return { proxy: parseProxyUrl(value, refuse), proxyFrom: `\`${name}\`` };
}
/** NO_PROXY lists domains, with or without a port, or `*`. As in Go, `.x` and `*.x` leave `x` itself out. */
function isBypassed(url, noProxy) {
    const hosts = [url.hostname, `${url.hostname}:${portOf(url)}`];
    return noProxy
        .split(',')
        .map((entry) => entry.trim().toLowerCase().replace(/^\*\./, '.'))
        .filter(Boolean)
        .some((entry) => hosts.some((host) => [host, '*'].includes(entry) || host.endsWith(entry.replace(/^\.?/, '.'))));
}

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(598);
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
    return fields_invalid(`The field \`private_key\` of the credentials ${found}.`, remedy);
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
    const fields = fieldsOf(document, 'credentials', COPY_CREDENTIALS);
    const warnings = [];
    const mrn = fields.required('mrn', fields.mrn('mrn', 'service account'));
    const privateKey = readPrivateKey(fields.required('private_key'));
    const owners = ['scope_mrn', 'space_mrn', 'parent_mrn'].map((field) => fields.mrn(field, 'owner'));
    const apiEndpoint = endpoint ?? fields.endpoint(warnings);
    if (endpoint === undefined && !isTrustedHost(apiEndpoint)) {
        warnings.push(`The credentials name the API endpoint \`${new URL(apiEndpoint).host}\`, which isn't a host of mondoo.com. If you trust this host, set the input \`api-endpoint\`.`);
    }
    const ownerMrn = owners.find(Boolean) ?? (0,util_mrn/* ownerOf */.bf)(mrn);
    const apiProxy = fields.url('api_proxy', parseProxyUrl, PROXY);
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
        throw fields_invalid('The field `certificate` of the credentials isn\'t a readable PEM certificate ("-----BEGIN CERTIFICATE-----").', 'Copy the credentials again from the Mondoo Console, or remove the field. cnspec works without it.');
    }
    if (!certificate.checkPrivateKey(key)) {
        throw fields_invalid("The fields `certificate` and `private_key` of the credentials don't belong together. The secret mixes two sets of credentials.", 'Copy one whole set from the Mondoo Console and store it again.');
    }
    // For a date that Node can't read, `validToDate` may be anything, but the text is `Bad time value`.
    const [from, to] = [new Date(certificate.validFrom), new Date(certificate.validTo)];
    return Number.isNaN(from.getTime() + to.getTime()) ? undefined : { from, to };
}

;// CONCATENATED MODULE: ./src/job.ts
/** The job was cancelled: the step reports nothing more. */
class job_JobCancelled extends Error {
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
            over.abort(new job_JobCancelled(signal));
            setTimeout(() => grace.abort(), GRACE).unref();
        });
    }
    return (work) => work(grace.signal);
}

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

;// CONCATENATED MODULE: ./src/platform/json-call.ts





/** Makes a call, once, whose response is a JSON object. Throws CallError. */
async function callJson(transport, method, request) {
    const requestId = (0,external_node_crypto_.randomUUID)();
    const headers = { ...request.headers, accept: 'application/json', 'x-request-id': requestId };
    const response = await transport.send({ ...request, headers }).catch((error) => {
        if (!(error instanceof HttpError))
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

// EXTERNAL MODULE: external "node:timers/promises"
var promises_ = __webpack_require__(500);
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

// EXTERNAL MODULE: external "node:util"
var external_node_util_ = __webpack_require__(975);
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

;// CONCATENATED MODULE: ./src/platform/transport.ts







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
    agent = new (external_node_http_default()).Agent({ keepAlive: true, timeout: REQUEST_TIMEOUT });
    constructor({ requestTimeout, connectTimeout: timeout = CONNECT_TIMEOUT, ...route } = {}) {
        this.requestTimeout = requestTimeout ?? REQUEST_TIMEOUT;
        this.context = { ...route, timeout, signal: this.closing.signal };
        const open = (0,external_node_util_.callbackify)((url) => openSocket(url, this.context, AbortSignal.timeout(timeout)));
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
                    throw new HttpError('body', 'the response is larger than 1 MiB', true);
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
                throw toHttpError(error, phase, url);
            const waited = Math.round(performance.now() - startedAt);
            if (phase === 'connect')
                throw noConnection(waited, url, this.context);
            const waiting = phase === 'headers' ? 'connected, but no response' : 'the response began but did not end';
            throw new HttpError(phase, `${waiting} within ${(0,duration/* formatDuration */.a3)(waited)}`);
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
            const allHeaders = { 'user-agent': USER_AGENT, ...headers, host: url.host, ...length };
            const request = external_node_http_default().request({ ...target, method, headers: allHeaders, signal: stop });
            request.on('error', () => { });
            request.on('socket', () => {
                phase = 'headers';
                sentAt = Date.now();
            });
            request.end(body);
            // A request that still waits for its connection doesn't report that it was aborted.
            return (await (0,external_node_events_.once)(request, 'response', { signal: stop }))[0];
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
        this.transport = new Transport(options);
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

// EXTERNAL MODULE: ./src/report/notices.ts
var report_notices = __webpack_require__(263);
;// CONCATENATED MODULE: ./src/unregister.ts
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
const unregister_REQUEST_TIMEOUT = 3000;
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
            const onRetry = (0,report_notices/* logRetries */.z)(job);
            const platform = __addDisposableResource(env_1, new PlatformClient({ endpoint, ...route, deadline, requestTimeout: unregister_REQUEST_TIMEOUT, onRetry }), false);
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
        if (!(error instanceof CallError || error instanceof errors/* ActionError */.lZ))
            throw error;
        const mayBeGone = error instanceof CallError && mayMeanNoClient(error);
        return { reason: mayBeGone ? `${error.message}. The client may already be gone` : error.message, mayBeGone };
    }
    job.log(report_notices/* notices */.o.unregistered(client));
    return undefined;
}
/** Reads the account that was minted with a client from its key file; undefined if the file was changed. */
function readKeyFile(text, client) {
    try {
        const { account } = readServiceAccount(parseJson({ form: 'JSON', text }), { now: new Date() });
        return account.agentMrn === client ? account : undefined;
    }
    catch (error) {
        if (error instanceof errors/* ActionError */.lZ)
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


/***/ })

};
;