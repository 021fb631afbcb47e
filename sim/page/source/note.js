// A sentence at the foot of the page, for a while.
import { el } from "./dom.js";

const A_WHILE = 3200, TO_READ = 60; // ms, and ms a letter

export class Note {
  /** @param {HTMLElement} box */
  constructor(box) {
    this.box = box;
  }

  /** Say it with buttons; any of them closes it. @param {{text: string, act: () => void}[]} choices */
  ask(text, choices) {
    const press = (act) => {
      this.hide();
      act();
    };
    this.show(text, choices.map((choice) => el("button", { textContent: choice.text, onclick: () => press(choice.act) })));
  }

  /** @private */
  show(text, buttons) {
    const close = el("button", { className: "quiet", textContent: "✕", "aria-label": "Close", onclick: () => this.hide() });
    this.box.replaceChildren(el("span", { textContent: text }), ...buttons, close);
    this.box.hidden = false;
    clearTimeout(this.timer);
  }

  hide() {
    this.box.hidden = true;
  }

  /** @param {string} text @param {boolean} [stays]  until it is pressed */
  say(text, stays = false) {
    this.show(text, []);
    if (!stays) this.timer = setTimeout(() => this.hide(), A_WHILE + TO_READ * text.length);
  }
}
