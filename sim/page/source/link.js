// A link is the two scenarios: shipped ones and what differs from them, with seed, runs, and the version they belong to.
//   #v=0.2.0-1a2b3c4d&a=tactical_pause&b=breakthrough~us.belief_error=0.3&seed=1&runs=1000&k=5e6f
// `k` is a checksum of all before it, so that a link cut short or mistyped is noticed.
import { check, checkValue, ITEM_NAME } from "./check.js";
import { crc32 } from "./settings.js";
import { Refused, sentence } from "./words.js";

export const MOST_CHARACTERS = 2000;
const NAMES = ["v", "a", "b", "seed", "runs", "k"];
const MOST_SEED = 2n ** 64n - 1n, MOST_RUNS = 1_000_000;

/**
 * @typedef {Object} Shared  what a link holds
 * @property {any} a  complete scenario
 * @property {any} b
 * @property {bigint} seed
 * @property {number} runs  of each side
 */

/** The version that links carry: of the software, and of its rules and shipped scenarios. */
export const versionOf = (contents) => `${contents.version}-${contents.stamp}`;

/**
 * The fragment, without its #, or why there is none.
 * @param {import("./settings.js").Schema} schema @param {Shared} shared
 * @returns {{fragment?: string, problem?: string}}
 */
export function toLink(schema, { a, b, seed, runs }) {
  const parts = [
    `v=${versionOf(schema.contents)}`, `a=${sideOf(schema, a)}`, `b=${sideOf(schema, b)}`,
    `seed=${seed}`, `runs=${runs}`,
  ];
  const body = parts.join("&");
  const fragment = `${body}&k=${checksum(body)}`;
  if (fragment.length <= MOST_CHARACTERS) return { fragment };
  return { problem: `Too much differs from the shipped scenarios for a link (${fragment.length.toLocaleString("en-US")} characters of ${MOST_CHARACTERS.toLocaleString("en-US")}). Save the YAML file and share that.` };
}

/**
 * What a fragment holds, or one sentence on why it holds nothing that can be used. Nothing is guessed.
 * @param {import("./settings.js").Schema} schema @param {string} fragment  with or without its #
 * @returns {{shared?: Shared, problem?: string}}
 */
export function fromLink(schema, fragment) {
  try {
    return { shared: read(schema, fragment.replace(/^#/, "")) };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { problem: `This link cannot be used: ${error.problems.slice(0, 3).map(sentence).join("; ")}` };
  }
}

function read(schema, text) {
  if (text.length > 2 * MOST_CHARACTERS) throw new Refused({ problem: `it has ${text.length.toLocaleString("en-US")} characters, and none that this page makes has more than ${MOST_CHARACTERS.toLocaleString("en-US")}` });
  const given = new Map();
  for (const part of text.split("&")) {
    const [name, ...rest] = part.split("=");
    if (!NAMES.includes(name)) throw new Refused({ problem: "unknown part of a link", key: name, allowed: NAMES.join(", "), suggestion: schema.nearest(name, NAMES) });
    if (given.has(name)) throw new Refused({ problem: "given twice", key: name, cure: "copy the whole link again" });
    given.set(name, rest.join("="));
  }
  const version = versionOf(schema.contents);
  if (given.has("v") && given.get("v") !== version) {
    throw new Refused({ problem: "it was made with another version, whose numbers may differ; open it in a page of that version", given: given.get("v"), allowed: version });
  }
  const missing = NAMES.filter((name) => !given.has(name));
  if (missing.length) throw new Refused({ problem: `it is incomplete, without ${missing.join(", ")}`, cure: "copy the whole link again" });
  if (checksum(text.slice(0, text.lastIndexOf("&k="))) !== given.get("k") || !text.endsWith(`&k=${given.get("k")}`)) {
    throw new Refused({ problem: "it was changed or cut on its way", cure: "copy it again from the page that made it" });
  }
  return {
    a: scenarioFrom(schema, given.get("a"), "a"), b: scenarioFrom(schema, given.get("b"), "b"),
    seed: wholeNumber(given.get("seed"), "seed", 0n, MOST_SEED),
    runs: Number(wholeNumber(given.get("runs"), "runs", 1n, BigInt(MOST_RUNS))),
  };
}

/** A shipped scenario and what differs from it: `scenario~path=value~-items.name`. */
function sideOf(schema, scenario) {
  const texts = schema.contents.scenarios.map((base) => [base.name, ...changesTo(schema, base, scenario)].join("~"));
  const own = texts.find((text) => text.split("~")[0] === scenario.name);
  const shortest = texts.reduce((one, two) => (two.length < one.length ? two : one));
  // the one of the same name reads best where it is about as short
  return own !== undefined && own.length <= 2 * shortest.length ? own : shortest;
}

function changesTo(schema, base, scenario) {
  const from = schema.flat(base), to = schema.flat(scenario);
  const removed = [...schema.mappings.keys()].flatMap((path) => {
    const own = itemsAt(scenario, path);
    return itemsAt(base, path).filter((name) => !own.includes(name)).map((name) => `-${path}.${name}`);
  });
  const set = Object.keys(to).filter((path) => to[path] !== from[path]).map((path) => `${path}=${encoded(to[path])}`);
  return [...removed, ...set];
}

const itemsAt = (scenario, path) => Object.keys(path.split(".").reduce((node, part) => node[part], scenario));
const encoded = (value) => encodeURIComponent(String(value)).replace(/~/g, "%7E").replace(/%20/g, "+").replace(/'/g, "%27");

function scenarioFrom(schema, text, side) {
  const [name, ...changes] = text.split("~");
  const names = schema.contents.scenarios.map((one) => one.name);
  const base = schema.contents.scenarios.find((one) => one.name === name);
  if (!base) throw new Refused({ problem: "no such scenario", key: side, given: name, allowed: names.join(", "), suggestion: schema.nearest(name, names) });
  const tree = structuredClone(base);
  for (const change of changes) {
    if (change.startsWith("-")) remove(schema, tree, change.slice(1));
    else set(schema, tree, change);
  }
  return check(schema, tree);
}

function remove(schema, tree, path) {
  const parts = path.split("."), item = parts.pop();
  const parent = parts.join(".");
  if (!schema.mappings.has(parent) || !itemsAt(tree, parent).includes(item)) throw new Refused({ problem: "no such item to remove", key: path });
  delete parts.reduce((node, part) => node[part], tree)[item];
}

function set(schema, tree, change) {
  const [path, ...rest] = change.split("=");
  const found = schema.at(path);
  // a name that is none is no setting: __proto__ would be another thing than an item
  if (!found || !rest.length || (found.item && !ITEM_NAME.test(found.item))) throw new Refused({ problem: "no such setting", key: path, suggestion: schema.nearest(path, Object.keys(schema.flat(tree))), cure: schema.whyGone(path) });
  const value = checkValue(schema, found.setting, valueOf(found.setting, decoded(rest.join("="), path)), path);
  const parts = path.split("."), last = parts.pop();
  let node = tree;
  for (const part of parts) node = Object.hasOwn(node, part) ? node[part] : (node[part] = {});
  node[last] = value;
}

function decoded(text, path) {
  try {
    return decodeURIComponent(text.replace(/\+/g, " "));
  } catch {
    throw new Refused({ problem: "its signs are damaged", key: path, given: text });
  }
}

/** The value that a text stands for, by the kind of its setting; what fits none stays text and is refused. */
function valueOf(setting, text) {
  if (setting.kind === "number" || setting.kind === "count") return /^-?\d+(\.\d+)?(e[-+]?\d+)?$/.test(text) ? Number(text) : text;
  if (setting.kind === "flag") return text === "true" ? true : text === "false" ? false : text;
  return text;
}

function wholeNumber(text, key, low, high) {
  const value = /^\d{1,20}$/.test(text) ? BigInt(text) : -1n;
  if (value < low || value > high) throw new Refused({ problem: "not a whole number within bounds", key, given: text, allowed: `${low} to ${high}` });
  return value;
}

/** Four hexadecimal digits of a text. */
const checksum = (text) => (crc32(text) & 0xffff).toString(16).padStart(4, "0");
