// What this model may not be asked, and the keys.
import { el } from "./dom.js";

/** Keys that do something anywhere on the page. */
export const KEYS = [
  ["1 – 5", "ready comparisons"], ["B", "bet"], ["H", "what helps most"], ["W", "which lever"], ["D", "doubt about the world"], ["T", "tables"], ["L", "in sentences; Enter on a week branches from it"],
  ["U, Y", "undo, redo"], ["R", "start again"], ["X", "swap A and B"], ["N", "another future"], ["S", "share"], ["G", "play a side"], ["P", "for the back row"], ["O", "lights out"],
  ["/", "find a lever"], ["← →", "one step; PgUp, PgDn five"], ["Del", "put a lever back"],
];

export class About {
  /** @param {import("./contents.js").Contents} contents @param {HTMLButtonElement} button */
  constructor(contents, button) {
    Object.assign(this, { contents, button, name: "about", tall: true });
  }

  heading() {
    return [el("b", { textContent: "What this model may not be asked" })];
  }

  wants() {
    return {};
  }

  body() {
    const { limits, outcomes, version, stamp } = this.contents;
    const meanings = outcomes.map((outcome) => el("li", {}, el("b", { textContent: outcome.label }), `: ${outcome.meaning}.`));
    return el("div", { className: "about" },
      el("div", {}, el("ul", {}, ...limits.map((text) => el("li", { textContent: text }))), el("h2", { textContent: "The outcomes" }), el("ul", {}, ...meanings), el("p", { className: "soft", textContent: `Version ${version}, rules and scenarios ${stamp}.` })),
      el("dl", {}, ...KEYS.flatMap(([key, what]) => [el("dt", { textContent: key }), el("dd", { textContent: what })])));
  }
}
