// A game: persons hold one seat of one run, or both. Each answer joins the run's transcript and the run is computed again, so a
// game is that transcript and nothing else (docs/strategies.md, Transcripts).
import { worthsOf } from "./frontier.js";

/** What a person is not asked unless all decisions are wanted: routine, which the rule answers. */
export const ROUTINE = ["deliver", "protest", "rest"];
/** Questions that come back week after week, and for how many weeks the last answer stands. */
const LASTING = { offer: 6, accept: 4, renew: 3, lapse: 3, climb: 6, go_back: 4, regime: 13 };
/** Worths, bn USD a year, that differ by less are one choice; an offer better by more is news. */
const SAME = 0.5, NEWS = 2;
const ALIGN = 64, RUNS = 1000, AT_ONCE = 25, NEAR = 1e-6;
const NO = 0, TALKS = ["offer", "accept"];
/** What is asked of one thing at a time, and whose answer may stand whatever it was. */
const EACH = [...TALKS, "regime"];

/**
 * @typedef {{week: number, ask: number, side: number, decision: number, choice: number, worth: number, kind?: string}} Answer  a row of a transcript
 * @typedef {Answer & {own: boolean, asked: Ask}} Row  one of the game: `own` where a person has decided it there and then
 * @typedef {{side: number, at: number, symbol: number, worth?: number}} Move  what a person did: `at` rows before it, which choice
 * @typedef {Object} Ask
 * @property {number} week @property {number} ask @property {number} side @property {number} decision @property {string} name
 * @property {number} first @property {number} second  what it is about
 * @property {number} choice @property {number} worth  the rule's answer
 * @property {number} gain @property {number} chance  NaN where there is none
 * @property {Object<string, any>} own  what the seat knew then
 * @property {import("./frontier.js").Item[]} items  of an offer: the issues of the track, as the seat sees them
 * @property {number[]} [heard]  of an offer to take: its levels, where they are known
 * @property {number} acts  rows of the log that had been written: the rest of that week is not decided yet
 * @property {{choice: number, worth: number, kind: string}[]} choices  legal answers, at most five
 */

/** Moves that are no choice: an offer of one's own, the seat left to the model. */
export const OWN = 5;
export const LEFT = 6;

export class Game {
  /**
   * @param {any} engine  an Engine @param {import("./contents.js").Contents} contents
   * @param {{params: Uint8Array, seed: bigint, run: number, seats: number[]}} given
   */
  constructor(engine, contents, { params, seed, run, seats }) {
    Object.assign(this, { engine, contents, params, seed, run, seats, description: contents.description });
    /** @type {Row[]} */
    this.rows = [];
    /** @type {Move[]} */
    this.moves = [];
    /** Seats that are asked all decisions; seats left to the model. */
    this.all = new Set();
    this.left = new Set();
    this.last = new Map();
    // the memory grows to hold a run
    engine.compute({ params, seed, run: [run] });
  }

  /** The next question to a person, or null at the end; `this.record` is the run so far. @returns {Ask | null} */
  next() {
    for (;;) {
      const ask = this.look();
      const standing = ask && !this.all.has(ask.side) ? this.standing(ask) : null;
      if (!standing) return ask;
      this.add(ask, standing, false);
    }
  }

  /** The next ask that no row answers. @returns {Ask | null} */
  look() {
    const { ask, record } = this.compute(this.rows);
    this.record = record;
    return ask;
  }

  /** A person's answer: one of ask.choices, or an offer of its own. */
  answer(ask, chosen) {
    const place = ask.choices.findIndex((one) => one.choice === chosen.choice && Object.is(one.worth, chosen.worth));
    this.moves.push({ side: ask.side, at: this.rows.length, ...(place < 0 ? { symbol: OWN, worth: chosen.worth } : { symbol: place }) });
    this.add(ask, chosen, true);
  }

  /** The rule answers for a seat from here on. */
  leave(side) {
    this.moves.push({ side, at: this.rows.length, symbol: LEFT });
    this.left.add(side);
  }

  /** Take the last of a person's moves back, and all that followed; whether there was one. @param {number} from  moves that stay */
  back(from = 0) {
    if (this.moves.length <= from) return false;
    this.keep(this.moves.slice(0, -1), this.rows.slice(0, this.moves.at(-1).at));
    return true;
  }

  /** Only these moves and rows stand. @private */
  keep(moves, rows) {
    this.moves = moves;
    this.rows = rows;
    this.left = new Set(moves.filter(({ symbol }) => symbol === LEFT).map(({ side }) => side));
    this.last.clear();
    for (const row of rows) if (row.own) this.remember(row.asked, row);
  }

  /** What stands now, to come back to: `back()` of it. */
  mark() {
    const { moves, rows } = this, kept = [[...moves], [...rows]];
    return () => this.keep(...kept);
  }

  /** An answer joins the transcript. @param {boolean} own  whether a person gave it there and then */
  add(ask, { choice, worth, kind }, own) {
    const { week, ask: number, side, decision } = ask;
    this.rows.push({ week, ask: number, side, decision, choice, worth, kind, own, asked: ask });
    if (own) this.remember(ask, { choice, worth, kind });
  }

  /** @private */
  remember(ask, chosen) {
    if (ask.name in LASTING) this.last.set(topicOf(ask), { week: ask.week, chosen, heard: ask.own.heard[ask.first] });
  }

  /** What answers in a person's place: the rule where nothing is to be chosen; else, of what comes back, the last answer. */
  standing(ask) {
    const rule = { choice: ask.choice, worth: ask.worth };
    if (ask.choices.length < 2 || (ask.name === "accept" && ask.choice === NO && ask.gain < 0)) return rule;
    const last = this.last.get(topicOf(ask));
    if (!last || ask.week - last.week >= LASTING[ask.name]) return null;
    if (ask.name === "accept" && ask.own.heard[ask.first] > last.heard + NEWS) return null;
    // a yes is meant for once
    if (!EACH.includes(ask.name) && last.chosen.choice !== NO) return null;
    return last.chosen.kind === "rule" ? rule : { choice: last.chosen.choice, worth: last.chosen.worth };
  }

  /** @private Run with these rows up to the week of the first ask that they leave open: that ask, null for none, and what the module gives. */
  compute(rows, wanted = (side) => this.wanted(side)) {
    const { log, counts } = this.description;
    const params = this.params.slice(), view = new DataView(params.buffer);
    const set = (name, value, k = 0) => view.setBigInt64(counts.find((one) => one.name === name).offset + 8 * k, BigInt(value), true);
    set("script.end", rows.length);
    for (const side of this.seats) set("script.wanted", wanted(side), side);
    const open = this.at + log.places.open, week = log.open.find((field) => field.name === "week").offset;
    new DataView(this.engine.memory.buffer).setBigInt64(open + week, -1n, true);
    const record = this.engine.simulate({ params, seed: this.seed, run: [this.run], script: this.written(rows), acts: log.acts.most, asks: 0 });
    const memory = new DataView(this.engine.memory.buffer);
    return { record, ask: Number(memory.getBigInt64(open + week, true)) < 0 ? null : this.read(memory) };
  }

  /** @private Where the state of the last run stands. */
  get at() {
    return Math.ceil(this.engine.base / ALIGN) * ALIGN;
  }

  /** @private A bit for each decision that a seat is asked. */
  wanted(side) {
    if (this.left.has(side)) return 0;
    return this.description.log.decisions.reduce((sum, { name }, code) => (this.all.has(side) || !ROUTINE.includes(name) ? sum | (1 << code) : sum), 0);
  }

  /** @private */
  written(rows) {
    const { sizes, log } = this.description, bytes = new DataView(new ArrayBuffer(rows.length * sizes.script));
    rows.forEach((row, k) => log.asks.fields.forEach(({ name, offset, type }) => {
      const place = k * sizes.script + offset;
      if (type === "f64") bytes.setFloat64(place, row[name], true);
      else if (type === "i64") bytes.setBigInt64(place, BigInt(row[name]), true);
      else bytes.setInt32(place, row[name], true);
    }));
    return new Uint8Array(bytes.buffer);
  }

  /** @private */
  read(memory) {
    const { log } = this.description, { at } = this, number = (field, place) => (field.type === "f64" ? memory.getFloat64(place, true) : Number(memory.getBigInt64(place, true)));
    const asked = Object.fromEntries(log.open.map((field) => [field.name, number(field, at + log.places.open + field.offset)]));
    const from = at + log.places.seen + asked.side * this.contents.game.side;
    const own = Object.fromEntries(log.side.map((field) => [field.name, field.length
      ? Array.from({ length: field.length }, (_, k) => number(field, from + field.offset + 8 * k)) : number(field, from + field.offset)]));
    const written = log.world.find((field) => field.name === "acts"), acts = number(written, at + log.places.seen_world + written.offset);
    const ask = { ...asked, name: log.decisions[asked.decision].name, own, acts }, talks = TALKS.includes(ask.name);
    const items = talks ? this.items(memory, ask.first, ask.side) : [];
    return { ...ask, items, heard: ask.name === "accept" ? this.heard(memory, ask, items) : undefined, choices: choicesOf(ask, log.decisions[asked.decision]) };
  }

  /** @private The issues of a track as a side sees them: as its rule did when it prepared the week's talks, and no later. */
  items(memory, track, side) {
    const { offset, size, fields } = this.contents.game.problems, from = this.at + offset + (2 * track + side) * size;
    const number = (name, k) => memory.getFloat64(from + fields[name] + 8 * k, true), whole = (name, k = 0) => Number(memory.getBigInt64(from + fields[name] + 8 * k, true));
    return Array.from({ length: whole("count") }, (_, k) => ({
      issue: whole("issue", k), owner: whole("owner", k), benefit: number("benefit", k), linear: number("linear", k), convex: number("convex", k), least: number("least", k), most: number("red_line", k),
    }));
  }

  /** @private The levels of the offer that a side may take; undefined where another was made later in the week. */
  heard(memory, ask, items) {
    const { offset, room } = this.contents.game.offers, from = this.at + offset + 8 * room * (2 * ask.first + 1 - ask.side);
    const levels = items.map(({ issue }) => memory.getFloat64(from + 8 * issue, true)), worth = worthsOf(items, levels)[ask.side];
    return Math.abs(worth - ask.gain - ask.own.reservation[ask.first]) < NEAR ? levels : undefined;
  }

  /** The issues as they truly were at the end of the run that was computed last. @returns {import("./frontier.js").Item[]} */
  truth(scenario, names) {
    const memory = new DataView(this.engine.memory.buffer), { values } = this.contents.game, number = (name, k) => memory.getFloat64(this.at + values[name] + 8 * k, true);
    return names.map((name, k) => ({
      issue: k, owner: this.description.axes.side.indexOf(scenario.issues[name].owner), benefit: number("benefit", k), linear: number("linear", k), convex: number("convex", k),
      least: 0, most: scenario.issues[name].red_line,
    }));
  }

  /** The rule answers all that is still asked; the end of the run. */
  finish() {
    this.record = this.compute(this.rows, () => 0).record;
    return this.measured(this.record.runs);
  }

  /** The end of the run with other rows. */
  ended(rows) {
    return this.measured(this.compute(rows, () => 0).record.runs);
  }

  /** @private Code of the outcome, both payoffs in bn USD a year, the level of each issue at the end. */
  measured(bytes, place = 0) {
    const { measures, sizes } = this.description, view = new DataView(bytes.buffer, bytes.byteOffset);
    const offset = (name) => place * sizes.run + measures.find((one) => one.name === name).offset, numbers = (name, count) => Array.from({ length: count }, (_, k) => view.getFloat64(offset(name) + 8 * k, true));
    return { outcome: Number(view.getBigInt64(offset("outcome"), true)), payoff: numbers("payoff", 2), levels: numbers("final_level", measures.find((one) => one.name === "final_level").length) };
  }

  /** The end of the run where the model holds a seat, and the other's answers are as they were. */
  without(side) {
    return this.ended(this.rows.filter((row) => row.side !== side));
  }

  /** Persons' answers that are not the rule's. @returns {Row[]} */
  departures() {
    return this.rows.filter((row) => row.own && !sameAnswer(row, row.asked));
  }

  /** The end that the run has without one answer. @param {Row} row */
  withoutRow(row) {
    return this.ended(this.rows.filter((other) => other !== row));
  }

  /** Ends of the first runs of the model against itself; in parts, so that the page stays awake. */
  async others(wait) {
    const found = [];
    for (let first = 0; first < RUNS; first += AT_ONCE) {
      const run = Array.from({ length: AT_ONCE }, (_, k) => first + k), { runs } = this.engine.simulate({ params: this.params, seed: this.seed, run });
      for (let k = 0; k < AT_ONCE; k++) found.push(this.measured(runs, k));
      await wait();
    }
    return found;
  }

  /** The rows as a scenario file has them. */
  transcript() {
    const { log } = this.description;
    return this.rows.map(({ week, ask, side, decision, choice, worth }) => {
      const { name, unit, choices } = log.decisions[decision];
      return `${week + 1} ${ask} ${log.sides[side]} ${name} ${unit ? worth : choices[choice]}`;
    });
  }
}

/** What an answer stands for: of talks the track; of renewals at the date the length, before it all. */
function topicOf({ side, name, first, second }) {
  if (name === "renew") return second < 1 ? `${side} renew for ${first}` : `${side} renew early`;
  return EACH.includes(name) ? `${side} ${name} on ${first}` : `${side} ${name}`;
}

const sameAnswer = (one, other) => one.choice === other.choice && (one.worth === other.worth || Number.isNaN(one.worth));

/** The least and the most that a side may ask for in an offer of its own: what its rule would sign, and what it believes it can have. */
export const boundsOf = ({ own, first, worth }) => [own.reservation[first], Math.max(worth, own.best[first])];

/** Legal answers: of a decision its choices; of a worth the rule's, nearer, harder, the last again, within what the rules take. */
function choicesOf(ask, { unit, choices }) {
  if (!unit) {
    return choices.map((name, choice) => ({ choice, worth: NaN, kind: name }));
  }
  const { aspiration, made_count: made } = ask.own, own = ask.worth, track = ask.first, [least, most] = boundsOf(ask), last = aspiration[track];
  const offers = [["rule", own], ["nearer", (own + least) / 2], ["harder", (own + most) / 2], ["hold", made[track] && last > least && last <= most ? last : NaN], ["least", least]];
  const gifts = [["rule", own], ["none", 0], ["half", own / 2], ["double", 2 * own]];
  const found = [];
  for (const [kind, worth] of ask.name === "offer" ? offers : gifts) {
    if (Number.isFinite(worth) && !found.some((other) => Math.abs(other.worth - worth) < SAME)) found.push({ choice: 0, worth, kind });
  }
  return found;
}
