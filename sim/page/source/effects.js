// The effect of one change on the share of an outcome, from runs with the same draws; and its picture.
import { el } from "./dom.js";
import { ENDS } from "./depth.js";
import { jointCounts, pairedDifference, Z95 } from "./numbers.js";
import { signed } from "./phrases.js";

/**
 * @typedef {Object} Effect  of a change on a share, per hundred
 * @property {number} runs  pairs behind it, 0 where none is done
 * @property {number} change
 * @property {number} half  of its interval
 * @property {boolean} clear
 */

/**
 * Second less first over the runs that both have: of pairs alone, for most of what draws do falls out of the difference.
 * @returns {Effect}
 */
export function effectOf(first, second, outcome, z = Z95) {
  const runs = Math.min(first.done(ENDS), second.done(ENDS));
  if (!runs) return { runs: 0, change: 0, half: 100, clear: false };
  const { difference, half } = pairedDifference(jointCounts({ ends: first.ends, runs }, { ends: second.ends, runs }, outcome), z);
  const change = Math.round(100 * difference), width = Math.max(1, Math.round(100 * half));
  return { runs, change, half: width, clear: Math.abs(change) > width };
}

/** A number for an effect: only what is clear gets one. @param {Effect} effect */
export function effectWords(effect) {
  if (!effect.runs) return "…";
  return effect.clear ? `${signed(effect.change)} ± ${effect.half}` : "unclear";
}

/**
 * A dot with its interval on a line from 0 to 100 of 100, and where the side stands.
 * @param {Effect} effect @param {number} from  share of the side as it stands @param {string} colour
 */
export function effectLine(effect, from, colour) {
  const place = (share) => `${100 * Math.max(0, Math.min(1, share))}%`;
  const line = el("div", { className: "effect", "aria-hidden": "true" }, el("s", { style: `left:${place(from)}` }));
  if (!effect.runs) return line;
  const low = from + (effect.change - effect.half) / 100, high = from + (effect.change + effect.half) / 100;
  const span = Math.min(1, high) - Math.max(0, low);
  line.append(el("u", { style: `left:${place(low)};width:${100 * Math.max(0, span)}%` }), el("i", { style: `left:${place(from + effect.change / 100)};background:${colour}` }));
  return line;
}
