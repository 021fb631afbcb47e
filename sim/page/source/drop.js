// Files given to the page: a scenario file, the folder of a result, or the archive that `tariffsim bundle` makes.
import { readZip, rootOf } from "./bundle.js";
import { scenarioOf } from "./check.js";
import { gameIn, isGame } from "./transcript.js";
import { recomputing, verify } from "./verify.js";
import { Refused } from "./words.js";
import { parseYaml, textOf } from "./yaml.js";

const MOST_FILES = 2000, MOST_BYTES = 500_000_000;
const SCENARIO = "scenario.yaml", TEXTS = /\.(ya?ml|json)$/i;

/**
 * @typedef {Object} Given  what was given to the page
 * @property {any} [scenario]  complete and checked
 * @property {import("./transcript.js").GameFile} [game]  of a scenario with a transcript
 * @property {() => Promise<import("./verify.js").Verdict>} [verify]  of a result: some of its runs computed again
 * @property {string} [problem]  why it cannot be used; then there is nothing else
 */

/**
 * Hear of files dropped anywhere on the page.
 * @param {(files: Map<string, Uint8Array> | Refused) => void} onFiles
 * @param {(over: boolean) => void} [onOver]  whether files hover over the page
 */
export function listen(onFiles, onOver = () => {}) {
  const ours = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!ours(event)) return;
    event.preventDefault();
    onOver(true);
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget || onOver(false));
  document.addEventListener("drop", async (event) => {
    if (!ours(event)) return;
    event.preventDefault();
    onOver(false);
    onFiles(await collected(event.dataTransfer));
  });
}

/** Ask for files, or for a folder, in the browser's own dialog. @param {(files: Map<string, Uint8Array> | Refused) => void} onFiles */
export function pick(onFiles, folder = false) {
  const input = document.createElement("input");
  Object.assign(input, { type: "file", webkitdirectory: folder, accept: folder ? "" : ".yaml,.yml,.json,.zip" });
  input.addEventListener("change", async () => {
    const named = [...input.files].map((file) => [file.webkitRelativePath || file.name, file]);
    onFiles(await contentsOf(named));
  });
  input.click();
}

/**
 * What the files are: checked, and nothing on the page changed.
 * @param {import("./settings.js").Schema} schema @param {Map<string, Uint8Array> | Refused} files
 * @returns {Promise<Given>}
 */
export async function readFiles(schema, files) {
  try {
    if (files instanceof Refused) throw files;
    return await meaningOf(schema, files);
  } catch (error) {
    return { problem: sentenceOf(error) };
  }
}

async function meaningOf(schema, files) {
  const [[name, bytes]] = files.size ? files : [["", null]];
  if (!bytes) throw new Refused({ problem: "nothing was given", cure: "drop a scenario.yaml, the folder of a result, or the archive that tariffsim bundle made" });
  if (files.size > 1) return resultIn(schema, files);
  if (/\.zip$/i.test(name)) return resultIn(schema, await readZip(bytes));
  if (TEXTS.test(name)) return scenarioIn(schema, textOf(bytes, name), name);
  throw new Refused({ problem: "not a file that is read here", key: name, allowed: "a scenario in YAML, the folder of a result, or the archive that tariffsim bundle made" });
}

/** A scenario, or a game of one. */
function scenarioIn(schema, text, name) {
  const plain = parseYaml(text, name);
  if (!isGame(plain)) return { scenario: scenarioOf(schema, plain) };
  const game = gameIn(schema, plain, text);
  return { game, scenario: game.scenario };
}

function resultIn(schema, files) {
  const root = rootOf(files) ?? rootOf(files, SCENARIO);
  const bytes = files.get(`${root}${SCENARIO}`);
  if (root === undefined || !bytes) {
    throw new Refused({ problem: "no result of tariffsim: it has no scenario.yaml", cure: "drop the whole folder of tariffsim run, or the archive that tariffsim bundle made" });
  }
  const scenario = scenarioOf(schema, parseYaml(textOf(bytes, SCENARIO), SCENARIO));
  return { scenario, verify: () => verdictOf(schema, files) };
}

async function verdictOf(schema, files) {
  try {
    return await verify(schema, files, await recomputing(schema.contents));
  } catch (error) {
    return { equal: false, words: `Not checked. ${sentenceOf(error)}` };
  }
}

/** Whatever went wrong with a file of a stranger's, in words. */
function sentenceOf(error) {
  if (error instanceof Refused) return `This cannot be used. ${error.problems.slice(0, 3).map(({ problem, key, ...more }) => new Refused({ problem, key, ...more }).message).join(" ")}`;
  return `This cannot be used. It cannot be read: ${error?.message ?? error}`;
}

/** The files of a drop; folders are walked. */
async function collected(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const found = [];
  for (const entry of entries) await walk(entry, "", found);
  if (!entries.length) found.push(...[...transfer.files].map((file) => [file.name, file]));
  return contentsOf(found);
}

async function walk(entry, path, found) {
  if (found.length > MOST_FILES) return;
  const name = `${path}${entry.name}`;
  if (entry.isFile) {
    found.push([name, await new Promise((resolve, reject) => entry.file(resolve, reject))]);
    return;
  }
  const reader = entry.createReader();
  for (let some = await someOf(reader); some.length; some = await someOf(reader)) {
    for (const child of some) await walk(child, `${name}/`, found);
  }
}

const someOf = (reader) => new Promise((resolve, reject) => reader.readEntries(resolve, reject));

async function contentsOf(named) {
  const bytes = named.reduce((sum, [, file]) => sum + file.size, 0);
  if (named.length > MOST_FILES || bytes > MOST_BYTES) {
    return new Refused({ problem: "too much at once", given: `${named.length} files, ${bytes} bytes`, allowed: "one result" });
  }
  try {
    return new Map(await Promise.all(named.map(async ([name, file]) => [name, new Uint8Array(await file.arrayBuffer())])));
  } catch (error) {
    return new Refused({ problem: `a file cannot be read: ${error.message}` });
  }
}
