// What is dropped on the page: files of a folder, or an archive, as bytes by name.
import { crc32 } from "./settings.js";
import { Refused } from "./words.js";

const MOST_FILES = 10_000, MOST_BYTES = 500_000_000, MOST_RATIO = 100;
const END = 0x06054b50, CENTRAL = 0x02014b50, LOCAL = 0x04034b50;
const END_SIZE = 22, CENTRAL_SIZE = 46, LOCAL_SIZE = 30, MOST_COMMENT = 65535;
const STORED = 0, DEFLATED = 8, ENCRYPTED = 1;

const wrong = (problem, parts = {}) => new Refused({ problem, key: "the archive", ...parts });

/**
 * The files of a zip archive that `wanted` asks for, by name.
 * @param {Uint8Array} bytes @param {(name: string) => boolean} wanted
 * @returns {Promise<Map<string, Uint8Array>>}
 */
export async function readZip(bytes, wanted = () => true) {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let entries;
  try {
    entries = entriesOf(bytes, data);
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw wrong("damaged: its list of files cannot be read");
  }
  const found = new Map();
  for (const entry of entries.filter(({ name }) => wanted(name))) {
    if (found.has(entry.name)) throw wrong("the same file twice", { given: entry.name });
    found.set(entry.name, await contentOf(bytes, data, entry));
  }
  return found;
}

function entriesOf(bytes, data) {
  let end = bytes.length - END_SIZE;
  const least = Math.max(0, end - MOST_COMMENT);
  while (end >= least && data.getUint32(end, true) !== END) end -= 1;
  if (end < least) throw wrong("not a zip archive, or cut short");
  const count = data.getUint16(end + 10, true);
  if (count > MOST_FILES) throw wrong("too many files", { given: count, allowed: `at most ${MOST_FILES.toLocaleString("en-US")}` });
  let at = data.getUint32(end + 16, true);
  return Array.from({ length: count }, () => {
    if (data.getUint32(at, true) !== CENTRAL) throw wrong("damaged: its list of files cannot be read");
    const length = data.getUint16(at + 28, true);
    const entry = {
      flags: data.getUint16(at + 8, true), method: data.getUint16(at + 10, true), crc: data.getUint32(at + 16, true),
      packed: data.getUint32(at + 20, true), size: data.getUint32(at + 24, true), local: data.getUint32(at + 42, true),
      name: new TextDecoder().decode(bytes.subarray(at + CENTRAL_SIZE, at + CENTRAL_SIZE + length)),
    };
    at += CENTRAL_SIZE + length + data.getUint16(at + 30, true) + data.getUint16(at + 32, true);
    return entry;
  });
}

async function contentOf(bytes, data, { name, flags, method, crc, packed, size, local }) {
  if (flags & ENCRYPTED) throw wrong("encrypted", { given: name });
  if (size > MOST_BYTES || size > MOST_RATIO * Math.max(packed, 1000)) throw wrong("a file that would be too large", { given: name });
  if (local + LOCAL_SIZE > bytes.length || data.getUint32(local, true) !== LOCAL) throw wrong("damaged", { given: name });
  const from = local + LOCAL_SIZE + data.getUint16(local + 26, true) + data.getUint16(local + 28, true);
  const raw = bytes.subarray(from, from + packed);
  if (method !== STORED && method !== DEFLATED) throw wrong("compressed in a way that is not read here", { given: name });
  const content = method === STORED ? raw : await inflated(raw, size, name);
  if (content.length !== size || crc32(content) !== crc) throw wrong("damaged: a file does not match its checksum", { given: name });
  return content;
}

async function inflated(raw, size, name) {
  const reader = new Blob([raw]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const content = new Uint8Array(size);
  let at = 0;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      content.set(part.value, at); // more than was declared does not fit, and throws
      at += part.value.length;
    }
  } catch {
    throw wrong("damaged", { given: name });
  }
  return content.subarray(0, at);
}

/** The folder that holds the one manifest, with its /; "" at the top. @param {Map<string, any>} files */
export function rootOf(files, marker = "manifest.json") {
  const roots = [...files.keys()].filter((name) => name === marker || name.endsWith(`/${marker}`)).map((name) => name.slice(0, -marker.length));
  roots.sort((one, other) => one.length - other.length);
  return roots[0];
}
