// What a government is asked, in plain words: the question, the legal answers, and what the model would do and why. The words
// are the vocabulary's; sim/results/questions.py makes the same sentences of them.
import { detailOf, filled } from "./log.js";
import { capital, perHundred, short } from "./phrases.js";

const OTHER = "other"; // of a decision that has no words of its own
const LEAST = 0.005; // a level that reads as 0%
const MEDIATED = 0; // the meeting of a mediator's proposal

/**
 * @typedef {Object} Names  what words of a question need
 * @property {string[]} issues  in the order of the record
 * @property {string[]} tracks @property {any} log @property {any[]} sides
 * @property {Object<string, Object<string, string>>} game  GAME of the vocabulary
 */

const of = (group, name) => group[name] ?? group[OTHER];

/** The question and the facts that the government has before it. @param {import("./game.js").Ask} ask @param {Names} names */
export function questionOf(ask, names) {
  const { game, log } = names, shown = of(game.facts_of, ask.name).split(" ").map((fact) => factOf(fact, ask)).filter(Boolean), told = amountsOf(ask, names);
  return {
    question: filled(of(game.questions, ask.name === "accept" && ask.second === MEDIATED ? "mediated" : ask.name), aboutOf(ask, names, log)),
    facts: (shown.length ? shown : ["stake"]).map((fact) => filled(game.facts[fact], told)).join(" "),
  };
}

/** What a question is about, in words. */
function aboutOf(ask, { issues, tracks, sides }, log) {
  const word = (kind, detail) => detailOf(kind, detail, log.words, issues);
  return {
    it: sides[1 - ask.side].label, track: tracks[ask.first] ?? "", rung: ask.first, weeks: word("weeks", ask.first), label: log.decisions[ask.decision].label,
    what: ask.name === "swap" ? word("issues", ask.first) : ask.first < issues.length ? word("issue", ask.first) : "",
  };
}

/** The fact as it is there: itself, its opposite, or "" for none. */
function factOf(fact, { own, first, second, gain }) {
  if (fact === "heard") return own.heard_count[first] ? "heard" : "unheard";
  if (fact === "record") return own.threats >= 1 ? "record" : "no_record";
  if (fact === "date") return second > 0 ? "date" : "";
  return ["range", "harm", "now"].includes(fact) || Number.isFinite(gain) ? fact : "";
}

/** Bn USD in words. */
export const amountOf = (worth, { game }) => filled(game.worths.amount, { n: short(worth) });

/** All numbers that a fact or a reason may have. */
function amountsOf(ask, names) {
  const { own, first } = ask, amount = (worth) => amountOf(worth, names);
  return {
    it: names.sides[1 - ask.side].label, now: ask.name === "regime" ? choiceWords(ask, { choice: ask.second, worth: NaN }, names).toLowerCase() : "", gain: amount(ask.gain), left: detailOf("weeks", ask.second, names.log.words, names.issues),
    ...Object.fromEntries(["harm_out", "harm_in", "own_cost", "stake", "ask"].map((name) => [name, amount(own[name])])), carried: short(own.carried), threats: short(own.threats),
    ...(ask.name === "offer" ? { least: amount(own.reservation[first]), most: amount(Math.max(own.best[first], ask.worth)), heard: amount(own.heard[first]) } : {}),
  };
}

/** An answer in words. @param {{choice: number, worth: number, kind?: string}} chosen */
export function choiceWords(ask, chosen, names) {
  const { game, log } = names, { unit, choices } = log.decisions[ask.decision];
  if (unit) return filled(of(game.worths, ask.name), { worth: amountOf(chosen.worth, names) }) + (game.worths[chosen.kind] ?? "");
  const name = choices[chosen.choice];
  return game.answers[`${ask.name}.${name}`] ?? capital(name).replaceAll("_", " ");
}

/** What the model would do, how likely, and why. */
export function hintOf(ask, names) {
  const { game, log } = names, rule = { choice: ask.choice, worth: ask.worth }, answer = choiceWords(ask, rule, names).toLowerCase().replace("usd", "USD");
  const yesNo = log.decisions[ask.decision].choices.join() === "no,yes", chance = yesNo && rule.choice === 0 ? 1 - ask.chance : ask.chance;
  const likely = Number.isFinite(ask.chance) ? filled(game.hints.likely, { n: perHundred(chance) }) : "";
  return filled(game.hints.hint, { answer, likely, reason: reasonOf(ask, names) });
}

/** One sentence, from what the rule reckons with. */
function reasonOf(ask, names) {
  const { game } = names, reason = of(game.reason_of, ask.name);
  const name = reason === "renew" && !(ask.gain > 0) ? "renew_not" : reason === "yes" && !Number.isFinite(ask.gain) ? "stake" : reason;
  return filled(game.reasons[name], amountsOf(ask, names));
}

/** A package as who gives what. @param {number[]} levels  of ask.items */
export function termsOf(ask, levels, names) {
  const { terms } = names.game, it = names.sides[1 - ask.side].label;
  const given = (side) => ask.items.map(({ owner, issue }, k) => (owner === side && levels[k] >= LEAST ? `${issueOf(issue, names)} ${perHundred(levels[k])}%` : "")).filter(Boolean).join(", ") || terms.nothing;
  return `${filled(terms.they, { it, levels: given(1 - ask.side) })} ${filled(terms.you, { levels: given(ask.side) })}`;
}

/** The name of an issue. @param {number} place  in the record */
export const issueOf = (place, { log, issues }) => detailOf("issue", place, log.words, issues);
