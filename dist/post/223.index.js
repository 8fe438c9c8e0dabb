export const id = 223;
export const ids = [223];
export const modules = {

/***/ 2557:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  DI: () => (/* binding */ COPY_AGAIN),
  $H: () => (/* binding */ asMap),
  Q9: () => (/* binding */ keyTwice),
  gu: () => (/* binding */ parseCredentials),
  ik: () => (/* binding */ place)
});

// UNUSED EXPORTS: decodeCredentials, parseJson

// EXTERNAL MODULE: ./src/util/errors.ts
var errors = __webpack_require__(17);
;// CONCATENATED MODULE: ./src/credentials/duplicate-key.ts
/** The strings and the structure of JSON, one match each. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\]:,]/gs;
/**
 * Finds a key that an object of a JSON text has twice: JSON.parse keeps the last one without a word.
 * @param json valid JSON
 * @returns the offset of the second one, or nothing if there is none
 */
function duplicateKeyIn(json) {
    /** The keys of each object that is open, with an empty place for each list. */
    const open = [];
    let key;
    for (const { 0: token, index } of json.matchAll(TOKENS)) {
        if (token === '{')
            open.push(new Set());
        else if (token === '[')
            open.push(undefined);
        else if (token === '}' || token === ']')
            open.pop();
        else if (token.startsWith('"'))
            key = { text: token, offset: index };
        else if (token === ':' && key) {
            const name = JSON.parse(key.text);
            const keys = open.at(-1);
            if (keys?.has(name))
                return key.offset;
            keys?.add(name);
        }
    }
    return undefined;
}

// EXTERNAL MODULE: ./src/credentials/secrets.ts
var secrets = __webpack_require__(5515);
;// CONCATENATED MODULE: ./src/credentials/decode.ts



const COPY_AGAIN = 'Copy the credentials again as the Mondoo Console shows them, from the first { to the last }, and store that as the secret.';
/**
 * Takes the base64 off credentials, if there is any, and tells JSON from YAML by content.
 * @param given the secret as it was stored; not blank
 * @throws ActionError `invalid-credentials`
 */
function decodeCredentials(given) {
    // Takes a byte order mark off as well.
    const text = given.trim();
    if (!/^[\w+/=\s-]+$/.test(text) || text.includes('---'))
        return { form: formOf(text), text };
    const compact = text.replace(/\s+/g, '');
    if (/[-_]/.test(compact)) {
        throw new ActionError('invalid-credentials', 'The credentials look like URL-safe base64: they have "-" or "_" where standard base64 has "+" or "/".', 'Encode the credentials file with standard base64 (`base64 -w0 credentials.json`), or store the JSON as it is.');
    }
    // Text of a single word, a file name for one, passes for base64 until it is decoded.
    const bytes = /^[A-Za-z0-9+/]*={0,2}$/.test(compact) ? Buffer.from(compact, 'base64') : Buffer.alloc(0);
    const isComplete = () => bytes.toString('base64').replace(/=+$/, '') === compact.replace(/=+$/, '');
    if (compact.length % 4 !== 0 || !isUtf8(bytes) || !isComplete()) {
        throw new ActionError('invalid-credentials', `The credentials are neither JSON nor YAML, and the ${compact.length} characters that are there cannot be decoded as base64: they are cut off or are something else, such as a path or a name.`, COPY_AGAIN);
    }
    const decoded = bytes.toString('utf8').trim();
    return { form: `base64 of ${formOf(decoded)}`, text: decoded };
}
/**
 * Parses credentials into their keys and values; a key that is there twice is refused.
 * @throws ActionError `invalid-credentials`, which tells the place of a mistake and never the text around it
 */
async function parseCredentials(credentials) {
    if (!credentials.form.endsWith('JSON')) {
        // Few credentials are YAML, and the parser takes longer to load than all the rest.
        const { parseYaml } = await Promise.all(/* import() */[__webpack_require__.e(815), __webpack_require__.e(139)]).then(__webpack_require__.bind(__webpack_require__, 3139));
        return parseYaml(credentials);
    }
    return parseJson(credentials);
}
/**
 * Parses credentials that are JSON.
 * @throws ActionError `invalid-credentials`
 */
function parseJson(credentials) {
    const { form, text } = credentials;
    if (!form.endsWith('JSON')) {
        throw new errors/* ActionError */.l('invalid-credentials', 'The credentials are not JSON: they do not start with "{".', COPY_AGAIN);
    }
    const value = parse(credentials);
    const duplicate = duplicateKeyIn(text);
    if (duplicate !== undefined)
        throw keyTwice(credentials, duplicate);
    return asMap(value, form);
}
function formOf(text) {
    return text.startsWith('{') ? 'JSON' : 'YAML';
}
function isUtf8(bytes) {
    return bytes.length > 0 && bytes.equals(Buffer.from(bytes.toString('utf8'), 'utf8'));
}
function parse({ form, text }) {
    try {
        return JSON.parse(text);
    }
    catch (error) {
        const subject = form === 'JSON' ? 'The credentials' : 'The credentials are base64; decoded they';
        throw new errors/* ActionError */.l('invalid-credentials', `${subject} start with "{" but are not valid JSON: ${jsonMistake(error.message, text)} (of ${text.length} characters).`, COPY_AGAIN);
    }
}
/** The parser's message quotes the text; only its kind and the number in it are safe to show. */
function jsonMistake(message, text) {
    if (/^(Unexpected end|Unterminated)/.test(message))
        return 'they end too early';
    const position = /at position (\d+)/.exec(message)?.[1];
    return position === undefined
        ? 'there is a mistake in the text'
        : `the mistake is at ${place(text, Number(position))}`;
}
/** @param offset of the second one */
function keyTwice({ form, text }, offset) {
    return new errors/* ActionError */.l('invalid-credentials', `The credentials (${form}) have the same key twice, the second time at ${place(text, offset)}.`, 'Remove the one that is out of date, or copy the credentials from the Mondoo Console again.');
}
/** @throws ActionError if there is anything else than keys and values */
function asMap(value, form) {
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
        return value;
    const found = value === null ? 'nothing' : Array.isArray(value) ? 'a list' : `a ${typeof value}`;
    const remedy = typeof value !== 'string'
        ? COPY_AGAIN
        : /^\s*\{/.test(value)
            ? 'The object was put into quotes and escaped once more. Store it as the Mondoo Console shows it, starting with {.'
            : secrets/* COMPACT_JWT */.CA.test(value.replace(/\s+/g, ''))
                ? 'It has the shape of a registration token: pass that with the input registration-token, in place of credentials.'
                : COPY_AGAIN;
    throw new errors/* ActionError */.l('invalid-credentials', `The credentials (${form}) hold ${found} where a JSON object with the keys mrn, private_key, certificate and so on is expected.`, remedy);
}
function place(text, offset) {
    const before = text.slice(0, offset).split('\n');
    return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}


/***/ }),

/***/ 5515:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   CA: () => (/* binding */ COMPACT_JWT),
/* harmony export */   Wm: () => (/* binding */ proxySecrets)
/* harmony export */ });
/* unused harmony exports secretsIn, credentialSecrets, documentSecrets, fileSecrets, tokenSecrets, environmentProxySecrets */
/* harmony import */ var _util_proxy_url_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(3872);

/** The shape of a JWT in its compact form: three parts in base64url with a dot between them. */
const COMPACT_JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;
/** The shortest text worth masking: the runner would replace a shorter one wherever it happens to occur. */
const SHORTEST_MASK = 16;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;
/**
 * Finds what has to be masked in a text with credentials, however broken it is: each line of every private
 * key, the key's body in one piece, and the whole key as it stands inside JSON.
 *
 * The runner registers a value of several lines line by line, the short ones too; so no value has a line end.
 * MRNs and endpoints are no secrets: masking them would blank out later outputs.
 */
function secretsIn(text) {
    const secrets = new Set();
    for (const [pem] of text.matchAll(PRIVATE_KEY)) {
        // Line ends may have been escaped, once or more often, have become blanks, or be gone.
        const lines = pem
            .split(/(?:(?<!\\)\\+[rn]|\s)*(-----[A-Z ]+-----)(?:\\+[rn]|\s)*|(?:(?<!\\)\\+[rn]|\s)+/)
            .filter(Boolean);
        const body = lines.filter((line) => !line.startsWith('-----')).join('');
        const unfolded = lines.join('\n');
        const folded = body.match(/.{1,64}/g) ?? [];
        for (const secret of [...lines, ...folded, body, escaped(unfolded), escaped(`${unfolded}\n`)])
            secrets.add(secret);
    }
    return [...secrets].filter((secret) => secret.length >= SHORTEST_MASK);
}
/** Finds what has to be masked of credentials as they were given, in whatever form, before anything else is done. */
function credentialSecrets(given) {
    const compact = given.replace(/\s+/g, '');
    // A registration token in the place of credentials is refused, but it is a secret all the same.
    if (COMPACT_JWT.test(compact))
        return tokenSecrets(given);
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(compact))
        return secretsIn(given);
    // The runner masks no decoded content.
    return [...tokenSecrets(given), ...secretsIn(Buffer.from(compact, 'base64').toString('utf8'))];
}
/** Finds what has to be masked of the fields of credentials, which nobody has checked yet. */
function documentSecrets(document) {
    const { private_key, api_proxy, jwtToken } = (document ?? {});
    return [
        ...secretsIn(typeof private_key === 'string' ? private_key : ''),
        ...proxySecrets(typeof api_proxy === 'string' ? api_proxy : undefined),
        // Anything else in its place is no secret, and an MRN or an endpoint would be blank from then on.
        ...(typeof jwtToken === 'string' && COMPACT_JWT.test(jwtToken.replace(/\s+/g, '')) ? tokenSecrets(jwtToken) : []),
    ];
}
/** Finds what has to be masked of the text of mondoo.yml, which later steps may print as it is or as base64. */
function fileSecrets(text) {
    const base64 = Buffer.from(text).toString('base64');
    // In one piece and in the lines of `base64` and of `openssl base64`: the runner does not find the key in them.
    const lines = [/.{76}/g, /.{64}/g].flatMap((line) => tokenSecrets(base64.replace(line, '$&\n')));
    return [...new Set([...secretsIn(text), ...lines])];
}
/** Finds what has to be masked of a secret without blanks, base64 or a JWT, which may have been folded into lines. */
function tokenSecrets(token) {
    const lines = token.split(/\s+/);
    return [...new Set([...lines, lines.join('')])].filter((secret) => secret.length >= SHORTEST_MASK);
}
/** Finds what has to be masked of the URL of a proxy: its password, encoded and decoded, whatever its length. */
function proxySecrets(proxy) {
    const password = URL.parse(proxy ?? '')?.password;
    if (!proxy || !password)
        return [];
    try {
        return [...new Set([password, (0,_util_proxy_url_js__WEBPACK_IMPORTED_MODULE_0__/* .proxyLogin */ .e)(proxy).password])].filter(Boolean);
    }
    catch {
        return [password];
    }
}
/**
 * Finds what has to be masked of the variables by which programs find their proxies, whatever is written there:
 * other programs than this one read them, and in other ways.
 */
function environmentProxySecrets(env) {
    const secrets = Object.entries(env)
        .filter(([name]) => /^(?:https?|all)_proxy$/i.test(name))
        .flatMap(([, value = '']) => {
        // A password may hold an @ that nobody encoded.
        const [, password = ''] = /^[^:@]*:(.*)@/s.exec(value.replace(/^[a-z][a-z\d+.-]*:\/\//i, '')) ?? [];
        return [password, ...proxySecrets(value)];
    });
    return [...new Set(secrets)].filter(Boolean);
}
function escaped(text) {
    return JSON.stringify(text).slice(1, -1);
}


/***/ }),

/***/ 1223:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  readKeyFile: () => (/* binding */ readKeyFile),
  unregister: () => (/* binding */ unregister)
});

// EXTERNAL MODULE: ./src/credentials/decode.ts + 1 modules
var decode = __webpack_require__(2557);
// EXTERNAL MODULE: ./src/credentials/secrets.ts
var secrets = __webpack_require__(5515);
// EXTERNAL MODULE: ./src/util/url-error.ts
var url_error = __webpack_require__(4114);
;// CONCATENATED MODULE: ./src/util/endpoint.ts

/** Where credentials without an `api_endpoint` are sent by cnspec, whatever their region. */
const DEFAULT_ENDPOINT = 'https://us.api.mondoo.com';
/** The longest endpoint, in characters. */
const LONGEST = 2048;
/**
 * Reads an API endpoint: https, or http on loopback; no user, password, query or fragment.
 * @returns the endpoint without a slash at its end, ready to have `/Service/Method` appended
 * @throws UrlError
 */
function parseEndpoint(text) {
    if (text.length > LONGEST)
        throw new url_error/* UrlError */.U(`is longer than ${LONGEST} characters`);
    // The URL parser drops tabs and line ends silently; cnspec would not.
    if (/\s/.test(text))
        throw new url_error/* UrlError */.U('contains white space');
    const url = URL.parse(text);
    if (url === null)
        throw new url_error/* UrlError */.U('is not a URL');
    if (url.username || url.password)
        throw new url_error/* UrlError */.U('contains a user name or a password');
    if (url.search || url.hash || text.includes('?') || text.includes('#')) {
        throw new url_error/* UrlError */.U('contains a query or a fragment');
    }
    if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
        throw new url_error/* UrlError */.U('is plain http, which would send your login unencrypted');
    }
    if (url.protocol !== 'https:' && url.protocol !== 'http:') {
        throw new url_error/* UrlError */.U(`has the scheme ${url.protocol.slice(0, -1)}`);
    }
    return (url.origin + url.pathname).replace(/\/+$/, '');
}
/** Tells whether requests to an endpoint stay on this machine. */
function isLoopback(hostname) {
    return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
/** Tells whether an endpoint is Mondoo's own, or a simulator's on this machine. */
function isTrustedHost(endpoint) {
    const { hostname } = new URL(endpoint);
    return hostname === 'mondoo.com' || hostname.endsWith('.mondoo.com') || isLoopback(hostname);
}
/**
 * Tells whether a text that is not a secret, and that anybody may have written, may say where to go:
 * to Mondoo, to this machine, or where the workflow itself goes.
 * @param workflows the endpoint of the input `api-endpoint`
 */
function mayLeadTo(endpoint, workflows) {
    return isTrustedHost(endpoint) || (workflows !== undefined && isSameHost(endpoint, workflows));
}
/** Tells whether two endpoints are the same host and port. */
function isSameHost(one, other) {
    return new URL(one).host === new URL(other).host;
}

// EXTERNAL MODULE: ./src/util/errors.ts
var errors = __webpack_require__(17);
;// CONCATENATED MODULE: ./src/util/mrn.ts
const ID = String.raw `[A-Za-z0-9](?:[\w.-]{0,126}[A-Za-z0-9])?`;
const SHAPES = {
    'service account': new RegExp(`^//agents\\.api\\.mondoo\\.app/(?<kind>spaces|organizations)/(?<id>${ID})/serviceaccounts/${ID}$`),
    client: new RegExp(`^//agents\\.api\\.mondoo\\.app/(?<kind>spaces|organizations)/(?<id>${ID})/agents/${ID}$`),
    owner: new RegExp(`^//captain\\.api\\.mondoo\\.app/(?<kind>spaces|organizations)/(?<id>${ID})$`),
};
/** How an MRN of a kind is spelt, for error messages. */
const MRN_SHAPE = {
    'service account': '//agents.api.mondoo.app/spaces/<id>/serviceaccounts/<id>',
    client: '//agents.api.mondoo.app/spaces/<id>/agents/<id>',
    owner: '//captain.api.mondoo.app/spaces/<id>',
};
/** Tells whether a text is an MRN of the kind. Ids are letters, digits, `.`, `_` and `-`, at most 128 of them. */
function isMrn(kind, text) {
    return SHAPES[kind].test(text);
}
/** The id of the space that an owner MRN names, or nothing for an organization's. */
function spaceId(owner) {
    const groups = SHAPES.owner.exec(owner)?.groups;
    return groups?.kind === 'spaces' ? groups.id : undefined;
}
/** The owner that the MRN of a service account or of a client names. */
function ownerOf(mrn) {
    const groups = (SHAPES['service account'].exec(mrn) ?? SHAPES.client.exec(mrn))?.groups;
    return groups && `//captain.api.mondoo.app/${groups.kind}/${groups.id}`;
}

// EXTERNAL MODULE: ./src/util/proxy-url.ts
var proxy_url = __webpack_require__(3872);
// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
;// CONCATENATED MODULE: ./src/credentials/certificate.ts


/**
 * Reads a service account's certificate and proves that it was issued for the key.
 * cnspec never sends the certificate, so its dates do not make the credentials unusable by themselves.
 * @throws ActionError `invalid-credentials`
 */
function readCertificate(pem, key) {
    const certificate = certificate_decode(pem);
    if (!certificate.checkPrivateKey(key)) {
        throw new errors/* ActionError */.l('invalid-credentials', 'The fields certificate and private_key of the credentials do not belong together: the certificate was issued for another key.', 'The secret mixes two sets of credentials. Copy one set whole from the Mondoo Console and store it again.');
    }
    return { from: certificate.validFromDate, to: certificate.validToDate };
}
function certificate_decode(pem) {
    try {
        return new external_node_crypto_.X509Certificate(pem);
    }
    catch {
        throw new errors/* ActionError */.l('invalid-credentials', 'The field certificate of the credentials is not a readable PEM certificate ("-----BEGIN CERTIFICATE-----").', 'Copy the credentials from the Mondoo Console again, or remove the field: cnspec works without it.');
    }
}

;// CONCATENATED MODULE: ./src/credentials/private-key.ts


const COPY_AGAIN = 'Generate new credentials in the Mondoo Console (or copy the existing ones again) and store the whole JSON as the secret.';
const CURVE_NAMES = {
    prime256v1: 'P-256',
    secp521r1: 'P-521',
    secp256k1: 'secp256k1',
};
/**
 * Reads the private key of a service account: PEM, PKCS#8, EC P-384, the only kind that cnspec reads.
 * @throws ActionError `invalid-credentials`, which says what kind of key it is instead
 */
function readPrivateKey(pem) {
    // `openssl ecparam -genkey` writes the parameters of the curve before the key.
    const label = /-----BEGIN (?!EC PARAMETERS)([A-Z0-9 ]+)-----/.exec(pem)?.[1];
    if (label === undefined)
        throw unusable('is not PEM: it has no "-----BEGIN PRIVATE KEY-----" line');
    if (pem.includes('\\n')) {
        throw unusable('has its line ends escaped twice: it contains a backslash followed by "n" where a line should end', 'Store the JSON as it is, without quoting or escaping it again.');
    }
    if (!/-----BEGIN [A-Z0-9 ]+-----[ \t]*\r?\n/.test(pem)) {
        throw unusable('has lost its line ends: the text behind "-----BEGIN" goes on in the same line', 'Store the JSON file byte for byte, for example with `gh secret set MONDOO_CREDENTIALS < credentials.json`.');
    }
    switch (label) {
        case 'PRIVATE KEY':
            break;
        case 'EC PRIVATE KEY':
            throw unusable('is in the SEC1 form ("BEGIN EC PRIVATE KEY"), which cnspec does not read', 'Convert it with `openssl pkcs8 -topk8 -nocrypt`, or use the credentials as the Mondoo Console gives them.');
        case 'ENCRYPTED PRIVATE KEY':
            throw unusable('is encrypted with a passphrase ("BEGIN ENCRYPTED PRIVATE KEY")');
        case 'RSA PRIVATE KEY':
            throw unusable('is an RSA key; service accounts use EC P-384');
        case 'PUBLIC KEY':
            throw unusable('is only the public half of a key ("BEGIN PUBLIC KEY")');
        case 'CERTIFICATE':
            throw unusable('holds a certificate instead of a key; the two fields may have been swapped');
        default:
            throw unusable('is PEM of a kind that is not a PKCS#8 private key');
    }
    if (!/-----END PRIVATE KEY-----/.test(pem))
        throw unusable('is cut off: it has no "-----END PRIVATE KEY-----" line');
    const key = private_key_decode(pem);
    if (key.asymmetricKeyType !== 'ec') {
        throw unusable(`is an ${key.asymmetricKeyType?.toUpperCase()} key; service accounts use EC P-384`);
    }
    const curve = key.asymmetricKeyDetails?.namedCurve ?? 'unnamed';
    if (curve !== 'secp384r1') {
        throw unusable(`is an EC key on the curve ${CURVE_NAMES[curve] ?? curve}; service accounts use P-384`);
    }
    return key;
}
function private_key_decode(pem) {
    try {
        return (0,external_node_crypto_.createPrivateKey)({ key: pem, format: 'pem', type: 'pkcs8' });
    }
    catch {
        throw unusable('is labelled as a PKCS#8 key but cannot be read: the text between the labels is damaged or cut');
    }
}
function unusable(found, remedy = COPY_AGAIN) {
    return new errors/* ActionError */.l('invalid-credentials', `The field private_key of the credentials ${found}.`, remedy);
}

;// CONCATENATED MODULE: ./src/credentials/service-account.ts







/**
 * Checks the fields of credentials, offline, and reads the ones that the work needs.
 * @param endpoint the endpoint that the input `api-endpoint` names, which wins over the credentials' own
 * @throws ActionError `invalid-credentials`, naming the field, what was found and the remedy
 */
function readServiceAccount(document, { endpoint, now }) {
    const mrn = requiredMrn(document, 'mrn', 'service account');
    const privateKey = readPrivateKey(requiredText(document, 'private_key'));
    const warnings = [];
    const account = {
        mrn,
        privateKey,
        ownerMrn: readOwner(document, mrn),
        apiEndpoint: endpoint ?? readEndpoint(document, warnings),
    };
    const apiProxy = readProxy(document);
    if (apiProxy !== undefined)
        account.apiProxy = apiProxy;
    const agentMrn = optionalMrn(document, 'agent_mrn', 'client');
    if (agentMrn !== undefined)
        account.agentMrn = agentMrn;
    const certificate = optionalText(document, 'certificate');
    if (certificate === undefined) {
        warnings.push('The credentials have no certificate. cnspec works without it, but its expiry cannot be checked here.');
    }
    else {
        account.certificate = readCertificate(certificate, privateKey);
        const outdated = certificateProblem(account.certificate, now);
        if (outdated) {
            warnings.push(`The certificate of the credentials ${outdated}. Mondoo Platform may refuse them: renew them soon.`);
        }
    }
    return { account, warnings };
}
/** Says since when a certificate is out of its dates, or nothing when it is within them. */
function certificateProblem({ from, to }, now) {
    if (to < now)
        return `expired on ${to.toISOString()}`;
    if (from > now)
        return `is not valid before ${from.toISOString()}`;
    return undefined;
}
function readOwner(document, mrn) {
    const scope = optionalMrn(document, 'scope_mrn', 'owner');
    const space = optionalMrn(document, 'space_mrn', 'owner');
    const parent = optionalMrn(document, 'parent_mrn', 'owner');
    return scope ?? space ?? parent ?? ownerOf(mrn);
}
function readEndpoint(document, warnings) {
    const text = optionalText(document, 'api_endpoint');
    if (text === undefined) {
        warnings.push(`The credentials have no api_endpoint, so ${DEFAULT_ENDPOINT} is used, as cnspec would. For an account of another region set the input api-endpoint.`);
        return DEFAULT_ENDPOINT;
    }
    const endpoint = (0,url_error/* readUrl */.w)(text, parseEndpoint, {
        code: 'invalid-credentials',
        subject: 'The field api_endpoint of the credentials',
        remedy: 'It has to be an https URL such as https://us.api.mondoo.com: copy the credentials again, or set the input api-endpoint.',
    });
    if (!isTrustedHost(endpoint)) {
        warnings.push(`The credentials send cnspec to ${new URL(endpoint).host}, which is not a host of mondoo.com. If that is meant, say so with the input api-endpoint.`);
    }
    return endpoint;
}
function readProxy(document) {
    const text = optionalText(document, 'api_proxy');
    if (text === undefined)
        return undefined;
    return (0,url_error/* readUrl */.w)(text, proxy_url/* parseProxyUrl */.P, {
        code: 'invalid-credentials',
        subject: 'The field api_proxy of the credentials',
        remedy: 'Write it like http://proxy.example.com:3128, or remove the field and set the input api-proxy.',
    });
}
function requiredMrn(document, field, kind) {
    return checkedMrn(requiredText(document, field), field, kind);
}
function optionalMrn(document, field, kind) {
    const text = optionalText(document, field);
    return text === undefined ? undefined : checkedMrn(text, field, kind);
}
function checkedMrn(text, field, kind) {
    if (isMrn(kind, text))
        return text;
    throw new errors/* ActionError */.l('invalid-credentials', `The field ${field} of the credentials is not the MRN of ${kind === 'owner' ? 'a space or an organization' : `a ${kind}`}: it should look like ${MRN_SHAPE[kind]}.`, 'Copy the credentials from the Mondoo Console again; do not edit them by hand.');
}
function requiredText(document, field) {
    const text = optionalText(document, field);
    if (text !== undefined)
        return text;
    const keys = Object.keys(document).length;
    throw new errors/* ActionError */.l('invalid-credentials', keys === 0
        ? 'The credentials are an empty object.'
        : `The field ${field} of the credentials is missing or empty (the credentials have ${keys} other ${keys === 1 ? 'field' : 'fields'}).`, 'Use the credentials JSON as the Mondoo Console gives it: Integrations, Add New Integration, Generate Long-Lived Credentials.');
}
/** Absent, null and empty are one: Go, in which cnspec is written, does not tell them apart either. */
function optionalText(document, field) {
    const value = document[field];
    if (value === undefined || value === null || value === '')
        return undefined;
    if (typeof value === 'string')
        return value;
    throw new errors/* ActionError */.l('invalid-credentials', `The field ${field} of the credentials is ${Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`} where text is expected.`, 'Copy the credentials from the Mondoo Console again; do not edit them by hand.');
}

// EXTERNAL MODULE: ./src/util/text.ts
var util_text = __webpack_require__(9997);
;// CONCATENATED MODULE: ./src/platform/rpc-status.ts

/** The gRPC status codes, by name. https://grpc.io/docs/guides/status-codes/ */
const RpcCode = {
    Canceled: 1,
    Unknown: 2,
    InvalidArgument: 3,
    DeadlineExceeded: 4,
    NotFound: 5,
    AlreadyExists: 6,
    PermissionDenied: 7,
    ResourceExhausted: 8,
    FailedPrecondition: 9,
    Aborted: 10,
    OutOfRange: 11,
    Unimplemented: 12,
    Internal: 13,
    Unavailable: 14,
    DataLoss: 15,
    Unauthenticated: 16,
};
/** Reads an error body, `{"code": <gRPC code>, "message": "..."}`; anything else is not the platform's word. */
function parseRpcStatus(body) {
    if (typeof body !== 'object' || body === null)
        return undefined;
    const { code, message } = body;
    if (!Number.isInteger(code) || code === 0)
        return undefined;
    return {
        code: code,
        message: typeof message === 'string' ? (0,util_text/* plainText */.w)(withoutTokens(message)) : '',
    };
}
/**
 * Takes out JWTs, which an error might quote from the request, whatever they stand close to.
 * A pattern for all of a JWT would take minutes on a text of a megabyte that is made for it.
 */
function withoutTokens(text) {
    return text.replace(/[\w.-]+/g, (word) => (word.includes('eyJ') && word.split('.').length > 2 ? '***' : word));
}
/** Writes a status as cnspec does: `rpc error: code = Unauthenticated desc = request permission unauthenticated`. */
function formatRpcStatus({ code, message }) {
    const name = Object.entries(RpcCode).find(([, value]) => value === code)?.[0] ?? `Code(${code})`;
    return `rpc error: code = ${name} desc = ${message}`;
}

;// CONCATENATED MODULE: ./src/platform/call-error.ts

/** A call to Mondoo Platform, or to GitHub, that failed. Its message is text for the log and holds no secret. */
class CallError extends Error {
    /** `<Service>/<Method>`, or what is asked of GitHub. */
    method;
    failure;
    /** The X-Request-Id that was sent: the platform's support can find the request by it. */
    requestId;
    /** How long the answer asks to wait, in milliseconds. */
    retryAfter;
    /** Why the tries before this one failed, the first one first. */
    earlier = [];
    constructor(method, failure, requestId, retryAfter) {
        super(describe(failure));
        this.name = 'CallError';
        this.method = method;
        this.failure = failure;
        this.requestId = requestId;
        this.retryAfter = retryAfter;
    }
    /** The platform's gRPC code, where it was the platform that answered. */
    get code() {
        return this.failure.kind === 'rpc' ? this.failure.status.code : undefined;
    }
    /** Whether the failure may pass by itself: it says nothing about the request. */
    get isTransient() {
        switch (this.failure.kind) {
            case 'rpc':
                return TRANSIENT_CODES.has(this.failure.status.code);
            case 'answer':
                return TRANSIENT_HTTP.has(this.failure.httpStatus);
            case 'connection':
                return !this.failure.permanent;
        }
    }
    /** Whether the platform may have carried the request out all the same. */
    get mayHaveTakenEffect() {
        switch (this.failure.kind) {
            case 'rpc':
                return !DECIDED_CODES.has(this.failure.status.code);
            case 'answer':
                return !isDecided(this.failure.httpStatus);
            case 'connection':
                return this.failure.phase !== 'connect';
        }
    }
}
const TRANSIENT_CODES = new Set([
    RpcCode.DeadlineExceeded,
    RpcCode.ResourceExhausted,
    RpcCode.Aborted,
    RpcCode.Unavailable,
]);
const TRANSIENT_HTTP = new Set([429, 502, 503, 504]);
/** Codes of a platform that has looked at a request and did not do it. Of any other it may have lost sight. */
const DECIDED_CODES = new Set([
    RpcCode.InvalidArgument,
    RpcCode.NotFound,
    RpcCode.AlreadyExists,
    RpcCode.PermissionDenied,
    RpcCode.ResourceExhausted,
    RpcCode.FailedPrecondition,
    RpcCode.Aborted,
    RpcCode.OutOfRange,
    RpcCode.Unimplemented,
    RpcCode.Unauthenticated,
]);
/** Whether an answer without a gRPC code says that the request was not carried out: sent elsewhere, or refused. */
function isDecided(httpStatus) {
    const isRefused = httpStatus >= 400 && httpStatus < 500 && httpStatus !== 408 && httpStatus !== 499;
    return isRefused || (httpStatus >= 300 && httpStatus < 400) || httpStatus === 503;
}
function describe(failure) {
    switch (failure.kind) {
        case 'rpc':
            return formatRpcStatus(failure.status);
        case 'answer':
            return `HTTP status ${failure.httpStatus}: the answer ${failure.problem}`;
        case 'connection':
            return failure.reason;
    }
}

// EXTERNAL MODULE: ./node_modules/jose/dist/webapi/jwt/sign.js + 9 modules
var sign = __webpack_require__(362);
;// CONCATENATED MODULE: ./src/platform/request-token.ts


/** How long a request token is valid, in seconds. */
const LIFETIME = 60;
/** How far beside its validity the platform still accepts one, in seconds; as observed. */
const LEEWAY = 60;
/** What a request may take on its way before the platform looks at its time, in milliseconds. */
const ON_THE_WAY = 5000;
/**
 * Tells whether the platform will accept requests that are signed at the local time.
 * @param skew the platform's clock minus the local one, and the error of its measurement; both in milliseconds
 */
function fitsPlatformTime(skew, error) {
    return skew - error > -LEEWAY * 1000 && skew + error + ON_THE_WAY < (LIFETIME + LEEWAY) * 1000;
}
/**
 * Signs one request: a JWT that proves the service account and holds the hash of the exact body.
 * It binds neither host nor method, so it must never be sent anywhere but to the account's own endpoint.
 * @param now the time at which the request claims to be made
 */
function signRequest({ mrn, privateKey }, body, now) {
    const issuedAt = Math.floor(now.getTime() / 1000);
    return new sign/* SignJWT */.P({ chash: (0,external_node_crypto_.createHash)('sha256').update(body).digest('hex') })
        .setProtectedHeader({ alg: 'ES384', typ: 'JWT', kid: mrn })
        .setIssuer('mondoo/ams')
        .setSubject(mrn)
        .setIssuedAt(issuedAt)
        .setNotBefore(issuedAt)
        .setExpirationTime(issuedAt + LIFETIME)
        .sign(privateKey);
}

;// CONCATENATED MODULE: ./src/platform/client.ts




/** Mondoo Platform. Every method throws CallError. */
class PlatformClient {
    rpc;
    constructor(rpc) {
        this.rpc = rpc;
    }
    /** Asks for the platform's health, clock and version; needs no authentication. */
    async checkHealth() {
        const { value, sentAt, receivedAt, malformed } = await this.rpc.call('Health/Check', '{}');
        const { status = 'UNKNOWN', time, apiVersion } = value;
        if (typeof status !== 'string' || !WORD.test(status))
            throw malformed('has no readable status');
        const roundTrip = receivedAt - sentAt;
        const health = { status, localTime: new Date(sentAt + roundTrip / 2), roundTrip };
        if (typeof time === 'string' && RFC_3339.test(time) && !Number.isNaN(Date.parse(time)))
            health.time = new Date(time);
        if (typeof apiVersion === 'string' && WORD.test(apiVersion))
            health.apiVersion = apiVersion;
        return health;
    }
    /** Proves credentials: resolves when the platform accepts them. */
    async pingPong(signer) {
        await this.rpc.call('AgentManager/PingPong', '{}', () => signRequest(signer, '{}', new Date()));
    }
    /**
     * Proves credentials apart from the clock. Nothing else is ever signed at another time than the local one,
     * and this only once.
     * @param skew how far from the local time to sign, in milliseconds
     */
    async pingPongAt(signer, skew) {
        const sign = () => signRequest(signer, '{}', new Date(Date.now() + skew));
        await this.rpc.callOnce('AgentManager/PingPong', '{}', sign);
    }
    /**
     * Registers a client. Not idempotent: each call that arrives creates another one.
     * @returns the client's MRN
     */
    async registerAgent(signer, name, info) {
        const body = JSON.stringify({ name, agent_info: info });
        const sign = () => signRequest(signer, body, new Date());
        const { value, malformed } = await this.rpc.call('AgentManager/RegisterAgent', body, sign);
        if (!isClientMrn(value.agent_mrn))
            throw malformed(NAMES_NO_CLIENT);
        return value.agent_mrn;
    }
    /**
     * Registers a client with a registration token, and mints a service account for it. Not idempotent either.
     * @param deadline of this call
     */
    async registerWithToken(token, name, info, deadline) {
        const body = JSON.stringify({ token, name, agent_info: info });
        const answer = await this.rpc.call('AgentManager/RegisterAgent', body, async () => token, deadline);
        const { agent_mrn: agentMrn, credential } = answer.value;
        return {
            agentMrn: isClientMrn(agentMrn) ? agentMrn : undefined,
            credential,
            malformed: answer.malformed,
        };
    }
    /** Removes a client, and revokes the service account that asks for it. */
    async unregisterAgent(signer, agentMrn) {
        const body = JSON.stringify({ mrn: agentMrn });
        const sign = () => signRequest(signer, body, new Date());
        try {
            await this.rpc.call('AgentManager/UnRegisterAgent', body, sign);
        }
        catch (error) {
            if (!(error instanceof CallError && saysThatItIsGone(error)))
                throw error;
            // An earlier try, whose answer was lost, may have taken the account away that this one was signed by.
            if (!error.earlier.some(({ mayHaveTakenEffect }) => mayHaveTakenEffect))
                throw error;
        }
    }
    /**
     * Exchanges another issuer's ID token for a service account; the token itself is the authentication.
     * @returns base64 of credentials JSON
     */
    async exchangeExternalToken({ issuerUri, audience, jwt }) {
        const body = JSON.stringify({ issuer_uri: issuerUri, audience, jwt_token: jwt });
        const { value, malformed } = await this.rpc.call(EXCHANGE, body);
        const { base64_credential: credential } = value;
        if (typeof credential !== 'string' || credential === '')
            throw malformed('holds no credentials');
        return { credential, malformed };
    }
}
/** The method that exchanges an ID token. */
const EXCHANGE = 'SecureTokenService/ExchangeExternalToken';
/** Whether a client may be gone already that was to be unregistered: neither it nor its account is known. */
function saysThatItIsGone({ code }) {
    return code === RpcCode.Unauthenticated || code === RpcCode.NotFound;
}
function isClientMrn(value) {
    return typeof value === 'string' && isMrn('client', value);
}
/** What is wrong with an answer to RegisterAgent. */
const NAMES_NO_CLIENT = 'does not name the client that was registered';
/** What a version or a status from the platform may look like to become an output. */
const WORD = /^[\w.+-]{1,64}$/;
const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

;// CONCATENATED MODULE: ./package.json
const package_namespaceObject = {"rE":"0.1.0"};
;// CONCATENATED MODULE: ./src/platform/transport-error.ts
/** A request without a complete response. The message says why in a few words. */
class HttpError extends Error {
    phase;
    /** Whether another attempt would end the same way. */
    permanent;
    constructor(phase, message, permanent = false) {
        super(message);
        this.name = 'HttpError';
        this.phase = phase;
        this.permanent = permanent;
    }
}
/** No connection within its limit. */
class ConnectTimeout extends Error {
    /** Milliseconds. */
    limit;
    constructor(limit) {
        super('no connection in time');
        this.limit = limit;
    }
}
/** The connection with the proxy itself failed, rather than the one beyond it. */
class ProxyError extends Error {
    code;
    cause;
    constructor(cause) {
        super('no connection with the proxy');
        this.code = cause.code ?? '';
        this.cause = cause;
    }
}
/** The proxy answered CONNECT with something else than 200. */
class ProxyRefusal extends Error {
    status;
    constructor(status = 0) {
        super('the proxy opens no tunnel');
        this.status = status;
    }
}
/**
 * Says in a few words why a request failed, for someone who does not know the codes.
 * Built from codes and host names alone: the text of an error may quote what was sent, and a proxy's URL may hold a
 * password.
 */
function describeFailure(error, phase, { url, proxy }) {
    const through = proxy === undefined ? '' : `the proxy ${new URL(proxy).host}`;
    if (error instanceof ProxyRefusal) {
        return error.status === 407
            ? `${through} wants a user name and a password, or other ones than it got (HTTP status 407)`
            : `${through} does not let this machine through to ${url.host} (HTTP status ${error.status})`;
    }
    const { code = '' } = error;
    const suffix = code && ` (${code})`;
    const certificate = CERTIFICATE[code];
    if (certificate) {
        const holder = error instanceof ProxyError ? through : url.hostname;
        return `the TLS certificate of ${holder} ${certificate}${suffix}`;
    }
    if (phase === 'headers')
        return `the connection to ${url.host} broke off before an answer came${suffix}`;
    if (phase === 'body')
        return `the connection to ${url.host} broke off in the middle of the answer${suffix}`;
    const { host, hostname } = proxy === undefined ? url : new URL(proxy);
    const target = proxy === undefined ? host : through;
    const reason = CONNECTING[code];
    return `${reason ? reason(target, hostname) : `no connection to ${target}`}${suffix}`;
}
/** Tells whether another attempt would end the same way. */
function isPermanent(error) {
    if (error instanceof ProxyRefusal) {
        // Many attempts with a wrong password may lock the account.
        return error.status >= 400 && error.status < 500 && error.status !== 408 && error.status !== 429;
    }
    const { code = '' } = error;
    return code in CERTIFICATE || code in NO_TLS || code.startsWith('ERR_SSL_') || code === 'ERR_INVALID_CHAR';
}
/** Tells whether a certificate failed only because Node does not know its CA. */
function isUnknownIssuer(code) {
    return code !== undefined && UNKNOWN_ISSUER.has(code);
}
const UNKNOWN_ISSUER = new Set([
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_GET_ISSUER_CERT',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);
/** https://docs.openssl.org/master/man1/openssl-verification-options/ */
const CERTIFICATE = {
    CERT_HAS_EXPIRED: 'has expired',
    CERT_NOT_YET_VALID: 'is not valid yet',
    CERT_REVOKED: 'was revoked',
    CERT_SIGNATURE_FAILURE: 'has a signature that is not good',
    CERT_UNTRUSTED: 'is not trusted here',
    ERR_TLS_CERT_ALTNAME_INVALID: 'was issued for another host name',
    DEPTH_ZERO_SELF_SIGNED_CERT: 'is self-signed, and not known on this machine',
    SELF_SIGNED_CERT_IN_CHAIN: 'comes from an issuer that is not known on this machine',
    UNABLE_TO_GET_ISSUER_CERT: 'comes from an issuer that is not known on this machine',
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'comes from an issuer that is not known on this machine',
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'comes from an issuer that is not known on this machine',
};
const speaksNoTls = (target) => `${target} does not speak TLS`;
const NO_TLS = {
    EPROTO: speaksNoTls,
    ERR_SSL_WRONG_VERSION_NUMBER: speaksNoTls,
    ERR_SSL_PACKET_LENGTH_TOO_LONG: speaksNoTls,
};
/** Why there is no connection: `target` may say "the proxy ...", `name` is only a host name. */
const CONNECTING = {
    ...NO_TLS,
    ECONNREFUSED: (target) => `${target} refuses connections`,
    ECONNRESET: (target) => `${target} broke the connection off`,
    ENOTFOUND: (_, name) => `the name ${name} cannot be resolved`,
    EAI_AGAIN: (_, name) => `the name ${name} cannot be resolved at the moment`,
    ENETUNREACH: (target) => `there is no network route to ${target}`,
    EHOSTUNREACH: (target) => `there is no network route to ${target}`,
    ETIMEDOUT: (target) => `${target} does not answer`,
};

;// CONCATENATED MODULE: ./src/platform/json-call.ts




/**
 * Makes a call that answers with a JSON object, once.
 * @param name the call's, for messages
 * @param signal ends the call
 * @throws CallError
 */
async function callJson(transport, name, request, signal) {
    const requestId = (0,external_node_crypto_.randomUUID)();
    const answer = await send(transport, name, requestId, request, signal);
    const retryAfter = parseRetryAfter(answer.headers['retry-after']);
    const malformed = (problem) => new CallError(name, { kind: 'answer', httpStatus: answer.status, problem }, requestId, retryAfter);
    const json = parseJson(answer.body);
    if (answer.status < 200 || answer.status > 299) {
        const status = parseRpcStatus(json);
        throw status
            ? new CallError(name, { kind: 'rpc', status }, requestId, retryAfter)
            : malformed(describeAnswer(answer, json));
    }
    if (!isObject(json))
        throw malformed(describeAnswer(answer, json));
    return { value: json, sentAt: answer.sentAt, receivedAt: answer.receivedAt, malformed };
}
async function send(transport, name, requestId, request, signal) {
    const headers = { ...request.headers, accept: 'application/json', 'x-request-id': requestId };
    try {
        return await transport.send({ ...request, headers }, signal);
    }
    catch (error) {
        if (!(error instanceof HttpError))
            throw error;
        const { phase, message: reason, permanent } = error;
        throw new CallError(name, { kind: 'connection', phase, reason, permanent }, requestId);
    }
}
/**
 * Reads a Retry-After header: seconds or a date.
 * @returns milliseconds from now, or nothing where there is none that can be read
 */
function parseRetryAfter(header = '') {
    if (/^\d{1,9}$/.test(header))
        return Number(header) * 1000;
    // Date.parse alone finds a date in almost anything.
    if (!/^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(header))
        return undefined;
    const date = Date.parse(header);
    return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}
/** Nothing where the body is no JSON: proxies and load balancers answer HTML or nothing. */
function parseJson(body) {
    try {
        return JSON.parse(body.toString('utf8'));
    }
    catch {
        return undefined;
    }
}
function isObject(json) {
    return typeof json === 'object' && json !== null && !Array.isArray(json);
}
function describeAnswer({ status, headers, body }, json) {
    if (status >= 300 && status < 400)
        return 'is a redirect, which is never followed';
    if (body.length === 0)
        return 'is empty';
    if (json !== undefined)
        return 'is JSON, but not of the shape that was asked for';
    if (/html/i.test(headers['content-type'] ?? '') || /^\s*</.test(body.toString('latin1', 0, 64))) {
        return 'is a web page (HTML), as a proxy or a firewall sends it';
    }
    return 'is not JSON';
}

// EXTERNAL MODULE: external "node:timers/promises"
var promises_ = __webpack_require__(8500);
;// CONCATENATED MODULE: ./src/platform/retry.ts



/** The first wait is shorter than this, in milliseconds; the limit doubles with each one after it. */
const FIRST_DELAY = 500;
const LONGEST_DELAY = 15_000;
/** For calls that may be repeated: whatever may pass by itself. */
const ifTransient = (error) => error.isTransient;
/** For RegisterAgent, where each call that arrives may create a client: only if none can have been created. */
const ifNothingWasDone = ({ failure, retryAfter }) => {
    switch (failure.kind) {
        case 'rpc':
            // Without a Retry-After, ResourceExhausted is a limit of the space.
            return (failure.status.code === RpcCode.Aborted ||
                (failure.status.code === RpcCode.ResourceExhausted && retryAfter !== undefined));
        case 'answer':
            return failure.httpStatus === 429 || failure.httpStatus === 503;
        case 'connection':
            return failure.phase === 'connect' && !failure.permanent;
    }
};
/**
 * Makes a call until it succeeds, fails for good, or the next attempt doesn't fit into the time that is left.
 * Waits grow exponentially with full jitter, so that jobs which fail together don't come back together. A
 * Retry-After is waited for in full before that.
 * @param rule what is tried again after
 * @throws CallError of the last attempt, which holds those before it
 */
async function retrying(rule, call, { deadline, onRetry }) {
    const earlier = [];
    for (let longest = FIRST_DELAY;; longest = Math.min(2 * longest, LONGEST_DELAY)) {
        try {
            return await call();
        }
        catch (error) {
            if (!(error instanceof CallError))
                throw error;
            // That the time ran out during an attempt says less than why there had to be another one.
            const isCutOff = deadline.remaining() <= 0 && error.failure.kind === 'connection';
            const before = earlier.at(-1);
            if (isCutOff && before && (rule === ifTransient || !error.mayHaveTakenEffect))
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

;// CONCATENATED MODULE: ./src/platform/rpc.ts


/** What is retried, by method. The same table stands in docs/behaviour.md. */
const RULES = {
    'Health/Check': ifTransient,
    'AgentManager/PingPong': ifTransient,
    'AgentManager/RegisterAgent': ifNothingWasDone,
    'AgentManager/UnRegisterAgent': ifTransient,
    'SecureTokenService/ExchangeExternalToken': ifTransient,
};
/** Remote procedure calls as the platform takes them: `POST <endpoint>/<Service>/<Method>`, JSON both ways. */
class Rpc {
    transport;
    options;
    constructor(transport, options) {
        this.transport = transport;
        this.options = options;
    }
    /**
     * Calls one method, and again where that is safe and may help.
     * @param method `<Service>/<Method>`
     * @param body JSON, byte for byte what is signed
     * @param authorize makes the bearer token, for methods that want one: a fresh one for each attempt
     * @throws CallError
     */
    call(method, body, authorize, deadline = this.options.deadline) {
        const rule = RULES[method] ?? (() => false);
        const { onRetry } = this.options;
        return retrying(rule, () => this.callOnce(method, body, authorize, deadline), { deadline, onRetry });
    }
    /**
     * Calls one method, once.
     * @throws CallError
     */
    async callOnce(method, body, authorize, deadline = this.options.deadline) {
        const { endpoint, userAgent } = this.options;
        const headers = { 'content-type': 'application/json', 'user-agent': userAgent };
        const bearer = await authorize?.();
        if (bearer !== undefined)
            headers.authorization = `Bearer ${bearer}`;
        const request = { method: 'POST', url: new URL(`${endpoint}/${method}`), headers, body };
        return callJson(this.transport, method, request, deadline.endSignal);
    }
}

// EXTERNAL MODULE: external "node:http"
var external_node_http_ = __webpack_require__(7067);
var external_node_http_default = /*#__PURE__*/__webpack_require__.n(external_node_http_);
// EXTERNAL MODULE: ./src/util/duration.ts
var duration = __webpack_require__(6518);
// EXTERNAL MODULE: external "node:net"
var external_node_net_ = __webpack_require__(7030);
var external_node_net_default = /*#__PURE__*/__webpack_require__.n(external_node_net_);
// EXTERNAL MODULE: external "node:tls"
var external_node_tls_ = __webpack_require__(1692);
var external_node_tls_default = /*#__PURE__*/__webpack_require__.n(external_node_tls_);
;// CONCATENATED MODULE: ./src/platform/connect.ts





/**
 * How long one of several addresses of a name is tried before the next, in milliseconds. Node's default of 250 ms is
 * less than a handshake with a far platform takes, which then is never reached.
 */
const ATTEMPT_TIMEOUT = 4000;
/**
 * Opens connections that are ready to carry a request: through the proxy if there is one, and with TLS for https.
 * Certificates are always verified, with the system's CAs as soon as one turns up that Node does not know.
 */
class Connector {
    route;
    ca;
    constructor(route) {
        this.route = route;
    }
    /** @throws ConnectTimeout, ProxyRefusal, ProxyError, or Node's own error with a `code` */
    async connect(url) {
        const timeout = AbortSignal.timeout(this.route.timeout);
        const signal = AbortSignal.any([timeout, this.route.signal]);
        const hadSystemCas = this.ca !== undefined;
        try {
            return await this.open(url, signal);
        }
        catch (error) {
            if (timeout.aborted)
                throw new ConnectTimeout(this.route.timeout);
            const { code } = (error instanceof ProxyError ? error.cause : error);
            if (!isUnknownIssuer(code) || hadSystemCas)
                throw error;
        }
        // Reading the system's store takes long, so it is left alone until it is needed.
        this.ca ??= [...external_node_tls_default().getCACertificates('default'), ...external_node_tls_default().getCACertificates('system')];
        return this.open(url, signal);
    }
    async open(url, signal) {
        const { proxy } = this.route;
        if (proxy === undefined)
            return this.dial(url, signal);
        const proxyUrl = new URL(proxy);
        const socket = await this.dial(proxyUrl, signal).catch((error) => {
            throw new ProxyError(error);
        });
        await openTunnel(socket, url, proxyUrl, signal);
        return url.protocol === 'https:' ? this.encrypt(url, { socket }, signal) : socket;
    }
    dial(url, signal) {
        const target = {
            host: hostOf(url),
            port: portOf(url),
            autoSelectFamily: true,
            autoSelectFamilyAttemptTimeout: ATTEMPT_TIMEOUT,
        };
        return url.protocol === 'https:'
            ? this.encrypt(url, target, signal)
            : ready(external_node_net_default().connect(target), 'connect', signal);
    }
    encrypt(url, target, signal) {
        const host = hostOf(url);
        const socket = external_node_tls_default().connect({
            ...target,
            host,
            ...(external_node_net_default().isIP(host) === 0 && { servername: host }),
            ...(this.ca && { ca: this.ca }),
            // Explicit, because NODE_TLS_REJECT_UNAUTHORIZED=0 would disable it.
            rejectUnauthorized: true,
        });
        return ready(socket, 'secureConnect', signal);
    }
}
/** The port that a URL names, or else the one of its scheme. */
function portOf({ port, protocol }) {
    return Number(port) || (protocol === 'https:' ? 443 : 80);
}
/** An IPv6 address without its brackets. */
function hostOf({ hostname }) {
    return hostname.replace(/^\[|\]$/g, '');
}
/** Has a proxy connect a socket with a server, by CONNECT. */
async function openTunnel(socket, url, proxy, signal) {
    const { username, password } = (0,proxy_url/* proxyLogin */.e)(proxy.href);
    const login = Buffer.from(`${username}:${password}`).toString('base64');
    const host = `${url.hostname}:${portOf(url)}`;
    const request = external_node_http_default().request({
        createConnection: () => socket,
        method: 'CONNECT',
        path: host,
        headers: { host, ...(username && { 'proxy-authorization': `Basic ${login}` }) },
    });
    try {
        const status = await new Promise((resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason), { once: true });
            request.on('error', reject).on('connect', ({ statusCode }, _, head) => {
                socket.unshift(head);
                resolve(statusCode);
            });
            request.end();
        });
        if (status !== 200)
            throw new ProxyRefusal(status);
    }
    catch (error) {
        socket.destroy();
        throw error instanceof ProxyRefusal ? error : new ProxyError(error);
    }
}
/** Waits until a socket is connected; one that does not get there is destroyed. */
function ready(socket, event, signal) {
    return new Promise((resolve, reject) => {
        const settle = (error) => {
            signal.removeEventListener('abort', abort);
            socket.off('error', settle).off(event, settle);
            if (error === undefined)
                return resolve(socket);
            socket.on('error', () => { }).destroy();
            reject(error);
        };
        const abort = () => settle(signal.reason);
        signal.addEventListener('abort', abort);
        socket.on('error', settle).on(event, () => settle());
        if (signal.aborted)
            abort();
    });
}

;// CONCATENATED MODULE: ./src/platform/transport.ts




/** The limit of one request if nothing else is given, in milliseconds. */
const REQUEST_TIMEOUT = 30_000;
/** The limit of one connection attempt if nothing else is given, in milliseconds. */
const CONNECT_TIMEOUT = 15_000;
/** The largest response body that `send` reads, in bytes. The platform's own have a few kilobytes. */
const MAX_BODY = 1024 * 1024;
/** HTTP/1.1 over connections that are kept, with limits on size and time; it follows no redirects. */
class Transport {
    options;
    agent;
    closing = new AbortController();
    constructor(options = {}) {
        this.options = options;
        const { proxy, connectTimeout: timeout = CONNECT_TIMEOUT } = options;
        const connector = new Connector({ proxy, timeout, signal: this.closing.signal });
        // Without a timeout of its own, the agent keeps connections for longer than the server says that it does.
        this.agent = new (external_node_http_default()).Agent({ keepAlive: true, timeout: REQUEST_TIMEOUT });
        // It gets sockets that are ready for a request, TLS included: `http` serves for https as well.
        this.agent.createConnection = (target, done) => {
            connector.connect(target.url).then((socket) => done?.(null, socket), (error) => done?.(error, undefined));
            return undefined;
        };
    }
    /**
     * Sends a request and reads the whole response, whatever its status.
     * @param signal ends the request
     * @throws HttpError
     */
    send(request, signal) {
        return this.receive(request, signal, async (head, body) => {
            const chunks = [];
            let size = 0;
            for await (const chunk of body) {
                size += chunk.length;
                if (size > MAX_BODY)
                    throw new HttpError('body', 'the answer is larger than 1 MiB', true);
                chunks.push(chunk);
            }
            return { ...head, body: Buffer.concat(chunks) };
        });
    }
    /**
     * Sends a request and hands the response over as soon as its headers are there.
     * @param signal ends the request and the response
     * @param consume reads the body; its own errors pass through
     * @throws HttpError
     */
    async receive(request, signal, consume) {
        const { proxy, requestTimeout = REQUEST_TIMEOUT } = this.options;
        const limits = requestTimeout === 'none' ? [] : [AbortSignal.timeout(requestTimeout)];
        const stop = AbortSignal.any([signal, ...limits]);
        const startedAt = performance.now();
        let phase = 'connect';
        const failure = (error) => {
            if (stop.aborted || error instanceof ConnectTimeout) {
                const waited = error instanceof ConnectTimeout ? error.limit : performance.now() - startedAt;
                return new HttpError(phase, `${WAITING[phase]} within ${(0,duration/* formatDuration */.a)(Math.round(waited))}`);
            }
            const reason = describeFailure(error, phase, { url: request.url, proxy });
            return new HttpError(phase, reason, isPermanent(error));
        };
        async function* chunksOf(response) {
            try {
                yield* response;
            }
            catch (error) {
                throw failure(error);
            }
        }
        let sentAt = 0;
        const response = await this.begin(request, stop, () => {
            phase = 'headers';
            sentAt = Date.now();
        }).catch((error) => {
            throw failure(error);
        });
        phase = 'body';
        const { statusCode: status = 0, headers } = response;
        try {
            return await consume({ status, headers, sentAt, receivedAt: Date.now() }, chunksOf(response));
        }
        finally {
            // Unless it was read to its end, nobody can use the connection any more.
            response.destroy();
        }
    }
    /** Resolves to the response when its headers are there. The signal ends the request and the response. */
    async begin({ method, url, headers, body = '' }, stop, onConnected) {
        stop.throwIfAborted();
        const target = { host: hostOf(url), port: portOf(url), url };
        const length = body && { 'content-length': Buffer.byteLength(body) };
        const request = external_node_http_default().request({
            ...target,
            agent: this.agent,
            method,
            path: url.pathname + url.search,
            headers: { ...headers, host: url.host, ...length },
        });
        return new Promise((resolve, reject) => {
            stop.addEventListener('abort', () => {
                // A request that still waits for its connection doesn't report that it was destroyed.
                reject(stop.reason);
                request.destroy();
            });
            request.on('socket', onConnected).on('response', resolve).on('error', reject).end(body);
        });
    }
    /** Drops every connection, so that none keeps the process alive. */
    close() {
        this.closing.abort();
        this.agent.destroy();
    }
}
const WAITING = {
    connect: 'no connection',
    headers: 'connected, but no answer',
    body: 'the answer began but did not end',
};

;// CONCATENATED MODULE: ./src/platform/connection.ts




/** The version of this action. */
const VERSION = package_namespaceObject.rE;
/** Who makes the requests, as `register-cnspec/<version> (<os>; <arch>)`. */
const USER_AGENT = `register-cnspec/${VERSION} (${process.platform}; ${process.arch})`;
function connect({ proxy, requestTimeout, ...options }) {
    const transport = new Transport({ proxy, requestTimeout });
    const client = new PlatformClient(new Rpc(transport, { ...options, userAgent: USER_AGENT }));
    return Object.assign(client, { [Symbol.dispose]: () => transport.close() });
}

;// CONCATENATED MODULE: ./src/platform/deadline.ts
/** The time that some work has. */
class Deadline {
    /** After it nothing new begins: the time is up, or nobody waits for the work any more. */
    signal;
    /** After it nothing goes on. */
    endSignal;
    end;
    over;
    /**
     * @param timeout milliseconds from now
     * @param over aborts when nobody waits for the work any more
     * @param grace aborts when work is ended that `over` still lets go on
     */
    constructor(timeout, over, grace = over) {
        this.over = over;
        // Timers take whole milliseconds only.
        const timeUp = AbortSignal.timeout(Math.max(0, Math.ceil(timeout)));
        this.signal = AbortSignal.any(over ? [timeUp, over] : [timeUp]);
        this.endSignal = AbortSignal.any(grace ? [timeUp, grace] : [timeUp]);
        this.end = performance.now() + timeout;
    }
    /** Milliseconds that are left; none, or less than none, when nothing new may begin. */
    remaining() {
        const left = this.end - performance.now();
        // A timer may fire a moment early.
        return this.signal.aborted ? Math.min(left, 0) : left;
    }
    /** The same time, but work that is under way goes on until `grace` aborts. */
    withGrace(grace) {
        return new Deadline(this.remaining(), this.over, grace);
    }
}

;// CONCATENATED MODULE: ./src/platform/proxy.ts





/**
 * Chooses the proxy for an endpoint: the one that is named outright, or else what HTTPS_PROXY and NO_PROXY say.
 * Plain http goes to loopback only, where the environment names no proxy.
 * @throws ActionError `invalid-input` when the environment names a proxy that cannot be used
 */
function proxyFor(endpoint, named, env) {
    if (named !== undefined)
        return named;
    const url = new URL(endpoint);
    const proxy = env.https_proxy || env.HTTPS_PROXY;
    if (!proxy || isLoopback(url.hostname) || isBypassed(url, env.no_proxy || env.NO_PROXY || ''))
        return undefined;
    try {
        // Without a scheme it is http, as for curl.
        return (0,proxy_url/* parseProxyUrl */.P)(proxy.includes('://') ? proxy : `http://${proxy}`);
    }
    catch (error) {
        if (!(error instanceof url_error/* UrlError */.U))
            throw error;
        throw new errors/* ActionError */.l('invalid-input', `The proxy that the environment variable HTTPS_PROXY names ${error.message}.`, 'Write it like http://proxy.example.com:3128. For Mondoo Platform, but not for GitHub, the input api-proxy wins over it.');
    }
}
/** NO_PROXY lists host names, each with the names below it, with or without a port; `*` stands for all. */
function isBypassed(url, noProxy) {
    const hosts = [url.hostname, `${url.hostname}:${portOf(url)}`];
    return noProxy
        .split(',')
        .map((entry) => entry.trim().toLowerCase())
        .filter(Boolean)
        .some((entry) => entry === '*' || hosts.some((host) => `.${host}`.endsWith(`.${entry.replace(/^\./, '')}`)));
}

// EXTERNAL MODULE: ./src/report/notices.ts
var notices = __webpack_require__(1263);
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










/** The limit, whatever is left of the step's own time. Milliseconds. */
const TIMEOUT = 10_000;
/** The limit of one attempt, so that there is time for another. Milliseconds. */
const unregister_REQUEST_TIMEOUT = 3000;
/**
 * Unregisters a client that this job minted. Never call it for another one: it revokes the service account too, for
 * everyone who uses it.
 * @param account the service account that was minted with the client
 * @param over ends the attempts
 * @returns nothing when the client is gone
 */
async function unregister(client, account, job, over) {
    const { apiEndpoint: endpoint, apiProxy } = account;
    const deadline = new Deadline(TIMEOUT, over);
    try {
        const env_1 = { stack: [], error: void 0, hasError: false };
        try {
            const proxy = proxyFor(endpoint, apiProxy, job.env);
            job.mask((0,secrets/* proxySecrets */.Wm)(proxy));
            const onRetry = (retry) => job.log(notices/* notices */.o.retry(retry));
            const platform = __addDisposableResource(env_1, connect({ endpoint, proxy, deadline, requestTimeout: unregister_REQUEST_TIMEOUT, onRetry }), false);
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
        if (!(error instanceof CallError || error instanceof errors/* ActionError */.l))
            throw error;
        const mayBeGone = error instanceof CallError && saysThatItIsGone(error);
        return { reason: mayBeGone ? `${error.message}; it may be gone already` : error.message, mayBeGone };
    }
    job.log(notices/* notices */.o.unregistered(client));
    return undefined;
}
/** Reads the account that was minted with a client from its key file; nothing if the file was changed. */
async function readKeyFile(text) {
    try {
        const document = await (0,decode/* parseCredentials */.gu)({ form: 'YAML', text });
        return readServiceAccount(document, { now: new Date() }).account;
    }
    catch (error) {
        if (error instanceof errors/* ActionError */.l)
            return undefined;
        throw error;
    }
}


/***/ }),

/***/ 3872:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   P: () => (/* binding */ parseProxyUrl),
/* harmony export */   e: () => (/* binding */ proxyLogin)
/* harmony export */ });
/* harmony import */ var _url_error_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(4114);

/**
 * Reads the URL of a proxy: http or https, with or without user name and password.
 * @returns the URL, normalized
 * @throws UrlError
 */
function parseProxyUrl(text) {
    if (/\s/.test(text))
        throw new _url_error_js__WEBPACK_IMPORTED_MODULE_0__/* .UrlError */ .U('contains white space');
    const url = URL.parse(text);
    if (url === null)
        throw new _url_error_js__WEBPACK_IMPORTED_MODULE_0__/* .UrlError */ .U('is not a URL');
    if (url.protocol !== 'http:' && url.protocol !== 'https:') {
        throw new _url_error_js__WEBPACK_IMPORTED_MODULE_0__/* .UrlError */ .U('is neither an http nor an https URL');
    }
    try {
        proxyLogin(url.href);
    }
    catch {
        throw new _url_error_js__WEBPACK_IMPORTED_MODULE_0__/* .UrlError */ .U('has a user name or a password that is not URL-encoded');
    }
    return url.href;
}
/** The user name and the password in the URL of a proxy, decoded; empty where there are none. */
function proxyLogin(proxy) {
    const { username, password } = new URL(proxy);
    return { username: decodeURIComponent(username), password: decodeURIComponent(password) };
}


/***/ }),

/***/ 4114:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   U: () => (/* binding */ UrlError),
/* harmony export */   w: () => (/* binding */ readUrl)
/* harmony export */ });
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(17);

/**
 * What is wrong with a text that should be a URL, in words that fit behind its name.
 * The text itself may hold a password, so it is never quoted.
 */
class UrlError extends Error {
}
/**
 * Reads a URL that somebody else has to mend when it is wrong.
 * @param parse throws UrlError
 * @param fault the finding, whose URL it is ("The input api-endpoint"), and what to do
 * @throws ActionError
 */
function readUrl(text, parse, { code, subject, remedy }) {
    try {
        return parse(text);
    }
    catch (error) {
        if (!(error instanceof UrlError))
            throw error;
        throw new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .ActionError */ .l(code, `${subject} ${error.message}.`, remedy);
    }
}


/***/ })

};
