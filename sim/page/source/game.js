// A game: a person holds a seat of one run. Each answer joins the run's transcript and the run is computed again, so a game is that
// transcript and nothing else (docs/strategies.md, Transcripts).

/** What a person is not asked unless all decisions are wanted: routine, which the rule answers. */
const ROUTINE = ["deliver", "protest", "rest"];
/** Questions that come back week after week, and for how many weeks the last answer stands. */
const LASTING = { offer: 6, accept: 4, renew: 3, lapse: 3, climb: 6, go_back: 4 };
/** Worths, bn USD a year, that differ by less are one choice; an offer better by more is news. */
const SAME = 0.5, NEWS = 2;
const ALIGN = 64, RUNS = 1000, AT_ONCE = 25;

/**
 * @typedef {{week: number, ask: number, side: number, decision: number, choice: number, worth: number}} Answer  a row of a transcript
 * @typedef {Object} Ask
 * @property {number} week @property {number} ask @property {number} side @property {number} decision @property {string} name
 * @property {number} first @property {number} second  what it is about
 * @property {number} choice @property {number} worth  the rule's answer
 * @property {number} gain @property {number} chance  NaN where there is none
 * @property {Object<string, any>} own  what the seat knew then
 * @property {number} acts  rows of the log that had been written: the rest of that week is not decided yet
 * @property {{choice: number, worth: number, kind: string}[]} choices  legal answers, at most five
 */

export class Game {
  /** @param {any} engine  an Engine @param {any} description @param {{params: Uint8Array, seed: bigint, run: number, seat: number, all?: boolean}} given */
  constructor(engine, description, { params, seed, run, seat, all = false }) {
    Object.assign(this, { engine, description, params, seed, run, seat, all });
    /** @type {(Answer & {own: boolean, would: number, asked: Ask})[]} */
    this.rows = [];
    this.last = new Map();
    // the memory grows to hold a run
    engine.compute({ params, seed, run: [run] });
  }

  /** The next question to the person, or null at the end; `this.record` is the run so far. @returns {Ask | null} */
  next() {
    for (;;) {
      const { ask, record } = this.compute(this.rows);
      this.record = record;
      if (!ask) return null;
      const standing = this.all ? null : this.standing(ask);
      if (!standing) return ask;
      this.add(ask, standing, false);
    }
  }

  /** The person's answer: one of ask.choices. */
  answer(ask, chosen) {
    this.add(ask, chosen, true);
    if (ask.name in LASTING) this.last.set(topicOf(ask), { week: ask.week, chosen, heard: ask.own.heard[ask.first] });
  }

  /** Take the person's last answer back, and all that followed; whether there was one. */
  back() {
    const at = this.rows.findLastIndex((row) => row.own);
    if (at < 0) return false;
    const kept = this.rows.slice(0, at);
    this.rows = [];
    this.last.clear();
    for (const row of kept) row.own ? this.answer(row.asked, row) : this.rows.push(row);
    return true;
  }

  /** @private */
  add(ask, { choice, worth }, own) {
    const { week, ask: number, side, decision } = ask;
    this.rows.push({ week, ask: number, side, decision, choice, worth, own, would: ask.choice, asked: ask });
  }

  /** @private What answers in the person's place: the rule where nothing is to be chosen; else, of what comes back, the last answer. */
  standing(ask) {
    const rule = { choice: ask.choice, worth: ask.worth };
    if (ask.choices.length < 2 || (ask.name === "accept" && ask.choice === NO && ask.gain < 0)) return rule;
    const last = this.last.get(topicOf(ask));
    if (!last || ask.week - last.week >= LASTING[ask.name]) return null;
    if (ask.name === "accept" && ask.own.heard[ask.first] > last.heard + NEWS) return null;
    // a yes is meant for once
    if (!TALKS.includes(ask.name) && last.chosen.choice !== NO) return null;
    return last.chosen.kind === "rule" ? rule : { choice: last.chosen.choice, worth: last.chosen.worth };
  }

  /** @private Run with these rows up to the week of the first ask that they leave open: that ask, null for none, and what the module gives. */
  compute(rows, wanted = this.wanted) {
    const { log, counts } = this.description;
    const params = this.params.slice(), view = new DataView(params.buffer);
    const set = (name, value, k = 0) => view.setBigInt64(counts.find((one) => one.name === name).offset + 8 * k, BigInt(value), true);
    set("script.end", rows.length);
    set("script.wanted", wanted, this.seat);
    const at = Math.ceil(this.engine.base / ALIGN) * ALIGN, open = at + log.places.open, week = log.open.find((field) => field.name === "week").offset;
    new DataView(this.engine.memory.buffer).setBigInt64(open + week, -1n, true);
    const record = this.engine.simulate({ params, seed: this.seed, run: [this.run], script: this.written(rows), acts: log.acts.most, asks: 0 });
    const memory = new DataView(this.engine.memory.buffer);
    return { record, ask: Number(memory.getBigInt64(open + week, true)) < 0 ? null : this.read(memory, at) };
  }

  /** @private */
  get wanted() {
    return this.description.log.decisions.reduce((sum, { name }, code) => (this.all || !ROUTINE.includes(name) ? sum | (1 << code) : sum), 0);
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
  read(memory, at) {
    const { log } = this.description, number = (field, place) => (field.type === "f64" ? memory.getFloat64(place, true) : Number(memory.getBigInt64(place, true)));
    const asked = Object.fromEntries(log.open.map((field) => [field.name, number(field, at + log.places.open + field.offset)]));
    const size = (log.places.seen_world - log.places.seen) / 2, from = at + log.places.seen + this.seat * size;
    const own = Object.fromEntries(log.side.map((field) => [field.name, field.length
      ? Array.from({ length: field.length }, (_, k) => number(field, from + field.offset + 8 * k)) : number(field, from + field.offset)]));
    const written = log.world.find((field) => field.name === "acts"), acts = number(written, at + log.places.seen_world + written.offset);
    const ask = { ...asked, name: log.decisions[asked.decision].name, own, acts };
    return { ...ask, choices: choicesOf(ask, log.decisions[asked.decision]) };
  }

  /** The rule answers all that is still asked; the end of the run. */
  finish() {
    this.record = this.compute(this.rows, 0).record;
    return this.measured(this.record.runs);
  }

  /** The end of the run with other rows: code of the outcome, both payoffs in bn USD a year. */
  ended(rows) {
    return this.measured(this.compute(rows, 0).record.runs);
  }

  /** @private */
  measured(bytes, place = 0) {
    const { measures, sizes } = this.description, view = new DataView(bytes.buffer, bytes.byteOffset);
    const offset = (name) => place * sizes.run + measures.find((one) => one.name === name).offset;
    return { outcome: Number(view.getBigInt64(offset("outcome"), true)), payoff: [0, 8].map((more) => view.getFloat64(offset("payoff") + more, true)) };
  }

  /** The person's answers that are not the rule's, each with the end that the run has without that one answer. */
  effects() {
    const own = this.rows.filter((row) => row.own && !sameAnswer(row, row.asked));
    return own.map((row) => ({ row, without: this.ended(this.rows.filter((other) => other !== row)) }));
  }

  /** Outcomes and payoffs of the first runs of the model against itself; in parts, so that the page stays awake. */
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

const NO = 0;

const TALKS = ["offer", "accept"];

/** What an answer stands for: of talks the track; of renewals at the date the length, before it all. */
function topicOf({ name, first, second }) {
  if (name === "renew") return second < 1 ? `renew for ${first}` : "renew early";
  return TALKS.includes(name) ? `${name} on ${first}` : name;
}

const sameAnswer = (one, other) => one.choice === other.choice && (one.worth === other.worth || Number.isNaN(one.worth));

/** Legal answers: of a decision its choices; of a worth the rule's, nearer, harder, the last again, within what the rules take. */
function choicesOf(ask, { unit, choices }) {
  if (!unit) {
    return choices.map((name, choice) => ({ choice, worth: NaN, kind: name }));
  }
  const { reservation, best, aspiration, made_count: made } = ask.own, own = ask.worth, track = ask.first;
  const offers = [["rule", own], ["nearer", (own + reservation[track]) / 2], ["harder", (own + Math.max(own, best[track])) / 2], ["hold", made[track] && aspiration[track] > reservation[track] && aspiration[track] <= Math.max(own, best[track]) ? aspiration[track] : NaN], ["least", reservation[track]]];
  const gifts = [["rule", own], ["none", 0], ["half", own / 2], ["double", 2 * own]];
  const found = [];
  for (const [kind, worth] of ask.name === "offer" ? offers : gifts) {
    if (Number.isFinite(worth) && !found.some((other) => Math.abs(other.worth - worth) < SAME)) found.push({ choice: 0, worth, kind });
  }
  return found;
}
