// The strict reader: plain data from a file or a link -> a complete scenario, or every problem at once.
// sim/config/check.py does the same in Python; tests/page/cases.json holds both to one list of cases.
import { contradictions } from "./between.js";
import { withLevels } from "./rates.js";
import { dayNumber } from "./settings.js";
import { Refused } from "./words.js";

const MOST_PROBLEMS = 20, ONE_LINE = 1000, MOST_NAMES = 30;
const FIRST_DAY = "1900-01-01", LAST_DAY = "2199-12-31";
/** Names of items. */
export const ITEM_NAME = /^[a-z][a-z0-9_]{0,31}$/;
const FOLDER_NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;
const RESERVED = /^(con|prn|aux|nul|com[1-9]|lpt[1-9])$/;
const FRACTIONS = ["share", "ad valorem", "probability"];
const YES_NO = ["yes", "no", "on", "off", "y", "n", "0", "1"];
const NOTHING_DATED = "this page takes nothing that is dated", WHERE_TAKEN = "tariffsim run file=FILE takes it";
const APART = ["run", "figures", "sweep"];

/** @param {any} value */
export const isMapping = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const joined = (path, name) => (path ? `${path}.${name}` : name);

/**
 * A complete scenario from what a file holds: settings, or a shipped scenario as its `base`
 * (or `from`, as questions say it) and what differs.
 * @param {import("./settings.js").Schema} schema @param {any} plain
 * @param {number[]} [answered]  sides whose answers are given
 */
export function scenarioOf(schema, plain, answered = []) {
  for (const part of APART) {
    if (part in plain) throw new Refused({ problem: "not part of a scenario", key: part, cure: `set ${part}.… on the command line` });
  }
  if ("base" in plain && "from" in plain) throw new Refused({ problem: "given twice", key: "from", cure: "keep base" });
  const { base: named, from, ...values } = plain, base = named ?? from;
  if (isMapping(values.changes) && !Object.keys(values.changes).length) delete values.changes;
  const dated = Object.keys(values).find((name) => /^changes(\.|$)/.test(name));
  if (dated) throw new Refused({ problem: NOTHING_DATED, key: dated, cure: WHERE_TAKEN });
  if (base === undefined || base === null) return check(schema, values, schema.defaults, true, answered);
  return check(schema, changedBy(schema, shippedScenario(schema, base), values), undefined, false, answered);
}

/** The shipped scenario that a word means: its name, or the beginning of one. */
export function shippedScenario(schema, word) {
  const names = schema.contents.scenarios.map((one) => one.name).sort();
  const text = String(word);
  const starts = names.filter((name) => name.startsWith(`${text}_`));
  const found = names.includes(text) ? text : starts.length === 1 ? starts[0] : undefined;
  if (found === undefined) {
    throw new Refused({
      problem: starts.length ? "not unique" : "no such option", key: "base", given: word,
      allowed: names.join(", "), suggestion: schema.nearest(text, names),
    });
  }
  return schema.contents.scenarios.find((one) => one.name === found);
}

/**
 * A checked, complete scenario from plain data.
 * @param {import("./settings.js").Schema} schema
 * @param {any} plain  a mapping; what it leaves out keeps the value of `base`
 * @param {any} [base]  by default the default scenario
 * @param {boolean} [completeItems]  a named item that `base` knows must be given with all its settings
 * @param {number[]} [answered]  sides whose answers are given
 */
export function check(schema, plain, base = schema.defaults, completeItems = false, answered = []) {
  const one = new Check(schema, completeItems);
  const made = one.group(schema.tree, plain, "", base);
  const problems = one.problems.length ? one.problems : [...contradictions(schema, made), ...silent(schema, made, answered)];
  if (problems.length) throw new Refused(problems);
  return made;
}

/** Sides whose decisions are given, and none is. */
function silent({ contents }, scenario, answered) {
  const { given } = contents.game.silent;
  return contents.sides.filter(({ name, code }) => scenario[name].strategy.kind === given && !answered.includes(code)).map(({ name, label }) =>
    ({ problem: `no answer of ${label} is given`, key: `${name}.strategy.kind`, given, cure: "rows of this side in the transcript" }));
}

/** The scenario with some settings changed, by dotted name; checked as a whole. */
export function changeScenario(schema, scenario, changes) {
  const problems = [];
  for (const [path, value] of Object.entries(changes)) {
    try {
      const found = schema.at(path);
      if (!found || !(path in schema.flat(scenario))) throw new Refused(unknown(schema, path, []));
      checkValue(schema, found.setting, value, path);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length) throw new Refused(problems);
  return check(schema, schema.changed(scenario, changes));
}

class Check {
  constructor(schema, completeItems) {
    this.schema = schema;
    this.completeItems = completeItems;
    /** @type {import("./words.js").Problem[]} */
    this.problems = [];
  }

  wrong(problem) {
    this.problems.push(problem);
    if (this.problems.length === MOST_PROBLEMS) throw new Refused(this.problems);
  }

  group(node, given, path, base) {
    if (!isMapping(given)) {
      return this.wrong({ problem: "settings expected here", key: path || "scenario", given, allowed: "a mapping of names to values" });
    }
    let plain = given;
    try {
      if (!path) plain = withLevels(this.schema, given);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return error.problems.forEach((problem) => this.wrong(problem));
    }
    for (const name of Object.keys(plain)) {
      if (!node.children.has(name)) this.wrong(unknown(this.schema, joined(path, name), [...node.children.keys()]));
    }
    const missing = base === undefined ? [...node.children].filter(([name, child]) => child.setting?.required && !(name in plain)) : [];
    if (missing.length) {
      const known = Object.keys(this.schema.flat(this.schema.defaults));
      this.wrong({ ...incomplete(path, missing, node), suggestion: this.schema.successor(path, known) });
    }
    const values = {};
    for (const [name, child] of node.children) {
      const start = base === undefined ? child.setting?.default : base[name];
      values[name] = name in plain ? this.value(child, plain[name], joined(path, name), start) : structuredClone(start);
    }
    return values;
  }

  value(node, given, path, base) {
    if (node.kind === "mapping") return this.items(node, given, path, base);
    if (node.kind === "group") return this.group(node, given, path, base);
    try {
      return checkValue(this.schema, node.setting, given, path);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return error.problems.forEach((problem) => this.wrong(problem));
    }
  }

  items(node, given, path, base) {
    if (!isMapping(given)) {
      return this.wrong({ problem: "named items expected here", key: path, given, allowed: "a mapping of names to settings" });
    }
    const names = Object.keys(given);
    if (names.length > node.most) {
      return this.wrong({ problem: "too many items", key: path, given: names.length, allowed: `at most ${node.most}` });
    }
    return Object.fromEntries(names.map((name) => [name, this.item(node.item, name, given[name], path, base)]));
  }

  item(node, name, given, path, base) {
    const here = joined(path, name);
    if (!ITEM_NAME.test(name)) {
      const allowed = "a lower-case letter, then up to 31 lower-case letters, digits and _";
      return this.wrong({ problem: "not a name", key: here, given: name, allowed });
    }
    const missing = isMapping(given) ? [...node.children.keys()].filter((setting) => !(setting in given)) : [];
    if (this.completeItems && Object.hasOwn(base, name) && missing.length) {
      const cure = "in a file, named items replace the default ones: give each with all its keys";
      return this.wrong({ problem: `incomplete, without ${missing.join(", ")}`, key: here, cure });
    }
    return this.group(node, given, here, undefined);
  }
}

function incomplete(path, missing, node) {
  const options = ([name, child]) => (child.setting.choices ? `${name} (${child.setting.choices.join(" or ")})` : name);
  return {
    problem: `incomplete, without ${missing.map(([name]) => name).join(", ")}`, key: path,
    cure: `these have no default: give ${missing.map(options).join(", ")}`,
  };
}

/** The problem of a name that is no setting, with the nearest that is. */
export function unknown(schema, path, names) {
  const parent = path.slice(0, Math.max(0, path.lastIndexOf(".")));
  const gone = schema.whyGone(path), known = Object.keys(schema.flat(schema.defaults));
  if (gone) return { problem: "no such setting", key: path, cure: gone };
  const near = schema.nearest(path.slice(parent ? parent.length + 1 : 0), names);
  const suggestion = schema.successor(path, known) ?? (near ? joined(parent, near) : schema.nearest(path, known));
  const allowed = names.length && names.length <= MOST_NAMES ? names.join(", ") : undefined;
  return { problem: "no such setting", key: path || "''", allowed, suggestion };
}

/** The allowed values of a setting, in words. @param {import("./contents.js").Setting} setting */
export function bounds(setting) {
  const number = (value) => value.toLocaleString("en-US", { maximumFractionDigits: 6 });
  switch (setting.kind) {
    case "choice": return setting.choices.join(", ");
    case "count": return `a whole number from ${number(setting.low)} to ${number(setting.high)} (${setting.unit})`;
    case "number": return `a number from ${number(setting.low)} to ${number(setting.high)} (${setting.unit})`;
    case "flag": return "true or false";
    case "date": return "an ISO date such as 2025-06-11";
    default: return `text, at most ${setting.most}`;
  }
}

/**
 * A value as a setting takes it; what it cannot take is refused.
 * @param {import("./settings.js").Schema} schema @param {import("./contents.js").Setting} setting
 * @param {any} given @param {string} path
 */
export function checkValue(schema, setting, given, path) {
  const wrong = (problem, more = {}) => {
    throw new Refused({ problem, key: path, given, allowed: bounds(setting), ...more });
  };
  if (given === null || given === undefined || given === "???") {
    throw new Refused({ problem: "a value is missing", key: path, allowed: bounds(setting), cure: "give one, or leave the key out" });
  }
  return CHECKS[setting.kind](setting, given, wrong, schema);
}

/** What a scenario dates is taken where it is empty: the page runs scenarios without it. */
const undated = (_, given, wrong) => {
  if (typeof given === "object" && !Object.keys(given).length) return given;
  return wrong(NOTHING_DATED, { cure: WHERE_TAKEN });
};

const CHECKS = {
  changes: undated,
  rows: undated,
  number(setting, given, wrong) {
    if (typeof given !== "number") wrong("not a number", hint(given));
    if (!Number.isFinite(given)) wrong("not a finite number");
    return bounded(setting, given, wrong);
  },
  count(setting, given, wrong) {
    if (typeof given !== "number") wrong("not a whole number", hint(given));
    if (!Number.isInteger(given)) wrong("not a whole number", Number.isFinite(given) ? { suggestion: String(rounded(given)) } : {});
    return bounded(setting, given, wrong);
  },
  flag(_, given, wrong) {
    if (typeof given === "boolean") return given;
    return wrong("neither true nor false", YES_NO.includes(String(given).toLowerCase()) ? { cure: "write true or false" } : {});
  },
  choice(setting, given, wrong, schema) {
    if (setting.choices.includes(given)) return given;
    const cure = typeof given === "boolean" ? "YAML may read an unquoted no, off or on as true or false: put the word in quotes" : undefined;
    return wrong("not one of the choices", { cure, suggestion: schema.nearest(String(given), setting.choices) });
  },
  date(_, given, wrong) {
    if (typeof given !== "string" || !/^\d{4}-\d\d-\d\d$/.test(given)) wrong("not a date", { cure: "write year-month-day, all digits" });
    const day = new Date(`${given}T00:00:00Z`);
    if (Number.isNaN(day.valueOf()) || day.toISOString().slice(0, 10) !== given) wrong("no such day in the calendar");
    if (dayNumber(given) < dayNumber(FIRST_DAY) || dayNumber(given) > dayNumber(LAST_DAY)) {
      wrong("out of bounds", { allowed: `a day from ${FIRST_DAY} to ${LAST_DAY}` });
    }
    return given;
  },
  text(setting, given, wrong) {
    if (typeof given !== "string") wrong("not text", { cure: "put it in quotes" });
    if ([...given].length > setting.most) wrong("too long", { allowed: `at most ${setting.most} characters` });
    const lines = setting.most > ONE_LINE ? given.replaceAll("\n", " ") : given;
    if (/[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u.test(lines)) wrong("contains control characters");
    if (given.includes("${")) wrong("interpolation (${…}) is not accepted", { cure: "write the value itself" });
    if (setting.form === "folder name" && (given || setting.default)) folderName(given, wrong);
    return given;
  },
};

function bounded(setting, value, wrong) {
  if (setting.low <= value && value <= setting.high) return value;
  const fraction = FRACTIONS.some((unit) => setting.unit.startsWith(unit)) && 2 * setting.high <= value && value <= 100 * setting.high;
  return wrong("out of bounds", fraction ? { cure: `this is a fraction: for ${value} per cent write ${value / 100}` } : {});
}

/** The nearest whole number; of two, the even one. */
function rounded(value) {
  const up = Math.round(value);
  return up - value === 0.5 && up % 2 !== 0 ? up - 1 : up;
}

/** What is meant by text given for a number. */
function hint(given) {
  if (typeof given === "boolean") return { cure: "true and false are not numbers" };
  if (typeof given !== "string") return {};
  const word = given.trim();
  if (/^[-+]?(\d+\.?\d*|\.\d+) *%$/.test(word)) {
    return { cure: "write per cent as a fraction", suggestion: String(parseFloat(word) / 100) };
  }
  if (/^[-+]?\d{1,3}(,\d{3})+$/.test(word)) return { cure: "write the number without commas", suggestion: word.replaceAll(",", "") };
  if (/^[-+]?\d+,\d+$/.test(word)) return { cure: "write a decimal point", suggestion: word.replace(",", ".") };
  if (/^\d+(:\d+)+$/.test(word)) return { cure: "numbers to base 60 are not read" };
  if (/^[-+]?\d+_[\d_]*$/.test(word)) return { cure: "write the number without _", suggestion: word.replaceAll("_", "") };
  return {};
}

function folderName(name, wrong) {
  const allowed = "1 to 64 lower-case letters, digits, - and _, beginning with a letter or digit";
  if (!FOLDER_NAME.test(name)) {
    const suggestion = name.toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "").slice(0, 64) || undefined;
    wrong("not usable as the name of a folder", { allowed, suggestion });
  }
  if (RESERVED.test(name)) wrong("this name is reserved on some systems", { allowed });
}

/** The changes of a file that has a base: bare names change, + adds an item, ~ removes one. */
function changedBy(schema, scenario, values) {
  const tree = structuredClone(scenario), problems = [];
  for (const [signed, value] of changesOf(values)) {
    try {
      changeOne(schema, tree, signed, value);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length) throw new Refused(problems.slice(0, MOST_PROBLEMS));
  return tree;
}

function changesOf(values, path = "") {
  return Object.entries(values).flatMap(([name, value]) => {
    const bare = name.replace(/^[+~]+/, "");
    const sign = name.slice(0, name.length - bare.length);
    if (isMapping(value) && Object.keys(value).length && !sign) return changesOf(value, `${path}${bare}.`);
    return [[`${sign}${path}${bare}`, value]];
  });
}

function changeOne(schema, tree, signed, value) {
  const name = signed.replace(/^[+~]+/, "");
  const sign = signed.slice(0, signed.length - name.length);
  if (!["", "+", "++", "~"].includes(sign)) {
    throw new Refused({ problem: "not a sign", key: name, given: sign, allowed: "+ to add, ~ to remove" });
  }
  const parts = name.split("."), adds = sign.startsWith("+");
  let node = tree;
  parts.slice(0, -1).forEach((part, depth) => {
    const isItems = schema.mappings.has(parts.slice(0, depth).join("."));
    if (adds && isItems && isMapping(node) && !Object.hasOwn(node, part)) node[part] = {};
    if (!isMapping(node) || !Object.hasOwn(node, part)) throw absent(schema, name, sign, node, depth);
    node = node[part];
  });
  const last = parts.at(-1);
  if (!isMapping(node) || (!Object.hasOwn(node, last) && !adds)) throw absent(schema, name, sign, node, parts.length - 1);
  if (sign === "~") {
    delete node[last];
  } else if (sign === "+" && Object.hasOwn(node, last)) {
    throw new Refused({ problem: "exists already", key: name, cure: "write it without + to change it" });
  } else if (!sign && isMapping(value) && !Object.keys(value).length) {
    throw new Refused({ problem: "changes nothing", key: name, given: "{}", cure: "name the settings to change" });
  } else {
    node[last] = isMapping(value) && isMapping(node[last]) ? merged(node[last], value) : value;
  }
}

function merged(old, fresh) {
  const both = Object.entries(fresh).map(([name, value]) =>
    [name, isMapping(old[name]) && isMapping(value) ? merged(old[name], value) : value]);
  return { ...old, ...Object.fromEntries(both) };
}

function absent(schema, name, sign, node, depth) {
  const parts = name.split("."), names = isMapping(node) ? Object.keys(node) : [];
  const known = Object.keys(schema.flat(schema.defaults)), gone = schema.whyGone(name), moved = schema.successor(name, known);
  if (gone || moved) return new Refused({ problem: `${parts[depth]} does not exist here`, key: name, suggestion: moved, cure: gone });
  let near = schema.nearest(parts[depth], names);
  if (near !== undefined) near = [...parts.slice(0, depth), near, ...parts.slice(depth + 1)].join(".");
  else if (!depth) near = schema.nearest(name, known);
  const cure = !sign && schema.mappings.has(parts.slice(0, depth).join(".")) ? `+${name} adds a new one` : undefined;
  return new Refused({ problem: `${parts[depth]} does not exist here`, key: name, allowed: names.join(", "), suggestion: near, cure });
}
