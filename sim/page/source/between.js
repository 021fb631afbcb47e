// Rules between settings: data of the schema (sim/config/contradictions.py), applied here to one scenario.
import { dayNumber } from "./settings.js";

const FAILS = {
  "<": (left, right) => left >= right,
  "<=": (left, right) => left > right,
  ">=": (left, right) => left < right,
  "is": (left, right) => left !== right,
};
const HOLDS = { ...FAILS, "is": (left, right) => left === right, "is not": (left, right) => left !== right };
const ALLOWED = { "<": "less than", "<=": "at most", ">=": "at least" };
const WEEK = 7;

/**
 * Every contradiction in a scenario whose single values are valid.
 * @param {import("./settings.js").Schema} schema @returns {import("./words.js").Problem[]}
 */
export function contradictions(schema, scenario) {
  const values = {};
  for (const [path, value] of Object.entries(schema.flat(scenario))) {
    values[path] = schema.at(path).setting.kind === "date" ? dayNumber(value) : value;
  }
  const items = (path) => Object.keys(path.split(".").reduce((node, part) => node[part], scenario));
  return schema.contents.between.flatMap((rule) => broken(rule, values, items, schema));
}

function broken(rule, values, items, schema) {
  const [parent, rest] = rule.left.split(".*");
  const named = rest === undefined ? [rule] : items(parent).map((item) => renamed(rule, item));
  const problem = (key, words) => ({ problem: words, key, given: shown(schema, key, values[key]), cure: rule.cure });
  switch (rule.relation) {
    case "has":
      return items(rule.left).length < rule.right ? [problem(rule.left, rule.words)] : [];
    case "share no name":
      return items(rule.left).filter((name) => items(rule.right).includes(name))
        .map((name) => problem(`${rule.left}.${name}`, rule.words));
    case "sums above":
      return named.reduce((sum, one) => sum + values[one.left], 0) <= rule.right ? [problem(parent, rule.words)] : [];
    case "differ":
      return pairs(named).filter(([one, two]) => values[one.left] === values[two.left] && values[two.left] !== rule.right)
        .map(([one, two]) => problem(two.left, rule.words.replace("{other}", itemOf(one.left, parent))));
    default:
      return named.filter((one) => fails(one, values))
        .map((one) => ({ ...problem(one.left, one.words), allowed: allowed(one, values, schema) }));
  }
}

/** The rule of one item: its name for the star. */
function renamed(rule, item) {
  const named = (text) => text.replaceAll("*", item);
  return {
    ...rule, left: named(rule.left), right: compares(rule) ? named(rule.right) : rule.right,
    when: rule.when.map(([name, relation, right]) => [named(name), relation, right]),
    weeks: named(rule.weeks), allowed: named(rule.allowed),
  };
}

const compares = (rule) => typeof rule.right === "string" && rule.relation in ALLOWED;
const itemOf = (path, parent) => path.slice(parent.length + 1).split(".")[0];

function pairs(list) {
  return list.flatMap((one, k) => list.slice(k + 1).map((two) => [one, two]));
}

function against(rule, values) {
  const right = compares(rule) ? values[rule.right] : rule.right;
  return rule.weeks ? right + WEEK * values[rule.weeks] : right;
}

function fails(rule, values) {
  return FAILS[rule.relation](values[rule.left], against(rule, values))
    && rule.when.every(([name, relation, right]) => HOLDS[relation](values[name], right));
}

function allowed(rule, values, schema) {
  if (rule.allowed) {
    return rule.allowed.replace(/\{([\w.*]+)\}/g, (_, name) =>
      name === "right" ? shown(schema, rule.left, against(rule, values)) : shown(schema, name, values[name]));
  }
  if (!(rule.relation in ALLOWED)) return undefined;
  return `${ALLOWED[rule.relation]} ${against(rule, values)}${compares(rule) ? ` (${rule.right})` : ""}`;
}

/** A day as written; rules compare it as a number. */
function shown(schema, path, value) {
  if (value === undefined || schema.at(path)?.setting.kind !== "date") return value;
  return new Date(value * 86400000).toISOString().slice(0, 10);
}
