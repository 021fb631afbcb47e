// The state that the page opens with, and the ready comparisons as states.
import { branchSaid } from "./branch.js";
import { SIDES } from "./state.js";

const NO_QUESTION = "Two futures of one truce";

/** The first words of a scenario's title, for what comes after a comma says less; and the run whose futures it holds. */
export const titleOf = (scenario) => [scenario.title.replace(/, .*/, ""), branchSaid(scenario)].filter(Boolean).join(", ");

/** The state of a ready comparison. @param {{seed: string, runs: number}} state @returns {import("./state.js").State} */
export function compared({ seed, runs }, schema, scenarios, place) {
  const { question, outcome, a, b } = schema.contents.comparisons[place];
  const side = ({ scenario, changes }) => ({ base: scenario, scenario: schema.changed(scenarios.get(scenario), changes) });
  return { question, comparison: place, focus: outcome, seed, runs, pins: [], A: side(a), B: side(b) };
}

/**
 * The state of two scenarios that somebody has given; a ready comparison where it is one.
 * @param {{a: any, b: any, seed: bigint | string, runs: number}} given
 * @returns {import("./state.js").State}
 */
export function given({ a, b, seed, runs }, schema, scenarios) {
  const own = { seed: String(seed), runs, A: sideOf(a, scenarios), B: sideOf(b, scenarios) };
  const ready = schema.contents.comparisons.map((_, place) => compared(own, schema, scenarios, place));
  const same = ready.find((state) => SIDES.every((side) => !schema.differing(state[side].scenario, own[side].scenario).length));
  return same ? { ...same, ...own } : { ...ready[0], question: NO_QUESTION, comparison: -1, ...own };
}

/**
 * A scenario as a side. One that is not known by its name starts from itself.
 * @param {Map<string, any>} scenarios  by name, the shipped ones first
 */
export function sideOf(scenario, scenarios) {
  if (!scenarios.has(scenario.name)) scenarios.set(scenario.name, scenario);
  return { base: scenario.name, scenario };
}
