// A game as a file: a scenario with a transcript (docs/strategies.md, Transcripts). It may come from a stranger: every row is
// checked as sim/config/transcript.py checks it, and then held against what the run really asks.
import { scenarioOf } from "./check.js";
import { ROUTINE } from "./game.js";
import { fileName } from "./save.js";
import { Refused } from "./words.js";
import { scenarioYaml } from "./yaml.js";

const MOST_ROWS = 8192, MOST_WORTH = 1e6, MOST_WEEK = 5200, MOST_RUN = 2 ** 32 - 1, MOST_SEED = 2n ** 64n - 1n, HEAD_LINES = 8;
const ROW = /^(\d{1,9}) +(\d{1,9}) +(\S{1,40}) +(\S{1,40}) +(\S{1,40})$/;

/**
 * @typedef {Object} GameFile
 * @property {any} scenario  complete and checked, without its transcript @property {number} run @property {bigint} seed
 * @property {boolean} said  whether the file says run and seed
 * @property {import("./game.js").Answer[]} rows
 */

/** Whether the plain data of a file are a game. */
export const isGame = (plain) => Array.isArray(plain.transcript) && plain.transcript.length > 0;

/** A game in the plain data of a file. @param {import("./settings.js").Schema} schema @param {string} text  of the file @returns {GameFile} */
export function gameIn(schema, plain, text) {
  const { transcript, ...rest } = plain, rows = rowsOf(schema, transcript), { given, plays } = schema.contents.game.silent;
  const read = scenarioOf(schema, rest, rows.map(({ side }) => side));
  // where the transcript is silent its side plays as the rules have it
  const sides = schema.contents.sides.filter(({ name }) => read[name].strategy.kind === given);
  const scenario = schema.changed(read, Object.fromEntries(sides.map(({ name }) => [`${name}.strategy.kind`, plays])));
  const beyond = rows.findIndex(({ week }) => week >= scenario.calendar.horizon_weeks);
  if (beyond >= 0) throw new Refused({ problem: "after the last week of the run", key: `transcript.${beyond + 1}.week`, given: rows[beyond].week + 1, allowed: `1 to ${scenario.calendar.horizon_weeks}` });
  return { scenario, rows, ...whichRun(text) };
}

function rowsOf(schema, transcript) {
  if (transcript.length > MOST_ROWS) throw new Refused({ problem: "too many answers", key: "transcript", given: transcript.length, allowed: `at most ${MOST_ROWS.toLocaleString("en-US")}` });
  const rows = transcript.map((text, place) => rowOf(schema, text, `transcript.${place + 1}`)).sort((one, other) => one.week - other.week || one.ask - other.ask);
  const twice = rows.findIndex((row, k) => k && row.week === rows[k - 1].week && row.ask === rows[k - 1].ask);
  if (twice > 0) throw new Refused({ problem: "answered twice", key: "transcript", given: `week ${rows[twice].week + 1}, ask ${rows[twice].ask}` });
  return rows;
}

function rowOf(schema, text, key) {
  const found = typeof text === "string" ? ROW.exec(text.trim()) : null, { log } = schema.contents.description;
  if (!found) throw new Refused({ problem: "not an answer", key, given: text, allowed: "week, ask, side, decision and answer, such as 12 0 us renew no" });
  const [, weekText, askText, sideName, decisionName, answer] = found, week = Number(weekText), ask = Number(askText);
  const oneOf = (name, names, part) => {
    if (!names.includes(name)) throw new Refused({ problem: "not one of the choices", key: `${key}.${part}`, given: name, allowed: names.join(", "), suggestion: schema.nearest(name, names) });
    return names.indexOf(name);
  };
  if (week < 1 || week > MOST_WEEK) throw new Refused({ problem: "out of bounds", key: `${key}.week`, given: week, allowed: `1 to ${MOST_WEEK}` });
  if (ask > MOST_ROWS) throw new Refused({ problem: "out of bounds", key: `${key}.ask`, given: ask, allowed: `0 to ${MOST_ROWS}` });
  const side = oneOf(sideName, schema.contents.sides.map(({ name }) => name), "side"), decision = oneOf(decisionName, log.decisions.map(({ name }) => name), "decision"), { unit, choices } = log.decisions[decision];
  if (!unit) return { week: week - 1, ask, side, decision, choice: oneOf(answer, choices, "answer"), worth: NaN };
  const worth = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?$/.test(answer) ? Number(answer) : NaN;
  if (!(Math.abs(worth) <= MOST_WORTH)) throw new Refused({ problem: "not a worth", key: `${key}.answer`, given: answer, allowed: `a number from -1,000,000 to 1,000,000 (${unit})` });
  return { week: week - 1, ask, side, decision, choice: 0, worth };
}

/** Which run of which seed a file replays: its first lines hold the command. @private */
function whichRun(text) {
  const head = text.split(/\r\n|\r|\n/, HEAD_LINES).filter((line) => line.startsWith("#")).join(" ");
  const first = /\bfirst=(\d{1,20})\b/.exec(head), own = /\bseed=(\d{1,20})\b/.exec(head);
  if (!first || !own) return { run: 0, seed: 1n, said: false };
  if (Number(first[1]) > MOST_RUN || BigInt(own[1]) > MOST_SEED) throw new Refused({ problem: "no such run", key: "first line", given: `first=${first[1]} seed=${own[1]}` });
  return { run: Number(first[1]), seed: BigInt(own[1]), said: true };
}

/**
 * Play the rows of a file, a part at a time: each must be asked in the run, or the file is of another run, of other rules, or changed.
 * @param {import("./game.js").Game} game  that begins @param {import("./game.js").Answer[]} rows
 * @param {(done: number) => Promise<boolean>} wait  go on?
 * @returns {Promise<import("./game.js").Ask | null>}  what is asked next and no row answers
 */
export async function replay(game, rows, wait) {
  const { decisions } = game.description.log;
  if (rows.some(({ decision }) => ROUTINE.includes(decisions[decision].name))) game.seats.forEach((side) => game.all.add(side));
  for (let k = 0; ; ) {
    const ask = game.look(), row = rows[k];
    if (!row) return ask;
    if (!ask || later(ask, row) || (sameMoment(ask, row) && (ask.side !== row.side || ask.decision !== row.decision))) {
      throw new Refused({ problem: "the run asks no such thing then: the file is of another run or other rules, or was changed", key: `transcript.${k + 1}`, given: `week ${row.week + 1}, ask ${row.ask}, ${decisions[row.decision].name}` });
    }
    if (sameMoment(ask, row)) {
      take(game, ask, row);
      k += 1;
    } else {
      // where the file is silent the rule answers
      game.add(ask, { choice: ask.choice, worth: ask.worth }, false);
    }
    if (!(await wait(k))) return null;
  }
}

const later = (ask, row) => ask.week > row.week || (ask.week === row.week && ask.ask > row.ask);
const sameMoment = (ask, row) => ask.week === row.week && ask.ask === row.ask;
const same = (one, other) => one.choice === other.choice && Object.is(one.worth, other.worth);

/** A row as the person's answer, or as one that stood already. @private */
function take(game, ask, row) {
  const standing = game.all.has(ask.side) ? null : game.standing(ask);
  if (standing && same(standing, row)) game.add(ask, row, false);
  else game.answer(ask, { ...row, kind: ask.choices.find((one) => same(one, row))?.kind ?? "own" });
}

/** The name of a game's file. */
export function gameFileName(game, scenario, sides) {
  return `${fileName("game", scenario.name, ...game.seats.map((side) => sides[side].name), String(game.run))}.yaml`;
}

/** A game as a scenario file. @param {import("./game.js").Game} game */
export function gameYaml(game, scenario, name) {
  const rows = game.transcript(), note = `A game, replayed: tariffsim run file=${name} runs=1 first=${game.run} seed=${game.seed}`;
  const { transcript, ...own } = scenario;
  return scenarioYaml(own, note) + (rows.length ? `transcript:\n${rows.map((row) => `  - ${row}\n`).join("")}` : "");
}
