// What would help most from here? The levers in view one step each way, then all others, ranked by what is clear.
import { ENDS } from "./depth.js";
import { el } from "./dom.js";
import { effectLine, effectOf, effectWords } from "./effects.js";
import { clearAmong } from "./numbers.js";
import { FIRST } from "./results.js";
import { allRows, onStep, rowWords, valueOf } from "./rows.js";
import { settingAll } from "./room.js";
import { SIDES } from "./state.js";
import { capital, plural, valueWords } from "./phrases.js";

/** Levers that are tried at once; the others follow in the background. */
const IN_VIEW = 20;
/** Runs of a first look, of a better one, and of a sure one. */
const LOOK = 50, SURE = 400;
const MOST_SHOWN = 12;
/** Of the other steps so many more are begun at a time: each asks for a record of its own, and the page must not stand still. */
const PART = 48;

/** @typedef {{row: import("./rows.js").Row, value: any, was: string, scenario: any}} Step  one lever moved once */

export class Help {
  /** @param {import("./room.js").Room} room @param {HTMLButtonElement} button */
  constructor(room, button) {
    Object.assign(this, { room, button, name: "help", side: "A", begun: 0, planned: 0 });
  }

  heading() {
    const { label } = this.room.contents.outcomes[this.room.state.focus];
    const choose = SIDES.map((side) => el("button", { className: `badge ${side}`, textContent: side, "aria-pressed": String(side === this.side), "aria-label": `From ${side} as it stands`, "data-effect": `from ${side}`, onclick: () => this.from(side) }));
    return ["One step from ", ...choose, " as it stands: change in the chance of ", el("b", { textContent: label })];
  }

  /** @private */
  from(side) {
    this.side = side;
    this.room.schedule();
    this.redraw();
  }

  /** A short look at the levers in view, then at the rest; more runs of those that may well do something. */
  wants() {
    const steps = this.steps(), near = steps.slice(0, this.near), far = steps.slice(this.near, this.begun);
    const want = (list, runs) => list.map((step) => ({ result: this.room.resultOf(step.scenario), runs, depth: ENDS }));
    const hopeful = (list) => list.filter((step) => this.hopeful(step));
    return { first: want(near, LOOK), then: [...want(near, FIRST), ...want(hopeful(near), SURE)], later: [...want(far, LOOK), ...want(hopeful(far), SURE)] };
  }

  /** Whether an effect could be clear with more runs. @private */
  hopeful(step) {
    const front = this.room.resultOf(this.room.state[this.side].scenario), { focus } = this.room.state;
    const effect = effectOf(front, this.room.resultOf(step.scenario), focus, 1);
    return effect.runs >= LOOK && Math.abs(effect.change) > effect.half;
  }

  /** Begin another part of the steps when most of those before are looked at, of which some are worth more runs. @private */
  goOn(done, all) {
    const end = this.begun === all ? all : this.begun - PART / 2;
    if (done < end || this.planned === end) return;
    this.planned = end;
    this.begun = Math.min(all, this.begun + PART);
    this.room.schedule();
  }

  /** Every step from the side as it stands; kept until it moves. @returns {Step[]} @private */
  steps() {
    const { state, schema } = this.room, own = state[this.side];
    if (this.of === own.scenario) return this.kept;
    const flat = schema.flat(own.scenario), rows = allRows(schema, state).filter((row) => !defines(row.setting));
    const differ = rows.filter((row) => row.differs), rest = rows.filter((row) => !row.differs);
    const order = [...differ, ...rest], steps = order.map((row) => stepsOf(row, flat).map((value) => this.step(row, value)));
    this.of = own.scenario;
    this.near = steps.slice(0, IN_VIEW).flat().length;
    this.kept = steps.flat();
    this.begun = this.near;
    this.planned = 0;
    return this.kept;
  }

  /** @private */
  step(row, value) {
    const { schema, state } = this.room;
    const was = rowWords(row, schema.flat(state[this.side].scenario));
    return { row, value, was, scenario: schema.changed(state[this.side].scenario, settingAll(row.paths, value)) };
  }

  body() {
    const front = this.room.picture?.[this.side];
    if (!front) return el("p", { className: "hint", textContent: "Running the first futures…" });
    const { focus } = this.room.state, steps = this.steps(), begun = steps.slice(0, this.begun).map((step) => ({ ...step, result: this.room.resultOf(step.scenario) }));
    const tried = begun.filter((step) => step.result.done(ENDS) >= LOOK), z = clearAmong(Math.max(tried.length, this.near));
    const effects = tried.map((step) => ({ ...step, effect: effectOf(front.result, step.result, focus, z) }));
    const clear = ranked(effects.filter((step) => step.effect.clear), focus);
    this.goOn(tried.length, steps.length);
    return el("div", {}, this.summary(clear, tried.length, steps.length), this.list(clear, front, focus));
  }

  /** @private How far the search is, and what it found. */
  summary(clear, done, all) {
    const { label } = this.room.contents.outcomes[this.room.state.focus];
    const progress = done < all ? `${done} of ${plural(all, "step")} tried so far.` : `All ${plural(all, "step")} tried.`;
    const found = clear.length ? "" : ` No clear change in the chance of ${label}${done < all ? " yet" : ""}.`;
    const bar = el("progress", { max: all, value: done, "aria-label": "steps tried" });
    return el("p", { className: "hint progress" }, `${progress}${found} Only what is clear among so many is listed.`, bar);
  }

  /** @private */
  list(clear, front, focus) {
    const { colour } = this.room.contents.outcomes[focus], from = front.result.tally(front.runs)[focus] / front.runs;
    const list = el("div", { className: "list help" });
    for (const { row, value, was, effect, rank } of clear.slice(0, MOST_SHOWN)) {
      const name = `${capital(row.name)}`, move = `${was} → ${valueWords(value, row.setting)}`;
      list.append(
        el("b", { className: "rank", textContent: rank }), el("span", { className: "lever", title: row.setting.meaning }, name, el("span", { className: "move", textContent: move })),
        effectLine(effect, from, colour), el("span", { className: "change", textContent: effectWords(effect), title: `from ${effect.runs} runs with the same draws` }),
        el("button", { className: "quiet", textContent: "Do it", "data-effect": `${row.key} ${value}`, "aria-label": `Do it: ${name} ${move} in ${this.side}`, onclick: () => this.room.move(this.side, row, value) }),
      );
    }
    return list;
  }
}

/** Whether a setting says what an issue or an event is: to choose another is another model, no step from here. */
const defines = (setting) => setting.kind === "choice" && setting.path.includes("*");

/** The values one step away: both ways of a number, every other option of a choice. */
export function stepsOf(row, flat) {
  const { value } = valueOf(row, flat);
  if (row.options) return row.options.filter((option) => option !== value);
  return [1, -1].map((way) => onStep(row, value + way * row.step)).filter((next) => next !== value);
}

/** By size; those that cannot be told from the first of their rank share it. */
function ranked(steps, focus) {
  const sorted = steps.sort((one, other) => Math.abs(other.effect.change) - Math.abs(one.effect.change));
  let first = null, rank = 0;
  return sorted.map((step, place) => {
    const same = first && Math.sign(first.effect.change) === Math.sign(step.effect.change) && !effectOf(step.result, first.result, focus).clear;
    if (!same) [first, rank] = [step, place + 1];
    return { ...step, rank: same ? `=${rank}` : `${rank}` };
  });
}
