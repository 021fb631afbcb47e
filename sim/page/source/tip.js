// The note that explains a lever while the pointer rests on its name.
import { el } from "./dom.js";

const GAP = 6; // px

export class Tip {
  /** @param {HTMLElement} box */
  constructor(box) {
    this.box = box;
    addEventListener("pointerdown", () => this.hide());
    addEventListener("keydown", () => this.hide());
  }

  /** @param {HTMLElement} owner @param {() => {text: string, facts: string, news: string}} explain */
  on(owner, explain) {
    owner.addEventListener("pointerenter", () => this.show(owner, explain()));
    owner.addEventListener("pointerleave", () => this.hide());
  }

  hide() {
    this.box.hidden = true;
  }

  /** @private */
  show(owner, { text, facts, news }) {
    const lines = [text, el("small", { textContent: facts })];
    if (news) lines.push(el("small", { textContent: `In the news: ${news}.` }));
    this.box.replaceChildren(...lines);
    this.box.hidden = false;
    const at = owner.getBoundingClientRect(), own = this.box.getBoundingClientRect();
    const below = at.bottom + GAP + 1.7 * at.height, fits = below + own.height < innerHeight;
    this.box.style.left = `${Math.max(GAP, Math.min(innerWidth - own.width - GAP, at.left))}px`;
    this.box.style.top = `${fits ? below : Math.max(GAP, at.top - own.height - GAP)}px`;
  }
}
