// What the page was given (sim/page/contents.py), unpacked.

/**
 * @typedef {Object} Setting  one setting of the schema; a star in `path` stands for the name of an item
 * @property {string} path
 * @property {string} kind  number, count, flag, choice, date or text
 * @property {string} group
 * @property {string} meaning
 * @property {string} source
 * @property {string} [unit]
 * @property {string} [plain_unit]  what a room calls that unit
 * @property {string} [label]
 * @property {string} [plain]  what a room calls it; `{item}` stands for the item
 * @property {number} [rank]  among levers of first rank, 1 on top
 * @property {string[]} [only]  the items for which it is of first rank, where not all
 * @property {number} [low]
 * @property {number} [high]
 * @property {number[]} [slider]  range of its slider
 * @property {number[]} [plausible]
 * @property {string[]} [choices]
 * @property {number} [most]  characters of a text, items of a mapping
 * @property {string} [side]  the side it belongs to
 * @property {string} [pair]  the same setting of the other side
 * @property {number} [offset]  in bytes, in the record of settings
 * @property {string} [type]  f64 or i64
 * @property {string} [repeats]
 * @property {boolean} [required]
 */

/**
 * @typedef {Object} Contents
 * @property {string} version
 * @property {string} rules  hash of the rules, 64 digits
 * @property {string} stamp  eight digits that change with the rules or with a shipped scenario
 * @property {string} question
 * @property {string} caveat
 * @property {string[]} limits
 * @property {Uint8Array} module  the code of the rules
 * @property {Uint8Array} decoder  the code of a decoder of Zstandard, for tables of results
 * @property {any} description  rules.json without its settings: sizes, measures, series, events
 * @property {Setting[]} settings
 * @property {{path: string, most: number, meaning: string}[]} mappings
 * @property {Object<string, string>} groups
 * @property {{names: [string, string][], choices: Object<string, Object<string, string>>, gone: Object<string, string>, items: Object<string, string[]>}} renamed  old names of settings, choices and items, with the new; why those are gone that have none
 * @property {any[]} between  rules between settings
 * @property {any} defaults
 * @property {any[]} scenarios  complete scenarios as nested settings
 * @property {Object<string, string>} items  words for names of items
 * @property {any[]} sides
 * @property {any[]} goods
 * @property {any[]} drivers  what sets the value of an issue
 * @property {Object<string, string[]>} axes  names along the axes of measures and series
 * @property {Object<string, string[]>} codes  measures and series that are codes, and the names behind them
 * @property {Object<string, string>} of_items  measures that are the place of an item, and the axis of its name
 * @property {any[]} outcomes
 * @property {any[]} events
 * @property {Object<string, string>} scheduled  label of each kind of scheduled event
 * @property {any[]} glossary
 */

const textOf = (id) => document.getElementById(id).textContent;

/** @param {string} text  base64 @returns {Uint8Array} */
export function bytesOfBase64(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

/** @returns {Promise<Contents>} */
export async function openContents() {
  const packed = new Blob([bytesOfBase64(textOf("contents"))]).stream();
  const plain = await new Response(packed.pipeThrough(new DecompressionStream("gzip"))).json();
  return { ...plain, module: bytesOfBase64(plain.module), decoder: bytesOfBase64(plain.decoder) };
}

/**
 * What `tariffsim page` asked the page to open with; {} in the page as built.
 * @returns {{a?: any, b?: any, seed?: string, runs?: number}}  complete scenarios of both sides, seed of all draws, runs of each side
 */
export function opening() {
  return JSON.parse(textOf("opening"));
}

/** The text of a worker: the engine, then work.js. Make a Blob of it; that works from file:// too. */
export function workerSource() {
  return `${textOf("engine")}\n${textOf("worker")}`;
}
