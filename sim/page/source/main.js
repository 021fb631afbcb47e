// The page opens: everything is put together here and nowhere else.
import { About } from "./about.js";
import { Address } from "./address.js";
import { contradictions } from "./between.js";
import { Bet } from "./bet.js";
import { branched, branchSaid, whyNot } from "./branch.js";
import { openContents, opening, workerSource } from "./contents.js";
import { afterPaint, byId, el, measureAgain } from "./dom.js";
import { Doubt } from "./doubt.js";
import { Files } from "./files.js";
import { patterns } from "./fills.js";
import { Find } from "./find.js";
import { Handout } from "./handout.js";
import { Help } from "./help.js";
import { listen } from "./keys.js";
import { Levers } from "./levers.js";
import { Log } from "./log.js";
import { menuOf } from "./menu.js";
import { Note } from "./note.js";
import { Panel } from "./panel.js";
import { capital, monthYear, plural, weekEnd } from "./phrases.js";
import { MOST } from "./results.js";
import { Play } from "./play.js";
import { Room } from "./room.js";
import { isLever } from "./rows.js";
import { answer, betSaid, lastMove, runsSaid } from "./sentences.js";
import { Schema } from "./settings.js";
import { Share } from "./share.js";
import { Shares, sharesOf } from "./shares.js";
import { compared, given, sideOf, titleOf } from "./start.js";
import { copied, SIDES, swapped } from "./state.js";
import { Table } from "./table.js";
import { Tip } from "./tip.js";
import { Typical } from "./typical.js";
import { Weeks } from "./weeks.js";
import { Which } from "./which.js";

/** A picture older than the levers fades after so many ms. */
const FADE = 250;
const RUNNING = "Running the first 100 futures of each side…";
const OTHER = { A: "B", B: "A" };

class Page {
  constructor(contents) {
    const schema = new Schema(contents), problem = (message) => this.note.say(message, true);
    this.note = new Note(byId("note"));
    this.contents = contents;
    this.scenarios = new Map(contents.scenarios.map((scenario) => [scenario.name, scenario]));
    this.room = new Room(schema, this.scenarios, this.first(schema), workerSource(), problem);
    this.address = new Address(this.room, (shared) => this.open(shared), problem);
    this.share = new Share(this.room, this.address, (text, stays) => this.note.say(text, stays));
    this.files = new Files(this.room, this.note, (side, scenario) => this.take(side, scenario), (game) => this.openGame(game));
    this.bet = null;
    this.addViews();
    this.addTools();
    this.hear();
  }

  /** The state to open with: what `tariffsim page` gave, else the first comparison. @private */
  first(schema) {
    const { a, b, seed = "1", runs = MOST } = opening();
    const own = { seed, runs: Math.min(runs, MOST) };
    return a ? given({ ...own, a, b: b ?? a }, schema, this.scenarios) : compared(own, schema, this.scenarios, 0);
  }

  /** The parts that show something. @private */
  addViews() {
    const { room, contents } = this, both = (name) => Object.fromEntries(SIDES.map((side) => [side, byId(`${name}-${side}`)]));
    byId("fills").append(patterns(contents.outcomes));
    this.shares = new Shares(byId("bars"), contents.outcomes, (outcome) => this.look(outcome));
    this.weeks = new Weeks({ plots: both("plot"), tabs: byId("tabs"), reading: byId("reading") }, contents);
    this.typical = new Typical({ boxes: both("strip"), words: both("turns"), name: byId("typical") }, contents, (...from) => this.offerBranch(...from));
    this.levers = new Levers(byId("rows"), byId("levers-head"), room, new Tip(byId("tip")));
    this.find = new Find(byId("find"), byId("hits"), room, (paths) => this.pin(paths));
    this.cover = new Bet(byId("cover"), (bet) => this.revealed(bet));
    this.handout = new Handout(byId("handout"), room, { weeks: this.weeks, typical: this.typical, link: () => this.address.fragment });
    this.play = new Play(byId("play"), room, { file: () => this.files.ask(false), known: () => this.known() });
    this.addPanel();
  }

  /** The views over the weekly pictures, one at a time. @private */
  addPanel() {
    const { room } = this;
    this.panel = new Panel(byId("panel"), () => this.panelChanged());
    this.views = {
      help: new Help(room, byId("help")), which: new Which(room, byId("which")), doubt: new Doubt(room, byId("doubt"), (scenario) => !contradictions(room.schema, scenario).length),
      table: new Table(room, this.weeks), log: new Log(room, this.typical, byId("log"), { another: () => this.another(), branch: (...from) => this.branch(...from) }), about: new About(room, byId("caveat")),
    };
    for (const view of Object.values(this.views)) this.panel.add(view);
    for (const view of [this.views.help, this.views.log, this.views.about]) view.redraw = () => this.panel.redraw();
    room.asks(() => this.panel.view?.wants() ?? {});
  }

  /** @private */
  addTools() {
    const { room } = this, press = { undo: () => room.undo(), redo: () => room.redo(), swap: () => this.swap(), bet: () => this.ask(), another: () => this.another() };
    for (const [id, act] of Object.entries(press)) byId(id).addEventListener("click", act);
    for (const side of SIDES) menuOf(byId(`name-${side}`), () => this.sideItems(side));
    menuOf(byId("more"), () => this.moreItems());
    menuOf(byId("share"), () => this.shareItems());
    byId("caveat").textContent = this.contents.caveat;
    byId("comparisons").append(...this.contents.comparisons.map(({ name, question, why }, place) =>
      el("button", { title: `${question} ${why}`, onclick: () => this.compare(place) }, el("kbd", { textContent: place + 1 }), name)));
    const views = { h: "help", w: "which", d: "doubt", t: "table", l: "log", "?": "about" };
    listen({
      ...Object.fromEntries(Object.entries(views).map(([key, name]) => [key, () => this.panel.toggle(this.views[name])])),
      b: press.bet, n: press.another, u: press.undo, y: press.redo, x: press.swap, r: () => this.again(), s: () => byId("share").click(),
      p: () => this.projector(), o: () => this.lights(), "/": () => byId("find").focus(), g: () => this.startGame(),
    }, (place) => this.contents.comparisons[place] && this.compare(place), () => this.cover.open || this.handout.open || this.play.open);
  }

  /** @private */
  hear() {
    const { room } = this;
    room.on("state", () => this.showState());
    room.on("picture", (picture) => {
      this.draw(picture);
      if (room.urgent) afterPaint(() => room.schedule());
    });
    room.on("chunk", () => this.panel.progress());
    const sizes = new ResizeObserver(() => {
      measureAgain();
      this.drawPictures();
    });
    for (const side of SIDES) sizes.observe(byId(`plot-${side}`));
  }

  /** Open with a state; the results are covered until the room has bet. */
  start() {
    if (this.address.open()) return;
    this.room.begin(this.room.state);
    this.ask();
  }

  /** What a link holds. @param {import("./link.js").Shared} shared */
  open(shared) {
    this.bet = null;
    this.room.hand = null;
    const state = given({ ...shared, runs: Math.min(shared.runs, MOST) }, this.room.schema, this.scenarios);
    if (this.room.picture) this.room.go(state);
    else this.room.begin(state);
  }

  // what the room does

  compare(place) {
    this.bet = null;
    this.room.hand = null;
    this.room.go(compared(this.room.state, this.room.schema, this.scenarios, place));
  }

  look(outcome) {
    this.room.go({ ...this.room.state, focus: outcome }, { tag: "focus", layout: false });
    if (this.room.picture) this.draw(this.room.picture);
  }

  pin(paths) {
    const { state } = this.room;
    this.room.go({ ...state, pins: [...paths, ...state.pins.filter((other) => !paths.includes(other))] });
    this.levers.focus(paths[0]);
  }

  /** Make a scenario a side. */
  take(side, scenario) {
    this.room.hand = null;
    this.room.go({ ...this.room.state, comparison: -1, [side]: sideOf(scenario, this.scenarios) });
  }

  swap() {
    this.room.hand = null;
    this.room.go(swapped(this.room.state));
  }

  /** The futures of a run of a side, after so many weeks, become B. */
  branch(side, run, week) {
    const { state, schema } = this.room, problem = whyNot(state[side].scenario, week);
    if (problem) return this.note.say(problem);
    this.bet = null;
    this.room.hand = null;
    this.panel.show(null);
    this.room.go(branched(schema, state, side, run, week));
    this.levers.focusFirst();
    return this.note.say(`B: futures that share the first ${plural(week, "week")} of run ${run}. A lever of B changes the whole run, those weeks too.`);
  }

  /** The same where a week of the line of a future was pressed: first asked, for a week is narrow. @private */
  offerBranch(side, run, week) {
    const { scenario } = this.room.state[side], problem = whyNot(scenario, week);
    if (problem) return this.note.say(problem);
    const day = monthYear(weekEnd(scenario, week - 1));
    return this.note.ask(`Run ${run} of ${titleOf(scenario)}, week ${week}, ${day}.`, [{ text: "Branch from here", act: () => this.branch(side, run, week) }]);
  }

  /** Persons take sides of A. */
  startGame() {
    this.panel.show(null);
    this.note.hide();
    this.play.choose().catch((error) => this.note.say(String(error), true));
  }

  /** A game in a file. @param {import("./transcript.js").GameFile} game */
  openGame(game) {
    this.panel.show(null);
    this.note.hide();
    this.play.openFile(game).catch((error) => this.note.say(String(error), true));
  }

  /** Scenarios that a code may mean: both sides, all that were opened, those of the comparisons. @private */
  known() {
    const { state, schema } = this.room, ready = this.contents.comparisons.map((_, place) => compared(state, schema, this.scenarios, place));
    return [state, ...ready].flatMap((one) => SIDES.map((side) => one[side].scenario)).concat(...this.scenarios.values());
  }

  again() {
    const { comparison } = this.room.state;
    this.compare(comparison < 0 ? this.last ?? 0 : comparison);
  }

  ask() {
    const { state } = this.room, outcome = this.contents.outcomes[state.focus];
    this.panel.show(null);
    const titles = Object.fromEntries(SIDES.map((side) => [side, titleOf(state[side].scenario)]));
    this.cover.ask(outcome, titles, this.contents.comparisons[state.comparison]?.why ?? "");
  }

  revealed(bet) {
    this.bet = bet;
    if (this.room.picture) this.draw(this.room.picture);
    this.levers.focusFirst();
  }

  projector() {
    document.documentElement.classList.toggle("projector");
  }

  lights() {
    document.documentElement.classList.toggle("dark");
  }

  // menus

  /** @private */
  sideItems(side) {
    const { state } = this.room, other = OTHER[side], choose = (scenario) => this.take(side, scenario);
    return [
      ...[...this.scenarios.values()].map((scenario) => ({ text: scenario.title, checked: state[side].base === scenario.name, act: () => choose(scenario) })),
      null,
      { text: `Copy ${side} to ${other}`, act: () => this.room.go(copied(state, side, other)) },
      { text: `Put ${side} back`, act: () => choose(this.scenarios.get(state[side].base)) },
    ];
  }

  /** @private */
  moreItems() {
    return [
      { text: "Play a side of A", act: () => this.startGame() },
      { text: "Tables", act: () => this.panel.toggle(this.views.table) },
      { text: "Start again", act: () => this.again() },
      null,
      { text: "Open a file…", act: () => this.files.ask(false) },
      { text: "Open the folder of a result…", act: () => this.files.ask(true) },
      null,
      { text: "For the back row", act: () => this.projector() },
      { text: "Lights out", act: () => this.lights() },
      null,
      { text: "Keys, and what may not be asked", act: () => this.panel.toggle(this.views.about) },
    ];
  }

  /** @private */
  shareItems() {
    return this.share.items(() => this.handout.show(this.bet));
  }

  // what is shown

  /** @private */
  showState() {
    const { room } = this, { state, story, schema } = room;
    if (state.comparison >= 0) this.last = state.comparison;
    byId("question").textContent = state.question;
    byId("undo").disabled = !story.past.length;
    byId("redo").disabled = !story.future.length;
    [...byId("comparisons").children].forEach((button, place) => button.setAttribute("aria-pressed", String(place === state.comparison)));
    for (const side of SIDES) this.showName(side, state[side], schema);
    this.showAge();
    this.panel.redraw();
  }

  /** A picture of neither side goes at once; one that is older than a move fades. @private */
  showAge() {
    const { picture, state } = this.room;
    clearTimeout(this.fading);
    if (SIDES.every((side) => picture?.[side].result !== this.room.resultOf(state[side].scenario))) {
      byId("results").classList.add("blank");
      byId("answer").textContent = RUNNING;
      byId("runs").textContent = "";
    } else {
      this.fading = setTimeout(() => document.body.classList.add("stale"), FADE);
    }
  }

  /** @private */
  showName(side, { base, scenario }, schema) {
    const moved = new Set(schema.differing(this.scenarios.get(base), scenario).filter(isLever).map((path) => schema.nameOf(path))).size;
    const name = byId(`name-${side}`);
    // A has the title of the same scenario
    name.replaceChildren(capital(branchSaid(scenario)) || titleOf(scenario), ...(moved ? [el("i", { textContent: ` +${moved}` })] : []));
    name.title = `${scenario.title}${moved ? `, ${moved} lever${moved > 1 ? "s" : ""} moved` : ""}. ${scenario.about}`;
  }

  /** @private */
  draw(picture) {
    const { state } = this.room, shares = sharesOf(picture), outcome = this.contents.outcomes[state.focus];
    clearTimeout(this.fading);
    document.body.classList.remove("stale");
    byId("results").classList.remove("blank");
    this.shares.draw(shares, this.before(), this.bet, state.focus);
    byId("answer").replaceChildren(...answer(shares, outcome));
    byId("runs").textContent = runsSaid(picture);
    const bet = this.bet?.outcome === state.focus ? betSaid(this.bet, shares, outcome) : null;
    const moved = lastMove(this.room) ?? bet;
    byId("move").replaceChildren(...(moved ?? ["Move a lever: what it changes is said here."]));
    byId("move").classList.toggle("said", Boolean(moved));
    this.drawPictures();
    document.body.dataset.picture = SIDES.map((side) => `${picture[side].result.key}:${picture[side].runs}`).join(" ");
  }

  /** Shares of the side that moved before it did. @private */
  before() {
    const last = this.room.lastMove();
    return last && { [last.side]: last.seen.result.tally(last.seen.runs).map((count) => count / last.seen.runs) };
  }

  /** @private */
  another() {
    this.typical.another();
    this.drawPictures();
  }

  /** @private */
  drawPictures() {
    const { picture, state } = this.room;
    if (!picture) return;
    const scenarios = Object.fromEntries(SIDES.map((side) => [side, state[side].scenario]));
    // first the sentences of the typical futures: how many lines they take decides the height of the plots
    this.typical.draw(picture, scenarios);
    this.weeks.draw(picture, scenarios, state.focus);
    this.panel.redraw();
  }

  /** @private */
  panelChanged() {
    byId("panel").style.top = `${this.panel.view?.tall ? 0 : byId("move").offsetTop}px`;
    this.room.schedule();
  }
}

async function main() {
  const page = new Page(await openContents());
  globalThis.page = page;
  page.start();
}

main().catch((error) => {
  document.getElementById("answer").textContent = `This browser cannot show the page: ${error.message}`;
});
