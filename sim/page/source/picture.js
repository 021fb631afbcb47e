// The comparison as one picture, for a slide or a report: question, answer, shares, weeks, what may not be asked.
import { letter, svg } from "./dom.js";
import { pictureFill } from "./fills.js";
import { rangeWords } from "./shares.js";
import { SIDES } from "./state.js";
import { capital, signed } from "./phrases.js";

/** In letters: the widths of the spine and of the numbers beside it, the height of a row and of its bar. */
const SPINE = 10, NUMBER = 4.4, ROW = 2.7, BAR = 1.9;

/**
 * @typedef {Object} Words  of the picture
 * @property {string} question @property {string} answer @property {string} runs @property {string} caveat
 * @property {{A: string, B: string}} titles
 */

/**
 * @param {import("./shares.js").ShareNumbers} shares
 * @param {any[]} outcomes
 * @param {{A: SVGSVGElement, B: SVGSVGElement}} plots  the weekly pictures on the screen
 * @param {Words} words
 * @returns {SVGSVGElement}
 */
export function comparisonPicture(shares, outcomes, plots, words) {
  const rem = letter(), wide = plots.A.clientWidth + rem, width = 2 * wide + SPINE * rem, frame = { rem, wide, width };
  const plotsTop = (6.4 + ROW * outcomes.length) * rem, height = plotsTop + plots.A.clientHeight + 4.2 * rem;
  const at = (x, y, size, content, more = {}) => svg("text", { x, y, style: `font-size:${size}rem;fill:var(--ink)`, ...more }, content);
  const heads = SIDES.map((side) => at(side === "A" ? wide : width - wide, 5.2 * rem, 1, `${side}  ${words.titles[side]}`, { "text-anchor": side === "A" ? "end" : "start", "font-weight": 650 }));
  const copies = SIDES.map((side) => placed(plots[side], side === "A" ? 0 : width - wide + rem, plotsTop));
  return svg("svg", { width: width + 2 * rem, height: height + rem, viewBox: `${-rem} ${-0.5 * rem} ${width + 2 * rem} ${height + rem}` },
    at(0, 1.7 * rem, 1.7, words.question, { "font-weight": 650 }), at(0, 3.4 * rem, 1.15, words.answer), ...heads,
    ...outcomes.flatMap((outcome, place) => row(frame, (6 + ROW * place) * rem, outcome, shares)), ...copies,
    at(0, height - 1.9 * rem, 1, words.caveat), at(0, height - 0.5 * rem, 1, words.runs));
}

/** A bar to either side of the name of an outcome, with share and interval, and the difference. */
function row({ rem, wide, width }, top, outcome, shares) {
  const code = outcome.code, room = wide - NUMBER * rem, middle = width / 2, { gap, half, clear } = shares.gaps[code];
  const found = SIDES.flatMap((side) => {
    const long = Math.max(1, shares.exact[side][code] * room), left = side === "A", spine = left ? room : width - room;
    const place = { y: top + 0.85 * rem, x: left ? wide : width - wide, "text-anchor": left ? "end" : "start" };
    return [
      svg("rect", { x: left ? spine - long : spine, y: top, width: long, height: BAR * rem, fill: pictureFill(outcome), class: "state" }),
      svg("text", { ...place, style: "font-size:1.3rem;fill:var(--ink)", "font-weight": 650 }, String(shares.whole[side][code])),
      svg("text", { ...place, y: top + 1.9 * rem }, rangeWords(shares.interval[side][code])),
    ];
  });
  const name = svg("text", { x: middle, y: top + 0.8 * rem, "text-anchor": "middle" }, capital(outcome.label));
  const difference = svg("text", { x: middle, y: top + 1.9 * rem, "text-anchor": "middle", "font-weight": clear ? 650 : 400 }, clear ? `${signed(gap)} ± ${half}` : "no clear gap");
  return [...found, name, difference];
}

function placed(drawn, x, y) {
  const made = drawn.cloneNode(true);
  for (const [name, value] of Object.entries({ x, y, style: "overflow:visible" })) made.setAttribute(name, value);
  return made;
}
