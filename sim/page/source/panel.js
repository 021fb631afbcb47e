// The panel over the weekly pictures, in which one further view stands at a time.
import { afterPaint, el, fading } from "./dom.js";

/** ms between two drawings of a view that fills. */
const PROGRESS = 120;

/**
 * @typedef {Object} View
 * @property {string} name
 * @property {HTMLButtonElement} [button]  that opens it
 * @property {() => (Node | string)[]} heading
 * @property {() => Node} body
 * @property {boolean} [tall]  over the bars too
 */

export class Panel {
  /** @param {HTMLElement} box @param {() => void} onchange */
  constructor(box, onchange) {
    Object.assign(this, { box, onchange, view: null, waiting: false, later: 0 });
    this.head = el("h2");
    this.close = el("button", { className: "quiet", textContent: "✕ close", onclick: () => this.show(null) });
    this.body = el("div", { className: "body", tabIndex: 0, role: "region", "aria-labelledby": "panel-head" });
    this.head.id = "panel-head";
    this.fade = fading(this.body);
    box.append(el("div", { className: "head" }, this.head, this.close), this.body);
    box.addEventListener("keydown", (event) => event.key === "Escape" && this.show(null));
  }

  /** @param {View} view  its button toggles it */
  add(view) {
    view.button?.addEventListener("click", () => this.toggle(view));
  }

  toggle(view) {
    this.show(this.view === view ? null : view);
  }

  /** @param {View | null} view */
  show(view) {
    const before = this.view;
    this.view = view;
    this.box.hidden = !view;
    before?.button?.setAttribute("aria-pressed", "false");
    view?.button?.setAttribute("aria-pressed", "true");
    if (!view && this.box.contains(document.activeElement)) before?.button?.focus();
    this.body.scrollTop = 0;
    this.onchange();
    this.draw();
  }

  /** More is done of what the view shows: draw it from time to time, for drawing takes a processor from what is drawn. */
  progress() {
    if (!this.view || this.later) return;
    this.later = setTimeout(() => {
      this.later = 0;
      this.redraw();
    }, PROGRESS);
  }

  /** Draw the view, at most once a frame. */
  redraw() {
    if (!this.view || this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.draw();
    });
  }

  /** @private */
  draw() {
    if (!this.view) return;
    const top = this.body.scrollTop, held = document.activeElement?.dataset?.effect;
    this.head.replaceChildren(...this.view.heading());
    this.body.replaceChildren(this.view.body());
    this.body.scrollTop = top;
    afterPaint(this.fade);
    if (held) this.body.querySelector(`[data-effect="${CSS.escape(held)}"]`)?.focus();
  }
}
