// Find any lever by a word of its name, path or meaning, or by a word of the news; Enter puts it on top.
import { el } from "./dom.js";
import { matches } from "./levers.js";
import { leverName, pairOf } from "./rows.js";
import { capital } from "./phrases.js";

const MOST = 7;

export class Find {
  /** @param {HTMLInputElement} field @param {HTMLElement} list @param {import("./room.js").Room} room @param {(paths: string[]) => void} onpick */
  constructor(field, list, room, onpick) {
    Object.assign(this, { field, list, room, onpick, hits: [], at: 0 });
    field.addEventListener("input", () => this.search());
    field.addEventListener("blur", () => this.close());
    field.addEventListener("keydown", (event) => this.key(event));
  }

  /** @private */
  search() {
    const words = this.field.value.toLowerCase().split(/\s+/).filter(Boolean);
    if (!words.length) return this.close();
    this.hits = found(this.room.schema, this.room.state, words).slice(0, MOST);
    this.at = 0;
    const none = el("li", { className: "none", role: "option", "aria-disabled": "true", textContent: "No lever by that name. Try “deadline”, “chips” or “licence”." });
    this.list.replaceChildren(...(this.hits.length ? this.hits.map((hit, place) => this.item(hit, place)) : [none]));
    this.list.hidden = false;
    this.field.setAttribute("aria-expanded", "true");
    this.mark();
  }

  /** @private */
  item({ paths, name, meaning }, place) {
    const pick = (event) => {
      event.preventDefault();
      this.pick(paths);
    };
    return el("li", { id: `hit${place}`, role: "option", onpointerdown: pick }, capital(name), el("small", { textContent: meaning }));
  }

  /** @private */
  mark() {
    [...this.list.children].forEach((item, place) => item.setAttribute("aria-selected", String(place === this.at && this.hits.length > 0)));
    this.field.setAttribute("aria-activedescendant", this.hits.length ? `hit${this.at}` : "");
  }

  /** @private */
  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") this.clear();
    if (event.key === "Enter" && this.hits[this.at]) this.pick(this.hits[this.at].paths);
    if (!step || !this.hits.length) return;
    event.preventDefault();
    this.at = (this.at + step + this.hits.length) % this.hits.length;
    this.mark();
  }

  /** @private */
  pick(paths) {
    this.clear();
    this.onpick(paths);
  }

  clear() {
    this.field.value = "";
    this.close();
  }

  close() {
    this.hits = [];
    this.list.hidden = true;
    this.field.setAttribute("aria-expanded", "false");
    this.field.removeAttribute("aria-activedescendant");
  }
}

/** Levers in which all words occur: in the name first, then those of first rank, then by meaning and news. */
export function found(schema, state, words) {
  const paths = Object.keys(schema.flat(state.A.scenario)).filter((path) => schema.at(path)?.setting.offset !== undefined);
  const pairs = paths.map((path) => [path, pairOf(schema, path)]).filter(([path, pair]) => pair && paths.indexOf(path) < paths.indexOf(pair));
  const scored = [...pairs, ...paths.map((path) => [path])].map((own) => hit(schema, own, words));
  return scored.filter(Boolean).sort((one, other) => one.score - other.score);
}

function hit(schema, paths, words) {
  const { setting } = schema.at(paths[0]), name = leverName(schema, paths), where = paths[0].split(".").slice(0, -1).join(", ").replaceAll("_", " ");
  const news = schema.contents.glossary.filter((entry) => entry.stands_for.some((meant) => paths.some((path) => matches(meant, path))));
  const other = [...paths, setting.meaning, setting.unit, ...news.flatMap((entry) => [entry.word, ...entry.also])].join(" ").replaceAll(/[._]/g, " ");
  const inName = words.every((word) => name.toLowerCase().includes(word));
  if (!inName && !words.every((word) => `${name} ${other}`.toLowerCase().includes(word))) return null;
  const meaning = name.startsWith(setting.meaning) ? where : `${where}: ${setting.meaning}`;
  return { paths, name: paths.length > 1 ? `${name}, both capitals` : name, meaning, score: (inName ? 0 : 2) + (schema.rankOf(paths[0]) ? 0 : 1) };
}
