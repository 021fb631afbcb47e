// An offer of one's own, issue by issue. The rules know an offer by what it is worth to whoever makes it, and put that worth on the
// table in the form that is worth most to the other (docs/bargaining.md): both are shown, the person's levels and the offer that is made of them.
import { CENTS } from "./code.js";
import { el } from "./dom.js";
import { efficientWorth, worthOf, worthsOf } from "./frontier.js";
import { boundsOf } from "./game.js";
import { perHundred, signed, short } from "./phrases.js";
import { amountOf, issueOf, termsOf } from "./plain.js";

const STEP = 0.05;

export class OwnOffer {
  /** @param {import("./game.js").Ask} ask @param {import("./plain.js").Names} names */
  constructor(ask, names) {
    Object.assign(this, { ask, names, it: names.sides[1 - ask.side].label });
    // from what the rule would offer
    this.levels = efficientWorth(ask.items, ask.side, ask.worth);
    this.sums = el("p", { role: "status" });
    this.form = el("p", { className: "made" });
    this.rows = ask.items.map((item, k) => this.row(item, k));
    this.parts = [
      el("h2", { textContent: `Your own offer on ${names.tracks[ask.first]}` }),
      el("div", { className: "levels" }, ...["", "", "level", "to you", `to ${this.it}`].map((textContent) => el("span", { className: "head", textContent })), ...this.rows.flatMap(({ cells }) => cells)),
      this.sums, this.form,
    ];
  }

  /** The button that makes the offer. @param {HTMLElement} button */
  attach(button) {
    this.button = button;
    this.draw();
  }

  /** @private */
  row({ issue, owner, least, most }, k) {
    const own = owner === this.ask.side, name = issueOf(issue, this.names), level = el("b"), mine = el("span"), its = el("span");
    const slider = el("input", { type: "range", min: least, max: most, step: "any", "aria-label": `${name}, ${own ? "you give" : `${this.it} gives`}` });
    slider.value = String(this.levels[k]);
    slider.addEventListener("keydown", (event) => this.step(event, k, slider));
    slider.addEventListener("input", () => this.move(k, Number(slider.value)));
    return { cells: [el("span", {}, `${name} `, el("small", { textContent: own ? "you give" : `${this.it} gives` })), slider, level, mine, its], slider, level, mine, its };
  }

  /** A step of a key; sliders move freely by pointer. @private */
  step(event, k, slider) {
    const { least, most } = this.ask.items[k], steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -4, PageUp: 4, Home: -1e9, End: 1e9 }[event.key];
    if (!steps) return;
    event.preventDefault();
    slider.value = String(Math.min(most, Math.max(least, STEP * (Math.round(this.levels[k] / STEP) + steps))));
    this.move(k, Number(slider.value));
  }

  /** @private */
  move(k, level) {
    this.levels[k] = level;
    this.draw();
  }

  /** @private */
  draw() {
    const { ask, names, levels } = this, { items, side } = ask, worths = worthsOf(items, levels), [least, most] = boundsOf(ask), amount = (worth) => amountOf(worth, names);
    this.rows.forEach(({ slider, level, mine, its }, k) => {
      level.textContent = `${perHundred(levels[k])}%`;
      slider.setAttribute("aria-valuetext", level.textContent);
      [mine.textContent, its.textContent] = [side, 1 - side].map((one) => signed(Number(short(worthOf(items[k], levels[k], one)).replace("−", "-").replaceAll(",", ""))));
    });
    // whole hundredths, so that a code can carry it
    const worth = Math.min(Math.floor(most * CENTS), Math.max(Math.ceil(least * CENTS), Math.round(worths[side] * CENTS))) / CENTS;
    const too = worths[side] < least - 1 / CENTS ? `below the ${amount(least)} that you must have` : worths[side] > most + 1 / CENTS ? `more than the ${amount(most)} that you believe you can have` : "";
    this.chosen = { choice: 0, worth, kind: "own" };
    this.legal = !too && worth >= least && worth <= most;
    this.sums.textContent = `Worth ${amount(worths[side])} a year to you, and ${amount(worths[1 - side])} to ${this.it} as you see it.${too ? ` It is ${too}: move a level.` : ""}`;
    this.form.textContent = this.legal ? this.made(worth, worths[1 - side]) : "";
    if (!this.button) return;
    this.button.disabled = !this.legal;
    this.button.querySelector("span").textContent = this.legal ? `Offer what is worth ${amount(worth)} a year to you` : "Not an offer that the rules take";
  }

  /** What is put on the table for these levels: the same to this side, and the most to the other. @private */
  made(worth, given) {
    const { ask, names, it } = this, efficient = efficientWorth(ask.items, ask.side, worth), its = worthsOf(ask.items, efficient)[1 - ask.side], more = its - given;
    const why = more > 0.05 ? ` That is ${amountOf(more, names)} a year more for ${it} than your levels, at no cost to you.` : " These are your levels.";
    return `Your negotiators put the same worth so that ${it} gets most for it: ${termsOf(ask, efficient, names)}${why}`;
  }
}
