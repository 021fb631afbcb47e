// What this model may not be asked, and the keys.
import { el } from "./dom.js";
import { ready } from "./ready.js";

/** Keys that do something anywhere on the page. */
export const KEYS = [
  ["1 – 5", "ready comparisons"], ["B", "bet"], ["H", "what helps most"], ["W", "which lever"], ["D", "doubt about the world"], ["T", "tables"], ["L", "in sentences; Enter on a week branches from it"],
  ["U, Y", "undo, redo"], ["R", "start again"], ["X", "swap A and B"], ["N", "another future"], ["S", "share"], ["G", "play a side, alone or two"], ["P", "for the back row"], ["O", "lights out"],
  ["/", "find a lever"], ["← →", "one step; PgUp, PgDn five"], ["Del", "put a lever back"],
];

export class About {
  /** @param {import("./room.js").Room} room @param {HTMLButtonElement} button */
  constructor(room, button) {
    Object.assign(this, { room, contents: room.contents, button, name: "about", tall: true, found: [el("button", { textContent: "Check this machine", "data-effect": "ready", onclick: () => this.check() })], redraw: () => {} });
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
      el("div", {}, el("div", { className: "ready", role: "status" }, ...this.found), el("dl", {}, ...KEYS.flatMap(([key, what]) => [el("dt", { textContent: key }), el("dd", { textContent: what })]))));
  }

  /** @private Whether the machine and the room are fit. */
  async check() {
    this.found = [el("p", { textContent: "Checking…" })];
    this.redraw();
    // the page's own workers rest, or they are what is timed
    this.room.crew.plan([]);
    const found = await ready(this.contents, this.room.resultOf(this.room.state.A.scenario).params);
    this.found = found.map(({ ok, text }) => el("p", {}, el("b", { textContent: ok ? "✓ " : "✗ " }), `${text}.`));
    this.room.schedule();
    this.redraw();
  }
}
