// The address line: its fragment is what the page shows, and what it opens with.
import { fromLink, toLink } from "./link.js";

/** A link is written when nothing has moved for so many ms. */
const QUIET = 250;

export class Address {
  /** @param {import("./room.js").Room} room @param {(shared: import("./link.js").Shared) => void} onopen @param {(problem: string) => void} onproblem */
  constructor(room, onopen, onproblem) {
    Object.assign(this, { room, onopen, onproblem });
    // the fragment that has been opened, or that the page wrote: any other is a link that somebody has just given
    this.known = location.hash;
    room.on("state", () => this.later());
    addEventListener("hashchange", () => {
      if (location.hash === this.known) return;
      this.known = location.hash;
      this.open();
    });
  }

  /** Open what the fragment holds; false where it holds nothing, or nothing that can be used, of which the page says why. */
  open() {
    if (location.hash.length < 2) return false;
    const { shared, problem } = fromLink(this.room.schema, location.hash);
    if (problem) this.onproblem(problem);
    else this.onopen(shared);
    return !problem;
  }

  /** The link of the state, or why there is none. @returns {{link?: string, problem?: string}} */
  link() {
    const { state, schema } = this.room;
    const { fragment, problem } = toLink(schema, { a: state.A.scenario, b: state.B.scenario, seed: BigInt(state.seed), runs: state.runs });
    return problem ? { problem } : { link: `${location.href.split("#")[0]}#${fragment}` };
  }

  /** What follows the address of the page; empty where too much differs for a link. */
  get fragment() {
    return this.link().link?.replace(/^[^#]*/, "") ?? "";
  }

  /** @private */
  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.write(), QUIET);
  }

  /** @private */
  write() {
    // the browser has not yet said that a link was given: it is opened, and must not be written over
    if (location.hash !== this.known) return;
    history.replaceState(null, "", this.fragment || location.href.split("#")[0]);
    this.known = location.hash;
  }
}
