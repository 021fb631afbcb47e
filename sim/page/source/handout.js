// One page to hand out: question, answer, shares, weeks, levers that differ, what may not be asked; legible in grey.
import { el } from "./dom.js";
import { boxFill } from "./fills.js";
import { allRows, isLever, rowWords } from "./rows.js";
import { rangeWords, sharesOf } from "./shares.js";
import { answer, betSaid, runsSaid } from "./sentences.js";
import { SIDES } from "./state.js";
import { capital, plural, signed, unitWords } from "./phrases.js";

/** Levers that fit on the page. */
const MOST_LEVERS = 16;

export class Handout {
  /**
   * @param {HTMLElement} box
   * @param {import("./room.js").Room} room
   * @param {{weeks: import("./weeks.js").Weeks, typical: import("./typical.js").Typical, link: () => string}} given
   */
  constructor(box, room, given) {
    Object.assign(this, { box, room, ...given });
    box.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
  }

  get open() {
    return !this.box.hidden;
  }

  /** Show the page as it will be printed. @param {any} bet */
  show(bet) {
    const { picture } = this.room;
    if (!picture) return;
    this.before = document.activeElement;
    const print = el("button", { className: "main", textContent: "Print", onclick: () => globalThis.print() });
    const close = el("button", { textContent: "✕ close", onclick: () => this.close() });
    this.box.replaceChildren(el("div", { className: "sheet" }, el("div", { className: "tools" }, print, close), ...this.parts(picture, bet)));
    this.box.hidden = false;
    this.draw();
    print.focus();
  }

  close() {
    this.box.hidden = true;
    this.before?.focus();
  }

  /** @private */
  parts(picture, bet) {
    const { state, contents } = this.room, shares = sharesOf(picture);
    const why = contents.comparisons[state.comparison]?.why;
    return [
      el("h2", { textContent: state.question }),
      ...(why ? [el("p", { textContent: why })] : []),
      el("p", {}, ...answer(shares, contents.outcomes[state.focus])),
      el("p", {}, `${runsSaid(picture)}. `, ...(bet?.outcome === state.focus ? betSaid(bet, shares, contents.outcomes[state.focus]) : [])),
      this.names(), this.shares(shares), this.pictures(), this.levers(), this.limits(),
      el("p", { className: "fine", textContent: `tariffsim ${contents.version}, rules and scenarios ${contents.stamp}, seed ${state.seed}. To open it again: the address of the page, then ${this.link()}` }),
    ];
  }

  /** @private */
  names() {
    const { state } = this.room, same = state.A.base === state.B.base;
    const said = SIDES.map((side) => {
      const { base, scenario } = state[side], moved = this.room.schema.differing(this.room.scenarios.get(base), scenario).filter(isLever).length;
      const about = same && side === "B" ? "" : scenario.about;
      return el("p", {}, el("b", { textContent: `${side}: ${scenario.title}${moved ? `, ${plural(moved, "setting")} moved` : ""}. ` }), about);
    });
    return el("div", { className: same ? "" : "pair" }, ...said);
  }

  /** @private */
  shares(shares) {
    const rows = this.room.contents.outcomes.map((outcome, code) => {
      const cells = SIDES.flatMap((side) => [shares.whole[side][code], rangeWords(shares.interval[side][code]), fillOf(outcome, shares.exact[side][code])]);
      const { gap, half, clear } = shares.gaps[code];
      return [capital(outcome.label), ...cells, clear ? `${signed(gap)} ± ${half}` : "no clear gap"];
    });
    return titled("Of 100 futures", ["", "A", "interval", "", "B", "interval", "", "B minus A"], rows);
  }

  /** @private Room for the weekly pictures and the typical futures that are on the screen. */
  pictures() {
    const column = (side) => el("div", {}, el("b", { textContent: side }), el("div", { className: "plot", "data-plot": side }), el("div", { className: "strip", "data-strip": side }), el("p", { "data-words": side }));
    return el("div", {}, el("h3", { textContent: `Week by week: ${this.weeks.name}. Below: a typical future` }), el("div", { className: "pair" }, ...SIDES.map(column)));
  }

  /** @private Draw them, now that they have a size; on paper they fill their columns. */
  draw() {
    const boxes = (name) => Object.fromEntries(SIDES.map((side) => [side, this.box.querySelector(`[data-${name}="${side}"]`)]));
    this.weeks.drawInto(boxes("plot"));
    const said = this.typical.drawInto(boxes("strip"));
    for (const side of SIDES) boxes("words")[side].textContent = said[side];
    for (const drawn of this.box.querySelectorAll("svg")) {
      drawn.setAttribute("viewBox", `0 0 ${drawn.getAttribute("width")} ${drawn.getAttribute("height")}`);
      drawn.setAttribute("width", "100%");
      drawn.removeAttribute("height");
    }
  }

  /** @private */
  levers() {
    const { schema, state } = this.room, flats = SIDES.map((side) => schema.flat(state[side].scenario));
    const rows = allRows(schema, state).filter((row) => row.differs);
    const cells = rows.slice(0, MOST_LEVERS).map((row) => [capital(row.name), ...flats.map((flat) => rowWords(row, flat)), unitWords(row.setting)]);
    if (rows.length > MOST_LEVERS) cells.push([`and ${rows.length - MOST_LEVERS} more`, "", "", ""]);
    return titled("The levers that differ", ["", "A", "B", ""], cells);
  }

  /** @private */
  limits() {
    const { caveat, limits } = this.room.contents;
    return el("div", {}, el("h3", { textContent: "What this model may not be asked" }), el("p", { className: "fine", textContent: `${caveat} ${limits.join(" ")}` }));
  }
}

const fillOf = (outcome, share) => el("div", { className: "fill", style: `width:${4 * share}rem;background:${boxFill(outcome)}` });

function titled(title, heads, rows) {
  const cell = (content, tag) => el(tag, {}, content instanceof Node ? content : String(content));
  const line = (cells, tag) => el("tr", {}, ...cells.map((content, place) => cell(content, place ? tag : "th")));
  return el("div", {}, el("h3", { textContent: title }), el("table", {}, el("thead", {}, line(heads, "td")), el("tbody", {}, ...rows.map((cells) => line(cells, "td")))));
}
