// What a government is asked, in plain words: the question, the legal answers, and what the model would do and why.
import { detailOf } from "./log.js";
import { capital, perHundred, short } from "./phrases.js";

const NEVER = "no record yet";

/** Question of each decision. `it` is the other capital, `what` what it is about. */
const QUESTIONS = {
  offer: ({ track }) => `What do you offer on ${track}?`,
  accept: ({ track, it }) => `Take ${it}'s standing offer on ${track}?`,
  ratify: ({ track }) => `Pass the deal on ${track} at home?`,
  swap: ({ what }) => `Take an interim package of ${what}?`,
  mend: () => "Lift all measures on both sides?",
  renew: ({ weeks }) => `Renew the truce for ${weeks}?`,
  sweeten: ({ weeks }) => `Add a concession, so that the truce is renewed for ${weeks}?`,
  lapse: () => "The date has passed. Let the truce lapse?",
  deliver: () => "Deliver what you promised?",
  protest: ({ what }) => `Claim a breach over ${what}?`,
  restore: ({ what, it }) => `${it} claims a breach over ${what}. Restore delivery?`,
  threaten: ({ what }) => `Threaten a measure on ${what}?`,
  answer: ({ what, it }) => `${it} threatens a measure on ${what}. Yield?`,
  carry_out: ({ what }) => `Your threat on ${what} is due. Carry it out?`,
  respond: ({ what, it }) => `${it} has taken a measure on ${what}. How do you respond?`,
  move: ({ what }) => `Your measure on ${what} is in force. What now?`,
  rest: ({ what }) => `Let the measure on ${what} become normal?`,
  climb: ({ rung }) => `There is no truce. Climb to rung ${rung}?`,
  go_back: () => "Go back to a truce?",
};
const NAMES = {
  threaten: { nothing: "Do nothing", threat: "Threaten, with a date", act: "Act at once" },
  respond: { absorb: "Bear it", in_kind: "Answer in kind", end: "End the truce" },
  move: { hold: "Hold it", climb_down: "Lift it", escalate: "Go further", end: "End the truce" },
  deliver: { full: "In full", slack: "Less than promised" },
  answer: { yes: "Yield", no: "Refuse" },
  carry_out: { yes: "Carry it out", no: "Back down" },
  lapse: { yes: "Let it lapse", no: "Keep to it for now" },
};
const OFFERS = {
  rule: "as your advisers would", nearer: "nearer to them", harder: "harder", hold: "your last again", least: "the least you would take",
  none: "nothing", half: "half of that", double: "twice that",
};

/** What a question is about, in words. */
function about(ask, { issues, tracks, log, sides, seat }) {
  const word = (kind, detail) => detailOf(kind, detail, log.words, issues);
  return {
    it: sides[1 - seat].label, track: tracks[ask.first],
    what: ask.name === "swap" ? word("issues", ask.first) : ask.first < issues.length ? word("issue", ask.first) : "", weeks: word("weeks", ask.first), rung: ask.first,
  };
}

/** The question and the facts a government has before it. */
export function questionOf(ask, names) {
  const found = about(ask, names);
  return { question: QUESTIONS[ask.name](found), facts: factsOf(ask, found) };
}

const billion = (number) => `${short(number)} bn USD`;

/** @private Recorded facts of the moment. */
function factsOf(ask, { it }) {
  const { own, first, gain } = ask;
  if (ask.name === "offer") {
    const heard = own.heard_count[first] ? `${it}'s last offer is worth ${billion(own.heard[first])} a year to you. ` : `${it} has offered nothing yet. `;
    return `${heard}The least you take is ${billion(own.reservation[first])}; more than ${billion(Math.max(own.best[first], ask.worth))} you do not believe you can have.`;
  }
  const parts = [];
  if (ask.name === "accept") parts.push(`It is worth ${billion(gain)} a year to you above the least you take.`);
  else if (["threaten", "carry_out"].includes(ask.name)) parts.push(`A measure in force is worth ${billion(gain)} to you.`);
  else if (Number.isFinite(gain)) parts.push(`By your own reckoning yes is worth ${billion(gain)}${["swap", "ratify", "mend"].includes(ask.name) ? " a year" : ""}.`);
  if (ask.name === "renew" && ask.second > 0) parts.push(`The date is ${ask.second} week${ask.second === 1 ? "" : "s"} away.`);
  if (["threaten", "answer", "carry_out", "respond", "move"].includes(ask.name)) {
    parts.push(`A measure of yours would take ${billion(own.harm_out)} a year from ${it}, and cost you ${billion(own.own_cost)}; its measure takes ${billion(own.harm_in)} from you.`);
    parts.push(`Your record: ${own.threats >= 1 ? `${short(own.carried)} of ${short(own.threats)} threats carried out` : NEVER}.`);
  }
  if (!parts.length) parts.push(`The truce is worth ${billion(own.stake)} a year to you above its lapse.`);
  return parts.join(" ");
}

/** An answer in words. @param {{choice: number, worth: number, kind?: string}} chosen */
export function choiceWords(ask, chosen, { log }) {
  const { unit, choices } = log.decisions[ask.decision];
  if (unit) return `${ask.name === "offer" ? "Ask for" : "Give"} ${billion(chosen.worth)}${ask.name === "offer" ? " a year" : ""}${chosen.kind ? `: ${OFFERS[chosen.kind]}` : ""}`;
  const name = choices[chosen.choice];
  return NAMES[ask.name]?.[name] ?? capital(name);
}

/** What the model would do, how likely, and why. */
export function hintOf(ask, names) {
  const rule = { choice: ask.choice, worth: ask.worth }, words = choiceWords(ask, rule, names).toLowerCase().replace("usd", "USD");
  const yesNo = names.log.decisions[ask.decision].choices.length === 2;
  const likely = Number.isFinite(ask.chance) ? ` (as in ${perHundred(yesNo && rule.choice === 0 ? 1 - ask.chance : ask.chance)} of 100 such moments)` : "";
  return `The model would answer: ${words}${likely}. ${reasonOf(ask)}`;
}

/** @private One sentence, from what the rule reckons with. */
function reasonOf(ask) {
  const { own, gain, first } = ask;
  if (ask.name === "offer") return `Its rule moves between the ${billion(own.reservation[first])} it must have and what it believes it can have, as waiting costs it more.`;
  if (ask.name === "renew") return gain > 0 ? "Renewing is worth something to it, but one that still hopes to win by waiting often holds out until the date." : "Renewing costs it more at home than the truce is worth to it.";
  if (["threaten", "carry_out", "move"].includes(ask.name)) return `It weighs what it could win, ${billion(own.ask)} a year, against its own loss of ${billion(own.own_cost)}, and its standing if it backs down.`;
  if (["answer", "respond", "restore"].includes(ask.name)) return `It weighs the harm of a measure, ${billion(own.harm_in)} a year, and what the truce is worth, ${billion(own.stake)}, against pride and hawks at home.`;
  if (Number.isFinite(gain)) return `By its reckoning yes is worth ${billion(gain)}.`;
  return `The truce is worth ${billion(own.stake)} a year to it above a lapse.`;
}
