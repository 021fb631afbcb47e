// Week by week, by date: the outcomes if talks ended that week, or a series as median and bands.
import { el, letter, sizeOf, svg } from "./dom.js";
import { pictureFill } from "./fills.js";
import { FAN } from "./results.js";
import { roundStep } from "./rows.js";
import { inWeek, scheduled, scheduledTicks } from "./scheduled.js";
import { SIDES } from "./state.js";
import { month, monthYear, perHundred, weekEnd, weeksTo } from "./phrases.js";

const OUTCOMES = -1;
const MEDIAN = FAN.indexOf(0.5);
/** Bands of a fan: from quantile to quantile, and how dark. */
const BANDS = [[0, 4, 0.18], [1, 3, 0.32]];
const AXIS = 2.6; // letters left for the numbers at the outer edge
const DAYS_A_MONTH = 30.44;

export class Weeks {
  /**
   * @param {{plots: {A: HTMLElement, B: HTMLElement}, tabs: HTMLElement, reading: HTMLElement}} places
   * @param {import("./contents.js").Contents} contents
   */
  constructor(places, contents) {
    Object.assign(this, { ...places, contents, shown: OUTCOMES, picture: null, focus: 0 });
    const names = ["Outcome", ...contents.series.map((series) => series.label)];
    this.buttons = names.map((name, place) => el("button", { textContent: name, role: "tab", onclick: () => this.show(place - 1) }));
    this.tabs.append(...this.buttons);
    this.tabs.addEventListener("keydown", (event) => this.walk(event));
    for (const side of SIDES) {
      this.plots[side].addEventListener("pointermove", (event) => this.point(side, event));
      this.plots[side].addEventListener("pointerleave", () => this.read(null));
    }
    this.mark();
  }

  /** Show a series by its place, -1 for the outcomes. */
  show(series) {
    this.shown = series;
    this.mark();
    if (this.picture) this.draw(this.picture, this.scenarios, this.focus);
  }

  /** @param {import("./room.js").Picture} picture @param {{A: any, B: any}} scenarios @param {number} focus */
  draw(picture, scenarios, focus) {
    Object.assign(this, { picture, scenarios, focus });
    this.frames = this.drawInto(this.plots);
    this.read(null);
  }

  /** The picture in other boxes. @param {{A: HTMLElement, B: HTMLElement}} boxes */
  drawInto(boxes) {
    const top = this.shown === OUTCOMES ? 1 : this.topOf(this.picture);
    return Object.fromEntries(SIDES.map((side) => [side, this.drawSide(boxes[side], side, top)]));
  }

  /** What is in front. */
  get name() {
    return this.buttons[this.shown + 1].textContent;
  }

  /** @private */
  mark() {
    this.buttons.forEach((button, place) => {
      button.setAttribute("aria-selected", String(place - 1 === this.shown));
      button.tabIndex = place - 1 === this.shown ? 0 : -1;
    });
  }

  /** @private Arrow keys go from tab to tab. */
  walk(event) {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const place = (this.shown + 1 + step + this.buttons.length) % this.buttons.length;
    this.show(place - 1);
    this.buttons[place].focus();
  }

  /** @private */
  topOf(picture) {
    const most = SIDES.map((side) => Math.max(...picture[side].result.fan(this.shown).at(-1)));
    return 1.02 * Math.max(...most) || 1;
  }

  /** @private */
  drawSide(box, side, top) {
    const { result } = this.picture[side];
    const frame = frameOf(box, side, result.weeks, top);
    const parts = this.shown === OUTCOMES ? stack(frame, result, this.contents.outcomes) : fan(frame, result.fan(this.shown), this.contents.series[this.shown].colour);
    const events = scheduled(this.scenarios[side], result.weeks, this.contents.scheduled);
    const line = svg("line", { class: "pointer", y1: frame.top, y2: frame.bottom, visibility: "hidden" });
    const picture = svg("svg", { width: frame.width, height: frame.height, role: "img", "aria-label": this.said(side) },
      ...parts, ...levels(frame, side, this.shown === OUTCOMES), ...dates(frame, this.scenarios[side]), ...scheduledTicks(frame, events), ...fork(frame, this.scenarios[side]), line);
    box.replaceChildren(picture);
    return { ...frame, line, events };
  }

  /** @private The picture in a sentence. */
  said(side) {
    const { name } = this, { result, runs } = this.picture[side];
    const last = result.weeks - 1;
    return `${name}, week by week, scenario ${side}: in the last week ${this.valueAt(side, last)} (${runs} runs)`;
  }

  /** @private */
  point(side, event) {
    if (!this.frames) return;
    const frame = this.frames[side], at = event.clientX - this.plots[side].getBoundingClientRect().left;
    const week = Math.round(((at - frame.left) / (frame.right - frame.left)) * (frame.weeks - 1));
    this.read(week >= 0 && week < Math.min(this.frames.A.weeks, this.frames.B.weeks) ? week : null);
  }

  /** Say the numbers of a week, or how to read the picture. @private */
  read(week) {
    for (const side of SIDES) {
      const { line, x } = this.frames[side];
      line.setAttribute("visibility", week === null ? "hidden" : "visible");
      for (const end of ["x1", "x2"]) line.setAttribute(end, x(week ?? 0));
    }
    this.reading.classList.toggle("hint", week === null);
    if (week === null) return void (this.reading.textContent = this.hint());
    const values = SIDES.flatMap((side) => [el("b", { textContent: side }), ` ${this.numberAt(side, week)}${this.shown === OUTCOMES ? "" : " %"} `]);
    const coming = inWeek(this.frames.A.events, week);
    this.reading.replaceChildren(`${monthYear(weekEnd(this.scenarios.A, week))}${coming && `, ${coming}`}`, el("br"), ...values);
  }

  /** @private */
  hint() {
    if (this.shown === OUTCOMES) return "Each week: outcome if talks ended then";
    const kept = Math.min(...SIDES.map((side) => Math.min(this.picture[side].runs, 1000)));
    return `half and 8 in 10 of ${kept.toLocaleString("en")} runs`;
  }

  /** @private */
  valueAt(side, week) {
    return `${this.numberAt(side, week)} ${this.shown === OUTCOMES ? "in 100" : "%"}`;
  }

  /** @private The share of the outcome in question, or the median, of 100. */
  numberAt(side, week) {
    const { result } = this.picture[side];
    if (this.shown !== OUTCOMES) return perHundred(result.fan(this.shown)[MEDIAN][week]);
    return perHundred(result.counts[week * result.outcomes + this.focus] / result.counted);
  }
}

/** The box of a plot with its scales; numbers stand at the outer edge. */
export function frameOf(box, side, weeks, top) {
  const rem = letter(), { width, height } = sizeOf(box);
  const left = side === "A" ? AXIS * rem : 0, right = side === "A" ? width : width - AXIS * rem;
  const frame = { rem, width, height, left, right, top: 0.55 * rem, bottom: height - 1.5 * rem, weeks, most: top };
  frame.x = (week) => left + ((right - left) * week) / Math.max(1, weeks - 1);
  frame.y = (value) => frame.bottom - ((frame.bottom - frame.top) * value) / top;
  return frame;
}

/** Areas of the outcomes, the first on top. */
function stack({ x, y }, result, outcomes) {
  const share = (week, outcome) => result.counts[week * outcomes.length + outcome] / result.counted;
  let below = new Float64Array(result.weeks);
  return outcomes.map((_, outcome) => outcome).reverse().map((outcome) => {
    const above = below.map((sum, week) => sum + share(week, outcome));
    const path = area(x, y, above, below);
    below = above;
    return svg("path", { d: path, fill: pictureFill(outcomes[outcome]), class: "area" });
  });
}

function fan({ x, y, rem }, lines, colour) {
  const bands = BANDS.map(([low, high, dark]) => svg("path", { d: area(x, y, lines[high], lines[low]), fill: colour, "fill-opacity": dark }));
  return [svg("g", { class: "fan" }, ...bands, svg("path", { d: lineTo(x, y, lines[MEDIAN]), fill: "none", stroke: colour, "stroke-width": 0.18 * rem, "stroke-linejoin": "round" }))];
}

const points = (x, y, values) => Array.from(values, (value, week) => `${x(week).toFixed(1)} ${y(value).toFixed(1)}`);

const lineTo = (x, y, values) => `M${points(x, y, values).join("L")}`;

const area = (x, y, above, below) => `${lineTo(x, y, above)}L${points(x, y, below).reverse().join("L")}Z`;

/** Lines and numbers of the vertical axis. */
function levels({ rem, left, right, y, most }, side, ofHundred) {
  const step = ofHundred ? 0.5 : roundStep(most / 2.4), at = side === "A" ? left - 0.35 * rem : right + 0.35 * rem;
  const found = [];
  for (let value = 0; value <= most + 1e-9; value += step) {
    found.push(svg("line", { x1: left, x2: right, y1: y(value), y2: y(value), class: value ? "level" : "ground" }));
    const place = { x: at, y: y(value) + 0.34 * rem, "text-anchor": side === "A" ? "end" : "start" };
    found.push(svg("text", place, `${perHundred(value)}${ofHundred ? "" : "%"}`));
  }
  return found;
}

/** Where the futures of a run part, of a scenario that is branched. */
function fork({ x, top, bottom }, { branch }) {
  const at = x(branch.week - 1);
  return branch.week ? [svg("line", { x1: at, x2: at, y1: top, y2: bottom, class: "fork" }, svg("title", {}, `One past up to week ${branch.week}`))] : [];
}

/** Ticks and names of months, as many as fit. */
function dates({ rem, x, weeks, bottom }, scenario) {
  const found = [], first = weekEnd(scenario, 0), monthWide = (x(1) - x(0)) * (DAYS_A_MONTH / 7);
  let every = [3, 6, 12, 24, 60].find((months) => months * monthWide > 3.3 * rem) ?? 120;
  for (let number = 0; ; number += every) {
    const day = new Date(Date.UTC(first.getUTCFullYear(), number, 1)), week = weeksTo(scenario, day);
    if (week > weeks - 1) return found;
    if (week < 0) continue;
    found.push(svg("line", { x1: x(week), x2: x(week), y1: bottom, y2: bottom + 0.3 * rem, class: "ground" }));
    const fits = x(week) - x(0) > 1 * rem && x(weeks - 1) - x(week) > 1.9 * rem;
    if (fits) found.push(svg("text", { x: x(week), y: bottom + 1.25 * rem, "text-anchor": "middle" }, `${month(day)} ${String(day.getUTCFullYear()).slice(2)}`));
  }
}
