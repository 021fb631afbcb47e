// Files given to the page: a scenario becomes a side, a result is computed again and compared.
import { listen, pick, readFiles } from "./drop.js";
import { SIDES } from "./state.js";
import { capital } from "./phrases.js";

export class Files {
  /**
   * @param {import("./room.js").Room} room
   * @param {import("./note.js").Note} note
   * @param {(side: string, scenario: any) => void} take  make a scenario a side
   * @param {(game: import("./transcript.js").GameFile) => void} play  open a game
   */
  constructor(room, note, take, play) {
    Object.assign(this, { room, note, take, play });
    listen((files) => this.read(files), (over) => document.body.classList.toggle("dropping", over));
  }

  /** Ask for a file, or for the folder of a result. */
  ask(folder) {
    pick((files) => this.read(files), folder);
  }

  /** @private */
  async read(files) {
    const { scenario, game, verify, problem } = await readFiles(this.room.schema, files);
    if (problem) return this.note.say(problem, true);
    if (game) return this.play(game);
    const sides = SIDES.map((side) => ({ text: `Make it ${side}`, act: () => this.take(side, scenario) }));
    const held = verify ? [{ text: "Compute its runs again", act: () => this.verify(verify) }] : [];
    return this.note.ask(`“${capital(scenario.title)}” can be used.`, [...sides, ...held]);
  }

  /** @private */
  async verify(verify) {
    this.note.say("Computing some of its runs again…", true);
    this.note.say((await verify()).words, true);
  }
}
