// JavaScript's side of a call: finds the script's function, calls it and flattens what it returned (see FlatValues.java).
// Evaluates to a function of [names found, kind, shape, values...]; runs after the script, in a context of one call.
(function () {
  'use strict';
  const MAX_DEPTH = 64;
  const MAX_VALUES = 100000;
  const MAX_TEXT = 420;
  const MAX_WARNINGS = 20;

  function build(shape, values) {
    let next = 0;
    const stack = [];
    const roots = [];
    let into = roots;
    for (const kind of shape) {
      if (kind === '}' || kind === ']') {
        into = stack.pop();
        continue;
      }
      const keyed = !Array.isArray(into);
      const key = keyed ? values[next++] : undefined;
      let value = null;
      if (kind === 'v') {
        value = values[next++];
      } else if (kind === 'I') {
        // Beyond 2^53 a BigInt: a TypeError in the script is better than another number.
        const hex = values[next++];
        value = hex[0] === '-' ? -BigInt('0x' + hex.slice(1)) : BigInt('0x' + hex);
      } else if (kind === '{') value = {};
      else if (kind === '[') value = [];
      if (!keyed) into.push(value);
      else Object.defineProperty(into, key, { value, writable: true, enumerable: true, configurable: true });
      if (kind === '{' || kind === '[') {
        stack.push(into);
        into = value;
      }
    }
    return roots;
  }

  class Unreadable extends Error {}

  // What JSON cannot say becomes text, and warnings say so; they are the last of the values.
  function flatten(roots, warnings) {
    let shape = '';
    const row = [];
    function warn(value, path, how) {
      if (warnings.length < MAX_WARNINGS) warnings.push((path + ' is a ' + kindOf(value) + ', told ' + how).slice(0, MAX_TEXT));
    }
    function text(value) {
      shape += 'v';
      row.push(value);
    }
    function add(value, path, depth) {
      if (depth > MAX_DEPTH) throw new Unreadable(path + ' is more than ' + MAX_DEPTH + ' levels deep');
      if (shape.length > MAX_VALUES) throw new Unreadable('outputs have more than ' + MAX_VALUES + ' values');
      switch (typeof value) {
        case 'string':
        case 'boolean':
          text(value);
          return;
        case 'number':
          // JSON has neither NaN nor infinities.
          text(Number.isFinite(value) ? value : String(value));
          return;
        case 'bigint':
          shape += 'I';
          row.push(value.toString(16));
          return;
        case 'undefined':
          shape += 'n';
          return;
        case 'object':
          break;
        default:
          warn(value, path, 'as text');
          text(String(value).slice(0, MAX_TEXT));
          return;
      }
      if (value === null) shape += 'n';
      else if (value instanceof Date) add(Number.isNaN(value.getTime()) ? null : value.toISOString(), path, depth);
      else if (value instanceof Number || value instanceof String || value instanceof Boolean) add(value.valueOf(), path, depth);
      else if (value instanceof Uint8Array || value instanceof ArrayBuffer) {
        text(Array.from(new Uint8Array(value), byte => byte.toString(16).padStart(2, '0')).join(''));
      } else if (Array.isArray(value) || ArrayBuffer.isView(value)) {
        shape += '[';
        for (let i = 0; i < value.length; i++) add(value[i], path + '[' + i + ']', depth + 1);
        shape += ']';
      } else {
        shape += '{';
        for (const key of Object.keys(value)) {
          if (value[key] === undefined) continue;
          row.push(key);
          add(value[key], path + '.' + key, depth + 1);
        }
        shape += '}';
      }
    }
    for (const [value, path] of roots) add(value, path, 0);
    add(warnings.slice(0, MAX_WARNINGS).map(warning => warning.slice(0, MAX_TEXT)), 'warnings', 0);
    return [shape, ...row];
  }

  // Bytes as a string of Latin-1, in which one character is one byte; undefined if they are none. With warnings, bytes
  // outside 0 to 255 wrap, as in the LoRaWAN stack whose codecs these are.
  function latin(value, warnings) {
    if (value instanceof ArrayBuffer) value = new Uint8Array(value);
    else if (ArrayBuffer.isView(value)) value = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    if (!Array.isArray(value) && !(value instanceof Uint8Array)) return undefined;
    const parts = [];
    let wrapped = false;
    for (let i = 0; i < value.length; i++) {
      let byte = value[i];
      if (!Number.isInteger(byte)) return undefined;
      if (byte < 0 || byte > 255) {
        if (!warnings) return undefined;
        if (!wrapped) warnings.push('bytes[' + i + '] was ' + byte + ' and is sent as ' + (byte & 0xff) + ', its lowest eight bits');
        wrapped = true;
        byte &= 0xff;
      }
      parts.push(String.fromCharCode(byte));
    }
    return parts.join('');
  }

  function kindOf(value) {
    if (value === null) return 'null';
    if (Array.isArray(value)) return 'array with something else than bytes';
    return typeof value === 'object' ? (value.constructor && value.constructor.name) || 'object' : typeof value;
  }

  function texts(value) {
    return (Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]).map(String);
  }

  function toBytes(latinText) {
    return Array.from(latinText, c => c.charCodeAt(0));
  }

  // The device's settings, which ChirpStack calls so.
  function variables(config) {
    const { metadata, ...own } = config || {};
    return own;
  }

  // What a function returned that must be a list of objects.
  function objects(name, they, list, device) {
    const must = name + ' must return an array of objects but ';
    if (!Array.isArray(list)) return ['error', device, must + 'returned ' + kindOf(list)];
    for (let i = 0; i < list.length; i++) {
      if (typeof list[i] !== 'object' || list[i] === null || Array.isArray(list[i]))
        return ['error', device, must + they + '[' + i + '] is ' + kindOf(list[i])];
    }
    return ['outputs', device, ...flatten(list.map((item, i) => [item, they + '[' + i + ']']), [])];
  }

  // Each returns [word, ...]: bytes, unknown, type, error, missing; outputs, error.
  return function (functions, what, shape, ...values) {
    const roots = build(shape, values);
    if (what === 'format') {
      const [command, config] = roots;
      const own = functions.format;
      if (own) {
        const result = own(command, config);
        if (result === null || result === undefined) return ['unknown'];
        const bytes = latin(result);
        return bytes === undefined ? ['type', kindOf(result)] : ['bytes', bytes, '{}[]'];
      }
      if (!functions.encode) return ['missing'];
      const metadata = command.metadata || {};
      const fPort = metadata.f_port === undefined ? 1 : metadata.f_port;
      const result = functions.encode({ data: command.payload, fPort, variables: variables(config) });
      if (result === null || result === undefined) return ['unknown'];
      const errors = texts(result.errors);
      if (errors.length > 0) return ['error', errors.join('; ')];
      const warnings = [];
      const bytes = latin(result.bytes, warnings);
      if (bytes === undefined) return ['type', 'bytes: ' + kindOf(result.bytes)];
      // LoRaWAN 1.0.3 section 4.3.2.
      const delivery = Number.isInteger(result.fPort) && result.fPort >= 0 && result.fPort <= 255 ? { f_port: result.fPort } : {};
      return ['bytes', bytes, ...flatten([[delivery, 'fPort']], [...warnings, ...texts(result.warnings)])];
    }
    if (what === 'match_reply') {
      if (!functions.matchReply) return ['error', null, 'the script has no function match_reply'];
      const replies = functions.matchReply(...roots);
      try {
        return objects('match_reply', 'replies', replies === undefined || replies === null ? [] : replies, null);
      } catch (error) {
        if (error instanceof Unreadable) return ['error', null, error.message];
        throw error;
      }
    }
    const [payload, config] = roots;
    let device = null;
    if (functions.deviceId) {
      device = functions.deviceId(Uint8Array.from(toBytes(payload)), config);
      if (device === undefined) device = null;
      if (device !== null && typeof device !== 'string') return ['error', null, 'device_id must return a string but returned ' + kindOf(device)];
    }
    if (what === 'device_id') return functions.deviceId ? ['outputs', device, '[]'] : ['error', null, 'the script has no function device_id'];
    try {
      let outputs;
      if (functions.parse) outputs = functions.parse(Uint8Array.from(toBytes(payload)), config);
      else if (functions.decode) {
        const metadata = (config && config.metadata) || {};
        const fPort = metadata.f_port === undefined ? 1 : metadata.f_port;
        const result = functions.decode({ bytes: toBytes(payload), fPort, recvTime: new Date(), variables: variables(config) });
        const errors = texts(result && result.errors);
        if (errors.length > 0) return ['error', device, errors.join('; ')];
        outputs = [result && result.data];
      } else return ['error', device, 'the script has no function parse'];
      return objects('parse', 'outputs', outputs, device);
    } catch (error) {
      if (error instanceof Unreadable) return ['error', device, error.message];
      throw error;
    }
  };
})();
