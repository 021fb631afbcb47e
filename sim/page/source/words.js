// Problems as sentences, and the name that somebody may have meant: sim/config/errors.py says the same in Python.

const SAME_TAIL = 0.5, OTHER_TAIL = 0.82, LIKE_HEAD = 0.5, ALIKE = 0.5, SHOWN = 120;

/**
 * @typedef {Object} Problem  what is wrong with a value or a file, in the parts of a SimError
 * @property {string} problem  what is wrong, in one clause
 * @property {string} [key]  dotted name of the setting, or line of the file
 * @property {any} [given]
 * @property {string} [allowed]
 * @property {string} [suggestion]  the nearest valid name
 * @property {string} [cure]
 */

/** A problem, or several, thrown. */
export class Refused extends Error {
  /** @param {Problem | Problem[]} problems */
  constructor(problems) {
    const all = [problems].flat();
    super(all.map(sentence).join("\n"));
    this.problems = all;
  }
}

/** A problem in words. @param {Problem} problem */
export function sentence({ problem, key, given, allowed, suggestion, cure }) {
  const parts = [key ? `${key}: ${problem}` : problem];
  if (given !== undefined && given !== null) parts.push(`given: ${shown(given)}`);
  if (allowed) parts.push(`allowed: ${allowed}`);
  if (suggestion) parts.push(`did you mean: ${suggestion}`);
  if (cure) parts.push(`cure: ${cure}`);
  return parts.join("; ");
}

/** What was given, in at most 120 visible characters. */
function shown(value) {
  const text = typeof value === "string" ? value : JSON.stringify(value) ?? String(value);
  const visible = text.replace(/[\p{C}\u2028\u2029]/gu, (letter) => `\\u${letter.codePointAt(0).toString(16).padStart(4, "0")}`);
  const letters = [...visible];
  return letters.length <= SHOWN ? visible : `${letters.slice(0, SHOWN).join("")}… (${[...text].length} characters)`;
}

/**
 * The name closest to `word`, or undefined. A dotted name is close where its last part is, the more so where the rest is not.
 * @param {string} word @param {string[]} names
 */
export function nearest(word, names) {
  const own = tail(word);
  const wanted = (name) => (ratio(head(word), head(name)) >= LIKE_HEAD ? SAME_TAIL : OTHER_TAIL);
  const close = matches(word, names, 3, ALIKE).find((name) => !name.includes(".") || ratio(own, tail(name)) >= wanted(name));
  if (close !== undefined) return close;
  const tails = new Map([...names].reverse().map((name) => [tail(name), name]));
  return tails.get(matches(own, [...tails.keys()], 1, OTHER_TAIL)[0]);
}

const tail = (name) => name.slice(name.lastIndexOf(".") + 1);
const head = (name) => name.slice(0, Math.max(0, name.lastIndexOf(".")));

/** The most alike of `names`, best first; of equals the later in the alphabet, as Python's difflib has it. */
function matches(word, names, most, least) {
  return names
    .map((name) => ({ name, alike: ratio(name, word) }))
    .filter(({ alike }) => alike >= least)
    .sort((one, other) => other.alike - one.alike || (one.name < other.name ? 1 : -1))
    .slice(0, most)
    .map(({ name }) => name);
}

/** How alike two texts are, 0 to 1: twice the matching characters over all (Ratcliff and Obershelp 1988). */
function ratio(one, other) {
  const total = one.length + other.length;
  return total ? (2 * matching(one, other)) / total : 1;
}

function matching(one, other) {
  let best = 0, atOne = 0, atOther = 0;
  let lengths = new Map();
  for (let i = 0; i < one.length; i += 1) {
    const here = new Map();
    for (let j = other.indexOf(one[i]); j >= 0; j = other.indexOf(one[i], j + 1)) {
      const length = (lengths.get(j - 1) ?? 0) + 1;
      here.set(j, length);
      if (length > best) [best, atOne, atOther] = [length, i - length + 1, j - length + 1];
    }
    lengths = here;
  }
  if (!best) return 0;
  return best + matching(one.slice(0, atOne), other.slice(0, atOther))
    + matching(one.slice(atOne + best), other.slice(atOther + best));
}
