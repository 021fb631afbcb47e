// Numbers, dates and names as a room reads them.

const DAY = 86400000;
const FEW_DIGITS = new Intl.NumberFormat("en", { maximumFractionDigits: 4 });
const MONTH = new Intl.DateTimeFormat("en", { month: "short", timeZone: "UTC" });

export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** With the sign that type has: − and not the hyphen. */
export const signed = (number) => (number < 0 ? "−" : number > 0 ? "+" : "±") + Math.abs(number);

export const perHundred = (share) => Math.round(100 * share);

export const thousands = (number) => number.toLocaleString("en");

/** A number with at most three digits that say something. */
export function short(number, digits = 3) {
  return FEW_DIGITS.format(Number(number.toPrecision(digits))).replace("-", "−");
}

/** Units of which a room reads a hundredth as a per cent: a share or a chance, also of something or per something. */
const SHARE = /^(share|probability)(?= of | per |$)/;

/** A unit in plain words where the schema has them. @param {import("./contents.js").Setting} setting */
const plainUnit = (setting) => setting.plain_unit ?? setting.unit;

/**
 * A value of a setting: "26", "yes", a share as "25%".
 * @param {number | boolean | string} value @param {import("./contents.js").Setting} setting
 */
export function valueWords(value, setting, digits = 3) {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value !== "number") return String(value).replaceAll("_", " ");
  return SHARE.test(plainUnit(setting)) ? `${short(100 * value, digits)}%` : short(value, digits);
}

/** What kind of number, where that is a word for a reader and not yet said by "%". @param {import("./contents.js").Setting} setting */
export function unitWords(setting) {
  return ["number", "count"].includes(setting.kind) ? plainUnit(setting).replace(SHARE, "").trim() : "";
}

export const withArticle = (noun) => `${/^[aeiou]/i.test(noun) ? "an" : "a"} ${noun}`;

export const plural = (count, noun, many = `${noun}s`) => `${thousands(count)} ${count === 1 ? noun : many}`;

/** The last day of a week of a scenario, counted from 0. @returns {Date} */
export function weekEnd(scenario, week) {
  return new Date(Date.parse(scenario.calendar.start) + 7 * DAY * (week + 1));
}

/** Weeks from the start of a scenario to a day. @param {Date} day */
export const weeksTo = (scenario, day) => (day - Date.parse(scenario.calendar.start)) / (7 * DAY) - 1;

export const month = (day) => MONTH.format(day);

export const monthYear = (day) => `${month(day)} ${day.getUTCFullYear()}`;

export const monthShort = (day) => `${month(day)}\u00a0’${String(day.getUTCFullYear()).slice(2)}`;
