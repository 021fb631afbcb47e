// Tables of results: the part of Parquet that tariffsim writes (sim/results/files.py). Anything else is refused in
// words. Names of fields below are those of the format's thrift definition (parquet-format 2.6).
import { crc32 } from "./settings.js";
import { Refused } from "./words.js";

const MAGIC = "PAR1", TAIL = 8, MOST_ROWS = 1_000_000, MOST_COLUMNS = 20_000, MOST_PAGE = 64_000_000;
const TYPES = { 2: "INT64", 5: "DOUBLE", 6: "BYTE_ARRAY" };
const PAGE = { DATA: 0, DICTIONARY: 2 };
const CODEC = { NONE: 0, ZSTD: 6 };
const ENCODING = { PLAIN: 0, PLAIN_DICTIONARY: 2, RLE: 3, RLE_DICTIONARY: 8, BYTE_STREAM_SPLIT: 9 };
const OPTIONAL = 1;
// beyond the end of the output, so that the decoder may write a whole block
const SLACK = 1 << 17, ALIGN = 64, WASM_PAGE = 65536;

/**
 * Every column of a table by name: numbers, texts, null where there is none.
 * @param {Uint8Array} bytes @param {Uint8Array} decoder  the code of the decoder of Zstandard
 * @returns {Promise<Map<string, any[]>>}
 */
export async function readTable(bytes, decoder) {
  const { instance } = await WebAssembly.instantiate(decoder, {});
  try {
    return tableOf(bytes, instance.exports);
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw damaged(); // an offset that leads out of the file, a length that is none
  }
}

const damaged = () => new Refused({ problem: "a table of the result is damaged", key: "runs.parquet" });
const beyond = (what) => new Refused({ problem: `a table of a form that is not read here: ${what}`, key: "runs.parquet", allowed: "tables that tariffsim wrote" });

function tableOf(bytes, decoder) {
  const ascii = (from, to) => String.fromCharCode(...bytes.subarray(from, to));
  if (ascii(0, 4) !== MAGIC || ascii(bytes.length - 4, bytes.length) !== MAGIC) throw damaged();
  const length = view(bytes).getUint32(bytes.length - TAIL, true);
  const meta = new Thrift(bytes, bytes.length - TAIL - length).struct();
  const [, ...leaves] = meta[2];
  if (leaves.length > MOST_COLUMNS || meta[3] > MOST_ROWS) throw beyond(`${leaves.length} columns of ${meta[3]} rows`);
  const columns = new Map(leaves.map((leaf) => [text(leaf[4]), []]));
  for (const group of meta[4]) {
    group[1].forEach((chunk, k) => {
      const values = chunkOf(bytes, chunk[3], leaves[k], decoder);
      if (values.length !== group[3]) throw damaged();
      columns.get(text(leaves[k][4])).push(...values);
    });
  }
  return columns;
}

/** The values of one column in one group of rows. */
function chunkOf(bytes, meta, leaf, decoder) {
  const type = TYPES[meta[1]];
  if (!type || leaf[5]) throw beyond("another type of column");
  let at = meta[11] ?? meta[9], dictionary = null;
  const values = [];
  while (values.length < meta[5]) {
    const reader = new Thrift(bytes, at);
    const header = reader.struct();
    const page = bytes.subarray(reader.at, reader.at + header[3]);
    if (page.length !== header[3] || (header[4] !== undefined && header[4] >>> 0 !== crc32(page))) throw damaged();
    at = reader.at + header[3];
    const plain = unpacked(page, header[2], meta[4], decoder);
    if (header[1] === PAGE.DICTIONARY) {
      dictionary = plainValues(plain, type, header[7][1]);
    } else if (header[1] === PAGE.DATA) {
      values.push(...pageValues(plain, header[5], leaf, type, dictionary));
    } else {
      throw beyond("another kind of page");
    }
  }
  return values;
}

function unpacked(page, size, codec, decoder) {
  if (size > MOST_PAGE) throw beyond("a page of more than 64 MB");
  if (codec === CODEC.NONE) return page;
  if (codec !== CODEC.ZSTD) throw beyond("another compression");
  const from = Math.ceil(decoder.__heap_base.value / ALIGN) * ALIGN;
  const to = Math.ceil((from + page.length) / ALIGN) * ALIGN;
  const missing = to + size + SLACK - decoder.memory.buffer.byteLength;
  if (missing > 0) decoder.memory.grow(Math.ceil(missing / WASM_PAGE));
  new Uint8Array(decoder.memory.buffer).set(page, from);
  if (decoder.decompress(from, page.length, to, size + SLACK) !== size) throw damaged();
  return new Uint8Array(decoder.memory.buffer).slice(to, to + size);
}

/** Values of a data page: which rows have one, then the values of those. */
function pageValues(page, header, leaf, type, dictionary) {
  const count = header[1];
  let at = 0, present = Array(count).fill(1);
  if (leaf[3] === OPTIONAL) {
    const length = view(page).getUint32(0, true);
    present = hybrid(page.subarray(4, 4 + length), 1, count);
    at = 4 + length;
  }
  const known = present.reduce((sum, one) => sum + one, 0);
  const found = encoded(page.subarray(at), header[2], type, known, dictionary);
  let next = 0;
  return present.map((one) => (one ? found[next++] : null));
}

function encoded(bytes, encoding, type, count, dictionary) {
  switch (encoding) {
    case ENCODING.PLAIN:
      return plainValues(bytes, type, count);
    case ENCODING.PLAIN_DICTIONARY:
    case ENCODING.RLE_DICTIONARY:
      return hybrid(bytes.subarray(1), bytes[0], count).map((place) => {
        if (!dictionary || place >= dictionary.length) throw damaged();
        return dictionary[place];
      });
    case ENCODING.BYTE_STREAM_SPLIT:
      return splitDoubles(bytes, type, count);
    default:
      throw beyond("another encoding");
  }
}

function plainValues(bytes, type, count) {
  const data = view(bytes), found = [];
  let at = 0;
  for (let k = 0; k < count; k += 1) {
    if (type === "BYTE_ARRAY") {
      const length = data.getUint32(at, true);
      if (at + 4 + length > bytes.length) throw damaged();
      found.push(text(bytes.subarray(at + 4, at + 4 + length)));
      at += 4 + length;
    } else {
      found.push(type === "DOUBLE" ? data.getFloat64(at, true) : Number(data.getBigInt64(at, true)));
      at += 8;
    }
  }
  return found;
}

/** Numbers whose first bytes stand first, then all second bytes, and so on. */
function splitDoubles(bytes, type, count) {
  if (type !== "DOUBLE" || bytes.length !== 8 * count) throw damaged();
  const joined = new Uint8Array(8 * count);
  for (let k = 0; k < count; k += 1) for (let byte = 0; byte < 8; byte += 1) joined[8 * k + byte] = bytes[byte * count + k];
  return Array.from(new Float64Array(joined.buffer));
}

/** Whole numbers of `width` bits: runs of one number, and groups of eight packed bit by bit. */
function hybrid(bytes, width, count) {
  const found = [];
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      if (at >= bytes.length || shift > 28) throw damaged();
      value |= (bytes[at] & 127) << shift;
      if (bytes[at++] < 128) return value;
    }
  };
  while (found.length < count) {
    const head = varint();
    if (head & 1) {
      const groups = head >>> 1;
      if (at + groups * width > bytes.length) throw damaged();
      for (let k = 0; k < groups * 8 && found.length < count; k += 1) found.push(bits(bytes, at * 8 + k * width, width));
      at += groups * width;
    } else {
      const value = bits(bytes, at * 8, Math.ceil(width / 8) * 8);
      at += Math.ceil(width / 8);
      if (at > bytes.length || !head) throw damaged();
      for (let k = 0; k < head >>> 1 && found.length < count; k += 1) found.push(value);
    }
  }
  return found;
}

function bits(bytes, from, width) {
  let value = 0;
  for (let k = 0; k < width; k += 1) value |= ((bytes[(from + k) >> 3] >> ((from + k) & 7)) & 1) << k;
  return value >>> 0;
}

const view = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const text = (bytes) => new TextDecoder("utf-8", { fatal: true }).decode(bytes);

/** A reader of Thrift's compact protocol: a structure as its values by field number. */
class Thrift {
  constructor(bytes, at) {
    if (at < 0) throw damaged();
    this.bytes = bytes;
    this.at = at;
  }

  byte() {
    if (this.at >= this.bytes.length) throw damaged();
    return this.bytes[this.at++];
  }

  varint() {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
    throw damaged();
  }

  number() {
    const value = this.varint();
    return Number((value >> 1n) ^ -(value & 1n));
  }

  struct(depth = 0) {
    if (depth > 20) throw damaged();
    const found = {};
    for (let id = 0; ;) {
      const head = this.byte();
      if (!head) return found;
      id = head >> 4 ? id + (head >> 4) : this.number();
      found[id] = this.value(head & 15, depth);
    }
  }

  value(type, depth) {
    switch (type) {
      case 1: return true;
      case 2: return false;
      case 3: return this.byte();
      case 4: case 5: case 6: return this.number();
      case 7: return this.bytesOf(8);
      case 8: return this.bytesOf(Number(this.varint()));
      case 9: case 10: return this.list(depth);
      case 12: return this.struct(depth + 1);
      default: throw damaged();
    }
  }

  list(depth) {
    const head = this.byte();
    const count = head >> 4 === 15 ? Number(this.varint()) : head >> 4;
    if (count > this.bytes.length) throw damaged();
    return Array.from({ length: count }, () => this.value((head & 15) <= 2 ? 3 : head & 15, depth + 1));
  }

  bytesOf(length) {
    if (this.at + length > this.bytes.length) throw damaged();
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}
