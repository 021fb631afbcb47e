// The same numbers as tables: shares, and the weeks of the picture in front.
import { el } from "./dom.js";
import { rangeWords, sharesOf } from "./shares.js";
import { SIDES } from "./state.js";
import { capital, monthYear, signed, weekEnd } from "./phrases.js";

const QUARTER = 13; // weeks between two rows

export class Table {
  /** @param {import("./room.js").Room} room @param {import("./weeks.js").Weeks} weeks  whose picture is in front @param {HTMLButtonElement} [button] */
  constructor(room, weeks, button) {
    Object.assign(this, { room, weeks, button, name: "table" });
  }

  heading() {
    return ["The same numbers as tables, of 100 futures"];
  }

  wants() {
    return {};
  }

  body() {
    const { picture } = this.room;
    if (!picture) return el("p", { className: "hint", textContent: "Running the first futures…" });
    return el("div", { className: "tables" }, this.shares(picture), this.byDate(picture));
  }

  /** @private */
  shares(picture) {
    const found = sharesOf(picture), { outcomes } = this.room.contents;
    const rows = outcomes.map((outcome, code) => {
      const cells = SIDES.flatMap((side) => [found.whole[side][code], rangeWords(found.interval[side][code])]);
      const { gap, half, clear } = found.gaps[code];
      return [capital(outcome.label), ...cells, clear ? `${signed(gap)} ± ${half}` : "no clear gap"];
    });
    return table("At the end", ["Outcome", "A", "interval", "B", "interval", "B minus A"], rows);
  }

  /** @private */
  byDate(picture) {
    const weeks = Math.min(...SIDES.map((side) => picture[side].result.weeks)), { state } = this.room;
    const shown = Array.from({ length: weeks }, (_, week) => week).filter((week) => week % QUARTER === 0 || week === weeks - 1);
    const what = this.weeks.shown < 0 ? this.room.contents.outcomes[state.focus].label : this.weeks.name;
    const rows = shown.map((week) => [monthYear(weekEnd(state.A.scenario, week)), ...SIDES.map((side) => this.weeks.valueAt(side, week))]);
    return table(`${capital(what)}, by date`, ["Week’s end", "A", "B"], rows);
  }
}

function table(title, heads, rows) {
  const row = (cells, tag) => el("tr", {}, ...cells.map((cell, place) => el(place ? tag : "th", { textContent: cell, scope: place ? (tag === "th" ? "col" : "") : "row" })));
  return el("table", {}, el("caption", { textContent: title }), el("thead", {}, row(heads, "th")), el("tbody", {}, ...rows.map((cells) => row(cells, "td"))));
}
