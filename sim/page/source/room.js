// The room: the state, what is computed of it, and who hears when either changes.
import { contradictions } from "./between.js";
import { COUNTS, WEEKS } from "./depth.js";
import { capital } from "./phrases.js";
import { Crew } from "./plan.js";
import { FIRST, GOOD, Result, Store } from "./results.js";
import { onStep, valueOf } from "./rows.js";
import { Story, SIDES } from "./state.js";
import { sentence } from "./words.js";

/** Numbers of runs at which a picture is drawn anew. */
const RUNGS = [FIRST, 200, 400, 700, GOOD, 2000, 4000, 7000];
/** Kinds of events that 16 bits hold. */
const NARROW = 16;
/** Runs of the first refinement, between the first picture and a good one. */
const BETTER = 400;

/**
 * @typedef {Object} Hand  the handle that was moved or taken last
 * @property {string} side
 * @property {import("./rows.js").Row} row
 * @property {number} direction  of the move, 1 or -1; 0 where it was only taken
 */

/** What is on the screen: the sides' results, and how many of their runs. @typedef {{A: Seen, B: Seen}} Picture */
/** @typedef {{result: Result, runs: number, ends: Uint8Array}} Seen */

export class Room {
  /**
   * @param {import("./settings.js").Schema} schema
   * @param {Map<string, any>} scenarios  by name
   * @param {import("./state.js").State} first
   * @param {string} workers  source of a worker
   * @param {(message: string) => void} onerror
   */
  constructor(schema, scenarios, first, workers, onerror) {
    const { contents } = schema;
    Object.assign(this, { contents, schema, scenarios, story: new Story(first), store: new Store(), records: new WeakMap(), onerror });
    /** @type {Hand | null} */
    this.hand = null;
    /** @type {Picture | null} */
    this.picture = null;
    this.lookAhead = true;
    // whether nothing but the first picture is computed
    this.urgent = false;
    this.listeners = { layout: [], state: [], picture: [], chunk: [] };
    this.askers = [];
    this.layout = layoutOf(contents);
    this.crew = new Crew(workers, (key, chunk) => this.take(key, chunk), onerror);
    this.ready = this.crew.open(contents.module, contents.description, this.layout);
    this.ready.catch((error) => onerror(`This browser cannot run the model: ${error.message}`));
  }

  /** @returns {import("./state.js").State} */
  get state() {
    return this.story.now;
  }

  /** Hear of `layout` (which levers), `state` (any change), `picture` (numbers to draw), `chunk` (more is done of something). */
  on(event, listener) {
    this.listeners[event].push(listener);
  }

  /** @private */
  tell(event, ...given) {
    for (const listener of this.listeners[event]) listener(...given);
  }

  /** Add a view that wants runs of its own: ask() gives { first, then, later } of lists of Want. */
  asks(ask) {
    this.askers.push(ask);
  }

  /** Start with a state: nothing came before it. */
  begin(state) {
    this.story = new Story(state);
    this.changed(true);
  }

  /** Go on to another state; levers are laid out anew unless only values moved. */
  go(state, { tag = "", layout = true } = {}) {
    this.story.go(state, tag);
    this.changed(layout);
  }

  undo() {
    this.hand = null;
    if (this.story.undo()) this.changed(true);
  }

  redo() {
    this.hand = null;
    if (this.story.redo()) this.changed(true);
  }

  /** A state with some settings of one side changed. @returns {import("./state.js").State} */
  withValues(side, changes) {
    const own = this.state[side], scenario = this.schema.changed(own.scenario, changes);
    return { ...this.state, comparison: -1, [side]: { ...own, scenario } };
  }

  /** Move a lever of one side to a value. @param {import("./rows.js").Row} row */
  move(side, row, value) {
    const flat = this.schema.flat(this.state[side].scenario);
    if (row.paths.every((path) => flat[path] === value)) return;
    const was = valueOf(row, flat).value, state = this.withValues(side, settingAll(row.paths, value));
    const [problem] = contradictions(this.schema, state[side].scenario);
    if (problem) {
      this.onerror(`${capital(row.name)} cannot be moved there: ${sentence(problem)}.`);
      return this.tell("state");
    }
    this.hand = { side, row, direction: Math.sign(value - was) || 0 };
    this.go(state, { tag: `${side} ${row.key}`, layout: false });
  }

  /** A scenario as it is shipped, or as it was dropped, by dotted name. */
  shippedFlat(name) {
    return this.schema.flat(this.scenarios.get(name));
  }

  /** A handle was taken: its next steps are computed ahead, either way. */
  touch(side, row) {
    this.hand = { side, row, direction: 0 };
    this.schedule();
  }

  /** The result of a scenario, as far as it is done. @returns {Result} */
  resultOf(scenario, seed = this.state.seed) {
    if (!this.records.has(scenario)) {
      const record = this.schema.record(scenario);
      this.records.set(scenario, { record, print: fingerprint(record) });
    }
    const { record, print } = this.records.get(scenario), { outcomes, series, wide } = this.layout;
    const shape = { weeks: scenario.calendar.horizon_weeks, seed: BigInt(seed), outcomes, series: series.length, wide };
    return this.store.get(`${seed} ${print}`, (key) => new Result(key, record, shape));
  }

  /** @private */
  changed(layout) {
    this.drawn = "";
    this.schedule(true);
    if (layout) this.tell("layout");
    this.tell("state");
    this.drawIfReady();
  }

  /**
   * Send the plan: the first picture alone, so that nothing takes a processor from it; once it is drawn, what may come next, what views
   * want, then more runs of all. Whoever draws a picture schedules again when it is painted.
   * @param {boolean} [moved]  the state is another: if its picture is there already, the workers rest until it is painted
   */
  schedule(moved = false) {
    const [a, b] = SIDES.map((side) => this.resultOf(this.state[side].scenario));
    const both = this.hand?.side === "B" ? [b, a] : [a, b];
    const missing = both.some((result) => result.done(WEEKS) < FIRST);
    this.urgent = missing || moved;
    if (missing) this.crew.plan(both.map((result) => ({ result, runs: FIRST, depth: WEEKS })), true);
    else if (moved) this.crew.plan([]);
    else this.scheduleAll(both);
  }

  /** @private */
  scheduleAll(moved) {
    const want = (result, runs, depth = WEEKS) => ({ result, runs, depth });
    const asked = this.askers.map((ask) => ask());
    const next = this.nextSteps().map((result) => want(result, FIRST));
    const ahead = this.hand?.direction ? next.slice(0, 1) : next;
    const wants = [
      ...ahead,
      ...asked.flatMap((one) => one.first ?? []),
      ...moved.map((result) => want(result, Math.min(BETTER, this.state.runs))),
      ...next,
      ...moved.map((result) => want(result, Math.min(GOOD, this.state.runs))),
      ...asked.flatMap((one) => one.then ?? []),
      ...asked.flatMap((one) => one.later ?? []),
      ...moved.map((result) => want(result, this.state.runs, COUNTS)),
    ];
    this.crew.plan(wants);
    this.store.trim(new Set([...moved, ...wants.map(({ result }) => result)]));
  }

  /** Results of the next steps of the handle in hand: the way it went, then back. @private */
  nextSteps() {
    if (!this.lookAhead || !this.hand?.row.step) return [];
    const { side, row, direction } = this.hand, { scenario } = this.state[side];
    const { value } = valueOf(row, this.schema.flat(scenario));
    const ways = direction < 0 ? [-1, 1] : [1, -1];
    return ways
      .map((way) => onStep(row, value + way * row.step))
      .filter((next) => next !== value)
      .map((next) => this.resultOf(this.schema.changed(scenario, settingAll(row.paths, next))));
  }

  /** What can be drawn of a scenario: as many runs as the last rung has. @private @returns {Seen} */
  seen(scenario, seed = this.state.seed) {
    const result = this.resultOf(scenario, seed), done = result.done(COUNTS);
    const runs = Math.max(0, ...[...RUNGS, this.state.runs].filter((rung) => rung <= done));
    result.countTo(runs);
    return { result, runs: Math.max(runs, result.counted), ends: result.ends };
  }

  /** A chunk is done. @private */
  take(key, chunk) {
    const result = this.store.find(key);
    if (!result) return;
    result.add(chunk);
    if (SIDES.some((side) => this.resultOf(this.state[side].scenario) === result)) this.drawIfReady();
    else this.tell("chunk", result);
  }

  /** Draw where a hundred runs a side are there, and then at each rung. @private */
  drawIfReady() {
    const picture = Object.fromEntries(SIDES.map((side) => [side, this.seen(this.state[side].scenario)]));
    if (SIDES.some((side) => picture[side].runs < FIRST || picture[side].result.done(WEEKS) < FIRST)) return;
    const stamp = SIDES.map((side) => `${picture[side].result.key} ${picture[side].runs}`).join(" ");
    if (stamp === this.drawn) return;
    this.drawn = stamp;
    this.picture = picture;
    this.tell("picture", picture);
  }

  /**
   * The last move, where it moved one side: that side, its scenario before, and what was shown of it, if that is still known.
   * @returns {{side: string, scenario: any, seen: Seen} | null}
   */
  lastMove() {
    const { before } = this.story, { state } = this;
    const moved = SIDES.filter((side) => before && before[side].scenario !== state[side].scenario);
    if (moved.length !== 1 || before.question !== state.question) return null;
    const [side] = moved, { scenario } = before[side], found = this.seen(scenario, before.seed);
    return found.runs >= FIRST ? { side, scenario, seen: found } : null;
  }
}

export const settingAll = (paths, value) => Object.fromEntries(paths.map((path) => [path, value]));

/** Where a worker finds what the page draws, in the records of runs and weeks. */
function layoutOf({ description, series, outcomes }) {
  const offset = (list, name) => list.find((one) => one.name === name).offset;
  return {
    run: description.sizes.run, week: description.sizes.week, outcomes: outcomes.length,
    end: offset(description.measures, "outcome"), outcome: offset(description.series, "outcome"),
    state: offset(description.series, "state"), events: offset(description.series, "events"),
    series: series.map((one) => one.offset), wide: description.events.length > NARROW,
  };
}

/** 64 bits that stand for a record of settings: two FNV-1a hashes with different starts. */
function fingerprint(bytes) {
  let one = 0x811c9dc5, other = 0x9747b28c;
  for (const byte of bytes) {
    one = Math.imul(one ^ byte, 0x01000193);
    other = Math.imul(other ^ byte, 0x85ebca6b) + byte;
  }
  return (one >>> 0).toString(16) + (other >>> 0).toString(16);
}
