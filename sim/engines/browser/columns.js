// How do columns travel? As base64 of their bytes, little-endian, so that no bit is lost: {"float64": "…"}.

/**
 * @typedef {{float64?: string, int32?: string, uint8?: string}} Packed
 */

/**
 * Read a column.
 * @param {Packed} packed
 * @returns {Float64Array | Int32Array | Uint8Array}
 */
export function unpack(packed) {
  const text = packed.float64 ?? packed.int32 ?? packed.uint8 ?? "";
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  if (packed.float64 !== undefined) return new Float64Array(bytes.buffer);
  return packed.int32 === undefined ? bytes : new Int32Array(bytes.buffer);
}

/**
 * Write a column.
 * @param {Float64Array | Int32Array | Uint8Array} column
 * @returns {Packed}
 */
export function pack(column) {
  const bytes = new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
  let text = "";
  for (let i = 0; i < bytes.length; i += 4096) text += String.fromCharCode(...bytes.subarray(i, i + 4096));
  const packed = btoa(text);
  if (column instanceof Float64Array) return { float64: packed };
  return column instanceof Int32Array ? { int32: packed } : { uint8: packed };
}

/**
 * Read all columns of an object, at any depth; leave everything else as it is.
 * @param {any} value
 * @returns {any}
 */
export function unpackAll(value) {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(unpackAll);
  const keys = Object.keys(value);
  if (keys.length === 1 && (keys[0] === "float64" || keys[0] === "int32" || keys[0] === "uint8")) {
    return unpack(value);
  }
  return Object.fromEntries(keys.map((key) => [key, unpackAll(value[key])]));
}
