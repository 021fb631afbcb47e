// What can be taken away: the link, the scenarios, the picture, the numbers, a page to hand out.
import { byId, el } from "./dom.js";
import { comparisonPicture } from "./picture.js";
import { fileName, savePng, saveCsv, saveSvg, saveText } from "./save.js";
import { answer, runsSaid } from "./sentences.js";
import { sharesOf } from "./shares.js";
import { titleOf } from "./start.js";
import { SIDES } from "./state.js";
import { weekEnd } from "./phrases.js";
import { scenarioYaml } from "./yaml.js";

export class Share {
  /**
   * @param {import("./room.js").Room} room
   * @param {import("./address.js").Address} address
   * @param {(text: string, stays?: boolean) => void} say
   */
  constructor(room, address, say) {
    Object.assign(this, { room, address, say });
  }

  /** @param {() => void} handout @returns {import("./menu.js").Item[]} */
  items(handout) {
    return [
      { text: "Copy the link", act: () => this.copyLink() },
      { text: "Handout, one page", act: handout },
      null,
      { text: "Picture (PNG)", act: () => this.withPicture((picture) => savePng(this.name("png"), picture)) },
      { text: "Picture (SVG)", act: () => this.withPicture((picture) => saveSvg(this.name("svg"), picture)) },
      { text: "Numbers (CSV)", act: () => this.saveNumbers() },
      null,
      ...SIDES.map((side) => ({ text: `Scenario ${side} (YAML)`, act: () => this.saveScenario(side) })),
    ];
  }

  /** @private */
  name(ending, ...parts) {
    return `${fileName(...(parts.length ? parts : [this.room.state.question]))}.${ending}`;
  }

  /** @private */
  async copyLink() {
    const { link, problem } = this.address.link();
    if (problem) return this.say(problem, true);
    try {
      await navigator.clipboard.writeText(link);
      this.say("Link copied. It holds both scenarios and opens in any copy of this page.");
    } catch {
      // a browser may not let a page from the disk use the clipboard: the reader copies it
      this.say(`Copy this link:\n${link}`, true);
    }
  }

  /** Draw the comparison beside the screen, where it has a size, and take it away again. @private */
  async withPicture(save) {
    const { picture, state, contents } = this.room;
    if (!picture) return;
    const shares = sharesOf(picture), plots = Object.fromEntries(SIDES.map((side) => [side, byId(`plot-${side}`).querySelector("svg")]));
    const words = {
      question: state.question, caveat: contents.caveat, runs: `${runsSaid(picture)}, seed ${state.seed}, version ${contents.version}-${contents.stamp}`,
      answer: el("p", {}, ...answer(shares, contents.outcomes[state.focus])).textContent,
      titles: Object.fromEntries(SIDES.map((side) => [side, titleOf(state[side].scenario)])),
    };
    const box = el("div", { className: "aside" }, comparisonPicture(shares, contents.outcomes, plots, words));
    document.body.append(box);
    try {
      await save(box.firstChild);
    } finally {
      box.remove();
    }
  }

  /** Runs in each outcome at the end and week by week, of those that are drawn. @private */
  saveNumbers() {
    const { picture, state, contents } = this.room;
    if (!picture) return;
    const names = contents.outcomes.map((outcome) => outcome.name), rows = SIDES.flatMap((side) => {
      const { result } = picture[side];
      return Array.from({ length: result.weeks }, (_, week) => {
        const counts = result.counts.slice(week * names.length, (week + 1) * names.length);
        return [side, state[side].base, week + 1, weekEnd(state[side].scenario, week).toISOString().slice(0, 10), result.counted, ...counts];
      });
    });
    saveCsv(this.name("csv"), ["side", "scenario", "week", "week_end", "runs", ...names], rows);
  }

  /** @private */
  saveScenario(side) {
    const { scenario } = this.room.state[side], { runs } = this.room.picture?.[side] ?? this.room.state, name = this.name("yaml", scenario.name, side);
    saveText(name, scenarioYaml(scenario, `Side ${side} of the page, its numbers: tariffsim run file=${name} runs=${runs} seed=${this.room.state.seed}`), "application/yaml");
  }
}
