// The answer as one sentence of natural frequencies, and what the last move changed.
import { el } from "./dom.js";
import { jointCounts, pairedDifference } from "./numbers.js";
import { leverName, pairOf } from "./rows.js";
import { gapOf } from "./shares.js";
import { SIDES } from "./state.js";
import { capital, signed, thousands, withArticle } from "./phrases.js";

/**
 * "Of 100 futures, 0 end in a breakthrough in A and 71 in B: 71 more, give or take 3."
 * @param {import("./shares.js").ShareNumbers} shares @param {any} outcome
 * @returns {(Node | string)[]}
 */
export function answer(shares, outcome) {
  const [a, b] = SIDES.map((side) => shares.whole[side][outcome.code]), { gap, half, clear } = shares.gaps[outcome.code];
  const difference = clear ? `${Math.abs(gap)} ${gap > 0 ? "more" : "fewer"}, give or take ${half}` : "no clear difference";
  return ["Of 100 futures, ", strong(a), ` ${a === 1 ? "ends" : "end"} in ${withArticle(outcome.label)} in A and `, strong(b), " in B: ", strong(difference), "."];
}

/** How many runs stand behind the picture. @param {import("./room.js").Picture} picture */
export function runsSaid(picture) {
  const [a, b] = SIDES.map((side) => picture[side].runs);
  return `${a === b ? `${thousands(a)} runs a side` : `A ${thousands(a)}, B ${thousands(b)} runs`}, ± luck alone`;
}

/** The bet beside the answer. @param {{A: number, B: number}} bet @param {import("./shares.js").ShareNumbers} shares */
export function betSaid(bet, shares, outcome) {
  const [a, b] = SIDES.map((side) => shares.whole[side][outcome.code]);
  return [el("i", { className: "diamond" }), " The room bet ", strong(bet.A), " in A and ", strong(bet.B), " in B; the model says ", strong(a), " and ", strong(b), "."];
}

/**
 * The last move and its paired effect on the side that moved: on the outcome in question, and on the one that changed most.
 * @param {import("./room.js").Room} room
 * @returns {(Node | string)[] | null}  null where there is no last move, or its effect is not known yet
 */
export function lastMove(room) {
  const { state, schema, contents, picture } = room, last = room.lastMove();
  if (!last || !picture) return null;
  const { side, scenario, seen } = last;
  const effects = contents.outcomes.map((outcome) => ({ outcome, ...effectOn(seen, picture[side], outcome.code) }));
  const focus = effects[state.focus];
  const most = effects.filter((effect) => effect.clear).sort((one, other) => Math.abs(other.gap) - Math.abs(one.gap))[0];
  const more = most && most !== focus ? `, ${said(most)}` : "";
  return [strong(side), ` ${whatMoved(schema, scenario, state[side].scenario)}: `, strong(said(focus) + more)];
}

function effectOn(before, after, outcome) {
  const { difference, half } = pairedDifference(jointCounts(before, after, outcome));
  return gapOf(Math.round(100 * difference), half);
}

const said = ({ outcome, gap, half, clear }) => (clear ? `${outcome.label} ${signed(gap)} ± ${half}` : `${outcome.label} no clear change`);

function whatMoved(schema, before, after) {
  const paths = schema.differing(before, after);
  const one = paths.length === 1 || (paths.length === 2 && pairOf(schema, paths[0]) === paths[1]);
  return one ? capital(leverName(schema, paths)) : `${paths.length} settings`;
}

const strong = (text) => el("b", { textContent: text });
