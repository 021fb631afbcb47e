// What is scheduled in a scenario, by date: summits, calls, elections, party meetings, dates of law.
import { svg } from "./dom.js";
import { weeksTo } from "./phrases.js";

/**
 * The scheduled events that fall within the weeks shown, in their order: where they stand, 0 at the first week's end, and in words.
 * @param {any} scenario @param {number} weeks @param {Object<string, string>} kinds  label by kind
 * @returns {{at: number, kind: string, words: string}[]}
 */
export function scheduled(scenario, weeks, kinds) {
  return Object.entries(scenario.calendar.events)
    .map(([name, { kind, day }]) => ({ at: weeksTo(scenario, new Date(day)), kind: kinds[kind], words: `${kinds[kind]}: ${name.replaceAll("_", " ")}, ${day}` }))
    .filter(({ at }) => at > -1 && at <= weeks - 1)
    .sort((one, other) => one.at - other.at || one.words.localeCompare(other.words, "en"));
}

/** The kinds of what falls in a week, the first 0; of several each once. */
export const inWeek = (events, week) => [...new Set(events.filter(({ at }) => Math.ceil(at) === week).map(({ kind }) => kind))].join(", ");

/** A tick on the axis for each, that says what it is. */
export const scheduledTicks = ({ x, bottom, rem }, events) =>
  events.map(({ at, words }) => {
    const place = x(Math.max(0, at));
    return svg("line", { x1: place, x2: place, y1: bottom - 0.7 * rem, y2: bottom, class: "scheduled" }, svg("title", {}, words));
  });
