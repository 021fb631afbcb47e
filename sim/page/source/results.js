// What has been computed, kept by what was asked, so that going back costs nothing.
import { quantile } from "./numbers.js";
import { COUNTS, WEEKS } from "./depth.js";

/** Runs of the first picture, of a good one, and of the view in front; weeks of every run are kept of the good one. */
export const FIRST = 100;
export const GOOD = 1000;
export const MOST = 10000;
/** Weeks of runs in a chunk: about 10 ms. */
const CHUNK_WEEKS = 1040;
/** Divisors of FIRST, so that whole chunks make the first picture. */
const SIZES = [20, 10, 5, 2, 1];
export const FAN = [0.1, 0.25, 0.5, 0.75, 0.9];

/** The runs of one record of settings, as far as they are done. */
export class Result {
  /**
   * @param {string} key  what was asked
   * @param {Uint8Array} params  the record of settings
   * @param {{weeks: number, seed: bigint, outcomes: number, series: number, wide: boolean}} shape
   */
  constructor(key, params, { weeks, seed, outcomes, series, wide }) {
    Object.assign(this, { key, params, weeks, seed, outcomes, series, marks: wide ? Uint32Array : Uint16Array });
    this.size = SIZES.find((size) => size * weeks <= CHUNK_WEEKS) ?? 1;
    this.kept = new Uint8Array(Math.ceil(MOST / this.size));
    this.ends = new Uint8Array(FIRST);
    this.waiting = new Map();
    this.counts = new Uint32Array(weeks * outcomes);
    this.counted = 0;
    this.memo = new Map();
  }

  /** How many of the first runs are done to the depth ENDS, COUNTS or WEEKS. */
  done(depth) {
    const chunks = this.kept.findIndex((kept) => kept < depth);
    return (chunks < 0 ? this.kept.length : chunks) * this.size;
  }

  /** Chunks of the first `runs` runs that lack the depth. */
  missing(runs, depth) {
    const chunks = [];
    for (let chunk = 0; chunk * this.size < runs; chunk++) if (this.kept[chunk] < depth) chunks.push(chunk);
    return chunks;
  }

  /** Take in a chunk from a worker. */
  add({ chunk, keep, ends, counts, states, events, values }) {
    if (this.kept[chunk] >= keep) return;
    this.makeRoom((chunk + 1) * this.size, keep);
    this.ends.set(ends, chunk * this.size);
    if (counts && this.kept[chunk] < COUNTS) this.waiting.set(chunk, counts);
    if (states) this.addWeeks(chunk * this.size * this.weeks, states, events, values);
    this.kept[chunk] = keep;
  }

  /** @private */
  addWeeks(start, states, events, values) {
    this.states.set(states, start);
    this.events.set(events, start);
    values.forEach((numbers, place) => this.values[place].set(numbers, start));
  }

  /** Keep ends and counts alone: the weeks of a run take the most room. */
  forgetWeeks() {
    for (const name of ["states", "events", "values"]) delete this[name];
    this.memo.clear();
    this.kept = this.kept.map((kept) => Math.min(kept, COUNTS));
  }

  /** @private Arrays for the first 100, 1,000 or 10,000 runs. */
  makeRoom(runs, keep) {
    const room = [FIRST, GOOD, MOST].find((most) => runs <= most);
    if (this.ends.length < room) this.ends = grown(this.ends, room);
    const rows = room * this.weeks;
    if (keep < WEEKS || this.states?.length >= rows) return;
    this.states = grown(this.states ?? new Uint8Array(0), rows);
    this.events = grown(this.events ?? new this.marks(0), rows);
    this.values ??= Array.from({ length: this.series }, () => new Float32Array(0));
    this.values = this.values.map((numbers) => grown(numbers, rows));
  }

  /** Sum the weeks of so many of the first runs, which are done, so that the weeks are of the same runs as the bars. */
  countTo(runs) {
    for (let chunk = this.counted / this.size; chunk * this.size < runs; chunk++) {
      const counts = this.waiting.get(chunk);
      for (let i = 0; i < counts.length; i++) this.counts[i] += counts[i];
      this.waiting.delete(chunk);
      this.counted += this.size;
    }
  }

  /** The ends of the first runs, for numbers.js. */
  firstEnds(runs) {
    return { ends: this.ends, runs };
  }

  /** How many of the first runs end in each outcome. */
  tally(runs) {
    const counts = new Array(this.outcomes).fill(0);
    for (let j = 0; j < runs; j++) counts[this.ends[j]] += 1;
    return counts;
  }

  /** Quantiles FAN of a series by week, of the runs whose weeks are kept. */
  fan(place) {
    return this.remember(`fan${place}`, (runs) => {
      const numbers = this.values[place], column = new Float32Array(runs);
      const lines = FAN.map(() => new Float32Array(this.weeks));
      for (let week = 0; week < this.weeks; week++) {
        for (let j = 0; j < runs; j++) column[j] = numbers[j * this.weeks + week];
        column.sort();
        FAN.forEach((share, k) => (lines[k][week] = quantile(column, share)));
      }
      return lines;
    });
  }

  /** The run that agrees most with all, week by week, of those with the commonest end. */
  typical() {
    return this.remember("typical", (runs) => {
      const ends = this.tally(runs), common = ends.indexOf(Math.max(...ends)), agree = this.stateCounts(runs);
      let best = -1, found = 0;
      for (let j = 0; j < runs; j++) {
        if (this.ends[j] !== common) continue;
        let sum = 0;
        for (let week = 0; week < this.weeks; week++) sum += agree[week * this.outcomes + this.states[j * this.weeks + week]];
        if (sum > best) [best, found] = [sum, j];
      }
      return found;
    });
  }

  /** @private */
  stateCounts(runs) {
    const counts = new Uint32Array(this.weeks * this.outcomes);
    for (let i = 0; i < runs * this.weeks; i++) counts[(i % this.weeks) * this.outcomes + this.states[i]] += 1;
    return counts;
  }

  /** @private Computed once for each number of runs. */
  remember(name, compute) {
    const runs = Math.min(this.done(WEEKS), GOOD), known = this.memo.get(name);
    if (known?.runs === runs) return known.value;
    const value = compute(runs);
    this.memo.set(name, { runs, value });
    return value;
  }
}

/** Results of which every week is kept, besides those that are wanted. */
const MOST_WITH_WEEKS = 12;

/** Results by what was asked; those longest unused lose their weeks first, and then go. */
export class Store {
  constructor(most = 48) {
    this.most = most;
    this.results = new Map();
  }

  /** @param {string} key @param {(key: string) => Result} create */
  get(key, create) {
    const result = this.results.get(key) ?? create(key);
    this.results.delete(key);
    this.results.set(key, result);
    return result;
  }

  find(key) {
    return this.results.get(key);
  }

  /** Drop what is longest unused, but nothing that is wanted. @param {Set<Result>} wanted */
  trim(wanted) {
    const idle = [...this.results.values()].filter((result) => !wanted.has(result)).reverse();
    for (const result of idle.slice(this.most)) this.results.delete(result.key);
    for (const result of idle.filter((one) => one.states).slice(MOST_WITH_WEEKS)) result.forgetWeeks();
  }
}

function grown(numbers, length) {
  const larger = new numbers.constructor(length);
  larger.set(numbers);
  return larger;
}
