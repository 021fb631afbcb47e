// Settings of a scenario: found by dotted name, written as the record that the module reads.
// A scenario is nested plain values, complete, as in its YAML file; `flat` gives it by dotted name.

import { nearest } from "./words.js";

const DAY = 86400000;
const FIRST_DAY = "2018-01-01"; // from which rules count days
const OR = " or "; // between the successors of a setting that was split

/** Days since 1970 of an ISO date. @param {string} day */
export const dayNumber = (day) => Date.parse(`${day}T00:00:00Z`) / DAY;

/** What the page knows of settings, from its contents alone. */
export class Schema {
  /** @param {import("./contents.js").Contents} contents */
  constructor(contents) {
    this.contents = contents;
    this.defaults = contents.defaults;
    this.byPath = new Map(contents.settings.map((setting) => [setting.path, setting]));
    this.mappings = new Map(contents.mappings.map((mapping) => [mapping.path, mapping]));
    this.goods = contents.goods.map((good) => good.name);
    // a page asks this of the same few scenarios many times a move; a scenario is not changed in place
    this.flats = new WeakMap();
    this.found = new Map();
    this.tree = treeOf(contents);
  }

  /**
   * The setting at a dotted name, and the item that the name holds, "" for none; undefined where there is none.
   * @param {string} path @returns {{setting: import("./contents.js").Setting, item: string} | undefined}
   */
  at(path) {
    if (!this.found.has(path)) {
      const found = this.look(path);
      if (found) this.found.set(path, found);
      return found;
    }
    return this.found.get(path);
  }

  /** @private */
  look(path) {
    const parts = path.split(".");
    for (const parent of this.mappings.keys()) {
      if (!path.startsWith(`${parent}.`)) continue;
      const place = parent.split(".").length;
      const item = parts[place];
      const setting = this.byPath.get([...parts.slice(0, place), "*", ...parts.slice(place + 1)].join("."));
      return setting && { setting, item };
    }
    const setting = this.byPath.get(path);
    return setting && { setting, item: "" };
  }

  /**
   * The name that a word may stand for: the successor of a renamed one, else the closest.
   * @param {string} word @param {string[]} names
   */
  nearest(word, names) {
    return this.successor(word, names) ?? nearest(word, names);
  }

  successor(word, names) {
    const parts = word.split(".");
    for (const [at, part] of parts.entries()) {
      const items = Object.hasOwn(this.contents.renamed.items, part) ? this.contents.renamed.items[part] : [];
      const fresh = items.map((item) => [...parts.slice(0, at), item, ...parts.slice(at + 1)].join("."));
      const there = (one) => names.some((name) => name === one || name.startsWith(`${one}.`));
      if (fresh.length && fresh.every(there)) return fresh.join(OR);
    }
    for (const [old, now] of this.contents.renamed.names) {
      const typed = matches(old, word);
      if (!typed && !old.endsWith(`.${word}`)) continue;
      const items = typed ? word.split(".").filter((_, k) => old.split(".")[k] === "*") : [];
      const full = now.split(OR).map((one) => items.reduce((name, item) => name.replace("*", item), one));
      const each = full.map((one) => (one.includes("*") ? names.filter((name) => matches(one, name)).sort() : names.filter((name) => name === one)));
      if (each.every((found) => found.length)) return each.flat().join(OR);
      const own = word.split(".").slice(0, -1);
      const beside = now.split(OR).map((one) => [...own, one.split(".").at(-1)].join("."));
      if (beside.every((name) => names.includes(name))) return beside.join(OR);
    }
    const choices = Object.values(this.contents.renamed.choices).map((of) => (Object.hasOwn(of, word) ? of[word] : undefined));
    return choices.find((choice) => choice?.split(OR).every((name) => names.includes(name)));
  }

  /** Why a setting that no other took the place of is gone. @param {string} path @returns {string | undefined} */
  whyGone(path) {
    const found = Object.entries(this.contents.renamed.gone).find(([old]) => old === path || old.endsWith(`.${path}`));
    return found && `it is gone: ${found[1]}`;
  }

  /** What a room calls a setting: its plain name, else its label, else its meaning. @param {string} path */
  nameOf(path) {
    const { setting, item } = this.at(path);
    const words = setting.plain ?? setting.label ?? setting.meaning;
    const of = item && this.itemWords(item);
    return words.includes("{item}") ? words.replace("{item}", of) : item ? `${words}: ${of}` : words;
  }

  /** @param {string} item */
  itemWords(item) {
    return this.contents.items[item] ?? item.replaceAll("_", " ");
  }

  /** Rank among levers of first rank, 1 on top; 0 for none. @param {string} path */
  rankOf(path) {
    const { setting, item } = this.at(path);
    return setting.only && !setting.only.includes(item) ? 0 : (setting.rank ?? 0);
  }

  /**
   * The range of a slider, widened by values that lie outside it, within the bounds.
   * @param {string} path @param {number[]} values @returns {[number, number]}
   */
  sliderOf(path, ...values) {
    const { setting } = this.at(path);
    const [low, high] = setting.slider;
    return [Math.max(setting.low, Math.min(low, ...values)), Math.min(setting.high, Math.max(high, ...values))];
  }

  /** Every setting by dotted name, in the order of the schema. @returns {Object<string, any>} */
  flat(scenario) {
    const known = this.flats.get(scenario);
    if (known) return known;
    const found = {};
    const walk = (node, path) => {
      for (const [name, value] of Object.entries(node)) {
        const here = path ? `${path}.${name}` : name;
        if (value !== null && typeof value === "object") walk(value, here);
        else found[here] = value;
      }
    };
    walk(scenario, "");
    this.flats.set(scenario, found);
    return found;
  }

  /** The scenario with some settings changed; nothing is checked. @param {Object<string, any>} changes by dotted name */
  changed(scenario, changes) {
    const made = { ...scenario }, own = new Set([made]);
    // only what lies on the way to a change is copied: no scenario is changed in place
    const child = (node, part) => {
      if (!own.has(node[part])) own.add((node[part] = { ...node[part] }));
      return node[part];
    };
    for (const [path, value] of Object.entries(changes)) {
      const parts = path.split(".");
      const last = parts.pop();
      parts.reduce(child, made)[last] = value;
    }
    return made;
  }

  /** Dotted names whose values differ between two scenarios, texts apart; an item that one lacks differs in all. */
  differing(one, other) {
    const left = this.flat(one), right = this.flat(other);
    return Object.keys({ ...left, ...right }).filter(
      (path) => left[path] !== right[path] && this.at(path)?.setting.kind !== "text");
  }

  /** The record of settings that the module reads. @returns {Uint8Array} */
  record(scenario) {
    const view = new DataView(new ArrayBuffer(this.contents.description.sizes.params));
    const names = this.names(scenario);
    const start = dayNumber(scenario.calendar.start);
    for (const [path, value] of Object.entries(this.flat(scenario))) {
      const { setting, item } = this.at(path);
      if (setting.offset === undefined) continue;
      const index = item ? names.indexOf(setting.repeats, path, item) : 0;
      write(view, setting, index, numberOf(setting, value, start));
    }
    for (const count of this.contents.description.counts) {
      names.counts[count.name].forEach((value, k) => write(view, count, k, value));
    }
    return new Uint8Array(view.buffer);
  }

  /** The names of a scenario's items in the order of the record, and the numbers that follow from them. */
  names(scenario) {
    const issues = Object.keys(scenario.issues).sort();
    const events = Object.keys(scenario.shocks.events).sort();
    const minerals = Object.keys(scenario.minerals).sort();
    const scheduled = Object.keys(scenario.calendar.events).sort(), start = dayNumber(scenario.calendar.start);
    const sectors = this.goods.map((good) => Object.keys(scenario.firms[good].sectors).sort());
    const ends = sectors.map((_, k) => sectors.slice(0, k + 1).reduce((sum, own) => sum + own.length, 0));
    const first = ends.map((end, k) => end - sectors[k].length);
    return {
      issues, events, minerals, scheduled, sectors: sectors.flat(),
      indexOf: (kind, path, item) => {
        if (kind === "issue") return issues.indexOf(item);
        if (kind === "event") return (path.startsWith("calendar.") ? scheduled : events).indexOf(item);
        if (kind === "mineral") return minerals.indexOf(item);
        const good = this.goods.indexOf(path.split(".")[1]);
        return first[good] + sectors[good].indexOf(item);
      },
      counts: {
        "calendar.day": [dayNumber(scenario.calendar.start) - dayNumber(FIRST_DAY)],
        "minerals.count": [minerals.length], "issues.count": [issues.length], "issues.entity": entities(issues),
        "shocks.events.count": [events.length], "shocks.events.entity": entities(events),
        "calendar.events.count": [scheduled.length],
        "calendar.events.when": scheduled.map((name) => (dayNumber(scenario.calendar.events[name].day) - start) / 7),
        "firms.goods.sectors.first": first, "firms.goods.sectors.end": ends,
        // nothing is dated on the page, and no decision is given or left to a person
        "dated.first": [0], "dated.end": [0], "dated.on_path": [0], "dated.path": [0, 0],
        "script.first": [0], "script.end": [0], "script.wanted": [0, 0],
      },
    };
  }
}

/**
 * The schema as a tree: groups and mappings hold `children` by name, and the item of a mapping is a group.
 * @typedef {{kind: string, path: string, children?: Map<string, Node>, item?: Node, setting?: import("./contents.js").Setting, most?: number}} Node
 */
function treeOf(contents) {
  const group = (path) => ({ kind: "group", path, children: new Map() });
  const root = group("");
  const mappings = new Map(contents.mappings.map((mapping) => [mapping.path, mapping]));
  for (const setting of contents.settings) {
    let node = root, here = "";
    const parts = setting.path.split(".");
    const last = parts.pop();
    for (const part of parts) {
      here = here ? `${here}.${part}` : part;
      if (part === "*") {
        node = node.item;
        continue;
      }
      if (!node.children.has(part)) {
        const mapping = mappings.get(here);
        node.children.set(part, mapping ? { kind: "mapping", path: here, most: mapping.most, item: group(`${here}.*`) } : group(here));
      }
      node = node.children.get(part);
    }
    node.children.set(last, { kind: setting.kind, path: setting.path, setting });
  }
  return root;
}

/** A value as the number that rules read. */
function numberOf(setting, value, start) {
  if (setting.kind === "choice") return setting.choices.indexOf(value);
  if (setting.kind === "date") return Math.floor((dayNumber(value) - start) / 7);
  return Number(value);
}

function write(view, place, index, value) {
  const offset = place.offset + 8 * index;
  if (place.type === "f64") view.setFloat64(offset, value, true);
  else view.setBigInt64(offset, BigInt(value), true);
}

/** The numbers by which draws know items: the upper 31 bits of the CRC-32 of the name, plus 1 while taken. */
function entities(names) {
  const found = [];
  for (const name of names) {
    let number = crc32(name) >>> 1;
    while (found.includes(number)) number = (number + 1) & 0x7fffffff;
    found.push(number);
  }
  return found;
}

/** What each value of a byte does to a CRC-32. */
const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  return crc;
});

/** CRC-32 (ISO 3309) of bytes, or of a text in UTF-8. @param {string | Uint8Array} given */
export function crc32(given) {
  const bytes = typeof given === "string" ? new TextEncoder().encode(given) : given;
  let crc = -1;
  for (const byte of bytes) crc = (crc >>> 8) ^ CRC[(crc ^ byte) & 255];
  return ~crc >>> 0;
}

/** Whether a dotted name is of a pattern, in which * stands for any part. @param {string} pattern @param {string} name */
function matches(pattern, name) {
  return new RegExp(`^${pattern.split("*").map((part) => part.replaceAll(".", "\\.")).join(".*")}$`).test(name);
}
