// Tariffs as rates where a level stands, `terms: 55 %` (sim/config/rates.py): a level is the share of the way from
// the ceiling of a tariff (0) to its floor (1).
import { Refused } from "./words.js";

const LEVELS = ["terms", "in_force", "lapse", "red_line"];
const RATE = /^\s*(\d+(?:\.\d+)?)\s*%\s*$/;
const ROUNDING = 1e-12;
const isMapping = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** Plain data of a scenario with the rates of its tariff issues as levels. @param {import("./settings.js").Schema} schema */
export function withLevels(schema, plain) {
  if (!isMapping(plain.issues)) return plain;
  const issues = Object.entries(plain.issues).map(([name, issue]) =>
    [name, isMapping(issue) ? levelsOf(schema, name, issue, plain) : issue]);
  return { ...plain, issues: Object.fromEntries(issues) };
}

function levelsOf(schema, name, issue, plain) {
  const driver = issue.driver ?? schema.defaults.issues[name]?.driver;
  const side = schema.contents.drivers.find((one) => one.name === driver && one.tariff)?.owner;
  if (!side) return issue;
  const [ceiling, floor] = endsOf(schema, side, plain);
  const levels = { ...issue };
  for (const key of LEVELS) {
    const given = issue[key], rate = rateIn(given), where = `issues.${name}.${key}`;
    if (rate === undefined) continue;
    const level = (ceiling - rate) / (ceiling - floor);
    const percent = (value) => `${(100 * value).toFixed(1)} %`;
    if (level < -ROUNDING || level > 1 + ROUNDING) {
      const allowed = `a rate from ${percent(floor)} (its floor) to ${percent(ceiling)} (its ceiling)`;
      throw new Refused({ problem: "out of bounds", key: where, given, allowed });
    }
    if (typeof given !== "string") {
      throw new Refused({
        problem: "a level from 0 to 1 stands here, not a rate", key: where, given,
        allowed: "0 (the tariff's ceiling) to 1 (its floor), or a rate with its sign, such as 55 %", suggestion: `${given} %`,
      });
    }
    levels[key] = Math.min(1, Math.max(0, level));
  }
  return levels;
}

/** The rate that a value says: text with the sign of per cent, or a number that is no level. */
function rateIn(value) {
  if (typeof value === "string") {
    const found = RATE.exec(value);
    return found ? Number(found[1]) / 100 : undefined;
  }
  return typeof value === "number" && value > 2 ? value / 100 : undefined;
}

function endsOf(schema, side, plain) {
  const usual = schema.defaults.economy[side];
  const own = isMapping(plain.economy) && isMapping(plain.economy[side]) ? plain.economy[side] : {};
  const [ceiling, floor] = ["ceiling_tariff", "floor_tariff"].map((end) => own[end] ?? usual[end]);
  const refusedElsewhere = typeof ceiling !== "number" || typeof floor !== "number" || ceiling <= floor;
  return refusedElsewhere ? [usual.ceiling_tariff, usual.floor_tariff] : [ceiling, floor];
}
