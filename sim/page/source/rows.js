// Which levers stand in view, as rows: those that differ on top, then those of first rank.
import { SIDES } from "./state.js";
import { valueWords } from "./phrases.js";

export const NUMERIC = ["number", "count"];
/** Steps in the range of a slider, about. */
const STEPS = 24;

/**
 * @typedef {Object} Row  one lever: the settings that one handle moves
 * @property {string} key
 * @property {string[]} paths  one setting, or that of both capitals
 * @property {string} name
 * @property {import("./contents.js").Setting} setting
 * @property {number} [low]  of its slider
 * @property {number} [high]
 * @property {number} [step]
 * @property {any[]} [options]  of a choice or a flag
 * @property {boolean} differs
 */

/**
 * The rows in view.
 * @param {import("./settings.js").Schema} schema
 * @param {import("./state.js").State} state
 * @param {number} room  how many rows there is room for
 * @returns {Row[]}
 */
export function rowsInView(schema, state, room) {
  const flats = SIDES.map((side) => schema.flat(state[side].scenario));
  const differ = byRank(schema, schema.differing(state.A.scenario, state.B.scenario)).filter((path) => isLever(path) && inBoth(flats, path));
  const pins = state.pins.filter((path) => inBoth(flats, path));
  const first = byRank(schema, Object.keys(flats[0]).filter((path) => inBoth(flats, path) && schema.rankOf(path)));
  const top = grouped(schema, flats, [...pins, ...differ], [...pins, ...differ]);
  const taken = new Set(top.flatMap((row) => row.paths));
  const rest = grouped(schema, flats, first.filter((path) => !taken.has(path)), first);
  return [...top, ...rest.slice(0, Math.max(0, room - top.length))];
}

/** Which run's futures a scenario holds is a question put to it, and no lever. */
export const isLever = (path) => !path.startsWith("branch.");

/** Every lever there is, those of first rank first. @returns {Row[]} */
export function allRows(schema, state) {
  const flats = SIDES.map((side) => schema.flat(state[side].scenario));
  const paths = Object.keys(flats[0]).filter((path) => isLever(path) && inBoth(flats, path) && schema.at(path)?.setting.offset !== undefined);
  const kinds = [...NUMERIC, "flag", "choice"];
  return grouped(schema, flats, byRank(schema, paths.filter((path) => kinds.includes(schema.at(path).setting.kind))), paths);
}

/** The row of one setting, without that of the other capital unless both are meant. @returns {Row} */
export function rowOf(schema, flats, paths) {
  const { setting } = schema.at(paths[0]);
  const values = flats.flatMap((flat) => paths.map((path) => flat[path]));
  const row = { key: paths.join("+"), paths, setting, name: leverName(schema, paths), differs: paths.some((path) => flats[0][path] !== flats[1][path]) };
  if (setting.kind === "flag") return { ...row, options: [false, true] };
  // decisions that are given are no lever
  if (setting.kind === "choice") return { ...row, options: setting.choices.filter((name) => name !== schema.contents.game.silent.given) };
  if (!NUMERIC.includes(setting.kind)) return row;
  const [low, high] = schema.sliderOf(paths[0], ...values);
  const step = roundStep((high - low) / STEPS);
  return { ...row, low, high, step: setting.kind === "count" ? Math.max(1, Math.round(step)) : step };
}

/** The nearest of 1, 2, 5, 10, 20, ... */
export function roundStep(number) {
  const power = 10 ** Math.floor(Math.log10(number)), digit = number / power;
  return Number((power * (digit < 1.5 ? 1 : digit < 3.5 ? 2 : digit < 7.5 ? 5 : 10)).toPrecision(12));
}

/** A value of a slider on its steps, within its range and the bounds. @param {Row} row */
export function onStep(row, value) {
  const near = Number((Math.round(value / row.step) * row.step).toPrecision(12));
  return Math.min(row.high, Math.max(row.low, near));
}

/** The value of a row on one side: of both capitals the mean, and whether they differ. @param {Row} row */
export function valueOf(row, flat) {
  const values = row.paths.map((path) => flat[path]);
  const mixed = values.some((value) => value !== values[0]);
  const number = typeof values[0] === "number";
  return { value: mixed && number ? values.reduce((sum, value) => sum + value, 0) / values.length : values[0], mixed };
}

/** The value of a row on one side in words; "about" where it is the mean of capitals that differ. @param {Row} row */
export function rowWords(row, flat) {
  const { value, mixed } = valueOf(row, flat);
  if (!mixed) return valueWords(value, row.setting);
  return typeof value === "number" ? `about ${valueWords(value, row.setting, 2)}` : "mixed";
}

const inBoth = (flats, path) => flats.every((flat) => flat[path] !== undefined);

function byRank(schema, paths) {
  const place = (path) => schema.rankOf(path) || Infinity;
  return paths
    .map((path, order) => ({ path, order, rank: place(path) }))
    .sort((one, other) => (one.rank === other.rank ? one.order - other.order : one.rank - other.rank))
    .map(({ path }) => path);
}

/** Rows of settings; one that both capitals have by one name is one row where both are meant. */
function grouped(schema, flats, paths, meant) {
  const seen = new Set(), rows = [];
  for (const path of paths) {
    if (seen.has(path)) continue;
    const pair = pairOf(schema, path), both = pair && meant.includes(pair) && !seen.has(pair);
    const own = both ? [path, pair].sort((one, other) => order(schema, one) - order(schema, other)) : [path];
    for (const each of own) seen.add(each);
    rows.push(rowOf(schema, flats, own));
  }
  return rows;
}

/** The same setting of the other capital, where it has the same name. */
export function pairOf(schema, path) {
  const { pair } = schema.at(path).setting;
  return pair && schema.nameOf(pair) === schema.nameOf(path) ? pair : undefined;
}

const order = (schema, path) => schema.contents.sides.findIndex((side) => side.name === schema.at(path).setting.side);

/**
 * What a lever is called: with the capital where the other has one of the same name that it does not move, and with the good
 * where both goods have one.
 */
export function leverName(schema, paths) {
  const name = schema.nameOf(paths[0]), parts = paths[0].split("."), { sides, goods } = schema.contents;
  const side = paths.length === 1 && pairOf(schema, paths[0]) ? sides.find((one) => one.name === schema.at(paths[0]).setting.side) : null;
  const good = goods.find((one) => parts.includes(one.name));
  const of = [side, good].filter((one) => one && !name.includes(one.label)).map((one) => one.label);
  return of.length ? `${name} (${of.join(", ")})` : name;
}
