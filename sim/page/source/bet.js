// Bet first: guesses for both sides, then the reveal. The sliders show a question mark until moved, so that none anchors.
import { el } from "./dom.js";
import { SIDES } from "./state.js";
import { withArticle } from "./phrases.js";

export class Bet {
  /** @param {HTMLElement} cover @param {(bet: {outcome: number, A: number, B: number} | null) => void} ondone */
  constructor(cover, ondone) {
    Object.assign(this, { cover, ondone });
    cover.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !this.reveal.disabled) event.preventDefault(), this.close(true);
      if (event.key === "Escape") this.close(false);
    });
  }

  get open() {
    return !this.cover.hidden;
  }

  /** Cover the results and ask. @param {any} outcome @param {{A: string, B: string}} titles @param {string} why */
  ask(outcome, titles, why) {
    this.guess = { outcome: outcome.code, A: null, B: null };
    this.reveal = el("button", { className: "main", textContent: "Reveal", disabled: true, onclick: () => this.close(true) });
    const skip = el("button", { textContent: "Skip the bet", onclick: () => this.close(false) });
    const sliders = SIDES.flatMap((side) => this.slider(side, titles[side]));
    this.cover.replaceChildren(
      el("h2", { id: "bet-question", textContent: `Before you look: of 100 futures, how many end in ${withArticle(outcome.label)}?` }),
      el("p", { textContent: why }),
      el("div", { className: "guesses" }, ...sliders),
      el("p", { textContent: "Take the room’s middle guess for each side. The levers on the left are all that sets A and B apart." }),
      el("div", { className: "buttons" }, this.reveal, skip),
    );
    this.cover.hidden = false;
    document.body.classList.add("betting");
    this.cover.querySelector("input").focus({ preventScroll: true });
  }

  /** @private */
  slider(side, title) {
    const shown = el("output", { textContent: "?" });
    const input = el("input", { className: "unset", type: "range", min: 0, max: 100, value: 50, "aria-label": `Bet for scenario ${side}`, "aria-valuetext": "no guess yet" });
    input.addEventListener("input", () => {
      this.guess[side] = Number(input.value);
      shown.textContent = input.value;
      input.classList.remove("unset");
      input.setAttribute("aria-valuetext", `${input.value} of 100`);
      this.reveal.disabled = SIDES.some((each) => this.guess[each] === null);
    });
    return [el("span", { className: `badge ${side}`, textContent: side }), el("span", { className: "title", textContent: title }), input, shown];
  }

  /** Take the cover away. @param {boolean} bet  whether the guesses count */
  close(bet) {
    if (!this.open) return;
    this.cover.hidden = true;
    document.body.classList.remove("betting");
    this.ondone(bet ? this.guess : null);
  }
}
