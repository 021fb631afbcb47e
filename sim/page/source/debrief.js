// The debrief of a game: how the run ended, what it was worth to each seat that a person held, against the model in that seat, 1,000
// runs and the frontier, and what each decision cost or brought.
import { el, svg } from "./dom.js";
import { bestSum, frontierOf, nashOf, worthsOf } from "./frontier.js";
import { perHundred, plural, short, signed, withArticle } from "./phrases.js";
import { choiceWords, questionOf } from "./plain.js";

const WIDE = 420, HIGH = 270, EDGE = { left: 52, right: 14, top: 12, bottom: 46 }, MARGIN = 0.06, DIGITS = 2;

export class Debrief {
  /**
   * @param {import("./game.js").Game} game  finished or not: the rule answers what is left
   * @param {any[]} outcomes @param {import("./plain.js").Names} names @param {() => Promise<void>} wait
   */
  constructor(game, scenario, outcomes, names, wait) {
    Object.assign(this, { game, outcomes, names, wait });
    this.end = game.finish();
    this.record = game.record;
    this.items = game.truth(scenario, names.issues);
    const lapse = worthsOf(this.items, names.issues.map((name) => scenario.issues[name].lapse));
    this.gains = (levels) => worthsOf(this.items, names.issues.map((_, k) => levels[k])).map((worth, side) => worth - lapse[side]);
    this.lapse = lapse;
    this.models = new Map(game.seats.map((side) => [side, game.without(side)]));
    game.record = this.record;
    this.ranks = new Map(game.seats.map((side) => [side, el("td", { textContent: "…" })]));
    this.same = el("p", { textContent: "Against 1,000 runs of the model: …" });
    this.list = el("ol", { className: "effects", tabIndex: 0, "aria-label": "What each answer changed" });
    this.head = el("h3", { textContent: "What each answer changed: …" });
    this.box = el("div");
  }

  /** @private */
  label({ outcome }) {
    return withArticle(this.outcomes[outcome].label);
  }

  /** The words, on the left. */
  get parts() {
    const { game } = this, heads = ["bn USD a year", "this game", `the model in ${game.seats.length > 1 ? "the" : "your"} seat`, "better than, of 1,000 runs"];
    return [
      el("h2", { textContent: `The run counts as ${this.label(this.end)}.` }),
      el("table", {}, el("tr", {}, ...heads.map((textContent) => el("th", { textContent, scope: "col" }))), ...game.seats.map((side) => this.seatRow(side))),
      el("p", { className: "hint", textContent: `What was conceded to a side, less its losses. The model in the seat has the same draws${game.seats.length > 1 ? ", and the other's answers as far as they are asked for" : ""}; the 1,000 runs are of the model against itself.` }),
      this.same, this.head, this.list,
    ];
  }

  /** What the run was worth to a seat, against the model there. @private */
  seatRow(side) {
    const model = this.models.get(side), other = model.outcome === this.end.outcome ? "" : `, ${this.outcomes[model.outcome].label}`;
    return el("tr", {}, el("th", { textContent: this.names.sides[side].label, scope: "row" }), el("td", {}, el("b", { textContent: short(this.end.payoff[side]) })), el("td", { textContent: `${short(model.payoff[side])}${other}` }), this.ranks.get(side));
  }

  /** The figure, on the right. */
  get figure() {
    this.draw([]);
    return [this.box];
  }

  /** What takes a while: every decision, 1,000 runs. @param {() => boolean} goesOn */
  async fill(goesOn) {
    const { game } = this, own = game.rows.filter((row) => row.own).length, rows = game.departures(), found = [];
    for (const row of rows) {
      found.push(this.effect(row, game.withoutRow(row)));
      await this.wait();
      if (!goesOn()) return;
    }
    found.sort((one, other) => Math.abs(other.gap) - Math.abs(one.gap));
    const like = own - rows.length;
    this.head.textContent = rows.length ? `${rows.length} of ${plural(own, "decision")} ${rows.length === 1 ? "was" : "were"} not the model's. What each changed:` : "You decided as the model would have: nothing changed.";
    this.list.replaceChildren(...found.map(({ gap, text }) => el("li", {}, el("b", { textContent: signed(Number(gap.toFixed(DIGITS))) }), text)));
    const others = await game.others(this.wait);
    game.record = this.record;
    if (!goesOn()) return;
    this.same.textContent = `Of ${others.length.toLocaleString("en")} runs of the model against itself, ${others.filter(({ outcome }) => outcome === this.end.outcome).length} end so too.`;
    for (const side of game.seats) this.ranks.get(side).textContent = String(others.filter(({ payoff }) => payoff[side] < this.end.payoff[side]).length);
    this.draw(others);
  }

  /** What one answer brought: against the same run without it. @private @param {import("./game.js").Row} row */
  effect(row, without) {
    const { names, end, game } = this, { asked, side } = row, gap = end.payoff[side] - without.payoff[side], other = without.outcome === end.outcome ? "" : `; without it the run counts as ${this.label(without)}`;
    const who = game.seats.length === 1 ? "" : `${names.sides[side].label}, `, model = choiceWords(asked, { choice: asked.choice, worth: asked.worth }, names);
    return { gap, text: `Week ${row.week + 1}, ${who}${questionOf(asked, names).question} ${choiceWords(asked, row, names)} (the model: ${model})${other}.` };
  }

  /** The terms at the end against the frontier and the Nash point. @private @param {any[]} others  ends of other runs */
  draw(others) {
    const { names, game } = this, frontier = frontierOf(this.items).map((worths) => worths.map((worth, side) => worth - this.lapse[side])), nash = nashOf(this.items, this.lapse)?.map((worth, side) => worth - this.lapse[side]);
    const own = this.gains(this.end.levels), models = [...this.models].map(([side, { levels }]) => ({ side, gains: this.gains(levels) })), cloud = others.map(({ levels }) => this.gains(levels));
    const most = bestSum(this.items) - this.lapse[0] - this.lapse[1], joint = own[0] + own[1], words = `The terms at the end are worth ${short(own[0])} to ${names.sides[0].label} and ${short(own[1])} to ${names.sides[1].label}, bn USD a year more than no truce: ${joint > 0 && most > 0 ? `${perHundred(joint / most)}%` : "nothing"} of the most that there is for both together, ${short(most)}.`;
    // what no package reaches for both is off the picture's point: the frontier where neither loses
    const shown = [[0, 0], own, ...models.map(({ gains }) => gains), ...cloud, ...(nash ? [nash] : []), ...frontier.filter(([us, cn]) => us >= 0 && cn >= 0)];
    const [x, y] = [0, 1].map((side) => scaleOf(shown.map((gains) => gains[side]), side ? [HIGH - EDGE.bottom, EDGE.top] : [EDGE.left, WIDE - EDGE.right]));
    const line = frontier.map(([us, cn], k) => `${k ? "L" : "M"}${x(us).toFixed(1)} ${y(cn).toFixed(1)}`).join(""), at = ([us, cn]) => ({ cx: x(us), cy: y(cn) });
    const picture = svg("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img", "aria-label": words },
      svg("clipPath", { id: "plot-of-game" }, svg("rect", { x: EDGE.left, y: EDGE.top, width: WIDE - EDGE.left - EDGE.right, height: HIGH - EDGE.top - EDGE.bottom })),
      svg("path", { class: "zero", d: `M${x(0)} ${EDGE.top}V${HIGH - EDGE.bottom}M${EDGE.left} ${y(0)}H${WIDE - EDGE.right}` }),
      svg("path", { class: "cloud", d: cloud.map(([us, cn]) => `M${x(us).toFixed(1)} ${y(cn).toFixed(1)}h0`).join("") }),
      svg("path", { class: "frontier", d: line, "clip-path": "url(#plot-of-game)" }),
      ...(nash ? [svg("path", { class: "nash", d: `M${x(nash[0])} ${y(nash[1]) - 7}l7 7l-7 7l-7 -7z` })] : []),
      ...models.flatMap(({ side, gains }) => [svg("circle", { class: "model", r: 6, ...at(gains) }), ...(models.length > 1 ? [textAt(x(gains[0]) + (side ? -10 : 10), y(gains[1]) + 4, names.sides[side].label, side ? "end" : "start")] : [])]),
      svg("circle", { class: "own", r: 6, ...at(own) }),
      ...ticksOf(x.ends).map((tick) => textAt(x(tick), HIGH - EDGE.bottom + 16, short(tick), "middle")), ...ticksOf(y.ends).map((tick) => textAt(EDGE.left - 6, y(tick) + 4, short(tick), "end")),
      textAt((EDGE.left + WIDE - EDGE.right) / 2, HIGH - 8, `${names.sides[0].label}, bn USD a year over no truce`, "middle"),
      svg("g", { transform: `translate(13 ${(EDGE.top + HIGH - EDGE.bottom) / 2}) rotate(-90)` }, textAt(0, 0, `${names.sides[1].label}, the same`, "middle")));
    const marks = [["own", "this game"], ["model", game.seats.length > 1 ? "the model in one's seat" : "the model in your seat"], ["nash", "the Nash point"], ["frontier", "the frontier"], ["cloud", "1,000 runs"]];
    this.box.replaceChildren(el("h3", { textContent: "Against what was there to have" }), picture, el("p", { className: "marks" }, ...marks.map(([name, text]) => el("span", {}, el("i", { className: name }), text))), el("p", { textContent: words }));
  }
}

/** A scale that holds these numbers, and its ends. @param {number[]} numbers @param {number[]} places */
function scaleOf(numbers, [from, to]) {
  const low = Math.min(...numbers), high = Math.max(...numbers), room = MARGIN * (high - low || 1), ends = [low - room, high + room];
  const scale = (number) => from + ((number - ends[0]) / (ends[1] - ends[0])) * (to - from);
  return Object.assign(scale, { ends });
}

/** Three or more round numbers within ends. */
function ticksOf([low, high]) {
  const raw = (high - low) / 4, power = 10 ** Math.floor(Math.log10(raw)), step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= raw);
  return Array.from({ length: Math.floor(high / step) - Math.ceil(low / step) + 1 }, (_, k) => (Math.ceil(low / step) + k) * step);
}

function textAt(x, y, text, anchor) {
  const made = svg("text", { x, y, "text-anchor": anchor });
  made.textContent = text;
  return made;
}
