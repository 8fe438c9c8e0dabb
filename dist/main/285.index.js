export const id = 285;
export const ids = [285];
export const modules = {

/***/ 285:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   unregister: () => (/* binding */ unregister)
/* harmony export */ });
/* unused harmony export readKeyFile */
/* harmony import */ var _credentials_decode_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(2557);
/* harmony import */ var _credentials_secrets_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(5515);
/* harmony import */ var _credentials_service_account_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(5536);
/* harmony import */ var _platform_call_error_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(2492);
/* harmony import */ var _platform_client_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(1480);
/* harmony import */ var _platform_connection_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(6499);
/* harmony import */ var _platform_deadline_js__WEBPACK_IMPORTED_MODULE_9__ = __webpack_require__(2219);
/* harmony import */ var _platform_proxy_js__WEBPACK_IMPORTED_MODULE_6__ = __webpack_require__(9367);
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










/** The limit, whatever is left of the step's own time. Milliseconds. */
const TIMEOUT = 10_000;
/** The limit of one attempt, so that there is time for another. Milliseconds. */
const REQUEST_TIMEOUT = 3000;
/**
 * Unregisters a client that this job minted. Never call it for another one: it revokes the service account too, for
 * everyone who uses it.
 * @param account the service account that was minted with the client
 * @param over ends the attempts
 * @returns nothing when the client is gone
 */
async function unregister(client, account, job, over) {
    const { apiEndpoint: endpoint, apiProxy } = account;
    const deadline = new _platform_deadline_js__WEBPACK_IMPORTED_MODULE_9__/* .Deadline */ .B(TIMEOUT, over);
    try {
        const env_1 = { stack: [], error: void 0, hasError: false };
        try {
            const proxy = (0,_platform_proxy_js__WEBPACK_IMPORTED_MODULE_6__/* .proxyFor */ .i)(endpoint, apiProxy, job.env);
            job.mask((0,_credentials_secrets_js__WEBPACK_IMPORTED_MODULE_1__/* .proxySecrets */ .Wm)(proxy));
            const onRetry = (retry) => job.log(_report_notices_js__WEBPACK_IMPORTED_MODULE_7__/* .notices */ .o.retry(retry));
            const platform = __addDisposableResource(env_1, (0,_platform_connection_js__WEBPACK_IMPORTED_MODULE_5__/* .connect */ .Ng)({ endpoint, proxy, deadline, requestTimeout: REQUEST_TIMEOUT, onRetry }), false);
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
        if (!(error instanceof _platform_call_error_js__WEBPACK_IMPORTED_MODULE_3__/* .CallError */ .R || error instanceof _util_errors_js__WEBPACK_IMPORTED_MODULE_8__/* .ActionError */ .l))
            throw error;
        const mayBeGone = error instanceof _platform_call_error_js__WEBPACK_IMPORTED_MODULE_3__/* .CallError */ .R && (0,_platform_client_js__WEBPACK_IMPORTED_MODULE_4__/* .saysThatItIsGone */ .KL)(error);
        return { reason: mayBeGone ? `${error.message}; it may be gone already` : error.message, mayBeGone };
    }
    job.log(_report_notices_js__WEBPACK_IMPORTED_MODULE_7__/* .notices */ .o.unregistered(client));
    return undefined;
}
/** Reads the account that was minted with a client from its key file; nothing if the file was changed. */
async function readKeyFile(text) {
    try {
        const document = await parseCredentials({ form: 'YAML', text });
        return readServiceAccount(document, { now: new Date() }).account;
    }
    catch (error) {
        if (error instanceof ActionError)
            return undefined;
        throw error;
    }
}


/***/ })

};
