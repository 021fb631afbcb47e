// Play a side: persons hold Washington or Beijing in one run, against the model, or against each other at one screen or at two.
import { codeOf, hashOf, readCode, take } from "./code.js";
import { Debrief } from "./debrief.js";
import { el } from "./dom.js";
import { Game } from "./game.js";
import { said } from "./log.js";
import { OwnOffer } from "./offer.js";
import { capital, plural, weekEnd } from "./phrases.js";
import { choiceWords, hintOf, questionOf, termsOf } from "./plain.js";
import { saveText } from "./save.js";
import { titleOf } from "./start.js";
import { gameFileName, gameYaml, replay } from "./transcript.js";
import { Refused } from "./words.js";

const LONG_DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
const MOST_RUN = 1e6, BOTH = [0, 1], NOBODY = -1;
const WRITING = "textarea, input[type=text]";
/** Who holds the seats that are asked: one person, two at this screen, two at two screens. */
const ALONE = "alone", TOGETHER = "together", APART = "apart";

export class Play {
  /**
   * @param {HTMLElement} box @param {import("./room.js").Room} room
   * @param {{file: () => void, known: () => any[]}} acts  ask for a file; scenarios that a code may mean
   */
  constructor(box, room, acts) {
    Object.assign(this, { box, room, acts, game: null, ask: null });
    box.addEventListener("keydown", (event) => this.key(event));
    box.addEventListener("paste", (event) => this.pasted(event));
  }

  get open() {
    return !this.box.hidden;
  }

  /** @private */
  async start() {
    const { module, description } = this.room.contents;
    this.engine ??= await globalThis.Engine.open(module, description);
    this.box.hidden = false;
    delete this.box.dataset.debrief;
    this.token = {};
  }

  /** Ask who plays whom; the scenario is that of side A. */
  async choose() {
    await this.start();
    const { sides } = this.room.contents, { scenario } = this.room.state.A, run = Math.floor(Math.random() * MOST_RUN), paused = this.paused, draw = { scenario, run };
    this.ask = null;
    this.show({
      turn: [
        el("h2", { textContent: "Play a side" }),
        el("p", { textContent: `${titleOf(scenario)}, ${scenario.calendar.horizon_weeks} weeks. You decide what your government is asked: offers, renewals, threats and answers to them. The model decides the rest, and a side that nobody holds.` }),
        ...(paused ? [el("p", {}, el("button", { className: "quiet", textContent: `Go on with the game of ${titleOf(this.scenario)}, week ${paused.week + 1}`, onclick: () => this.goOn() }), el("kbd", { textContent: "G" }))] : []),
        this.buttons([
          ...sides.map((side, seat) => ({ text: `Be ${side.label}, against the model`, act: () => this.begin({ ...draw, seat }) })),
          { text: "Two people at this screen", act: () => this.begin({ ...draw, mode: TOGETHER }) },
          { text: "Two people at two screens, by code", act: () => this.chooseApart(draw) },
          { text: "Open a game from a file", act: () => this.acts.file() },
        ]),
      ],
    });
    if (paused) this.byKey = { g: () => this.goOn() };
  }

  /** The ask at which an unfinished game was left. @private */
  get paused() {
    return this.game && !this.over ? this.waiting : null;
  }

  /** Who begins a game by code, or takes one that was begun. @private */
  chooseApart(draw) {
    const status = el("p", { className: "hint", role: "status" });
    this.taking = (text) => this.join(text, status);
    this.show({
      turn: [
        el("h2", { textContent: "Two people at two screens" }),
        el("p", { textContent: "Whoever has decided sends the other a short code, by any means, and pastes the one that comes back. Both open the same page." }),
        this.buttons(this.room.contents.sides.map((side, seat) => ({ text: `Begin a game, be ${side.label}`, act: () => this.begin({ ...draw, seat, mode: APART }) }))),
        el("p", { textContent: `Or take a game that was begun. Its scenario must be open here: as A or B, or one of those that come with the page.` }),
        this.codeField(), status,
      ],
    });
  }

  /** Begin a game. @param {{seat?: number, run: number, mode?: string, scenario?: any, seed?: bigint, all?: boolean}} given */
  begin({ scenario = this.room.state.A.scenario, seat = NOBODY, mode = ALONE, run, seed = BigInt(this.room.state.seed), all = false }) {
    this.set(scenario, new Game(this.engine, this.room.contents, { run, seed, seats: mode === ALONE ? [seat] : BOTH, params: this.room.schema.record(scenario) }), seat, mode);
    if (all) this.game.seats.forEach((side) => this.game.all.add(side));
    this.goOn();
  }

  /** @private */
  set(scenario, game, seat, mode) {
    Object.assign(this, { scenario, game, seat, mode, from: 0, over: false, issues: this.room.schema.names(scenario).issues });
    delete this.box.dataset.debrief;
  }

  close() {
    this.token = {};
    this.box.hidden = true;
  }

  /** To the next question, or to the end. @private */
  goOn() {
    const began = performance.now();
    this.ask = this.game.next();
    this.took = performance.now() - began;
    this.waiting = this.ask;
    if (!this.ask) this.debrief();
    else if (this.ask.side === this.seat || this.mode === ALONE) this.showAsk();
    else if (this.mode === TOGETHER) this.handOver();
    else this.showCode();
  }

  /** @private The words of a question need the names of issues and tracks. */
  get names() {
    const { description, sides, game } = this.room.contents;
    return { issues: this.issues, tracks: description.axes.track, log: description.log, sides, game: game.words };
  }

  /** @private */
  when({ week }, more = "") {
    return el("p", { className: "when", textContent: `Week ${week + 1}, ${LONG_DAY.format(weekEnd(this.scenario, week))}.${more}` });
  }

  /** @private */
  showAsk() {
    const { ask, names } = this, { question, facts } = questionOf(ask, names), hint = el("p", { className: "hint", role: "status" });
    const terms = ask.heard ? [el("p", { textContent: termsOf(ask, ask.heard, names) })] : [];
    this.hint = () => (hint.textContent = hintOf(ask, names));
    const all = this.game.all.has(ask.side), alone = this.mode === ALONE;
    this.show({
      turn: [
        this.when(ask, ` You are ${names.sides[ask.side].label}.`),
        el("h2", { textContent: question }),
        el("p", { textContent: facts }),
        ...terms,
        this.buttons(ask.choices.map((chosen) => ({ text: choiceWords(ask, chosen, names), act: () => this.choice(chosen) }))),
        hint,
      ],
      tools: [
        ...(ask.name === "offer" ? [["O", "An offer of your own, issue by issue", () => this.ownOffer()]] : []),
        ["H", "What would the model do?", () => this.hint()], ["Z", "Take back", () => this.back()],
        ...(this.mode === APART ? [] : [["A", all ? "Fewer decisions" : "All decisions", () => this.toggleAll()]]),
        ["E", alone ? "End here: the model goes on for you" : "Leave your seat to the model", () => this.leave()],
      ],
      story: true,
    });
  }

  /** @private */
  ownOffer() {
    const offer = new OwnOffer(this.ask, this.names);
    this.show({
      turn: [this.when(this.ask), ...offer.parts, this.buttons([{ text: "", act: () => offer.legal && this.choice(offer.chosen) }, { text: "Back to the choices", act: () => this.showAsk() }])],
      story: true,
    });
    offer.attach(this.box.querySelector(".choices-of-turn button"));
    this.box.querySelector("input")?.focus();
  }

  /** @private */
  choice(chosen) {
    this.game.answer(this.ask, chosen);
    this.goOn();
  }

  /** @private What the other has seen stays. */
  back() {
    if (this.game.back(this.from)) this.goOn();
  }

  /** @private */
  toggleAll() {
    const { all } = this.game, { side } = this.ask;
    if (!all.delete(side)) all.add(side);
    this.goOn();
  }

  /** @private The rule answers for this seat from here on. */
  leave() {
    this.game.leave(this.ask.side);
    this.goOn();
  }

  // two people

  /** At one screen: nothing of either side's view is on it until the other sits there. @private */
  handOver() {
    const { sides } = this.room.contents, { side } = this.ask, other = sides[1 - side].label, { label } = sides[side], first = this.seat === NOBODY;
    this.seat = NOBODY;
    this.show({
      turn: [
        this.when(this.ask),
        el("h2", { textContent: first ? `${label} decides first` : `Hand over to ${label}` }),
        el("p", { textContent: `${other}, please look away: what follows is for ${label} alone.` }),
        this.buttons([{ text: `I am ${label}: show my turn`, act: () => this.takeSeat(side) }]),
      ],
    });
  }

  /** @private */
  takeSeat(side) {
    this.seat = side;
    this.from = this.game.moves.length;
    this.showAsk();
  }

  /** At two screens: the other decides now, from this code. @private */
  showCode() {
    const { sides, stamp } = this.room.contents, other = sides[this.ask.side].label, code = codeOf(this.game, stamp), status = el("p", { className: "hint", role: "status" });
    // what is in a code that was shown is no longer this side's to take back
    this.from = this.game.moves.length;
    this.taking = (text) => this.taken(text, status);
    this.show({
      turn: [
        this.when(this.ask, ` You are ${sides[this.seat].label}.`),
        el("h2", { textContent: `${other} decides now` }),
        el("p", { textContent: `Send ${other} this code:` }),
        el("textarea", { className: "code", readOnly: true, rows: 3, value: code, "aria-label": "The code to send", onfocus: ({ target }) => target.select() }),
        this.buttons([{ text: "Copy the code", act: () => this.copy(code, status) }]),
        el("p", { textContent: `Then paste the code that ${other} sends back:` }),
        this.codeField(), status,
      ],
      story: true,
    });
  }

  /** @private */
  codeField() {
    const field = el("input", { type: "text", className: "code", autocomplete: "off", spellcheck: false, "aria-label": "A code from the other side", placeholder: "TRUCE1.…" });
    field.addEventListener("keydown", (event) => event.key === "Enter" && this.taking(field.value));
    return el("div", { className: "field" }, field, el("button", { textContent: "Take it", onclick: () => this.taking(field.value) }));
  }

  /** @private A code pasted anywhere is meant. */
  pasted(event) {
    const text = event.clipboardData?.getData("text") ?? "";
    if (!this.taking || !this.box.querySelector("input.code") || !text.trim()) return;
    event.preventDefault();
    this.box.querySelector("input.code").value = text.trim();
    this.taking(text);
  }

  /** @private */
  async copy(code, status) {
    try {
      await navigator.clipboard.writeText(code);
      status.textContent = "The code is copied.";
    } catch {
      // a browser may not let a page from the disk use the clipboard
      this.box.querySelector("textarea.code").focus();
      status.textContent = "The code is marked: copy it with Ctrl C.";
    }
  }

  /** A code for the game that is open. @private */
  taken(text, status) {
    refusing(status, () => {
      take(this.game, readCode(text, this.room.contents.stamp), this.seat);
      this.from = this.game.moves.length;
      this.goOn();
    });
  }

  /** A code that begins or resumes a game: its next question is this side's. @private */
  join(text, status) {
    refusing(status, () => {
      const { contents, schema } = this.room, code = readCode(text, contents.stamp);
      const scenario = this.acts.known().find((one) => hashOf(schema.record(one)) === code.scenario);
      if (!scenario) throw new Refused({ problem: "the scenario of this game is not open here", cure: "ask for its link or file, open it as A, and paste the code again" });
      const game = new Game(this.engine, contents, { run: code.run, seed: code.seed, seats: BOTH, params: schema.record(scenario) });
      take(game, code, NOBODY);
      this.set(scenario, game, game.next()?.side ?? NOBODY, APART);
      this.from = game.moves.length;
      this.goOn();
    });
  }

  // a game in a file

  /** @param {import("./transcript.js").GameFile} file */
  async openFile({ scenario, run, seed, said: known, rows }) {
    await this.start();
    const kept = { scenario: this.scenario, game: this.game, seat: this.seat, mode: this.mode, from: this.from, over: this.over, waiting: this.waiting, issues: this.issues };
    const { token } = this, { sides, description } = this.room.contents, seats = BOTH.filter((side) => rows.some((row) => row.side === side));
    const game = new Game(this.engine, this.room.contents, { run, seed, seats, params: this.room.schema.record(scenario) }), status = el("p", { role: "status" });
    const who = seats.map((side) => sides[side].label).join(" and "), what = `${titleOf(scenario)}, run ${run} of seed ${seed}${known ? "" : " (the file does not say which)"}: ${plural(rows.length, "answer")} of ${who}.`;
    this.ask = null;
    this.set(scenario, game, seats.length > 1 ? NOBODY : seats[0], seats.length > 1 ? TOGETHER : ALONE);
    this.show({ turn: [el("h2", { textContent: "A game from a file" }), el("p", { textContent: what }), status] });
    try {
      const ask = await replay(game, rows, async (done) => {
        status.textContent = `Replaying: ${done} of ${rows.length}…`;
        await pause();
        return this.token === token;
      });
      if (this.token !== token) return;
      this.waiting = ask;
      const week = ask ? ask.week : scenario.calendar.horizon_weeks - 1;
      this.show({
        turn: [
          el("h2", { textContent: "A game from a file" }),
          el("p", { textContent: what }),
          el("p", { textContent: `Every answer was asked for: the run is replayed${ask ? ` to week ${week + 1}, where ${sides[ask.side].label} is asked ${description.log.decisions[ask.decision].label} and the file says nothing` : " to its end"}.` }),
          this.buttons([{ text: ask ? "The model decides the rest: to the debrief" : "To the debrief", act: () => this.debrief() }, ...(ask ? [{ text: "Play on from here", act: () => this.goOn() }] : [])]),
        ],
        story: true,
      });
    } catch (error) {
      // a game that was on still is
      Object.assign(this, kept);
      this.refuseFile(what, error);
    }
  }

  /** @private */
  refuseFile(what, error) {
    const words = error instanceof Refused ? error.message : `it cannot be replayed: ${error?.message ?? error}`;
    this.show({ turn: [el("h2", { textContent: "This game cannot be opened" }), el("p", { textContent: what }), el("p", { role: "alert", textContent: words }), this.buttons([{ text: "Back", act: () => this.choose() }])] });
  }

  // the frame of all screens

  /** @private Choices with the keys 1 to 5; the first has the focus. */
  buttons(choices) {
    this.keyed = choices.map(({ act }) => act);
    return el("div", { className: "choices-of-turn" }, ...choices.map(({ text, act }, place) => el("button", { onclick: act }, el("kbd", { textContent: place + 1 }), el("span", { textContent: text }))));
  }

  /** @private */
  tools(tools) {
    this.byKey = Object.fromEntries(tools.map(([key, , act]) => [key.toLowerCase(), act]));
    return tools.map(([key, text, act]) => el("button", { className: "quiet", onclick: act }, el("kbd", { textContent: key }), ` ${text}`));
  }

  /** @private */
  key(event) {
    const writes = event.target.matches?.(WRITING) && event.key !== "Escape";
    if (event.ctrlKey || event.metaKey || event.altKey || writes) return;
    const key = event.key.toLowerCase(), act = /^[1-9]$/.test(key) ? this.keyed[Number(key) - 1] : key === "escape" ? () => this.close() : this.byKey[key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  /**
   * A screen: the turn on the left, on the right the run so far, or what is given.
   * @private @param {{turn: Node[], tools?: [string, string, () => void][], story?: boolean, above?: Node[]}} given
   */
  show({ turn, tools = [], story = false, above = [] }) {
    const close = el("button", { className: "quiet", textContent: "✕ leave", title: "Escape", onclick: () => this.close() });
    const right = story ? [...above, ...this.story()] : above;
    this.box.replaceChildren(el("div", { className: "turn" }, ...turn, el("div", { className: "tools" }, ...this.tools(tools), close)), el("div", { className: "story" }, ...right));
    const list = this.box.querySelector(".story ol");
    if (list) list.scrollTop = list.scrollHeight;
    this.box.querySelector(".choices-of-turn button")?.focus();
  }

  /** @private */
  story() {
    const lines = this.game?.record ? said(this.done(), this.room.contents.description, this.scenario, this.issues) : [];
    const list = el("ol", { tabIndex: 0, "aria-label": "The run so far" }, ...lines.map(({ head, text }) => el("li", {}, el("b", { textContent: head }), text)));
    return [el("h3", { textContent: this.ask ? "So far" : "The run" }), lines.length ? list : el("p", { className: "hint", textContent: "Nothing has happened between the governments yet." })];
  }

  /** @private What has been done: of the week of a question, only what came before it. */
  done() {
    const { acts } = this.game.record;
    return this.ask ? acts.subarray(0, this.ask.acts * this.room.contents.description.sizes.acts) : acts;
  }

  // the end

  /** @private */
  async debrief() {
    await this.start();
    const { game, names, token } = this, code = this.mode === APART ? codeOf(game, this.room.contents.stamp) : "", status = el("p", { className: "hint", role: "status" });
    this.ask = null;
    this.over = true;
    const debrief = new Debrief(game, this.scenario, this.room.contents.outcomes, names, pause), file = gameFileName(game, this.scenario, names.sides);
    const back = game.moves.length > this.from ? [["Z", "Take the last answer back", () => this.reopen()]] : [];
    this.show({
      turn: [
        ...debrief.parts,
        ...(code ? [el("p", { textContent: "The last code, if the other side has not seen the end:" }), el("textarea", { className: "code", readOnly: true, rows: 2, value: code, "aria-label": "The last code", onfocus: ({ target }) => target.select() })] : []),
        this.buttons([{ text: `Save the game (${file})`, act: () => this.save() }, { text: "Play again", act: () => this.choose() }, ...(code ? [{ text: "Copy the last code", act: () => this.copy(code, status) }] : [])]),
        status,
      ],
      tools: back, story: true, above: debrief.figure,
    });
    await debrief.fill(() => this.token === token);
    if (this.token === token) this.box.dataset.debrief = String(game.run);
  }

  /** @private The last answer taken back: the game goes on. */
  reopen() {
    this.token = {};
    this.over = false;
    delete this.box.dataset.debrief;
    if (this.mode === TOGETHER) this.seat = NOBODY;
    this.back();
  }

  /** The game as a scenario file. */
  yaml() {
    return gameYaml(this.game, this.scenario, gameFileName(this.game, this.scenario, this.room.contents.sides));
  }

  /** @private */
  save() {
    saveText(gameFileName(this.game, this.scenario, this.room.contents.sides), this.yaml(), "application/yaml");
  }
}

const pause = () => new Promise((done) => setTimeout(done));

/** Do it, or say why it cannot be done; nothing has changed then. */
function refusing(status, act) {
  try {
    act();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    status.textContent = capital(error.message);
    status.classList.add("refused");
  }
}
