"use strict";
exports.id = 139;
exports.ids = [139];
exports.modules = {

/***/ 3139:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   parseYaml: () => (/* binding */ parseYaml)
/* harmony export */ });
/* harmony import */ var yaml__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8815);
/* harmony import */ var _util_text_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(9997);
/* harmony import */ var _decode_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(7562);
/* harmony import */ var _fields_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(585);




/** @throws ActionError with the place of a mistake, never the text around it */
function parseYaml(credentials) {
    const { text } = credentials;
    // The parser's own check of keys takes time with the square of their number.
    const yaml = (0,yaml__WEBPACK_IMPORTED_MODULE_0__/* .parseDocument */ .Tp)(text, { logLevel: 'error', prettyErrors: false, uniqueKeys: false });
    const duplicate = duplicateKeyIn(yaml);
    if (duplicate !== undefined)
        throw (0,_decode_js__WEBPACK_IMPORTED_MODULE_1__/* .keyTwice */ .Q9)(credentials, duplicate);
    const [mistake] = yaml.errors;
    if (mistake) {
        const problem = `${mistake.code} at ${(0,_decode_js__WEBPACK_IMPORTED_MODULE_1__/* .place */ .ik)(text, mistake.pos[0])}`;
        throw (0,_fields_js__WEBPACK_IMPORTED_MODULE_2__/* .invalid */ .Gq)(`The credentials are neither JSON nor valid YAML: ${problem}.`);
    }
    let value;
    try {
        // A few aliases can unfold into gigabytes.
        value = (0,_decode_js__WEBPACK_IMPORTED_MODULE_1__/* .lowerKeys */ .uv)(yaml.toJS({ maxAliasCount: 0 }));
    }
    catch {
        throw (0,_fields_js__WEBPACK_IMPORTED_MODULE_2__/* .invalid */ .Gq)('The credentials are YAML with aliases ("*name").', 'Replace each alias with its value.');
    }
    return (0,_decode_js__WEBPACK_IMPORTED_MODULE_1__/* .asMap */ .$H)(value, credentials);
}
/** @returns the offset of a key that a map has again, even in another case */
function duplicateKeyIn(yaml) {
    const offsets = [];
    (0,yaml__WEBPACK_IMPORTED_MODULE_0__/* .visit */ .YR)(yaml, {
        Map(_, { items }) {
            const seen = new Set();
            const again = items
                .map(({ key }) => key)
                .find((key) => (0,yaml__WEBPACK_IMPORTED_MODULE_0__/* .isScalar */ .jn)(key) && seen.size === seen.add((0,_util_text_js__WEBPACK_IMPORTED_MODULE_3__/* .lowerCased */ .wY)(String(key.value))).size);
            if ((0,yaml__WEBPACK_IMPORTED_MODULE_0__/* .isScalar */ .jn)(again))
                offsets.push(again.range?.[0] ?? 0);
        },
    });
    return offsets[0];
}


/***/ })

};
;