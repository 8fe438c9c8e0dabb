export const id = 139;
export const ids = [139];
export const modules = {

/***/ 3139:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   parseYaml: () => (/* binding */ parseYaml)
/* harmony export */ });
/* harmony import */ var yaml__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8815);
/* harmony import */ var _decode_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(7562);
/* harmony import */ var _fields_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(585);



/** @throws ActionError with the place of a mistake, never the text around it */
function parseYaml(credentials) {
    const { text } = credentials;
    const yaml = (0,yaml__WEBPACK_IMPORTED_MODULE_0__/* .parseDocument */ .Tp)(text, { logLevel: 'error', prettyErrors: false, uniqueKeys: true });
    const duplicate = yaml.errors.find(({ code }) => code === 'DUPLICATE_KEY');
    if (duplicate)
        throw (0,_decode_js__WEBPACK_IMPORTED_MODULE_1__/* .keyTwice */ .Q9)(credentials, duplicate.pos[0]);
    const [mistake] = yaml.errors;
    if (mistake) {
        throw (0,_fields_js__WEBPACK_IMPORTED_MODULE_2__/* .invalid */ .Gq)(`The credentials are neither JSON nor valid YAML: ${mistake.code} at ${(0,_decode_js__WEBPACK_IMPORTED_MODULE_1__/* .place */ .ik)(text, mistake.pos[0])}.`);
    }
    let value;
    try {
        // A few aliases can unfold into gigabytes.
        value = yaml.toJS({ maxAliasCount: 0 });
    }
    catch {
        throw (0,_fields_js__WEBPACK_IMPORTED_MODULE_2__/* .invalid */ .Gq)('The credentials are YAML with aliases ("*name").', 'Replace each alias with its value.');
    }
    return (0,_decode_js__WEBPACK_IMPORTED_MODULE_1__/* .asMap */ .$H)(value, credentials);
}


/***/ })

};
