// The address line: its fragment is what the page shows, and what it opens with.
import { fromLink, toLink } from "./link.js";

/** A link is written when nothing has moved for so many ms. */
const QUIET = 250;

export class Address {
  /** @param {import("./room.js").Room} room @param {(shared: import("./link.js").Shared) => void} onopen @param {(problem: string) => void} onproblem */
  constructor(room, onopen, onproblem) {
    Object.assign(this, { room, onopen, onproblem });
    room.on("state", () => this.later());
    addEventListener("hashchange", () => location.hash !== this.written && this.open());
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
    this.written = this.fragment;
    if (location.hash !== this.written) history.replaceState(null, "", this.written || location.href.split("#")[0]);
  }
}
