// A sentence at the foot of the page, for a while.
import { el } from "./dom.js";

const A_WHILE = 3200, TO_READ = 60; // ms, and ms a letter

export class Note {
  /** @param {HTMLElement} box */
  constructor(box) {
    this.box = box;
  }

  hide() {
    this.box.hidden = true;
  }

  /** @param {string} text @param {boolean} [stays]  until it is pressed */
  say(text, stays = false) {
    this.box.replaceChildren(el("span", { textContent: text }), el("button", { className: "quiet", textContent: "✕", "aria-label": "Close", onclick: () => this.hide() }));
    this.box.hidden = false;
    clearTimeout(this.timer);
    if (!stays) this.timer = setTimeout(() => this.hide(), A_WHILE + TO_READ * text.length);
  }
}
