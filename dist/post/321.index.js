export const id = 321;
export const ids = [321];
export const modules = {

/***/ 7562:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   $H: () => (/* binding */ asMap),
/* harmony export */   Q9: () => (/* binding */ keyTwice),
/* harmony export */   ik: () => (/* binding */ place)
/* harmony export */ });
/* unused harmony exports decodeCredentials, parseJson */
/* harmony import */ var node_buffer__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(4573);
/* harmony import */ var node_buffer__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_buffer__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var _fields_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(585);
/* harmony import */ var _secrets_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(5515);




/**
 * Takes the base64 off credentials, if there is any, and tells JSON from YAML by content.
 * @param given not blank
 * @throws ActionError
 */
function decodeCredentials(given) {
    const text = given.trim();
    if (!/^[\w+/=\s-]+$/.test(text) || text.includes('---'))
        return { form: syntaxOf(text), text };
    const compact = text.replace(/\s+/g, '');
    if (/[-_]/.test(compact)) {
        throw invalid('The credentials look like URL-safe base64: they have "-" or "_" where standard base64 has "+" or "/".', 'Encode the credentials file with standard base64 (`base64 -w0 credentials.json`), or store the JSON as it is.');
    }
    const bytes = Buffer.from(compact, 'base64');
    if (bytes.toString('base64') !== compact || !isUtf8(bytes)) {
        throw invalid(`The credentials are neither JSON nor YAML, and the ${compact.length} characters that are there cannot be decoded as base64: they are cut off or are something else, such as a path or a name.`);
    }
    const decoded = bytes.toString('utf8').trim();
    return { form: `base64 of ${syntaxOf(decoded)}`, text: decoded };
}
/** @throws ActionError with the place of a mistake, never the text around it */
function parseJson(credentials) {
    const { form, text } = credentials;
    if (!form.endsWith('JSON'))
        throw invalid('The credentials are not JSON: they do not start with "{".');
    let value;
    try {
        value = JSON.parse(text);
    }
    catch (error) {
        const subject = form === 'JSON' ? 'The credentials' : 'The credentials are base64; decoded they';
        throw invalid(`${subject} start with "{" but are not valid JSON: ${jsonMistake(error, text)} (of ${text.length} characters).`);
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
    return offset === undefined ? 'there is a mistake in the text' : `the mistake is at ${place(text, Number(offset))}`;
}
/** @param offset of the second one */
function keyTwice({ form, text }, offset) {
    return (0,_fields_js__WEBPACK_IMPORTED_MODULE_1__/* .invalid */ .Gq)(`The credentials (${form}) have the same key twice, the second time at ${place(text, offset)}.`, 'Remove the one that is out of date, or copy the credentials from the Mondoo Console again.');
}
function asMap(value, { form }) {
    if ((0,_fields_js__WEBPACK_IMPORTED_MODULE_1__/* .isMap */ .jh)(value))
        return value;
    throw (0,_fields_js__WEBPACK_IMPORTED_MODULE_1__/* .invalid */ .Gq)(`The credentials (${form}) hold ${(0,_fields_js__WEBPACK_IMPORTED_MODULE_1__/* .kindOf */ .I)(value)} where a JSON object with the keys mrn, private_key, certificate and so on is expected.`, remedyFor(value));
}
function remedyFor(value) {
    if (typeof value !== 'string')
        return undefined;
    if (value.trimStart().startsWith('{')) {
        return 'The object was put into quotes and escaped once more. Store it as the Mondoo Console shows it, starting with {.';
    }
    return _secrets_js__WEBPACK_IMPORTED_MODULE_2__/* .COMPACT_JWT */ .CA.test(value.replace(/\s+/g, ''))
        ? 'It has the shape of a registration token: pass that with the input registration-token, in place of credentials.'
        : undefined;
}
function place(text, offset) {
    const before = text.slice(0, offset).split('\n');
    return `line ${before.length}, column ${before.at(-1).length + 1}`;
}


/***/ }),

/***/ 585:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Gq: () => (/* binding */ invalid),
/* harmony export */   I: () => (/* binding */ kindOf),
/* harmony export */   jh: () => (/* binding */ isMap)
/* harmony export */ });
/* unused harmony export textOf */
/* harmony import */ var _util_errors_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(17);

const COPY_AGAIN = 'Copy the credentials again as the Mondoo Console shows them, from the first { to the last }, and store that as the secret.';
/** @param message may hold nothing of a secret */
function invalid(message, remedy = COPY_AGAIN) {
    return new _util_errors_js__WEBPACK_IMPORTED_MODULE_0__/* .ActionError */ .l('invalid-credentials', message, remedy);
}
/** @returns nothing if the field is absent, empty or not text */
function textOf(document, field) {
    const value = document[field];
    return typeof value === 'string' && value !== '' ? value : undefined;
}
function isMap(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}
function kindOf(value) {
    if (value === null)
        return 'nothing';
    if (Array.isArray(value))
        return 'a list';
    return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}


/***/ }),

/***/ 5515:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   CA: () => (/* binding */ COMPACT_JWT),
/* harmony export */   Wm: () => (/* binding */ proxySecrets)
/* harmony export */ });
/* unused harmony exports secretsIn, credentialSecrets, documentSecrets, fileSecrets, tokenSecrets, environmentProxySecrets */
/* harmony import */ var _fields_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(585);

/** A JWT in its compact form: three parts in base64url with a dot between them. */
const COMPACT_JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;
/** The runner would replace shorter texts wherever they happen to occur. */
const SHORTEST_MASK = 16;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;
/**
 * Finds what must be masked in a text with credentials, however broken it is: each line of every private key, the
 * key's body in one piece, and the whole key as it is inside JSON.
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
    return maskable(secrets);
}
/** Finds what must be masked of credentials as they were given, in whatever form. */
function credentialSecrets(given) {
    const compact = given.replace(/\s+/g, '');
    // A registration token in the place of credentials is refused, but it is still a secret.
    if (COMPACT_JWT.test(compact))
        return tokenSecrets(given);
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(compact))
        return secretsIn(given);
    return [...tokenSecrets(given), ...secretsIn(Buffer.from(compact, 'base64').toString('utf8'))];
}
/** Finds what must be masked of the fields of credentials, which are unchecked. */
function documentSecrets(document) {
    const fields = (document ?? {});
    const jwt = textOf(fields, 'jwtToken') ?? '';
    return [
        ...secretsIn(textOf(fields, 'private_key') ?? ''),
        ...proxySecrets(textOf(fields, 'api_proxy')),
        // An MRN or an endpoint in its place must stay readable.
        ...(COMPACT_JWT.test(jwt.replace(/\s+/g, '')) ? tokenSecrets(jwt) : []),
    ];
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
    return maskable([...lines, lines.join('')]);
}
/** Finds what must be masked of the URL of a proxy: its password, encoded and decoded, whatever its length. */
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
        if (!/^(?:https?|all)_proxy$/i.test(name))
            return [];
        // A password may hold an @ that nobody encoded.
        const password = /^[^:@]*:(.*)@/s.exec(value.replace(/^[a-z][a-z\d+.-]*:\/\//i, ''))?.[1] ?? '';
        return [password, ...proxySecrets(value)];
    });
    return [...new Set(secrets)].filter(Boolean);
}
function maskable(secrets) {
    return [...new Set(secrets)].filter((secret) => secret.length >= SHORTEST_MASK);
}


/***/ }),

/***/ 3321:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  readKeyFile: () => (/* binding */ readKeyFile),
  unregister: () => (/* binding */ unregister)
});

// UNUSED EXPORTS: takeBack

;// CONCATENATED MODULE: ./src/util/mrn.ts
const ID = String.raw `[A-Za-z0-9](?:[\w.-]{0,126}[A-Za-z0-9])?`;
const SCOPE = `(?<kind>spaces|organizations)/(?<id>${ID})`;
const SHAPES = {
    'service account': new RegExp(`^//agents\\.api\\.mondoo\\.app/${SCOPE}/serviceaccounts/${ID}$`),
    client: new RegExp(`^//agents\\.api\\.mondoo\\.app/${SCOPE}/agents/${ID}$`),
    owner: new RegExp(`^//captain\\.api\\.mondoo\\.app/${SCOPE}$`),
};
/** For error messages. */
const mrn_MRN_SHAPE = {
    'service account': '//agents.api.mondoo.app/spaces/<id>/serviceaccounts/<id>',
    client: '//agents.api.mondoo.app/spaces/<id>/agents/<id>',
    owner: '//captain.api.mondoo.app/spaces/<id>',
};
function mrn_isMrn(kind, text) {
    return SHAPES[kind].test(text);
}
/** The id of the space; undefined if the owner is an organization. */
function spaceId(owner) {
    const groups = SHAPES.owner.exec(owner)?.groups;
    return groups?.kind === 'spaces' ? groups.id : undefined;
}
/** The owner of a service account or client. */
function ownerOf(mrn) {
    const groups = (SHAPES['service account'].exec(mrn) ?? SHAPES.client.exec(mrn))?.groups;
    return groups && `//captain.api.mondoo.app/${groups.kind}/${groups.id}`;
}

// EXTERNAL MODULE: ./src/util/errors.ts
var errors = __webpack_require__(17);
;// CONCATENATED MODULE: ./src/util/url.ts

/** Where cnspec sends credentials without an `api_endpoint`, whatever their region. */
const url_DEFAULT_ENDPOINT = 'https://us.api.mondoo.com';
/** What is wrong with a URL, in words that fit behind its name. The URL may hold a password, so it is never quoted. */
class UrlError extends Error {
}
/**
 * Turns a UrlError into an ActionError.
 * @param fault `subject` names the URL, such as "The input api-endpoint"
 */
function url_readUrl(text, parse, { code, subject, remedy }) {
    try {
        return parse(text);
    }
    catch (error) {
        if (!(error instanceof UrlError))
            throw error;
        throw new errors/* ActionError */.l(code, `${subject} ${error.message}.`, remedy);
    }
}
/**
 * Parses an API endpoint: https, or http on loopback; no user, password, query or fragment.
 * @returns the endpoint without a slash at its end
 * @throws UrlError
 */
function url_parseEndpoint(text) {
    if (text.length > 2048)
        throw new UrlError('is longer than 2048 characters');
    const url = parseUrl(text);
    if (url.username || url.password)
        throw new UrlError('contains a user name or a password');
    if (/[?#]/.test(text))
        throw new UrlError('contains a query or a fragment');
    if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
        throw new UrlError('is plain http, which would send your login unencrypted');
    }
    if (!/^https?:$/.test(url.protocol))
        throw new UrlError(`has the scheme ${url.protocol.slice(0, -1)}`);
    return (url.origin + url.pathname).replace(/\/+$/, '');
}
/**
 * Parses the URL of a proxy: http or https, with or without user name and password.
 * @returns the URL, normalized
 * @throws UrlError
 */
function parseProxyUrl(text) {
    const url = parseUrl(text);
    if (!/^https?:$/.test(url.protocol))
        throw new UrlError('is neither an http nor an https URL');
    try {
        proxyLogin(url.href);
    }
    catch {
        throw new UrlError('has a user name or a password that is not URL-encoded');
    }
    return url.href;
}
/** The decoded user name and password; empty if there are none. */
function proxyLogin(proxy) {
    const { username, password } = new URL(proxy);
    return { username: decodeURIComponent(username), password: decodeURIComponent(password) };
}
function parseUrl(text) {
    // Node drops tabs and line ends silently; cnspec does not.
    if (/\s/.test(text))
        throw new UrlError('contains white space');
    const url = URL.parse(text);
    if (url === null)
        throw new UrlError('is not a URL');
    return url;
}
function isLoopback(hostname) {
    return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
/** Whether an endpoint is Mondoo's own, or on this runner. */
function url_isTrustedHost(endpoint) {
    const { hostname } = new URL(endpoint);
    return hostname === 'mondoo.com' || hostname.endsWith('.mondoo.com') || isLoopback(hostname);
}
/** Whether text that isn't secret may choose the endpoint: Mondoo's, this runner, or the one the workflow names. */
function url_mayLeadTo(endpoint, fromWorkflow) {
    return url_isTrustedHost(endpoint) || (fromWorkflow !== undefined && isSameHost(endpoint, fromWorkflow));
}
function isSameHost(one, other) {
    return new URL(one).host === new URL(other).host;
}

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: ./src/credentials/fields.ts
var fields = __webpack_require__(585);
;// CONCATENATED MODULE: ./src/credentials/certificate.ts


/** Reads the certificate of a key. Its dates decide nothing, as cnspec never sends it. @throws ActionError */
function readCertificate(pem, key) {
    let certificate;
    try {
        certificate = new external_node_crypto_.X509Certificate(pem);
    }
    catch {
        throw (0,fields/* invalid */.Gq)('The field certificate of the credentials is not a readable PEM certificate ("-----BEGIN CERTIFICATE-----").', 'Copy the credentials from the Mondoo Console again, or remove the field: cnspec works without it.');
    }
    if (!certificate.checkPrivateKey(key)) {
        throw (0,fields/* invalid */.Gq)('The fields certificate and private_key of the credentials do not belong together: the certificate was issued for another key.', 'The secret mixes two sets of credentials. Copy one set whole from the Mondoo Console and store it again.');
    }
    return { from: certificate.validFromDate, to: certificate.validToDate };
}

;// CONCATENATED MODULE: ./src/credentials/private-key.ts


const COPY_AGAIN = 'Generate new credentials in the Mondoo Console (or copy the existing ones again) and store the whole JSON as the secret.';
const OTHER_LABELS = {
    'EC PRIVATE KEY': [
        'is in the SEC1 form ("BEGIN EC PRIVATE KEY"), which cnspec does not read',
        'Convert it with `openssl pkcs8 -topk8 -nocrypt`, or use the credentials as the Mondoo Console gives them.',
    ],
    'ENCRYPTED PRIVATE KEY': ['is encrypted with a passphrase ("BEGIN ENCRYPTED PRIVATE KEY")'],
    'RSA PRIVATE KEY': ['is an RSA key; service accounts use EC P-384'],
    'PUBLIC KEY': ['is only the public half of a key ("BEGIN PUBLIC KEY")'],
    CERTIFICATE: ['holds a certificate instead of a key; the two fields may have been swapped'],
};
const CURVE_NAMES = { prime256v1: 'P-256', secp521r1: 'P-521' };
/** Reads a private key: PEM, PKCS#8, EC P-384, the only kind that cnspec reads. @throws ActionError */
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
    if (label !== 'PRIVATE KEY') {
        throw unusable(...(OTHER_LABELS[label] ?? ['is PEM of a kind that is not a PKCS#8 private key']));
    }
    if (!pem.includes('-----END PRIVATE KEY-----')) {
        throw unusable('is cut off: it has no "-----END PRIVATE KEY-----" line');
    }
    let key;
    try {
        key = (0,external_node_crypto_.createPrivateKey)({ key: pem, format: 'pem', type: 'pkcs8' });
    }
    catch {
        throw unusable('is labelled as a PKCS#8 key but cannot be read: the text between the labels is damaged or cut');
    }
    const { asymmetricKeyType, asymmetricKeyDetails } = key;
    if (asymmetricKeyType !== 'ec') {
        throw unusable(`is an ${asymmetricKeyType?.toUpperCase()} key; service accounts use EC P-384`);
    }
    const curve = asymmetricKeyDetails?.namedCurve ?? 'unnamed';
    if (curve !== 'secp384r1') {
        throw unusable(`is an EC key on the curve ${CURVE_NAMES[curve] ?? curve}; service accounts use P-384`);
    }
    return key;
}
function unusable(found, remedy = COPY_AGAIN) {
    return (0,fields/* invalid */.Gq)(`The field private_key of the credentials ${found}.`, remedy);
}

;// CONCATENATED MODULE: ./src/credentials/service-account.ts





const service_account_COPY_AGAIN = 'Copy the credentials from the Mondoo Console again; do not edit them by hand.';
/**
 * Checks credentials offline.
 * @param endpoint the input `api-endpoint`, which wins over the credentials' own
 * @throws ActionError
 */
function service_account_readServiceAccount(document, { endpoint, now }) {
    const warnings = [];
    const mrn = readMrn(document, 'mrn', 'service account') ?? missing(document, 'mrn');
    const privateKey = readPrivateKey(readText(document, 'private_key') ?? missing(document, 'private_key'));
    const owners = ['scope_mrn', 'space_mrn', 'parent_mrn'].map((field) => readMrn(document, field, 'owner'));
    const account = {
        mrn,
        privateKey,
        ownerMrn: owners.find(Boolean) ?? ownerOf(mrn),
        apiEndpoint: endpoint ?? readEndpoint(document, warnings),
    };
    const proxy = readText(document, 'api_proxy');
    if (proxy !== undefined) {
        account.apiProxy = url_readUrl(proxy, parseProxyUrl, {
            code: 'invalid-credentials',
            subject: 'The field api_proxy of the credentials',
            remedy: 'Write it like http://proxy.example.com:3128, or remove the field and set the input api-proxy.',
        });
    }
    const agentMrn = readMrn(document, 'agent_mrn', 'client');
    if (agentMrn !== undefined)
        account.agentMrn = agentMrn;
    const pem = readText(document, 'certificate');
    if (pem === undefined) {
        warnings.push('The credentials have no certificate. cnspec works without it, but its expiry cannot be checked here.');
        return { account, warnings };
    }
    account.certificate = readCertificate(pem, privateKey);
    const outdated = certificateProblem(account.certificate, now);
    if (outdated) {
        warnings.push(`The certificate of the credentials ${outdated}. Mondoo Platform may refuse them: renew them soon.`);
    }
    return { account, warnings };
}
/** Says since when a certificate is out of its dates; nothing if it is within them. */
function certificateProblem({ from, to }, now) {
    if (to < now)
        return `expired on ${to.toISOString()}`;
    return from > now ? `is not valid before ${from.toISOString()}` : undefined;
}
function readEndpoint(document, warnings) {
    const text = readText(document, 'api_endpoint');
    if (text === undefined) {
        warnings.push(`The credentials have no api_endpoint, so ${url_DEFAULT_ENDPOINT} is used, as cnspec would. For an account of another region set the input api-endpoint.`);
        return url_DEFAULT_ENDPOINT;
    }
    const endpoint = url_readUrl(text, url_parseEndpoint, {
        code: 'invalid-credentials',
        subject: 'The field api_endpoint of the credentials',
        remedy: 'It has to be an https URL such as https://us.api.mondoo.com: copy the credentials again, or set the input api-endpoint.',
    });
    if (!url_isTrustedHost(endpoint)) {
        warnings.push(`The credentials send cnspec to ${new URL(endpoint).host}, which is not a host of mondoo.com. If that is meant, say so with the input api-endpoint.`);
    }
    return endpoint;
}
function readMrn(document, field, kind) {
    const text = readText(document, field);
    if (text === undefined || mrn_isMrn(kind, text))
        return text;
    const named = kind === 'owner' ? 'a space or an organization' : `a ${kind}`;
    throw (0,fields/* invalid */.Gq)(`The field ${field} of the credentials is not the MRN of ${named}: it should look like ${mrn_MRN_SHAPE[kind]}.`, service_account_COPY_AGAIN);
}
/** Absent, null and empty are the same, as in Go. */
function readText(document, field) {
    const value = document[field] ?? '';
    if (typeof value === 'string')
        return value || undefined;
    throw (0,fields/* invalid */.Gq)(`The field ${field} of the credentials is ${(0,fields/* kindOf */.I)(value)} where text is expected.`, service_account_COPY_AGAIN);
}
function missing(document, field) {
    const keys = Object.keys(document).length;
    throw (0,fields/* invalid */.Gq)(keys === 0
        ? 'The credentials are an empty object.'
        : `The field ${field} of the credentials is missing or empty (the credentials have ${keys} other ${keys === 1 ? 'field' : 'fields'}).`, 'Use the credentials JSON as the Mondoo Console gives it: Integrations, Add New Integration, Generate Long-Lived Credentials.');
}

// EXTERNAL MODULE: ./src/credentials/decode.ts
var decode = __webpack_require__(7562);
;// CONCATENATED MODULE: ./src/credentials/external-account.ts




const external_account_COPY_AGAIN = 'Copy the workload identity configuration from the Mondoo Console again.';
const JWT = 'urn:ietf:params:oauth:token-type:jwt';
/**
 * Checks that an ID token for a workload identity is for Mondoo and goes to Mondoo: anybody may have written the file.
 * @param endpoint the input `api-endpoint`, which wins over the file's own
 * @throws ActionError
 */
function external_account_readExternalAccount(document, endpoint) {
    const ownerMrn = requiredText(document, 'audience');
    if (!isMrn('owner', ownerMrn)) {
        throw external_account_unusable('audience', `is "${plainText(ownerMrn, 120)}", which is not the MRN of a space or an organization: it should look like ${MRN_SHAPE.owner}. No ID token was asked for.`);
    }
    if ((document.subjectTokenType || JWT) !== JWT) {
        throw external_account_unusable('subjectTokenType', `is not ${JWT}, the only kind that GitHub issues.`);
    }
    const declaredEndpoint = readUrl(requiredText(document, 'universeDomain'), parseEndpoint, {
        code: 'invalid-credentials',
        subject: 'The field universeDomain of the workload identity',
        remedy: external_account_COPY_AGAIN,
    });
    if (!mayLeadTo(declaredEndpoint, endpoint)) {
        throw external_account_unusable('universeDomain', `is ${new URL(declaredEndpoint).host}, which is not a host of mondoo.com. No ID token was asked for.`, `${external_account_COPY_AGAIN} If that host is meant, say so with the input api-endpoint.`);
    }
    const issuerUri = requiredText(document, 'issuerUri');
    const ignored = 'The workload identity has a field jwtToken. It is ignored: the token comes from GitHub. Remove it from the file.';
    return {
        account: { apiEndpoint: endpoint ?? declaredEndpoint, declaredEndpoint, ownerMrn, issuerUri },
        warnings: document.jwtToken ? [ignored] : [],
    };
}
/** @throws ActionError if the platform would look for another issuer */
function requireIssuer({ issuerUri }, { issuer }) {
    if (issuer === issuerUri)
        return;
    throw invalid(`The ID token of this run was issued by ${plainText(issuer) || 'nobody who gives a name'}, but the workload identity is for tokens of ${plainText(issuerUri)} (field issuerUri). The token was sent to nobody.`, 'GitHub Enterprise Server issues tokens of its own, and so does an enterprise with an issuer of its own: set up a workload identity for the issuer that this run has.');
}
function requiredText(document, field) {
    const value = textOf(document, field);
    if (value === undefined)
        throw external_account_unusable(field, 'is missing, empty or not text.');
    // Messages quote these fields.
    if (value.includes('-----BEGIN'))
        throw external_account_unusable(field, 'holds a key or a certificate.');
    return value;
}
function external_account_unusable(field, problem, remedy = external_account_COPY_AGAIN) {
    return invalid(`The field ${field} of the workload identity ${problem}`, remedy);
}

// EXTERNAL MODULE: ./src/credentials/secrets.ts
var secrets = __webpack_require__(5515);
;// CONCATENATED MODULE: ./src/credentials/registration-token.ts





const NEW_TOKEN = 'Generate a new registration token in the Mondoo Console. They are short-lived: for a workflow that runs again and again use credentials or a workload identity.';
/**
 * Reads the claims of a registration token. Only the platform can verify them, so they lead to Mondoo's hosts alone.
 * @param endpoint the input `api-endpoint`, which wins over the token's own
 * @throws ActionError
 */
function registration_token_readRegistrationToken(given, { endpoint, now }) {
    const jwt = given.replace(/\s+/g, '');
    const claims = registration_token_decode(jwt);
    const expiresAt = readTime(claims.exp);
    if (expiresAt !== undefined && expiresAt <= now) {
        throw invalid(`The registration token expired at ${expiresAt.toISOString()}; this machine says that it is ${now.toISOString()}.`, NEW_TOKEN);
    }
    const ownerMrn = textOf(claims, 'space');
    if (ownerMrn === undefined)
        throw invalid('The registration token names no space to register in.', NEW_TOKEN);
    if (!isMrn('owner', ownerMrn)) {
        throw invalid(`The claim space of the registration token is not the MRN of a space: it should look like ${MRN_SHAPE.owner}.`, NEW_TOKEN);
    }
    const warnings = [];
    const apiEndpoint = endpoint ?? registration_token_readEndpoint(claims, warnings);
    return { token: { jwt, apiEndpoint, ownerMrn, expiresAt }, warnings };
}
function registration_token_readEndpoint(claims, warnings) {
    const text = textOf(claims, 'api_endpoint');
    if (text === undefined) {
        warnings.push(`The registration token has no api_endpoint, so ${DEFAULT_ENDPOINT} is used. For an account of another region set the input api-endpoint.`);
        return DEFAULT_ENDPOINT;
    }
    const subject = 'The claim api_endpoint of the registration token';
    const declared = readUrl(text, parseEndpoint, { code: 'invalid-credentials', subject, remedy: NEW_TOKEN });
    if (isTrustedHost(declared))
        return declared;
    throw invalid(`The registration token is for ${new URL(declared).host}, which is not a host of mondoo.com. Nothing was sent there.`, 'If that host is meant, say so with the input api-endpoint.');
}
function registration_token_decode(token) {
    try {
        // All of it must fit into an HTTP header, and the library ignores the signature.
        if (COMPACT_JWT.test(token) && decodeProtectedHeader(token))
            return decodeJwt(token);
    }
    catch {
        // The same error as for what does not even look like one.
    }
    if (token.startsWith('{')) {
        throw invalid('The input registration-token holds JSON, not a registration token.', 'Pass credentials JSON with the input credentials.');
    }
    throw invalid(`The input registration-token is not a registration token: a JWT has three parts with a dot between them, and claims that can be read; the ${token.length} characters that are there have not.`, NEW_TOKEN);
}
/** Nothing for what Date can't represent: the platform will judge. */
function readTime(seconds) {
    const date = new Date(typeof seconds === 'number' ? seconds * 1000 : Number.NaN);
    return Number.isNaN(date.getTime()) ? undefined : date;
}

;// CONCATENATED MODULE: ./src/credentials/identity.ts





function identity_identityTarget(identity) {
    return identity.kind === 'registration token' ? identity.token : identity.account;
}
/**
 * Finds out who the step is, without a request. MONDOO_CONFIG_BASE64 counts if nothing else is given.
 * @returns nothing if nothing is given
 * @throws ActionError
 */
async function identity_resolveIdentity({ credentials, registrationToken, configBase64 }, { endpoint, now, mask, findIdTokens }) {
    if (registrationToken !== '') {
        const { token, warnings } = readRegistrationToken(registrationToken, { endpoint, now });
        const source = `a registration token for ${token.ownerMrn}`;
        return { identity: { kind: 'registration token', token }, source, warnings };
    }
    const isInput = credentials.trim() !== '';
    const given = isInput ? credentials : configBase64;
    if (given.trim() === '')
        return undefined;
    const decoded = decodeCredentials(given);
    // The YAML parser takes longer to load than everything else, and few credentials need it.
    const parse = decoded.form.endsWith('JSON') ? parseJson : (await Promise.all(/* import() */[__webpack_require__.e(815), __webpack_require__.e(139)]).then(__webpack_require__.bind(__webpack_require__, 3139))).parseYaml;
    const document = parse(decoded);
    mask(documentSecrets(document));
    const place = isInput ? 'the input credentials' : 'the environment variable MONDOO_CONFIG_BASE64';
    const source = `credentials from ${place} (${decoded.form})`;
    if (document.type === 'external_account') {
        const { account, warnings } = readExternalAccount(document, endpoint);
        const identity = { kind: 'workload identity', account, idTokens: await findIdTokens() };
        return { identity, source: `${source}: a workload identity for ${account.ownerMrn}`, warnings };
    }
    const { account, warnings } = readServiceAccount(document, { endpoint, now });
    return { identity: { kind: 'service account', document, account }, source, warnings };
}

// EXTERNAL MODULE: external "node:events"
var external_node_events_ = __webpack_require__(8474);
// EXTERNAL MODULE: external "node:http"
var external_node_http_ = __webpack_require__(7067);
var external_node_http_default = /*#__PURE__*/__webpack_require__.n(external_node_http_);
// EXTERNAL MODULE: external "node:net"
var external_node_net_ = __webpack_require__(7030);
var external_node_net_default = /*#__PURE__*/__webpack_require__.n(external_node_net_);
// EXTERNAL MODULE: external "node:tls"
var external_node_tls_ = __webpack_require__(1692);
var external_node_tls_default = /*#__PURE__*/__webpack_require__.n(external_node_tls_);
// EXTERNAL MODULE: ./src/util/duration.ts
var duration = __webpack_require__(6518);
;// CONCATENATED MODULE: ./src/platform/transport-error.ts
/** A request without a complete response. The message says why in a few words. */
class HttpError extends Error {
    phase;
    /** Another attempt would end the same way. */
    permanent;
    constructor(phase, message, permanent = false) {
        super(message);
        this.name = 'HttpError';
        this.phase = phase;
        this.permanent = permanent;
    }
}
/**
 * Words an error by codes and host names alone: its text may quote what was sent, a proxy's URL may hold a password.
 * @param peer whose certificate it is
 */
function toHttpError(error, phase, url, proxy, peer = url.hostname) {
    if (error instanceof HttpError)
        return error;
    const { code = '' } = error;
    const { host, hostname } = proxy ?? url;
    const target = proxy ? `the proxy ${host}` : host;
    let reason = CONNECTING[code]?.(target, hostname) ?? `no connection to ${target}`;
    if (phase === 'headers')
        reason = `the connection to ${url.host} broke off before an answer came`;
    if (phase === 'body')
        reason = `the connection to ${url.host} broke off in the middle of the answer`;
    if (code in CERTIFICATE)
        reason = `the TLS certificate of ${peer} ${CERTIFICATE[code]}`;
    const permanent = code in CERTIFICATE || code === 'EPROTO' || code.startsWith('ERR_SSL_') || code === 'ERR_INVALID_CHAR';
    return new HttpError(phase, code ? `${reason} (${code})` : reason, permanent);
}
/** Certificates that fail only because Node doesn't know their CA. */
const UNKNOWN_ISSUER = {
    DEPTH_ZERO_SELF_SIGNED_CERT: 'is self-signed, and not known on this machine',
    SELF_SIGNED_CERT_IN_CHAIN: 'comes from an issuer that is not known on this machine',
    UNABLE_TO_GET_ISSUER_CERT: 'comes from an issuer that is not known on this machine',
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'comes from an issuer that is not known on this machine',
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'comes from an issuer that is not known on this machine',
};
/** https://docs.openssl.org/master/man1/openssl-verification-options/ */
const CERTIFICATE = {
    ...UNKNOWN_ISSUER,
    CERT_HAS_EXPIRED: 'has expired',
    CERT_NOT_YET_VALID: 'is not valid yet',
    CERT_REVOKED: 'was revoked',
    CERT_SIGNATURE_FAILURE: 'has a signature that is not good',
    CERT_UNTRUSTED: 'is not trusted here',
    ERR_TLS_CERT_ALTNAME_INVALID: 'was issued for another host name',
};
const CONNECTING = {
    EPROTO: (target) => `${target} does not speak TLS`,
    ERR_SSL_WRONG_VERSION_NUMBER: (target) => `${target} does not speak TLS`,
    ERR_SSL_PACKET_LENGTH_TOO_LONG: (target) => `${target} does not speak TLS`,
    ECONNREFUSED: (target) => `${target} refuses connections`,
    ECONNRESET: (target) => `${target} broke the connection off`,
    ENOTFOUND: (_, hostname) => `the name ${hostname} cannot be resolved`,
    EAI_AGAIN: (_, hostname) => `the name ${hostname} cannot be resolved at the moment`,
    ENETUNREACH: (target) => `there is no network route to ${target}`,
    EHOSTUNREACH: (target) => `there is no network route to ${target}`,
    ETIMEDOUT: (target) => `${target} does not answer`,
};

;// CONCATENATED MODULE: ./src/platform/connect.ts







/** Milliseconds for each address of a name: Node's default of 250 is less than a handshake with a far platform takes. */
const ATTEMPT_TIMEOUT = 4000;
/** Opens a connection that is ready for a request, with TLS for https. Throws HttpError. */
async function openSocket(url, route, timeout = AbortSignal.timeout(route.timeout)) {
    const { proxy, ca } = route;
    const signal = AbortSignal.any([timeout, route.signal]);
    let peer = proxy ? `the proxy ${proxy.host}` : url.hostname;
    try {
        const socket = await dial(proxy ?? url, ca, signal);
        if (!proxy)
            return socket;
        await openTunnel(socket, url, proxy, signal);
        peer = url.hostname;
        return await dial(url, ca, signal, socket);
    }
    catch (error) {
        if (timeout.aborted)
            throw new HttpError('connect', `no connection within ${(0,duration/* formatDuration */.a)(route.timeout)}`);
        const isUnknownIssuer = (error.code ?? '') in UNKNOWN_ISSUER;
        if (!isUnknownIssuer || ca)
            throw toHttpError(error, 'connect', url, proxy, peer);
    }
    // Reading the system's store takes long, so it is left alone until it is needed.
    route.ca ??= [...external_node_tls_default().getCACertificates('default'), ...external_node_tls_default().getCACertificates('system')];
    return openSocket(url, route, timeout);
}
/** @param through a socket that is connected with the server already */
async function dial(url, ca, signal, through) {
    const isTls = url.protocol === 'https:';
    if (through && !isTls)
        return through;
    // An IPv6 address without its brackets.
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const target = { host, port: portOf(url), autoSelectFamily: true, autoSelectFamilyAttemptTimeout: ATTEMPT_TIMEOUT };
    const servername = external_node_net_default().isIP(host) === 0 ? { servername: host } : {};
    // Explicit, because NODE_TLS_REJECT_UNAUTHORIZED=0 would disable it.
    const security = { ...servername, ca, rejectUnauthorized: true };
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
    const request = external_node_http_default().request({
        createConnection: () => socket,
        method: 'CONNECT',
        path: host,
        headers: { host, ...(username && { 'proxy-authorization': `Basic ${login}` }) },
    });
    try {
        // `once` itself stops listening for errors after the first event.
        const connected = (0,external_node_events_.once)(request.on('error', () => { }).end(), 'connect', { signal });
        const [{ statusCode = 0 }, , head] = (await connected);
        socket.unshift(head);
        if (statusCode === 200)
            return;
        const problem = statusCode === 407
            ? 'wants a user name and a password, or other ones than it got'
            : `does not let this machine through to ${url.host}`;
        // Many attempts with a wrong password may lock the account.
        const permanent = statusCode >= 400 && statusCode < 500 && statusCode !== 408 && statusCode !== 429;
        throw new HttpError('connect', `the proxy ${proxy.host} ${problem} (HTTP status ${statusCode})`, permanent);
    }
    catch (error) {
        socket.destroy();
        throw error;
    }
}

;// CONCATENATED MODULE: ./src/platform/proxy.ts


/**
 * Chooses the proxy for an endpoint: `named`, or else what HTTPS_PROXY and NO_PROXY say.
 * @throws ActionError `invalid-input` if HTTPS_PROXY can't be used
 */
function proxyFor(endpoint, named, env) {
    if (named !== undefined)
        return named;
    const url = new URL(endpoint);
    const proxy = env.https_proxy || env.HTTPS_PROXY;
    if (!proxy || isLoopback(url.hostname) || isBypassed(url, env.no_proxy || env.NO_PROXY || ''))
        return undefined;
    // Without a scheme it is http, as for curl.
    return url_readUrl(proxy.includes('://') ? proxy : `http://${proxy}`, parseProxyUrl, {
        code: 'invalid-input',
        subject: 'The proxy that the environment variable HTTPS_PROXY names',
        remedy: 'Write it like http://proxy.example.com:3128. For Mondoo Platform, but not for GitHub, the input api-proxy wins over it.',
    });
}
/** NO_PROXY lists host names, with those below them, with or without a port; `*` stands for all. */
function isBypassed(url, noProxy) {
    const hosts = [url.hostname, `${url.hostname}:${portOf(url)}`];
    return noProxy
        .split(',')
        .map((entry) => entry.trim().toLowerCase())
        .filter(Boolean)
        .some((entry) => entry === '*' || hosts.some((host) => `.${host}`.endsWith(`.${entry.replace(/^\./, '')}`)));
}

;// CONCATENATED MODULE: ./src/identify.ts



/** Finds out who the step is, without a request. */
async function identify({ inputs, job, startedAt }) {
    const given = { ...inputs, configBase64: job.env.MONDOO_CONFIG_BASE64 ?? '' };
    const resolved = await resolveIdentity(given, {
        endpoint: inputs.apiEndpoint,
        now: startedAt,
        mask: job.mask,
        findIdTokens: () => job.findIdTokens(inputs.onMissingCredentials),
    });
    if (!resolved)
        throw await job.explainMissingCredentials(inputs.onMissingCredentials);
    const { identity, source, warnings } = resolved;
    job.log(`→ loaded ${source}`);
    for (const text of warnings)
        job.warn(text);
    const own = identity.kind === 'service account' ? identity.account : undefined;
    const { apiEndpoint: endpoint } = identityTarget(identity);
    const apiProxy = inputs.apiProxy ?? own?.apiProxy;
    const proxy = maskedProxy(endpoint, apiProxy, job);
    const clientMrn = own?.agentMrn;
    return {
        identity,
        source,
        account: own,
        route: { endpoint, apiProxy, proxy },
        registration: { wanted: inputs.register && clientMrn === undefined, name: inputs.name, clientMrn },
    };
}
/** Chooses the proxy for a URL, and masks its password. */
function maskedProxy(url, named, job) {
    const proxy = proxyFor(url, named, job.env);
    job.mask((0,secrets/* proxySecrets */.Wm)(proxy));
    return proxy;
}

;// CONCATENATED MODULE: ./src/job.ts
/** The job was cancelled: nothing is reported any more. */
class job_JobCancelled extends Error {
    signalName;
    constructor(signalName) {
        super('the job was cancelled');
        this.name = 'JobCancelled';
        this.signalName = signalName;
    }
}

// EXTERNAL MODULE: ./src/util/text.ts
var util_text = __webpack_require__(9997);
;// CONCATENATED MODULE: ./src/platform/rpc-status.ts

/** https://grpc.io/docs/guides/status-codes/ */
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
    if (typeof code !== 'number' || !Number.isInteger(code) || code === 0)
        return undefined;
    // Takes out JWTs, which an error might quote. One pattern for all of a JWT could take minutes on a megabyte.
    const withoutTokens = (text) => text.replace(/[\w.-]+/g, (word) => (word.includes('eyJ') && word.split('.').length > 2 ? '***' : word));
    return { code, message: typeof message === 'string' ? (0,util_text/* plainText */.w)(withoutTokens(message)) : '' };
}
/** Writes a status as cnspec does: `rpc error: code = Unauthenticated desc = request permission unauthenticated`. */
function formatRpcStatus({ code, message }) {
    const name = Object.entries(RpcCode).find(([, value]) => value === code)?.[0] ?? `Code(${code})`;
    return `rpc error: code = ${name} desc = ${message}`;
}

;// CONCATENATED MODULE: ./src/platform/call-error.ts

/** A call to Mondoo Platform, or to GitHub, that failed. Its message is text for the log and holds no secret. */
class CallError extends Error {
    method;
    failure;
    /** By which the platform's support finds the request. */
    requestId;
    /** Milliseconds. */
    retryAfter;
    /** The attempts before this one, the first one first. */
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
    /** Whether the failure may pass by itself. */
    get isTransient() {
        const { failure } = this;
        if (failure.kind === 'rpc')
            return TRANSIENT_CODES.has(failure.status.code);
        return failure.kind === 'answer' ? [429, 502, 503, 504].includes(failure.httpStatus) : !failure.permanent;
    }
    /** Whether the platform may have carried the request out all the same. */
    get mayHaveTakenEffect() {
        const { failure } = this;
        if (failure.kind === 'rpc')
            return !DECIDED_CODES.has(failure.status.code);
        if (failure.kind === 'connection')
            return failure.phase !== 'connect';
        // Without a gRPC code, what was sent elsewhere or refused was not carried out.
        const { httpStatus } = failure;
        const isDecided = httpStatus >= 300 && httpStatus < 500 && httpStatus !== 408 && httpStatus !== 499;
        return !isDecided && httpStatus !== 503;
    }
}
const TRANSIENT_CODES = new Set([
    RpcCode.DeadlineExceeded,
    RpcCode.ResourceExhausted,
    RpcCode.Aborted,
    RpcCode.Unavailable,
]);
/** With any other code the platform may have carried the request out. */
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
function describe(failure) {
    if (failure.kind === 'rpc')
        return formatRpcStatus(failure.status);
    if (failure.kind === 'connection')
        return failure.reason;
    return `HTTP status ${failure.httpStatus}: the answer ${failure.problem}`;
}

// EXTERNAL MODULE: ./node_modules/jose/dist/webapi/jwt/sign.js + 9 modules
var sign = __webpack_require__(362);
;// CONCATENATED MODULE: ./src/platform/request-token.ts


/** How long a token is valid, and how far beside that the platform accepts it, as observed. Seconds. */
const LIFETIME = 60;
const LEEWAY = 60;
/** What a request may take to the platform, in milliseconds. */
const ON_THE_WAY = 5000;
/** Whether the platform accepts the local time. `skew`: its clock minus the local one; both in milliseconds. */
function fitsPlatformTime(skew, error) {
    return skew - error > -LEEWAY * 1000 && skew + error + ON_THE_WAY < (LIFETIME + LEEWAY) * 1000;
}
/** A JWT that binds neither host nor method, so it must only be sent to the account's own endpoint. */
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

// EXTERNAL MODULE: external "node:timers/promises"
var promises_ = __webpack_require__(8500);
;// CONCATENATED MODULE: ./src/platform/retry.ts



/** The limit of the first wait, in milliseconds; it doubles with each one after it. */
const FIRST_DELAY = 500;
const LONGEST_DELAY = 15_000;
const never = () => false;
/** For calls that may be repeated. */
const ifTransient = ({ isTransient }) => isTransient;
/** For RegisterAgent, where each call that arrives may create a client. */
const ifNothingWasDone = ({ isTransient, mayHaveTakenEffect, code, retryAfter }) => {
    // Without a Retry-After, ResourceExhausted is a limit of the space.
    const isLimit = code === RpcCode.ResourceExhausted && retryAfter === undefined;
    return isTransient && !mayHaveTakenEffect && !isLimit;
};
/**
 * Makes a call until it succeeds, fails for good, or the next attempt doesn't fit into the time that is left.
 * With full jitter, so that jobs which fail together don't come back together. A Retry-After is waited for in full.
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

;// CONCATENATED MODULE: ./src/platform/client.ts





/** Mondoo Platform. Every method throws CallError. */
class PlatformClient {
    rpc;
    constructor(rpc) {
        this.rpc = rpc;
    }
    /** Needs no authentication. */
    async checkHealth() {
        const { value, sentAt, receivedAt, malformed } = await this.rpc.call('Health/Check', '{}');
        const { status = 'UNKNOWN', time, apiVersion } = value;
        if (typeof status !== 'string' || !WORD.test(status))
            throw malformed('has no readable status');
        const roundTrip = receivedAt - sentAt;
        const health = { status, localTime: new Date(sentAt + roundTrip / 2), roundTrip };
        const isTime = typeof time === 'string' && RFC_3339.test(time) && !Number.isNaN(Date.parse(time));
        if (isTime)
            health.time = new Date(time);
        if (typeof apiVersion === 'string' && WORD.test(apiVersion))
            health.apiVersion = apiVersion;
        return health;
    }
    async pingPong(signer) {
        await this.callSigned('PingPong', signer, {});
    }
    /** Signs at another time than the local one, which nothing else does. `skew` in milliseconds. */
    async pingPongAt(signer, skew) {
        await this.callSigned('PingPong', signer, {}, skew, never);
    }
    /** Not idempotent: each call that arrives creates another client. */
    async registerAgent(signer, name, info) {
        const { value, malformed } = await this.callSigned('RegisterAgent', signer, { name, agent_info: info });
        const agentMrn = clientMrnIn(value);
        if (agentMrn === undefined)
            throw malformed(NAMES_NO_CLIENT);
        return agentMrn;
    }
    /** Mints a service account for the client. Not idempotent either. */
    async registerWithToken(token, name, info, deadline) {
        const body = JSON.stringify({ token, name, agent_info: info });
        const authorize = async () => token;
        const { value, malformed } = await this.rpc.call('AgentManager/RegisterAgent', body, authorize, { deadline });
        return { agentMrn: clientMrnIn(value), credential: value.credential, malformed };
    }
    /** Removes a client, and revokes the service account that asks for it. */
    async unregisterAgent(signer, agentMrn) {
        try {
            await this.callSigned('UnRegisterAgent', signer, { mrn: agentMrn });
        }
        catch (error) {
            if (!(error instanceof CallError && saysThatItIsGone(error)))
                throw error;
            // An earlier attempt, whose response was lost, may have removed the account that this one was signed by.
            if (!error.earlier.some(({ mayHaveTakenEffect }) => mayHaveTakenEffect))
                throw error;
        }
    }
    /** Returns base64 of credentials JSON. */
    async exchangeExternalToken(token) {
        const { issuerUri: issuer_uri, audience, jwt: jwt_token } = token;
        const { value, malformed } = await this.rpc.call(EXCHANGE, JSON.stringify({ issuer_uri, audience, jwt_token }));
        const credential = value.base64_credential;
        if (typeof credential !== 'string' || credential === '')
            throw malformed('holds no credentials');
        return { credential, malformed };
    }
    callSigned(method, signer, request, skew = 0, rule) {
        const body = JSON.stringify(request);
        const sign = () => signRequest(signer, body, new Date(Date.now() + skew));
        return this.rpc.call(`AgentManager/${method}`, body, sign, { rule });
    }
}
const EXCHANGE = 'SecureTokenService/ExchangeExternalToken';
/** Whether a client that was to be unregistered may be gone already. */
function saysThatItIsGone({ code }) {
    return code === RpcCode.Unauthenticated || code === RpcCode.NotFound;
}
function clientMrnIn({ agent_mrn: mrn }) {
    return typeof mrn === 'string' && mrn_isMrn('client', mrn) ? mrn : undefined;
}
/** What is wrong with an answer to RegisterAgent. */
const NAMES_NO_CLIENT = 'does not name the client that was registered';
/** What a version or a status from the platform may look like to become an output. */
const WORD = /^[\w.+-]{1,64}$/;
const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

;// CONCATENATED MODULE: ./package.json
const package_namespaceObject = {"rE":"1.0.0"};
;// CONCATENATED MODULE: ./src/platform/json-call.ts




/** Makes a call, once, whose answer is a JSON object. Throws CallError. */
async function callJson(transport, method, request, signal) {
    const requestId = (0,external_node_crypto_.randomUUID)();
    const headers = { ...request.headers, accept: 'application/json', 'x-request-id': requestId };
    const answer = await transport.send({ ...request, headers }, signal).catch((error) => {
        if (!(error instanceof HttpError))
            throw error;
        const { phase, message: reason, permanent } = error;
        throw new CallError(method, { kind: 'connection', phase, reason, permanent }, requestId);
    });
    const { status: httpStatus, sentAt, receivedAt } = answer;
    const retryAfter = parseRetryAfter(answer.headers['retry-after']);
    const malformed = (problem) => new CallError(method, { kind: 'answer', httpStatus, problem }, requestId, retryAfter);
    let json;
    try {
        json = JSON.parse(answer.body.toString('utf8'));
    }
    catch {
        // Proxies and load balancers answer HTML or nothing.
    }
    const isSuccess = httpStatus >= 200 && httpStatus < 300;
    const status = isSuccess ? undefined : parseRpcStatus(json);
    if (status)
        throw new CallError(method, { kind: 'rpc', status }, requestId, retryAfter);
    const isObject = typeof json === 'object' && json !== null && !Array.isArray(json);
    if (!isSuccess || !isObject)
        throw malformed(describeAnswer(answer, json));
    return { value: json, sentAt, receivedAt, malformed };
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

;// CONCATENATED MODULE: ./src/platform/rpc.ts


/** What is retried, by method. docs/behaviour.md has the same table. */
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
     * @param method `<Service>/<Method>`
     * @param authorize makes a bearer token for each attempt
     * @throws CallError
     */
    call(method, body, authorize, { rule, deadline = this.options.deadline } = {}) {
        const { endpoint, userAgent, onRetry } = this.options;
        const callOnce = async () => {
            const headers = { 'content-type': 'application/json', 'user-agent': userAgent };
            if (authorize)
                headers.authorization = `Bearer ${await authorize()}`;
            const request = { method: 'POST', url: new URL(`${endpoint}/${method}`), headers, body };
            return callJson(this.transport, method, request, deadline.endSignal);
        };
        return retrying(rule ?? RULES[method] ?? never, callOnce, { deadline, onRetry });
    }
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
    route;
    closing = new AbortController();
    // Without a timeout of its own, the agent keeps connections for longer than the server says that it does.
    agent = new (external_node_http_default()).Agent({ keepAlive: true, timeout: REQUEST_TIMEOUT });
    constructor({ proxy, requestTimeout, connectTimeout: timeout = CONNECT_TIMEOUT } = {}) {
        this.requestTimeout = requestTimeout ?? REQUEST_TIMEOUT;
        this.route = { proxy: proxy === undefined ? undefined : new URL(proxy), timeout, signal: this.closing.signal };
        // It gets sockets that are ready for a request, TLS included: `http` serves for https as well.
        this.agent.createConnection = (options, done) => {
            openSocket(options.url, this.route).then((socket) => done?.(null, socket), (error) => done?.(error, undefined));
            return undefined;
        };
    }
    /** Reads the whole response, whatever its status. Throws HttpError. */
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
    /** Hands a response over once its headers are there. Throws HttpError; errors of `consume` pass through. */
    async receive(request, signal, consume) {
        const { method, url, headers, body = '' } = request;
        const limits = this.requestTimeout === 'none' ? [] : [AbortSignal.timeout(this.requestTimeout)];
        const stop = AbortSignal.any([signal, ...limits]);
        const startedAt = performance.now();
        let sentAt = 0;
        let phase = 'connect';
        const fail = (error) => {
            if (!stop.aborted)
                throw toHttpError(error, phase, url, this.route.proxy);
            const waited = (0,duration/* formatDuration */.a)(Math.round(performance.now() - startedAt));
            throw new HttpError(phase, `${WAITING[phase]} within ${waited}`);
        };
        async function* chunksOf(response) {
            try {
                yield* response;
            }
            catch (error) {
                fail(error);
            }
        }
        const begin = async () => {
            stop.throwIfAborted();
            // The agent tells connections apart by `host`.
            const target = { agent: this.agent, host: url.origin, url };
            const length = body && { 'content-length': Buffer.byteLength(body) };
            const path = url.pathname + url.search;
            const allHeaders = { ...headers, host: url.host, ...length };
            const request = external_node_http_default().request({ ...target, method, path, headers: allHeaders, signal: stop });
            // `once` itself stops listening for errors after the first event.
            request.on('error', () => { });
            request.on('socket', () => {
                phase = 'headers';
                sentAt = Date.now();
            });
            request.end(body);
            // A request that still waits for its connection doesn't report that it was aborted.
            const [response] = await (0,external_node_events_.once)(request, 'response', { signal: stop });
            return response;
        };
        const response = await begin().catch(fail);
        phase = 'body';
        const head = { status: response.statusCode ?? 0, headers: response.headers, sentAt, receivedAt: Date.now() };
        try {
            return await consume(head, chunksOf(response));
        }
        finally {
            // Unless it was read to its end, nobody can use the connection any more.
            response.destroy();
        }
    }
    /** Drops every connection: none may keep the process alive. */
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




const VERSION = package_namespaceObject.rE;
const USER_AGENT = `register-cnspec/${VERSION} (${process.platform}; ${process.arch})`;
/** A client of the platform that drops its connections when it is disposed of. */
function connect(options) {
    const transport = new Transport(options);
    const client = new PlatformClient(new Rpc(transport, { ...options, userAgent: USER_AGENT }));
    return Object.assign(client, { [Symbol.dispose]: () => transport.close() });
}

;// CONCATENATED MODULE: ./src/platform/deadline.ts
class Deadline {
    /** Nothing new begins: the time is up, or nobody waits for the work any more. */
    signal;
    /** Nothing goes on. */
    endSignal;
    end;
    over;
    /** @param timeout milliseconds from now */
    constructor(timeout, over, grace = over) {
        this.over = over;
        // Timers take whole milliseconds only.
        const timeUp = AbortSignal.timeout(Math.max(0, Math.ceil(timeout)));
        this.signal = over ? AbortSignal.any([timeUp, over]) : timeUp;
        this.endSignal = grace ? AbortSignal.any([timeUp, grace]) : timeUp;
        this.end = performance.now() + timeout;
    }
    /** Milliseconds; 0 or less if nothing new may begin. */
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

// EXTERNAL MODULE: ./src/report/notices.ts
var report_notices = __webpack_require__(1263);
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
            const proxy = maskedProxy(endpoint, apiProxy, job);
            const onRetry = (retry) => job.log(report_notices/* notices */.o.retry(retry));
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
    job.log(report_notices/* notices */.o.unregistered(client));
    return undefined;
}
/** Reads the account that was minted with a client from its key file; nothing if the file was changed. */
async function readKeyFile(text) {
    try {
        const { parseYaml } = await Promise.all(/* import() */[__webpack_require__.e(815), __webpack_require__.e(139)]).then(__webpack_require__.bind(__webpack_require__, 3139));
        const document = parseYaml({ form: 'YAML', text });
        return service_account_readServiceAccount(document, { now: new Date() }).account;
    }
    catch (error) {
        if (error instanceof errors/* ActionError */.l)
            return undefined;
        throw error;
    }
}
/** Unregisters a client that was minted in vain; if that fails, post tries again with the key file. */
async function takeBack(client, account, keyFile, job) {
    const isCancelled = () => job.signal.reason instanceof JobCancelled;
    if (isCancelled())
        return;
    const obstacle = await job.critical((grace) => unregister(client, account, job, grace));
    if (obstacle && isCancelled())
        return;
    const superseded = job.findSuperseded();
    if (obstacle && keyFile.isWritten && !superseded) {
        return job.log(notices.postponed(client, obstacle.reason));
    }
    // Or post has been there before, and has unregistered it.
    if (obstacle && !(obstacle.mayBeGone && superseded))
        job.warn(notices.lostClient(client, obstacle.reason));
    job.forget('client');
    job.forget('pendingClientName');
}


/***/ })

};
