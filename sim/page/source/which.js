// Which lever? Each one that differs, alone given to A and alone taken from B.
import { ENDS } from "./depth.js";
import { el } from "./dom.js";
import { effectLine, effectOf, effectWords } from "./effects.js";
import { clearAmong } from "./numbers.js";
import { FIRST } from "./results.js";
import { allRows } from "./rows.js";
import { SIDES } from "./state.js";
import { capital } from "./phrases.js";

const BETTER = 400;
const OTHER = { A: "B", B: "A" };

export class Which {
  /** @param {import("./room.js").Room} room @param {HTMLButtonElement} button */
  constructor(room, button) {
    Object.assign(this, { room, button, name: "which" });
  }

  heading() {
    const { label } = this.room.contents.outcomes[this.room.state.focus];
    return ["One lever at a time: change in the chance of ", el("b", { textContent: label })];
  }

  /** Runs of each part: a hundred at once, more when the front is done. */
  wants() {
    const results = this.parts().flatMap((part) => SIDES.map((side) => part[side]));
    const want = (runs) => results.map((result) => ({ result, runs, depth: ENDS }));
    return { first: want(FIRST), then: want(BETTER) };
  }

  /** Each lever that differs, with the results of either side given the other's value. @private */
  parts() {
    const { state } = this.room;
    if (this.of?.A !== state.A || this.of?.B !== state.B) {
      this.of = { A: state.A, B: state.B };
      this.rows = allRows(this.room.schema, state).filter((row) => row.differs);
      this.scenarios = this.rows.map((row) => Object.fromEntries(SIDES.map((side) => [side, this.given(row, side)])));
    }
    return this.rows.map((row, place) => ({
      row, ...Object.fromEntries(SIDES.map((side) => [side, this.room.resultOf(this.scenarios[place][side])])),
    }));
  }

  /** One side with the other's value of a lever. @private */
  given(row, side) {
    const { schema, state } = this.room, other = schema.flat(state[OTHER[side]].scenario);
    return schema.changed(state[side].scenario, Object.fromEntries(row.paths.map((path) => [path, other[path]])));
  }

  body() {
    const { state, contents, picture } = this.room, { colour } = contents.outcomes[state.focus];
    const parts = this.parts();
    if (!parts.length) return el("p", { className: "hint", textContent: "A and B are the same. Move a lever of one of them." });
    const z = clearAmong(SIDES.length * parts.length), { focus } = state;
    parts.sort((one, other) => this.size(other, picture, focus, z) - this.size(one, picture, focus, z));
    const list = el("div", { className: "list which" }, el("span"), el("span", { className: "over A", textContent: "A takes B’s value" }), el("span", { className: "over B", textContent: "B takes A’s value" }));
    for (const part of parts) {
      list.append(el("span", { className: "lever", textContent: capital(part.row.name), title: part.row.setting.meaning }));
      for (const side of SIDES) list.append(...this.cells(side, part[side], picture, colour, z));
    }
    return list;
  }

  /** The larger clear change of a lever, 0 where none is clear yet: what matters stands on top. @private */
  size(part, picture, focus, z) {
    const effects = SIDES.filter((side) => picture?.[side]).map((side) => effectOf(picture[side].result, part[side], focus, z));
    return Math.max(0, ...effects.filter((effect) => effect.clear).map((effect) => Math.abs(effect.change)));
  }

  /** @private */
  cells(side, result, picture, colour, z) {
    const front = picture?.[side];
    if (!front) return [el("div"), el("span", { textContent: "…" })];
    const effect = effectOf(front.result, result, this.room.state.focus, z);
    const from = front.result.tally(front.runs)[this.room.state.focus] / front.runs;
    const title = effect.runs ? `from ${effect.runs} runs with the same draws` : "";
    return [effectLine(effect, from, colour), el("span", { className: `change ${side}${effect.clear ? "" : " none"}`, textContent: effectWords(effect), title })];
  }
}
