export const id = 139;
export const ids = [139];
export const modules = {

/***/ 3139:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   parseYaml: () => (/* binding */ parseYaml)
/* harmony export */ });
/* harmony import */ var yaml__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8815);
/* harmony import */ var _util_errors_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(17);
/* harmony import */ var _decode_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(2557);



/**
 * Parses credentials that are YAML, such as a mondoo.yml.
 * @throws ActionError `invalid-credentials`, which tells the place of a mistake and never the text around it
 */
function parseYaml(credentials) {
    const { form, text } = credentials;
    const yaml = (0,yaml__WEBPACK_IMPORTED_MODULE_0__/* .parseDocument */ .Tp)(text, { logLevel: 'error', prettyErrors: false, uniqueKeys: true });
    const duplicate = yaml.errors.find((error) => error.code === 'DUPLICATE_KEY');
    if (duplicate)
        throw (0,_decode_js__WEBPACK_IMPORTED_MODULE_2__/* .keyTwice */ .Q9)(credentials, duplicate.pos[0]);
    const mistake = yaml.errors[0];
    if (mistake) {
        throw new _util_errors_js__WEBPACK_IMPORTED_MODULE_1__/* .ActionError */ .l('invalid-credentials', `The credentials are neither JSON (they do not start with "{") nor valid YAML: ${mistake.code} at ${(0,_decode_js__WEBPACK_IMPORTED_MODULE_2__/* .place */ .ik)(text, mistake.pos[0])}.`, _decode_js__WEBPACK_IMPORTED_MODULE_2__/* .COPY_AGAIN */ .DI);
    }
    try {
        // No credentials need an alias, and a few of them can unfold into gigabytes.
        return (0,_decode_js__WEBPACK_IMPORTED_MODULE_2__/* .asMap */ .$H)(yaml.toJS({ maxAliasCount: 0 }), form);
    }
    catch (error) {
        if (error instanceof _util_errors_js__WEBPACK_IMPORTED_MODULE_1__/* .ActionError */ .l)
            throw error;
        throw new _util_errors_js__WEBPACK_IMPORTED_MODULE_1__/* .ActionError */ .l('invalid-credentials', 'The credentials are YAML with aliases ("*name"), which a mondoo.yml does not need.', 'Write the values out where the aliases are.');
    }
}


/***/ })

};
