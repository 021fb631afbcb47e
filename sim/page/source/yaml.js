// YAML in and out. In: the part of YAML that scenario files are written in, read as sim/config/yaml.py reads it; what
// is beyond it is refused in words, never guessed. Out: what every reader reads the same way.
import { isMapping } from "./check.js";
import { Refused } from "./words.js";

const MOST_BYTES = 1_000_000, MOST_NODES = 10_000, MOST_DEPTH = 20, MOST_CHARACTERS = 10_000, MOST_NAME = 200, MOST_DIGITS = 40;
const INTEGER = /^[-+]?(0|[1-9][0-9]*)$/;
const LEADING_ZERO = /^[-+]?0[0-9][0-9_]*$/;
const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const OTHER_BASE = /^[-+]?0[xob][0-9a-fA-F_]+$/;
const WORDS = new Map([
  ...["", "~", "null", "Null", "NULL"].map((word) => [word, null]),
  ...["true", "True", "TRUE"].map((word) => [word, true]),
  ...["false", "False", "FALSE"].map((word) => [word, false]),
  ...[".inf", ".Inf", ".INF"].flatMap((word) => [[word, Infinity], [`+${word}`, Infinity], [`-${word}`, -Infinity]]),
  ...[".nan", ".NaN", ".NAN"].map((word) => [word, NaN]),
]);
const CODE = /^_[a-z]+_$/;
// what YAML's reader takes for the end of a line, or does not take at all
const NOT_TEXT = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]/u;
const ESCAPES = { 0: "\0", a: "\x07", b: "\b", t: "\t", "\t": "\t", n: "\n", v: "\v", f: "\f", r: "\r", e: "\x1b", " ": " ", '"': '"', "/": "/", "\\": "\\", N: "\x85", _: "\xa0", L: "\u2028", P: "\u2029" };
const HEX = { x: 2, u: 4, U: 8 };

/** The text of a file in UTF-8. @param {Uint8Array} bytes @param {string} name */
export function textOf(bytes, name) {
  if (bytes.length > MOST_BYTES) throw new Refused({ problem: "too large", key: name, allowed: "at most 1,000,000 bytes" });
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Refused({ problem: "not UTF-8", key: name, allowed: "UTF-8", cure: "save the file as UTF-8" });
  }
}

/** The mapping in YAML `text`; `name` is what messages call the file. @param {string} text @param {string} [name] */
export function parseYaml(text, name = "the file") {
  return new Reader(text, name).document();
}

/**
 * @typedef {{indent: number, text: string, number: number}} Line  one that holds something; `number` counts from 1
 */

class Reader {
  constructor(text, name) {
    this.name = name;
    this.nodes = 0;
    this.path = []; // the names above what is read
    this.settled = new Map(); // lines of the dotted names that have a value
    const bad = NOT_TEXT.exec(text.startsWith("\ufeff") ? text.slice(1) : text);
    if (bad) throw new Refused({ problem: "contains a character that no text file has", key: name });
    this.raw = text.replace(/^\ufeff/, "").replace(/(\r\n|\r|\n)$/, "").split(/\r\n|\r|\n/);
    this.at = 0;
    // one document may begin with ---
    const first = this.raw.findIndex((line) => trimmed(line) && !trimmed(line).startsWith("#"));
    if (first >= 0 && /^---([ \t]+#.*)?$/.test(this.raw[first])) this.raw[first] = "";
  }

  /** @returns {any} */
  document() {
    const start = this.peek();
    if (!start) throw this.refuse(1, "empty", { cure: "write at least one setting" });
    if (/^[[{]/.test(start.text)) {
      const whole = this.flowDocument(start);
      if (!isMapping(whole)) throw this.refuse(start.number, "not settings", { allowed: "a mapping of names to values" });
      return this.settings(whole, start);
    }
    if (!startsEntry(start.text)) throw this.refuse(start.number, "not settings", { given: start.text, allowed: "a mapping of names to values" });
    const found = this.mapping(start.indent, 0);
    const left = this.peek();
    if (left) throw this.refuse(left.number, "not valid YAML: this line does not belong to what stands above it", { given: left.text });
    return this.settings(found, start);
  }

  settings(found, line) {
    if (!Object.keys(found).length) throw this.refuse(line.number, "empty", { cure: "write at least one setting" });
    for (const word of ["hydra", "defaults"]) {
      if (word in found) throw this.refuse(line.number, `the key ${word} is not accepted in a file`, { allowed: "settings and plain values" });
    }
    return found;
  }

  /** JSON, or one mapping in braces over all lines. */
  flowDocument(start) {
    const text = trimmed(this.raw.slice(start.number - 1).map((line) => withoutComment(line)).join(" "));
    this.at = this.raw.length;
    return this.flowAll(text, start.number, 0);
  }

  /** The next line that holds something, without moving on. @returns {Line | undefined} */
  peek() {
    for (let k = this.at; k < this.raw.length; k += 1) {
      const line = this.raw[k];
      const indent = line.length - line.replace(/^[ \t]+/, "").length;
      const text = trimmed(line);
      if (/^ *\t/.test(line)) throw this.refuse(k + 1, "not valid YAML: a tab at the beginning of a line", { cure: "indent with spaces" });
      if (!text || text.startsWith("#")) continue;
      if (/^---([ \t]|$)/.test(line)) throw this.refuse(k + 1, "a second document is not accepted in a file", { cure: "one document to a file: remove the line ---" });
      if (/^(%|\.\.\.([ \t]|$))/.test(line)) throw this.refuse(k + 1, "a directive or the end of a document is not read here", { cure: "remove the line" });
      return { indent, text, number: k + 1 };
    }
    return undefined;
  }

  mapping(indent, depth) {
    const found = Object.create(null), lines = new Map();
    for (let line = this.peek(); line && line.indent >= indent; line = this.peek()) {
      if (line.indent > indent) throw this.refuse(line.number, "not valid YAML: indented more than the line above allows", { given: line.text });
      if (/^-([ \t]|$)/.test(line.text)) throw this.refuse(line.number, "not valid YAML: a list where names are expected", { given: line.text });
      const { name, rest } = this.entry(line);
      if (name in found) throw this.refuse(line.number, `given twice: first on line ${lines.get(name)}`, { given: name });
      lines.set(name, line.number);
      this.at = line.number;
      found[name] = this.below(name, line.number, () => this.value(rest, line, indent, depth + 1));
    }
    return found;
  }

  /** What `read` makes of what stands below a name; refused where its dotted name has a value: `linkage.cn: 0.3` is `linkage: {cn: 0.3}`. */
  below(name, number, read) {
    this.path.push(name);
    const value = read(), here = this.path.join(".");
    this.path.pop();
    // an item that is removed (~) may be added anew
    if (here.includes("~") || (isMapping(value) && Object.keys(value).length)) return value;
    const bare = here.replace(/(^|\.)\++/g, "$1");
    if (this.settled.has(bare)) throw this.refuse(number, `given twice: first on line ${this.settled.get(bare)}`, { given: bare });
    this.settled.set(bare, number);
    return value;
  }

  /** Name and the rest of a line `name: rest`. */
  entry(line) {
    const { text, number } = line;
    if (/^\?([ \t]|$)/.test(text)) throw this.refuse(number, "a name must be a word", {});
    let name, rest;
    if (/^["']/.test(text)) {
      const end = this.quoted(text, 0, number);
      name = end.value;
      rest = text.slice(end.at);
      if (!/^[ \t]*:([ \t]|$)/.test(rest)) throw this.refuse(number, "not valid YAML: a colon and a space are expected after the name", { given: text });
      rest = rest.replace(/^[ \t]*:/, "");
    } else {
      this.indicator(text, number);
      const found = /^(.*?)[ \t]*:(?=[ \t]|$)(.*)$/.exec(text);
      if (!found || / #/.test(found[1])) throw this.refuse(number, "not valid YAML: a name, a colon and a space are expected", { given: text });
      [name, rest] = [found[1], found[2]];
    }
    return { name: this.named(name, number), rest: trimmed(rest) };
  }

  named(name, number) {
    this.count(number);
    if (name.includes("${")) throw this.refuse(number, "interpolation (${…}) is not accepted in a file", { cure: "write the value itself" });
    if (CODE.test(name)) throw this.refuse(number, `the key ${name} is not accepted in a file`, { cure: "a file holds settings; nothing in it can run code" });
    if (name === "<<") throw this.refuse(number, "a merge (<<) is not accepted in a file", { cure: "write the settings out" });
    if (!name || name.length > MOST_NAME || /[\p{C}\p{Zl}\p{Zp}]/u.test(name)) throw this.refuse(number, "not a name", { given: name.slice(0, 80) });
    return name;
  }

  value(rest, line, indent, depth) {
    if (depth > MOST_DEPTH) throw this.refuse(line.number, "nested too deeply", { allowed: `at most ${MOST_DEPTH} levels` });
    const plain = withoutComment(rest);
    if (/^[|>]/.test(plain)) return this.block(plain, line, indent);
    if (plain) {
      const value = this.inline(plain, line.number, depth);
      const next = this.peek();
      if (next && next.indent > indent) {
        throw this.refuse(next.number, "a value that goes on over several lines is not read here", { cure: "write it on one line, or after >-" });
      }
      return value;
    }
    const next = this.peek();
    if (next && next.indent > indent) {
      return /^-([ \t]|$)/.test(next.text) ? this.list(next.indent, depth) : this.nested(next, depth);
    }
    if (next && next.indent === indent && /^-([ \t]|$)/.test(next.text)) return this.list(indent, depth);
    this.count(line.number);
    return null;
  }

  /** What stands below a name and further in: settings, or one value. */
  nested(line, depth) {
    if (startsEntry(line.text)) {
      this.count(line.number);
      return this.mapping(line.indent, depth);
    }
    throw this.refuse(line.number, "not valid YAML here: a name, a colon and a space are expected", { given: line.text });
  }

  list(indent, depth) {
    const found = [];
    this.count(this.at);
    for (let line = this.peek(); line && line.indent === indent && /^-([ \t]|$)/.test(line.text); line = this.peek()) {
      const rest = withoutComment(trimmed(line.text.slice(1)));
      if (!rest || startsEntry(rest) || /^-[ \t]/.test(rest)) {
        throw this.refuse(line.number, "a list of anything but plain values is not read here", { cure: "no setting of a scenario is a list" });
      }
      this.at = line.number;
      found.push(this.inline(rest, line.number, depth + 1));
    }
    return found;
  }

  /** A value on one line. */
  inline(text, number, depth) {
    if (/^[[{"']/.test(text)) return this.flowAll(text, number, depth);
    this.indicator(text, number);
    if (/:([ \t]|$)/.test(text)) throw this.refuse(number, "not valid YAML: mapping values are not allowed here", { given: text, cure: "put the text in quotes" });
    this.count(number, text);
    return this.resolve(text, number);
  }

  flowAll(text, number, depth) {
    const { value, at } = this.flow(text, 0, number, depth);
    const left = trimmed(text.slice(at));
    if (left) throw this.refuse(number, "not valid YAML: something follows the value", { given: left });
    return value;
  }

  /** A value in brackets, braces or quotes, or plain within them, from `at` on. */
  flow(text, at, number, depth) {
    if (depth > MOST_DEPTH) throw this.refuse(number, "nested too deeply", { allowed: `at most ${MOST_DEPTH} levels` });
    if (text[at] === '"' || text[at] === "'") {
      const found = this.quoted(text, at, number);
      this.count(number, found.value);
      return found;
    }
    if (text[at] === "[" || text[at] === "{") return this.brackets(text, at, number, depth);
    const plain = /^[^,[\]{}]*/.exec(text.slice(at))[0].replace(/[ \t]+$/, "");
    const word = plain.split(/:(?=[ \t]|$)/)[0].replace(/[ \t]+$/, "");
    this.indicator(word, number);
    if (word.startsWith("?")) throw this.refuse(number, "a name or value that begins with ? is not read here", { given: word, cure: "put it in quotes" });
    this.count(number, word);
    return { value: this.resolve(word, number), word, at: at + word.length };
  }

  brackets(text, at, number, depth) {
    const list = text[at] === "[", close = list ? "]" : "}";
    const found = list ? [] : Object.create(null);
    this.count(number);
    let here = skip(text, at + 1);
    while (text[here] !== close) {
      if (here >= text.length) throw this.refuse(number, `not valid YAML: ${close} is missing`, { cure: "write brackets and what they hold on one line" });
      if (list) {
        this.path.push(found.length);
        const item = this.flow(text, here, number, depth + 1);
        this.path.pop();
        found.push(item.value);
        here = skip(text, item.at);
        if (text[here] === ":") throw this.refuse(number, "a pair in a list is not read here", { given: text });
      } else {
        here = this.pair(text, here, number, depth, found);
      }
      if (text[here] === ",") here = skip(text, here + 1);
      else if (text[here] !== close) throw this.refuse(number, `not valid YAML: , or ${close} expected`, { given: text.slice(here, here + 40) });
    }
    return { value: found, at: here + 1 };
  }

  /** A pair `name: value` in braces; where it ends. */
  pair(text, at, number, depth, found) {
    const key = this.flow(text, at, number, depth + 1);
    if (isMapping(key.value) || Array.isArray(key.value)) throw this.refuse(number, "a name must be a word", {});
    const name = this.named(key.word ?? key.value, number);
    if (name in found) throw this.refuse(number, "given twice", { given: name });
    let here = skip(text, key.at);
    const follows = key.word === undefined || /^:([ \t,}]|$)/.test(text.slice(here));
    if (text[here] !== ":" || !follows) throw this.refuse(number, "not valid YAML: a colon and a space are expected after a name in braces", { given: text });
    here = skip(text, here + 1);
    if (text[here] === "," || text[here] === "}") {
      found[name] = this.below(name, number, () => null);
      return here;
    }
    let end = here;
    found[name] = this.below(name, number, () => {
      const { value, at: after } = this.flow(text, here, number, depth + 1);
      end = after;
      return value;
    });
    return skip(text, end);
  }

  /** A text in quotes that begins at `at`. @returns {{value: string, at: number}} */
  quoted(text, at, number) {
    const single = text[at] === "'";
    let value = "";
    for (let k = at + 1; k < text.length; k += 1) {
      if (single && text[k] === "'" && text[k + 1] === "'") {
        value += "'";
        k += 1;
      } else if (text[k] === text[at]) {
        return { value: this.plainText(value, number), at: k + 1 };
      } else if (!single && text[k] === "\\") {
        const code = text[k + 1], digits = HEX[code];
        if (digits) {
          const hex = text.slice(k + 2, k + 2 + digits);
          const point = /^[0-9a-fA-F]+$/.test(hex) && hex.length === digits ? parseInt(hex, 16) : NaN;
          if (!(point <= 0x10ffff)) throw this.refuse(number, "not valid YAML: an unknown escape in quotes", { given: text.slice(k, k + 12) });
          value += String.fromCodePoint(point);
          k += 1 + digits;
        } else {
          if (!Object.hasOwn(ESCAPES, code ?? "")) throw this.refuse(number, "not valid YAML: an unknown escape in quotes", { given: text.slice(k, k + 4) });
          value += ESCAPES[code];
          k += 1;
        }
      } else {
        value += text[k];
      }
    }
    throw this.refuse(number, "not valid YAML: the quotes are not closed on this line", { given: text.slice(at, at + 60) });
  }

  /** A block of text after | (lines kept) or > (lines joined). */
  block(header, line, indent) {
    const found = /^([|>])(-?)$/.exec(header);
    if (!found) throw this.refuse(line.number, "this header of a block of text is not read here", { given: header, allowed: "|, |-, > or >-" });
    const lines = [];
    let inner = 0;
    for (; this.at < this.raw.length; this.at += 1) {
      const text = this.raw[this.at];
      const here = text.length - text.replace(/^[ \t]+/, "").length;
      if (!trimmed(text)) {
        lines.push("");
        continue;
      }
      if (here <= indent) break;
      inner ||= here;
      if (here < inner || here > inner || text[inner] === "\t") {
        throw this.refuse(this.at + 1, "a block of text with lines indented differently is not read here", { cure: "indent its lines alike" });
      }
      lines.push(text.slice(inner));
    }
    while (lines.length && !lines.at(-1)) lines.pop();
    const body = found[1] === "|" ? lines.join("\n") : folded(lines);
    const value = this.plainText(found[2] || !lines.length ? body : `${body}\n`, line.number);
    this.count(line.number, value);
    return value;
  }

  plainText(value, number) {
    if (value.includes("${")) throw this.refuse(number, "interpolation (${…}) is not accepted in a file", { cure: "write the value itself" });
    return value;
  }

  /** Refuse what begins with a sign that YAML gives a meaning of its own. */
  indicator(text, number) {
    const sign = text[0];
    if (sign === "&") throw this.refuse(number, "an anchor (&) is not accepted in a file", { cure: "write the value out" });
    if (sign === "*") throw this.refuse(number, "an alias (*) is not accepted in a file", { cure: "write the value out" });
    if (sign === "!") throw this.refuse(number, "a tag (!) is not accepted in a file", { cure: "write plain values" });
    if (/^[,[\]{}#|>@`"'%]/.test(text) || /^[-?:]([ \t]|$)/.test(text)) {
      throw this.refuse(number, "not valid YAML: a value cannot begin with this sign", { given: text, cure: "put the text in quotes" });
    }
  }

  resolve(text, number) {
    this.plainText(text, number);
    if (WORDS.has(text)) return WORDS.get(text);
    if (INTEGER.test(text)) {
      if (text.length > MOST_DIGITS) throw this.refuse(number, "a number with too many digits", { given: text });
      return Number(text);
    }
    if (LEADING_ZERO.test(text)) throw this.refuse(number, "a number with a leading zero", { given: text, cure: "remove the leading zero, or put text in quotes" });
    if (OTHER_BASE.test(text)) throw this.refuse(number, "a number to another base", { given: text, cure: "write it in decimals" });
    return FLOAT.test(text) ? Number(text) : text;
  }

  count(number, text = "") {
    this.nodes += 1;
    if (this.nodes > MOST_NODES) throw this.refuse(number, "too many settings", { allowed: "at most 5,000" });
    if (text.length > MOST_CHARACTERS) throw this.refuse(number, "a value is too long", { allowed: "at most 10,000 characters" });
  }

  refuse(number, problem, parts) {
    return new Refused({ problem, key: `${this.name}:${number}`, ...parts });
  }
}

/** Whether a line begins with a name and a colon. */
function startsEntry(text) {
  if (/^[[{]/.test(text)) return false;
  if (/^"/.test(text)) return /^"(?:[^"\\]|\\.)*"[ \t]*:([ \t]|$)/.test(text);
  if (/^'/.test(text)) return /^'(?:[^']|'')*'[ \t]*:([ \t]|$)/.test(text);
  return /:([ \t]|$)/.test(withoutComment(text)) || /^\?([ \t]|$)/.test(text);
}

/** The text before a comment; a # in quotes or within a word begins none. */
function withoutComment(text) {
  let quote = "";
  for (let k = 0; k < text.length; k += 1) {
    const opens = !quote && (text[k] === '"' || text[k] === "'") && (k === 0 || /[ \t,[{:]/.test(text[k - 1]));
    if (opens) quote = text[k];
    else if (quote === '"' && text[k] === "\\") k += 1;
    else if (quote && text[k] === quote) quote = "";
    else if (!quote && text[k] === "#" && (k === 0 || /[ \t]/.test(text[k - 1]))) return text.slice(0, k).replace(/[ \t]+$/, "");
  }
  return text.replace(/[ \t]+$/, "");
}

/** Text without the spaces and tabs around it; another blank is a letter to YAML. */
const trimmed = (text) => text.replace(/^[ \t]+|[ \t]+$/g, "");

function skip(text, at) {
  let here = at;
  while (text[here] === " " || text[here] === "\t") here += 1;
  return here;
}

/** Lines of a folded block: single ends of lines become spaces, empty lines ends of lines. */
function folded(lines) {
  return lines.reduce((text, line, k) => {
    if (!k) return line || "\n";
    if (!line) return `${text}\n`;
    return lines[k - 1] ? `${text} ${line}` : `${text}${line}`;
  }, "");
}

const WORD = /^[a-z][a-z0-9_]*$/;
const AMBIGUOUS = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];

/** Plain data as YAML; text is quoted wherever another reader could take it for something else. */
export function toYaml(plain, indent = 0) {
  return Object.entries(plain).map(([name, value]) => {
    const key = `${" ".repeat(indent)}${scalar(name)}:`;
    if (isMapping(value) && Object.keys(value).length) return `${key}\n${toYaml(value, indent + 2)}`;
    return `${key} ${isMapping(value) ? "{}" : scalar(value)}\n`;
  }).join("");
}

function scalar(value) {
  if (Array.isArray(value)) return "[]"; // rows of tables, of which the page takes none
  if (typeof value !== "string") return String(value);
  return WORD.test(value) && !AMBIGUOUS.includes(value) ? value : JSON.stringify(value);
}

/** A scenario as the file that `tariffsim run file=` takes. */
export function scenarioYaml(scenario, note = "") {
  const lines = [scenario.title, note || `Plain data: tariffsim run file=${scenario.name}.yaml`];
  return `${lines.map((line) => `# ${line.replace(/\s+/g, " ")}\n`).join("")}\n${toYaml(scenario)}`;
}
