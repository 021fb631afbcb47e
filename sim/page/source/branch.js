// Branch from here: side B becomes the futures of one run, its past as it was up to a week (docs/branching.md).

/** Why no branch can begin there, as a sentence; "" where one can. @param {number} week  weeks that the futures share */
export function whyNot(scenario, week) {
  if (scenario.branch.week) return `These are futures of run ${scenario.branch.run} already. Branch from the scenario itself: key U goes back to it.`;
  const most = scenario.calendar.horizon_weeks - 1;
  return week > 0 && week <= most ? "" : `No future is left to branch into after week ${week}: choose a week from 1 to ${most}.`;
}

/**
 * A becomes the scenario of a side, B the futures of one of its runs.
 * @param {import("./settings.js").Schema} schema @param {import("./state.js").State} state
 * @returns {import("./state.js").State}
 */
export function branched(schema, state, side, run, week) {
  const own = state[side], scenario = schema.changed(own.scenario, { "branch.run": run, "branch.week": week });
  return { ...state, question: `Run ${run} after week ${week}: what now?`, comparison: -1, A: own, B: { ...own, scenario } };
}

/** "run 17 after week 40" of a scenario that is branched, else "". */
export const branchSaid = ({ branch }) => (branch.week ? `run ${branch.run} after week ${branch.week}` : "");
