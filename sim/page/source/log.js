// The two typical futures in sentences: what governments did, a line a week, in the words of sim/results/sentences.py.
import { el } from "./dom.js";
import { titleOf } from "./start.js";
import { SIDES } from "./state.js";
import { weekEnd, withArticle } from "./phrases.js";

/** All issues at once, no issue; weeks to a date that is not set are more than any run has. */
const EVERY = -2, NONE = -1, UNDATED = 1e5;
const LONG_DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });

export class Log {
  /**
   * @param {import("./room.js").Room} room @param {import("./typical.js").Typical} typical
   * @param {HTMLButtonElement} button  that opens it
   * @param {{another: () => void, branch: (side: string, run: number, week: number) => void}} acts  show another future; branch from one after a week
   */
  constructor(room, typical, button, acts) {
    Object.assign(this, { room, typical, button, acts, name: "log", tall: true, engine: null, known: new Map(), redraw: () => {} });
  }

  heading() {
    const other = el("button", { className: "quiet", textContent: "Show another", title: "N", "data-effect": "another", onclick: this.acts.another });
    return [this.typical.title, ", in sentences", other, el("span", { textContent: "Press a week to branch" })];
  }

  wants() {
    return {};
  }

  body() {
    if (!this.room.picture || !this.engine) {
      this.start();
      return el("p", { className: "hint", textContent: "Running the first futures…" });
    }
    return el("div", { className: "log" }, ...SIDES.map((side) => this.column(side)));
  }

  /** @private An engine on this thread: a run with its acts takes less than a frame. */
  start() {
    const { module, description } = this.room.contents;
    this.opening ??= globalThis.Engine.open(module, description).then((engine) => {
      this.engine = engine;
      this.redraw();
    }, (error) => this.room.onerror(String(error)));
  }

  /** @private */
  column(side) {
    const found = this.said(side);
    const lines = found.length ? found.map((one) => this.line(side, one)) : [el("li", { textContent: "Nothing happens between the governments." })];
    return el("section", {}, el("h3", { id: `log-${side}` }, ...this.headOf(side)), el("ol", { "aria-labelledby": `log-${side}` }, ...lines));
  }

  /** @private A line, its week a button that branches there. */
  line(side, { week, text, head }) {
    const run = this.typical.runOf(side), branch = () => this.acts.branch(side, run, week + 1);
    const place = el("button", { className: "quiet week", textContent: head, title: "Branch from here: the futures of this run after this week", "data-effect": `${side} ${week}`, onclick: branch });
    return el("li", {}, place, text);
  }

  /** @private Whose future it is, its number as `tariffsim explain` counts, and how it ends. */
  headOf(side) {
    const { contents, picture, state } = this.room, run = this.typical.runOf(side);
    const { label } = contents.outcomes[picture[side].result.ends[run]];
    return [el("span", { className: `badge ${side}`, textContent: side }), `${titleOf(state[side].scenario)}, run ${run}: ends in ${withArticle(label)}`];
  }

  /** @private */
  said(side) {
    const { contents, schema, state, picture } = this.room, { result } = picture[side], { scenario } = state[side];
    const run = this.typical.runOf(side), key = `${result.key} ${run}`;
    if (this.known.get(side)?.key !== key) {
      const { acts } = this.engine.simulate({ params: result.params, seed: result.seed, run: [run], acts: contents.description.log.acts.most });
      this.known.set(side, { key, lines: said(acts, contents.description, scenario, schema.names(scenario).issues) });
    }
    return this.known.get(side).lines;
  }
}

/**
 * What was said of each week in which something was done: the week, the first 0, the head of its line, and the rest of it.
 * @param {Uint8Array} rows  of acts; the row after the last has week -1
 * @param {any} description  of the module
 * @param {string[]} issues  in the order of the record
 * @returns {{week: number, head: string, text: string}[]}
 */
export function said(rows, description, scenario, issues) {
  const { log, sizes } = description, view = new DataView(rows.buffer, rows.byteOffset, rows.byteLength);
  const weeks = new Map();
  for (let at = 0; at < rows.length; at += sizes.acts) {
    const act = Object.fromEntries(log.acts.fields.map(({ name, offset }) => [name, view.getInt32(at + offset, true)]));
    if (act.week < 0) break;
    weeks.set(act.week, [...(weeks.get(act.week) ?? []), sentenceOf(act, description, issues)]);
  }
  return [...weeks].map(([week, sentences]) => {
    const line = filled(log.words.week.line, { n: week + 1, day: LONG_DAY.format(weekEnd(scenario, week)), text: sentences.join(" ") }), end = line.indexOf(": ") + 1;
    return { week, head: line.slice(0, end), text: line.slice(end) };
  });
}

/** The same as lines. */
export const linesOf = (...given) => said(...given).map(({ head, text }) => head + text);

/** An act in words: its template, filled with who and its two details. */
function sentenceOf(act, description, issues) {
  const { log } = description, { text, first, second } = log.sentences[act.act];
  const found = { who: log.words.who[log.sides[act.side]] };
  for (const [kind, detail] of [[first, act.first], [second, act.second]]) if (kind) found[kind] = DETAILS[kind](detail, log.words, issues, description.axes);
  return filled(text, found);
}

export const filled = (template, words) => template.replace(/\{(\w+)\}/g, (_, name) => words[name]);

/** A detail in words, by its kind. @type {Object<string, (detail: number, words: any, issues: string[], axes: any) => string>} */
const DETAILS = {
  issue: (place, words, issues) => {
    if (place === NONE || place === EVERY) return words.issue[place === NONE ? "none" : "every"];
    return issues[place].split("_").map((word) => words.name[word] ?? word).join(" ");
  },
  // a bit each
  issues: (bundle, words, issues) => listed(issues.map((_, place) => place).filter((place) => (bundle >> place) & 1).map((place) => DETAILS.issue(place, words, issues)), words),
  weeks: (count, words) => filled(words.weeks[count === 1 ? "one" : "more"], { n: count }),
  when: (left, words) => {
    if (left >= UNDATED) return words.when.undated;
    return filled(words.when[left > 0 ? "before" : left < 0 ? "past" : "at"], { weeks: DETAILS.weeks(Math.abs(left), words) });
  },
  reason: (fresh, words) => words.reason[fresh ? "new" : "old"],
  length: (weeks, words) => filled(words.length[weeks ? "dated" : "undated"], { weeks: DETAILS.weeks(weeks, words) }),
  lifted: (sides, words, issues, axes) => {
    const who = axes.side.filter((_, place) => (sides >> place) & 1).map((name) => words.who[name]);
    return filled(words.lifted[["none", "some", "both"][who.length]], { who: who[0] });
  },
  count: (count) => String(count),
  regime: (rank, words) => words.regime[rank],
  scheduled: (kind, words) => words.scheduled[kind],
  track: (place, words, issues, axes) => axes.track[place],
};

/** A detail in words, by its kind: of an issue, issues, weeks. */
export const detailOf = (kind, detail, words, issues) => DETAILS[kind](detail, words, issues);

function listed(names, words) {
  const head = names.slice(0, -1).join(words.list.other);
  return head ? `${head}${words.list.last}${names.at(-1)}` : names.join("");
}
