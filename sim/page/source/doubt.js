// Doubt about the world: the same shares where the settings that the record leaves open lie anywhere in their declared ranges.
import { ENDS } from "./depth.js";
import { el, letter, svg } from "./dom.js";
import { quantile } from "./numbers.js";
import { NUMERIC } from "./rows.js";
import { SIDES } from "./state.js";
import { perHundred, plural } from "./phrases.js";

/** Worlds, runs of each at first, and in the end. */
const WORLDS = 128, FEW = 4, MANY = 20;
/** Of worlds, between the ends that are named. */
const MIDDLE = [0.1, 0.9];
const BINS = 10;

export class Doubt {
  /** @param {import("./room.js").Room} room @param {HTMLButtonElement} button @param {(scenario: any) => boolean} allowed */
  constructor(room, button, allowed) {
    Object.assign(this, { room, button, allowed, name: "doubt" });
  }

  heading() {
    const { label } = this.room.contents.outcomes[this.room.state.focus];
    return ["Doubt about the world: the chance of ", el("b", { textContent: label })];
  }

  wants() {
    const results = this.worlds().flatMap((world) => SIDES.map((side) => this.room.resultOf(world[side])));
    const want = (runs) => results.map((result) => ({ result, runs, depth: ENDS }));
    return { first: want(FEW), then: want(MANY) };
  }

  /** The worlds: the same for both sides, so that they differ by their levers alone. @private */
  worlds() {
    const { state, schema } = this.room;
    if (this.of?.A === state.A.scenario && this.of?.B === state.B.scenario) return this.kept;
    this.of = { A: state.A.scenario, B: state.B.scenario };
    this.open = openSettings(schema, state);
    // twice as many as are kept: some contradict a rule between settings
    const draws = latinSquare(2 * WORLDS, this.open.length), kept = [];
    for (const draw of draws) {
      if (kept.length === WORLDS) break;
      const changes = Object.fromEntries(this.open.map(({ path, setting }, k) => [path, within(setting, draw[k])]));
      const world = Object.fromEntries(SIDES.map((side) => [side, schema.changed(state[side].scenario, changes)]));
      if (SIDES.every((side) => this.allowed(world[side]))) kept.push(world);
    }
    this.kept = kept;
    return kept;
  }

  body() {
    const { focus } = this.room.state, worlds = this.worlds();
    if (!worlds.length) return el("p", { className: "hint", textContent: "No setting is left open: every one with a range was moved." });
    const found = worlds.map((world) => SIDES.map((side) => this.room.resultOf(world[side])));
    const runs = Math.min(...found.flat().map((result) => result.done(ENDS)));
    if (runs < FEW) {
      const done = found.filter((pair) => pair.every((result) => result.done(ENDS) >= FEW)).length;
      return el("p", { className: "hint progress" }, `${done} of ${plural(worlds.length, "world")} run so far.`, el("progress", { max: worlds.length, value: done, "aria-label": "worlds run" }));
    }
    const shares = SIDES.map((_, k) => found.map((pair) => pair[k].tally(runs)[focus] / runs));
    return el("div", { className: "doubt" }, this.sentence(shares, worlds.length, runs), el("div", { className: "pair" }, ...SIDES.map((side, k) => this.histogram(side, shares[k]))));
  }

  /** @private */
  sentence([a, b], worlds, runs) {
    const more = b.filter((share, k) => share > a[k]).length, fewer = b.filter((share, k) => share < a[k]).length;
    const most = more >= fewer ? ["more", more] : ["fewer", fewer];
    return el("p", {},
      "In ", el("b", { textContent: `${perHundred(most[1] / worlds)} of 100 worlds` }), ` B has ${most[0]} than A, in ${perHundred((worlds - more - fewer) / worlds)} just as many. `,
      el("span", { className: "soft", textContent: `A world has each of ${plural(this.open.length, "setting")} that the record leaves open anywhere in its range. ${plural(worlds, "world")} of ${plural(runs, "run")}: part of the spread is luck.` }));
  }

  /** How many worlds have which share. @private */
  histogram(side, shares) {
    const { colour } = this.room.contents.outcomes[this.room.state.focus];
    const counts = Array.from({ length: BINS }, (_, bin) => shares.filter((share) => Math.min(BINS - 1, Math.floor(share * BINS)) === bin).length);
    const sorted = [...shares].sort((one, other) => one - other), mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    const [low, high] = MIDDLE.map((share) => perHundred(quantile(sorted, share)));
    const said = `${side}: ${perHundred(mean)} in 100 on average; 8 in 10 worlds from ${low} to ${high}`;
    return el("figure", {}, el("figcaption", {}, el("span", { className: `badge ${side}`, textContent: side }), el("b", { textContent: ` ${perHundred(mean)} in 100` }), `, 8 in 10 worlds ${low} to ${high}`), columns(counts, colour, said));
  }
}

/** Settings with a declared range in which both sides' value lies, and that neither side has moved from the usual. */
export function openSettings(schema, state) {
  const [a, b, usual] = [state.A.scenario, state.B.scenario, schema.defaults].map((scenario) => schema.flat(scenario));
  return Object.keys(a)
    .filter((path) => a[path] === b[path] && a[path] === usual[path])
    .map((path) => ({ path, setting: schema.at(path)?.setting }))
    .filter(({ setting }) => setting?.plausible && setting.offset !== undefined && NUMERIC.includes(setting.kind))
    .filter(({ path, setting }) => a[path] >= setting.plausible[0] && a[path] <= setting.plausible[1]);
}

function within({ plausible: [low, high], kind }, share) {
  return kind === "count" ? Math.min(high, low + Math.floor(share * (high - low + 1))) : low + share * (high - low);
}

/** Points in the unit cube of which each row of each axis holds one (Latin hypercube), the same each time. */
export function latinSquare(points, axes) {
  const draw = generator(20250612);
  const columns = Array.from({ length: axes }, () => {
    const order = Array.from({ length: points }, (_, k) => k);
    for (let k = points - 1; k > 0; k--) {
      const other = Math.floor(draw() * (k + 1));
      [order[k], order[other]] = [order[other], order[k]];
    }
    return order.map((row) => (row + draw()) / points);
  });
  return Array.from({ length: points }, (_, k) => columns.map((column) => column[k]));
}

/** Numbers in [0, 1) from a seed (mulberry32). */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Columns over 0 to 100 in 100. */
function columns(counts, colour, said) {
  const rem = letter(), wide = 19 * rem, high = 6.2 * rem, ground = high - 1.4 * rem, most = Math.max(...counts, 1);
  const step = wide / counts.length, tall = (count) => (count / most) * (ground - 0.3 * rem);
  const bars = counts.map((count, bin) => svg("rect", { x: bin * step + 1, width: step - 2, y: ground - tall(count), height: tall(count), fill: colour, class: "column" }));
  const names = [0, 50, 100].map((share) => svg("text", { x: (share / 100) * wide, y: high - 0.25 * rem, "text-anchor": { 0: "start", 50: "middle", 100: "end" }[share] }, String(share)));
  return svg("svg", { viewBox: `0 0 ${wide} ${high}`, role: "img", "aria-label": said }, ...bars, svg("line", { x1: 0, x2: wide, y1: ground, y2: ground, class: "ground" }), ...names);
}
