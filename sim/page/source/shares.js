// The butterfly: shares of the outcomes, A to the left and B to the right of a spine with names and differences.
import { el } from "./dom.js";
import { boxFill } from "./fills.js";
import { addingUpTo, jointCounts, pairedDifference, wilson } from "./numbers.js";
import { SIDES } from "./state.js";
import { capital, signed, withArticle } from "./phrases.js";

/**
 * What the bars and the sentence say of a picture.
 * @typedef {Object} ShareNumbers
 * @property {{A: number[], B: number[]}} exact  share of each outcome
 * @property {{A: number[], B: number[]}} whole  per hundred, adding up to 100
 * @property {{A: number[][], B: number[][]}} interval  95 %, of the draws
 * @property {{gap: number, half: number, clear: boolean}[]} gaps  B less A per hundred, of the numbers shown
 */

/** @param {import("./room.js").Picture} picture @returns {ShareNumbers} */
export function sharesOf(picture) {
  const tallies = bySide((side) => picture[side].result.tally(picture[side].runs));
  const exact = bySide((side) => tallies[side].map((count) => count / picture[side].runs));
  const whole = bySide((side) => addingUpTo(100, exact[side]));
  const interval = bySide((side) => tallies[side].map((count) => wilson(count, picture[side].runs)));
  const gaps = whole.A.map((_, outcome) => {
    const { half } = pairedDifference(jointCounts(picture.A, picture.B, outcome));
    return gapOf(whole.B[outcome] - whole.A[outcome], half);
  });
  return { exact, whole, interval, gaps };
}

/** The ends of an interval per hundred, rounded outwards: 0 of 1,000 is not "0 to 0". */
export const rangeWords = ([low, high]) => `${Math.floor(100 * low + 1e-9)}–${Math.ceil(100 * high - 1e-9)}`;

/** A difference per hundred as it is shown: no narrower than one, clear where larger than its half width. */
export function gapOf(gap, half) {
  const shown = Math.max(1, Math.round(100 * half));
  return { gap, half: shown, clear: Math.abs(gap) > shown };
}

export class Shares {
  /** @param {HTMLElement} root @param {any[]} outcomes @param {(outcome: number) => void} onfocus */
  constructor(root, outcomes, onfocus) {
    this.bars = outcomes.map((outcome, code) => {
      const sides = bySide((side) => bar(side, outcome));
      const gap = el("b"), name = el("span", { textContent: capital(outcome.label) });
      const title = `Make the sentence about ${withArticle(outcome.label)}`;
      const spine = el("button", { className: "outcome", title, onclick: () => onfocus(code) }, name, gap);
      root.append(sides.A.bar, sides.A.number, spine, sides.B.number, sides.B.bar);
      return { ...sides, gap, spine };
    });
  }

  /**
   * @param {ShareNumbers} shares
   * @param {{A?: number[], B?: number[]} | null} before  shares before the last move
   * @param {{outcome: number, A: number, B: number} | null} bet
   * @param {number} focus
   */
  draw(shares, before, bet, focus) {
    this.bars.forEach((parts, outcome) => {
      for (const side of SIDES) {
        this.drawBar(parts[side], side, shares.exact[side][outcome], shares.interval[side][outcome], before?.[side]?.[outcome]);
        parts[side].whole.textContent = shares.whole[side][outcome];
        drawBet(parts[side], side, bet?.outcome === outcome ? bet[side] : null);
      }
      const { gap, half, clear } = shares.gaps[outcome];
      parts.gap.textContent = clear ? `${signed(gap)} ± ${half}` : "no clear gap";
      parts.gap.classList.toggle("none", !clear);
      parts.spine.setAttribute("aria-pressed", String(outcome === focus));
    });
  }

  /** @private */
  drawBar(parts, side, share, [low, high], before) {
    const edge = side === "A" ? "right" : "left";
    parts.fill.style.width = `${100 * share}%`;
    Object.assign(parts.interval.style, { [edge]: `${100 * low}%`, width: `${100 * (high - low)}%` });
    parts.range.textContent = rangeWords([low, high]);
    parts.before.hidden = before === undefined || Math.abs(before - share) < 0.01;
    parts.before.style[edge] = `${100 * (before ?? 0)}%`;
  }
}

function bar(side, outcome) {
  const fill = el("div", { className: "fill", style: `background:${boxFill(outcome)}` });
  const interval = el("div", { className: "interval" });
  const before = el("div", { className: "before", hidden: true, title: "before the last move" });
  const guess = el("div", { className: "guess diamond", hidden: true, title: "what the room bet" });
  const whole = el("b"), range = el("small");
  return {
    fill, interval, before, guess, whole, range,
    bar: el("div", { className: `bar ${side}`, "aria-hidden": "true" }, fill, before, interval, guess),
    number: el("div", { className: `number ${side}` }, whole, range),
  };
}

function drawBet({ guess }, side, share) {
  guess.hidden = share === null;
  guess.style[side === "A" ? "right" : "left"] = `${share ?? 0}%`;
}

const bySide = (give) => Object.fromEntries(SIDES.map((side) => [side, give(side)]));
