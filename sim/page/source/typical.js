// A typical future of each side: one run, week by week, with the turns of its truce.
import { letter, svg } from "./dom.js";
import { pictureFill } from "./fills.js";
import { FIRST } from "./results.js";
import { SIDES } from "./state.js";
import { frameOf } from "./weeks.js";
import { monthShort, weekEnd } from "./phrases.js";

/** Another run is so many further: far apart, and every number of runs up to a hundred is met. */
const STRIDE = 37;
/** How the signs of marks are drawn, by the letters at which they stand, in letters. */
export const SIGNS = {
  "▾": (rem) => ({ d: `m${-0.3 * rem} ${-0.3 * rem}h${0.6 * rem}l${-0.3 * rem} ${0.55 * rem}z`, class: "sign" }),
  "△": (rem) => ({ d: `m${-0.27 * rem} ${0.22 * rem}h${0.54 * rem}l${-0.27 * rem} ${-0.5 * rem}z`, class: "sign stroke", "stroke-width": 0.13 * rem }),
  "▲": (rem) => ({ d: `m${-0.33 * rem} ${0.28 * rem}h${0.66 * rem}l${-0.33 * rem} ${-0.6 * rem}z`, class: "sign" }),
  "○": (rem) => ({ d: `m${-0.23 * rem} 0${circle(0.23 * rem)}`, class: "sign stroke", "stroke-width": 0.13 * rem }),
  "■": (rem) => ({ d: `m${-0.25 * rem} ${-0.25 * rem}h${0.5 * rem}v${0.5 * rem}h${-0.5 * rem}z`, class: "sign" }),
  "◇": (rem) => ({ d: `m0 ${-0.32 * rem}l${0.26 * rem} ${0.32 * rem}l${-0.26 * rem} ${0.32 * rem}l${-0.26 * rem} ${-0.32 * rem}z`, class: "sign stroke", "stroke-width": 0.12 * rem }),
  "↑": (rem) => ({ d: `m0 ${0.33 * rem}v${-0.64 * rem}m${-0.22 * rem} ${0.24 * rem}l${0.22 * rem} ${-0.24 * rem}l${0.22 * rem} ${0.24 * rem}`, class: "sign stroke", "stroke-width": 0.13 * rem }),
  "⊘": (rem) => ({ d: `m${-0.27 * rem} 0${circle(0.27 * rem)}m${0.08 * rem} ${0.19 * rem}l${0.38 * rem} ${-0.38 * rem}`, class: "sign stroke", "stroke-width": 0.12 * rem }),
  "✕": (rem) => ({ d: `m${-0.25 * rem} ${-0.25 * rem}l${0.5 * rem} ${0.5 * rem}m0 ${-0.5 * rem}l${-0.5 * rem} ${0.5 * rem}`, class: "sign stroke", "stroke-width": 0.17 * rem }),
  "↺": (rem) => ({ d: `m${0.22 * rem} ${-0.16 * rem}a${0.27 * rem} ${0.27 * rem} 0 1 1 ${-0.2 * rem} ${-0.1 * rem}`, class: "sign stroke", "stroke-width": 0.12 * rem }),
  "●": (rem) => ({ d: `m${-0.28 * rem} 0${circle(0.28 * rem)}`, class: "sign round" }),
};
const circle = (radius) => `a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0z`;
/** How far apart the signs of one week stand, in letters. */
const BESIDE = 0.42;
/** Where the two rows of marks and the band of states stand, in letters. */
const ROWS = { crisis: 0.45, truce: 1.3, band: 1.75, high: 1.05, all: 2.9 };

export class Typical {
  /**
   * @param {{boxes: Object<string, HTMLElement>, words: Object<string, HTMLElement>, name: HTMLElement}} places
   * @param {(side: string, run: number, week: number) => void} branch  from a future, after so many weeks
   */
  constructor(places, contents, branch) {
    Object.assign(this, { ...places, contents, other: 0 });
    const bits = Object.fromEntries(contents.events.map((event) => [event.name, 1 << event.code]));
    this.marks = contents.marks.map((mark) => ({ ...mark, bits: mark.events.reduce((sum, name) => sum | bits[name], 0) }));
    for (const side of SIDES) {
      const box = this.boxes[side];
      box.title = "Press a week to branch from it";
      box.addEventListener("click", (event) => this.picture && branch(side, this.runOf(side), 1 + this.weekAt(side, event.clientX - box.getBoundingClientRect().left)));
    }
  }

  /** @private The week, the first 0, that stands so many px from the left of a line. */
  weekAt(side, px) {
    const { weeks } = this.picture[side].result, { left, right } = frameOf(this.boxes[side], side, weeks, 1);
    return Math.min(weeks - 1, Math.max(0, Math.round(((px - left) / (right - left)) * (weeks - 1))));
  }

  /** Another run from the next drawing on, the same number in both, so that the draws are the same. */
  another() {
    this.other += 1;
  }

  /** @param {import("./room.js").Picture} picture */
  draw(picture, scenarios) {
    Object.assign(this, { picture, scenarios });
    this.name.textContent = this.title;
    const said = this.drawInto(this.boxes);
    for (const side of SIDES) this.words[side].textContent = said[side];
  }

  /** The lines in other boxes; the sentences. @param {{A: HTMLElement, B: HTMLElement}} boxes */
  drawInto(boxes) {
    return Object.fromEntries(SIDES.map((side) => [side, this.drawSide(boxes[side], side)]));
  }

  get title() {
    return this.other ? `Run ${this.number} of each` : "A typical future";
  }

  /** The number of the run that is shown of a side. */
  runOf(side) {
    return this.other ? this.number : this.picture[side].result.typical();
  }

  /** @private */
  get number() {
    return (this.other * STRIDE) % FIRST;
  }

  /** @private */
  drawSide(box, side) {
    const { result } = this.picture[side], run = this.runOf(side);
    const own = (numbers) => numbers.subarray(run * result.weeks, (run + 1) * result.weeks);
    const turns = this.turns(own(result.events)), said = sentence(turns, this.scenarios[side]) || "no turn of the truce";
    box.replaceChildren(strip(box, side, own(result.states), turns, this.contents.outcomes, said));
    return said;
  }

  /** @private Each mark with the weeks in which it stands. */
  turns(events) {
    return this.marks
      .map((mark) => ({ mark, weeks: [...events.keys()].filter((week) => events[week] & mark.bits) }))
      .filter(({ weeks }) => weeks.length);
  }
}

function strip(box, side, states, turns, outcomes, said) {
  const { x, width } = frameOf(box, side, states.length, 1), rem = letter(), top = ROWS.band * rem, high = ROWS.high * rem;
  const parts = [];
  for (let week = 0, start = 0; week <= states.length; week++) {
    if (week < states.length && states[week] === states[start]) continue;
    const end = Math.min(week, states.length - 1), wide = Math.max(1, x(end) - x(start));
    parts.push(svg("rect", { x: x(start), y: top, width: wide, height: high, fill: pictureFill(outcomes[states[start]]), class: "state" }));
    start = week;
  }
  const taken = new Map();
  for (const { mark, weeks } of turns) {
    const { d, ...look } = own(SIGNS[mark.sign](rem), mark.colour), row = mark.crisis ? ROWS.crisis : ROWS.truce;
    const hint = mark.of ? `${mark.of}: ${mark.words}` : mark.words;
    for (const week of weeks) {
      // what happens in one week stands side by side
      const place = `${row} ${week}`, before = taken.get(place) ?? 0;
      taken.set(place, before + 1);
      parts.push(svg("path", { d: `M${x(week) + before * BESIDE * rem} ${row * rem}${d}`, ...look }, svg("title", {}, hint)));
    }
  }
  return svg("svg", { width, height: ROWS.all * rem, role: "img", "aria-label": `One future of ${side}: ${said}` }, ...parts);
}

/** A sign in the colour of its side, where it has one. */
function own(look, colour) {
  if (!colour) return look;
  const hollow = look.class.includes("stroke");
  return { ...look, class: "own", fill: hollow ? "none" : colour, ...(hollow && { stroke: colour }) };
}

/** The turns in words: one by its month, more by how many; those of both sides together, and deals of one month. */
export function sentence(turns, scenario) {
  const kinds = new Map();
  for (const { mark, weeks } of turns) {
    if (!kinds.has(mark.many)) kinds.set(mark.many, { ...mark, weeks: [] });
    kinds.get(mark.many).weeks.push(...weeks);
  }
  const said = [];
  for (const { sign, words, many, weeks } of kinds.values()) {
    const one = weeks.length === 1, when = one ? ` ${monthShort(weekEnd(scenario, weeks[0]))}` : "", last = said.at(-1);
    if (one && last?.sign === sign && last.when === when) last.words = together(last.words, words);
    else said.push({ sign, words: one ? words : `${weeks.length}\u00a0${many}`, when });
  }
  return said.map(({ sign, words, when }, place) => `${said[place - 1]?.sign === sign ? "" : `${sign}\u00a0`}${words}${when}`).join(", ");
}

/** "trade deal" and "minerals deal": trade and minerals deal; with a third, trade, minerals and semiconductors deal. */
function together(one, other) {
  const at = one.lastIndexOf(" "), noun = one.slice(at);
  return at > 0 && other.endsWith(noun) ? `${one.slice(0, -noun.length).replace(" and ", ", ")} and ${other}` : `${one}, ${other}`;
}
