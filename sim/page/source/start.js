// The state that the page opens with, and the ready comparisons as states.

/** The first words of a scenario's title: what comes after a comma says less. */
export const titleOf = (scenario) => scenario.title.replace(/, .*/, "");

/**
 * @param {import("./contents.js").Contents} contents
 * @param {import("./settings.js").Schema} schema
 * @param {Map<string, any>} scenarios  by name
 * @param {{a?: string, b?: string, seed?: string}} given  what the page was asked to open with
 * @returns {import("./state.js").State}
 */
export function firstState(contents, schema, scenarios, given) {
  const first = compared({ seed: given.seed ?? "1" }, contents, schema, scenarios, 0);
  if (!given.a && !given.b) return first;
  const side = (name, own) => (name ? { base: name, scenario: scenarios.get(name) } : own);
  return { ...first, question: contents.question, comparison: -1, A: side(given.a, first.A), B: side(given.b ?? given.a, first.B) };
}

/** The state of a ready comparison. @returns {import("./state.js").State} */
export function compared(state, contents, schema, scenarios, place) {
  const { question, outcome, a, b } = contents.comparisons[place];
  const side = ({ scenario, changes }) => ({ base: scenario, scenario: schema.changed(scenarios.get(scenario), changes) });
  return { question, comparison: place, focus: outcome, seed: state.seed, pins: [], A: side(a), B: side(b) };
}
