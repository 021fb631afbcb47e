// The levers: one row each, the name over one track with two handles, A and B, joined by a bar.
import { afterPaint, el, fading } from "./dom.js";
import { rowsInView, rowWords, onStep, valueOf } from "./rows.js";
import { SIDES } from "./state.js";
import { capital, unitWords, valueWords } from "./phrases.js";

/** Rows for which a slide of 16:9 has room, and the last ones of which need a heading. */
const ROOM = 9;
const STEPS = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 5, PageDown: -5 };
const PUT_BACK = ["Delete", "Backspace"];

export class Levers {
  /**
   * @param {HTMLElement} root
   * @param {HTMLElement} heading
   * @param {import("./room.js").Room} room
   * @param {import("./tip.js").Tip} tip
   */
  constructor(root, heading, room, tip) {
    Object.assign(this, { root, heading, room, tip, rows: [], fade: fading(root) });
    room.on("layout", () => this.layOut());
    room.on("state", () => this.update());
  }

  /** Choose the rows anew and build them; the focus stays where it was. */
  layOut() {
    const held = document.activeElement?.dataset?.handle;
    const { schema, state } = this.room, found = rowsInView(schema, state, ROOM);
    const differ = found.filter((row) => row.differs || row.paths.some((path) => state.pins.includes(path)));
    const same = found.slice(differ.length, differ.length && differ.length < ROOM ? ROOM - 1 : ROOM);
    const shown = [...differ, ...same], stamp = JSON.stringify([differ.length, state.pins, shown.map(({ key, low, high }) => [key, low, high])]);
    if (stamp === this.stamp) return;
    this.stamp = stamp;
    this.rows = shown.map((row) => this.build(row));
    this.heading.textContent = !differ.length ? "Levers" : state.pins.length ? "Levers in view" : "Levers that differ";
    const nodes = this.rows.map((row) => row.box);
    if (same.length && differ.length) nodes.splice(differ.length, 0, el("h3", { textContent: "The same in both" }));
    this.root.replaceChildren(...nodes);
    this.root.classList.toggle("few", this.rows.length < ROOM - 1);
    if (held) this.root.querySelector(`[data-handle="${CSS.escape(held)}"]`)?.focus();
    afterPaint(this.fade);
  }

  /** Show the values of the state. */
  update() {
    const { schema, state } = this.room;
    this.flats = Object.fromEntries(SIDES.map((side) => [side, schema.flat(state[side].scenario)]));
    this.own = Object.fromEntries(SIDES.map((side) => [side, this.room.shippedFlat(state[side].base)]));
    for (const row of this.rows) this.show(row);
    // only then: asking for a width before makes the browser lay out the page twice
    afterPaint(() => this.fitUnits());
  }

  /** @private A unit goes where it would cut the name, beside values that have changed: the name's note has it too. */
  fitUnits() {
    const changed = this.rows.filter((row) => row.fitted !== row.values.textContent);
    for (const { unit } of changed) unit.hidden = false;
    const cut = changed.filter(({ label }) => label.scrollWidth > label.clientWidth);
    for (const { unit } of cut) unit.hidden = true;
    for (const row of changed) row.fitted = row.values.textContent;
  }

  /** Put the focus on the handle of a setting. @param {string} path */
  focus(path, side = "A") {
    this.rows.find((row) => row.paths.includes(path))?.handles[side].focus();
  }

  focusFirst() {
    this.rows[0]?.handles.A.focus({ preventScroll: true });
  }

  /** @private */
  build(row) {
    const name = el("span", { className: "name", textContent: capital(row.name) });
    const values = el("span", { className: "values" }), unit = el("span", { className: "unit", textContent: row.step ? unitWords(row.setting) : "" });
    const back = el("button", { className: "back", textContent: "↺", title: "Put this lever back", "aria-label": `Put back: ${row.name}`, onclick: () => this.putBack(row, SIDES) });
    const away = el("button", { className: "back", textContent: "✕", title: "Put this lever away", "aria-label": `Put away: ${row.name}`, onclick: () => this.putAway(row) });
    away.hidden = row.differs || !row.paths.some((path) => this.room.state.pins.includes(path));
    const made = { ...row, label: name, values, unit, back };
    const controls = row.step ? this.track(made) : this.choices(made);
    made.box = el("div", { className: "row" }, el("div", { className: "top" }, name, back, away, values, unit), controls);
    this.tip.on(name, () => this.explain(row));
    return made;
  }

  /** @private */
  track(row) {
    row.bar = el("div", { className: "between" });
    row.ticks = Object.fromEntries(SIDES.map((side) => [side, el("div", { className: "tick", hidden: true })]));
    row.handles = Object.fromEntries(SIDES.map((side) => [side, this.handle(row, side)]));
    return el("div", { className: "track" }, row.bar, ...Object.values(row.ticks), ...Object.values(row.handles));
  }

  /** @private */
  handle(row, side) {
    const input = el("input", {
      type: "range", className: side, min: row.low, max: row.high, step: "any",
      "data-handle": `${side} ${row.key}`, "aria-label": `${capital(row.name)}, scenario ${side}`, "aria-description": row.setting.meaning,
    });
    input.addEventListener("input", () => this.room.move(side, row, onStep(row, Number(input.value))));
    input.addEventListener("focus", () => this.room.touch(side, row));
    input.addEventListener("keydown", (event) => this.key(event, row, side));
    return input;
  }

  /** @private A choice, a flag or a date: a box for each side. */
  choices(row) {
    const box = (side) => (row.options ? this.select(row, side) : this.date(row, side));
    row.handles = Object.fromEntries(SIDES.map((side) => [side, box(side)]));
    return el("div", { className: "choices" }, ...SIDES.map((side) => el("label", {}, el("b", { textContent: side }), row.handles[side])));
  }

  /** @private */
  select(row, side) {
    const options = row.options.map((value, place) => el("option", { value: place, textContent: valueWords(value, row.setting) }));
    const box = el("select", { "data-handle": `${side} ${row.key}`, "aria-label": `${capital(row.name)}, scenario ${side}` }, ...options);
    box.addEventListener("change", () => this.room.move(side, row, row.options[Number(box.value)]));
    return box;
  }

  /** @private */
  date(row, side) {
    const box = el("input", { type: "date", "data-handle": `${side} ${row.key}`, "aria-label": `${capital(row.name)}, scenario ${side}` });
    box.addEventListener("change", () => box.value && this.room.move(side, row, box.value));
    return box;
  }

  /** @private One step, five, to an end, or back to what the scenario had. */
  key(event, row, side) {
    const { value } = valueOf(row, this.flats[side]), steps = STEPS[event.key];
    const next = steps ? onStep(row, value + steps * row.step) : { Home: row.low, End: row.high }[event.key];
    if (next === undefined && !PUT_BACK.includes(event.key)) return;
    event.preventDefault();
    if (next === undefined) this.putBack(row, [side]);
    else this.room.move(side, row, next);
  }

  /** @private */
  putBack(row, sides) {
    let state = this.room.state;
    for (const side of sides) {
      const changes = Object.fromEntries(row.paths.filter((path) => this.own[side][path] !== undefined).map((path) => [path, this.own[side][path]]));
      state = { ...state, comparison: -1, [side]: { ...state[side], scenario: this.room.schema.changed(state[side].scenario, changes) } };
    }
    this.room.go(state, { layout: false });
  }

  /** @private */
  putAway(row) {
    const { state } = this.room;
    this.room.go({ ...state, pins: state.pins.filter((path) => !row.paths.includes(path)) });
  }

  /** @private */
  show(row) {
    const at = SIDES.map((side) => valueOf(row, this.flats[side]));
    const words = SIDES.map((side) => rowWords(row, this.flats[side]));
    row.box.classList.toggle("same", words[0] === words[1]);
    row.back.hidden = SIDES.every((side) => row.paths.every((path) => this.flats[side][path] === this.own[side][path]));
    if (row.options) SIDES.forEach((side, k) => (row.handles[side].value = row.options.indexOf(at[k].value)));
    else if (!row.step) SIDES.forEach((side, k) => (row.handles[side].value = at[k].value));
    else this.showTrack(row, at, words);
  }

  /** @private */
  showTrack(row, at, words) {
    const same = words[0] === words[1], parts = same ? [words[0]] : [el("b", { textContent: words[0] }), el("span", { textContent: "→" }), el("b", { textContent: words[1] })];
    row.values.replaceChildren(...parts);
    row.values.title = SIDES.filter((side, k) => at[k].mixed).map((side) => this.meanOf(row, side)).join(" ");
    const place = (value) => Math.min(1, Math.max(0, (value - row.low) / (row.high - row.low)));
    SIDES.forEach((side, k) => {
      row.handles[side].value = at[k].value;
      row.handles[side].setAttribute("aria-valuetext", `${words[k]} ${unitWords(row.setting)}`.trim());
      const { value } = valueOf(row, this.own[side]);
      row.ticks[side].hidden = value === undefined || value === at[k].value;
      row.ticks[side].style.setProperty("--at", place(value ?? 0));
    });
    const [one, other] = at.map(({ value }) => place(value));
    row.bar.style.setProperty("--from", Math.min(one, other));
    row.bar.style.setProperty("--to", Math.max(one, other));
  }

  /** @private "A: 25% and 20% in the two capitals; the mean is shown." */
  meanOf(row, side) {
    const own = row.paths.map((path) => valueWords(this.flats[side][path], row.setting));
    return `${side}: ${own.join(" and ")} in the two capitals; the mean is shown.`;
  }

  /** @private What a setting means, its bounds, unit, default and source, and the words of the news that it stands for. */
  explain(row) {
    const { setting, paths } = row, { schema } = this.room, unit = unitWords(setting);
    const range = setting.choices ? setting.choices.map((name) => name.replaceAll("_", " ")).join(", ")
      : setting.low === undefined ? "" : `${valueWords(setting.low, setting)} to ${valueWords(setting.high, setting)} ${unit}`.trim();
    const usual = schema.flat(schema.defaults)[paths[0]];
    const facts = [
      paths.length > 1 ? "Both capitals." : "", range && `${capital(range)}.`,
      usual === undefined ? "" : `Usual: ${valueWords(usual, setting)}.`, `Source: ${setting.source}.`,
    ];
    const news = schema.contents.glossary.filter((entry) => entry.stands_for.some((name) => paths.some((path) => matches(name, path))));
    return { text: `${capital(setting.meaning)}.`, facts: facts.filter(Boolean).join(" "), news: news.slice(0, 3).map((entry) => entry.word).join(", ") };
  }
}

/** Whether a name of the glossary, with a star for any part, means a setting. */
export function matches(name, path) {
  const parts = name.split("."), own = path.split(".");
  return parts.length === own.length && parts.every((part, place) => part === "*" || part === own[place]);
}
