// What the page is about, as whole states: undo, redo and a link need nothing else.

export const SIDES = ["A", "B"];
/** Moves of one handle closer together than this are one step of undo, ms. */
const ONE_MOVE = 700;
const MOST_STEPS = 200;

/**
 * @typedef {Object} Side  a scenario, complete, and the name of the one it started from
 * @property {string} base
 * @property {any} scenario  never changed in place
 */
/**
 * @typedef {Object} State
 * @property {string} question
 * @property {number} comparison  which of the ready comparisons it is, -1 for none
 * @property {number} focus  code of the outcome that the sentence is about
 * @property {string} seed
 * @property {number} runs  of each side, in the end
 * @property {string[]} pins  levers put on top by hand, by dotted name
 * @property {Side} A
 * @property {Side} B
 */

/** The states of a session. */
export class Story {
  /** @param {State} first */
  constructor(first) {
    Object.assign(this, { now: first, past: [], future: [], last: { tag: "", time: 0 } });
  }

  /** The state before the last move. @returns {State | undefined} */
  get before() {
    return this.past.at(-1);
  }

  /** Go on to a state. @param {State} state @param {string} tag  moves of one tag in quick order are one step of undo */
  go(state, tag = "", time = performance.now()) {
    const same = tag && tag === this.last.tag && time - this.last.time < ONE_MOVE;
    if (!same) this.past = [...this.past.slice(1 - MOST_STEPS), this.now];
    Object.assign(this, { now: state, future: [], last: { tag, time } });
  }

  undo() {
    return this.travel(this.past, this.future);
  }

  redo() {
    return this.travel(this.future, this.past);
  }

  /** @private */
  travel(from, to) {
    if (!from.length) return false;
    to.push(this.now);
    this.now = from.pop();
    this.last = { tag: "", time: 0 };
    return true;
  }
}

/** Sides exchanged. @param {State} state @returns {State} */
export const swapped = (state) => ({ ...state, A: state.B, B: state.A, comparison: -1 });

/** One side copied over the other. @param {State} state @returns {State} */
export const copied = (state, from, to) => ({ ...state, [to]: state[from], comparison: -1 });
