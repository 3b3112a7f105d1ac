// What codecs written for ChirpStack find beside the language: Buffer, atob and btoa. Runs before a script that names one of
// them, with the libraries as functions of (module, exports, require).
(function (base64, ieee754, buffer) {
  'use strict';

  function load(define, required) {
    const module = { exports: {} };
    define(module, module.exports, name => required[name]);
    return module.exports;
  }

  function provide(name, value) {
    Object.defineProperty(globalThis, name, { value, writable: true, enumerable: false, configurable: true });
  }

  const { Buffer } = load(buffer, { 'base64-js': load(base64), ieee754: load(ieee754) });
  provide('Buffer', Buffer);
  // WHATWG HTML section 8.3: blanks are skipped, the padding may be missing.
  provide('atob', function atob(data) {
    const text = String(data).replace(/[\t\n\f\r ]/g, '');
    const digits = text.length % 4 === 0 ? text.replace(/==?$/, '') : text;
    if (digits.length % 4 === 1 || /[^A-Za-z0-9+/]/.test(digits)) throw new TypeError('atob: the text is not base64');
    return Buffer.from(digits, 'base64').toString('latin1');
  });
  provide('btoa', function btoa(data) {
    const text = String(data);
    if (/[^\0-\xff]/.test(text)) throw new TypeError('btoa: the text has characters beyond U+00FF');
    return Buffer.from(text, 'latin1').toString('base64');
  });
})
