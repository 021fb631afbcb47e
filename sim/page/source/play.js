// Play a side: a person holds Washington or Beijing in one run, against the model.
import { el } from "./dom.js";
import { Game } from "./game.js";
import { said } from "./log.js";
import { perHundred, short, signed, weekEnd, withArticle } from "./phrases.js";
import { questionOf, choiceWords, hintOf } from "./plain.js";
import { fileName, saveText } from "./save.js";
import { titleOf } from "./start.js";
import { scenarioYaml } from "./yaml.js";

const LONG_DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
const MOST_RUN = 1e6;

export class Play {
  /** @param {HTMLElement} box @param {import("./room.js").Room} room */
  constructor(box, room) {
    Object.assign(this, { box, room, game: null });
    box.addEventListener("keydown", (event) => this.key(event));
  }

  get open() {
    return !this.box.hidden;
  }

  /** Ask who plays whom; the scenario is that of side A. */
  async choose() {
    const { module, description, sides } = this.room.contents;
    this.engine ??= await globalThis.Engine.open(module, description);
    this.game = this.ask = null;
    this.scenario = this.room.state.A.scenario;
    this.box.hidden = false;
    const run = Math.floor(Math.random() * MOST_RUN);
    this.show([
      el("h2", { textContent: "Play a side against the model" }),
      el("p", { textContent: `${titleOf(this.scenario)}, ${this.scenario.calendar.horizon_weeks} weeks. You decide what your government is asked: offers, renewals, threats and answers to them. The model decides the rest, and all of the other side.` }),
      this.buttons(sides.map((side, seat) => ({ text: `Be ${side.label}`, act: () => this.begin({ seat, run }) }))),
    ], []);
  }

  /** Begin a game. @param {{seat: number, run: number, all?: boolean}} given */
  begin(given) {
    const { schema, contents, state } = this.room;
    this.issues = schema.names(this.scenario).issues;
    this.seat = given.seat;
    delete this.box.dataset.debrief;
    this.seed = state.seed;
    this.game = new Game(this.engine, contents.description, { ...given, params: this.room.resultOf(this.scenario).params, seed: BigInt(state.seed) });
    this.goOn();
  }

  close() {
    this.box.hidden = true;
  }

  /** @private */
  goOn() {
    const began = performance.now();
    this.ask = this.game.next();
    this.took = performance.now() - began;
    if (this.ask) this.showAsk();
    else this.debrief();
  }

  /** @private The words of a question need the names of issues and tracks. */
  get names() {
    const { description, sides } = this.room.contents;
    return { issues: this.issues, tracks: description.axes.track, log: description.log, sides, seat: this.seat };
  }

  /** @private */
  showAsk() {
    const { ask, names } = this, { question, facts } = questionOf(ask, names), [own] = [names.sides[this.seat].label];
    const hint = el("p", { className: "hint", role: "status" });
    this.hint = () => (hint.textContent = hintOf(ask, names));
    this.show([
      el("p", { className: "when", textContent: `Week ${ask.week + 1}, ${LONG_DAY.format(weekEnd(this.scenario, ask.week))}. You are ${own}.` }),
      el("h2", { textContent: question }),
      el("p", { textContent: facts }),
      this.buttons(ask.choices.map((chosen) => ({ text: choiceWords(ask, chosen, names), act: () => this.choice(chosen) }))),
      hint,
    ], this.tools([["H", "What would the model do?", () => this.hint()], ["Z", "Take back", () => this.back()], ["A", this.game.all ? "Fewer decisions" : "All decisions", () => this.toggleAll()], ["E", "End here: the model goes on for you", () => this.leaveToRule()]]));
  }

  /** @private */
  choice(chosen) {
    this.game.answer(this.ask, chosen);
    this.goOn();
  }

  /** @private */
  back() {
    if (this.game.back()) this.goOn();
  }

  /** @private */
  toggleAll() {
    this.game.all = !this.game.all;
    this.goOn();
  }

  /** @private The rule answers from here on. */
  leaveToRule() {
    this.ask = null;
    this.debrief();
  }

  /** @private Choices with the keys 1 to 5; the first has the focus. */
  buttons(choices) {
    this.keyed = choices.map(({ act }) => act);
    return el("div", { className: "choices-of-turn" }, ...choices.map(({ text, act }, place) => el("button", { onclick: act }, el("kbd", { textContent: place + 1 }), text)));
  }

  /** @private */
  tools(tools) {
    this.byKey = Object.fromEntries(tools.map(([key, , act]) => [key.toLowerCase(), act]));
    return tools.map(([key, text, act]) => el("button", { className: "quiet", onclick: act }, el("kbd", { textContent: key }), ` ${text}`));
  }

  /** @private */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.toLowerCase(), act = /^[1-9]$/.test(key) ? this.keyed[Number(key) - 1] : key === "escape" ? () => this.close() : this.byKey[key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  /** @private The turn on the left, the run so far on the right. */
  show(turn, tools) {
    if (!tools.length) this.byKey = {};
    const close = el("button", { className: "quiet", textContent: "✕ leave", title: "Escape", onclick: () => this.close() });
    const lines = this.game?.record ? said(this.acts(), this.room.contents.description, this.scenario, this.issues) : [];
    const story = el("ol", { tabIndex: 0, "aria-label": "The run so far" }, ...lines.map(({ head, text }) => el("li", {}, el("b", { textContent: head }), text)));
    const right = this.game ? [el("h3", { textContent: this.ask ? "So far" : "The run" }), lines.length ? story : el("p", { className: "hint", textContent: "Nothing has happened between the governments yet." })] : [];
    this.box.replaceChildren(el("div", { className: "turn" }, ...turn, el("div", { className: "tools" }, ...tools, close)), el("div", { className: "story" }, ...right));
    story.scrollTop = story.scrollHeight;
    this.box.querySelector(".choices-of-turn button")?.focus();
  }

  /** @private What has been done: of the week of a question, only what came before it. */
  acts() {
    const { acts } = this.game.record;
    return this.ask ? acts.subarray(0, this.ask.acts * this.room.contents.description.sizes.acts) : acts;
  }

  // the end

  /** @private */
  async debrief() {
    const { game, names } = this, { outcomes } = this.room.contents, end = game.finish(), alone = game.ended([]);
    const label = ({ outcome }) => withArticle(outcomes[outcome].label), mine = ({ payoff }) => payoff[this.seat];
    const sum = el("p", { textContent: "Against 1,000 runs of the model: …" });
    const effects = game.effects().map(({ row, without }) => {
      const gap = mine(end) - mine(without), other = without.outcome === end.outcome ? "" : `; without it the run ends in ${label(without)}`;
      return { gap, text: `Week ${row.week + 1}, ${questionOf(row.asked, names).question} ${choiceWords(row.asked, row, names)}: ${signed(Number(gap.toFixed(2)))} bn USD a year to you${other}.` };
    }).sort((one, other) => Math.abs(other.gap) - Math.abs(one.gap));
    const file = this.fileName();
    this.show([
      el("h2", { textContent: `The run ends in ${label(end)}.` }),
      el("p", { textContent: `You as ${names.sides[this.seat].label}: ${short(mine(end))} bn USD a year (what was conceded to you, less losses). The model in your seat, with the same draws: ${short(mine(alone))}, and the run ends in ${label(alone)}.` }),
      sum,
      el("h3", { textContent: effects.length ? "What each answer of yours changed: against the same run without it" : "You decided as the model would have: nothing changed." }),
      el("ol", { className: "effects", tabIndex: 0, "aria-label": "What each answer changed" }, ...effects.map(({ text }) => el("li", { textContent: text }))),
      this.buttons([{ text: `Save the game (${file})`, act: () => this.save() }, { text: "Play again", act: () => this.choose() }]),
    ], this.tools([["Z", "Take the last answer back", () => this.back()]]));
    const others = await game.others(() => new Promise((done) => setTimeout(done)));
    const same = others.filter(({ outcome }) => outcome === end.outcome).length, worse = others.filter((other) => mine(other) < mine(end)).length;
    sum.textContent = `Of 1,000 runs of the model against itself, ${same} end so too; yours is worth more to your side than ${worse} of them (${perHundred(worse / others.length)} in 100).`;
    this.box.dataset.debrief = String(game.run);
  }

  /** @private */
  fileName() {
    return `${fileName("game", this.scenario.name, this.room.contents.sides[this.seat].name, String(this.game.run))}.yaml`;
  }

  /** The game as a scenario file. */
  yaml() {
    const rows = this.game.transcript(), note = `A game, replayed: tariffsim run file=${this.fileName()} runs=1 first=${this.game.run} seed=${this.seed}`;
    // the scenario on the page has none of its own
    const { transcript, ...scenario } = this.scenario;
    return scenarioYaml(scenario, note) + (rows.length ? `transcript:\n${rows.map((row) => `  - ${row}\n`).join("")}` : "");
  }

  /** @private */
  save() {
    saveText(this.fileName(), this.yaml(), "application/yaml");
  }
}

