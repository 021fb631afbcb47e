// A result held to the rules: some of its runs are computed again here and compared with its table, number by number.
import { rootOf } from "./bundle.js";
import { check, scenarioOf } from "./check.js";
import { readTable } from "./parquet.js";
import { Refused } from "./words.js";
import { parseYaml, textOf } from "./yaml.js";

export const CHECKED_RUNS = 200;
const A_FEW = 10;
const MANIFEST = "manifest.json", RUNS = "runs.parquet", SCENARIO = "scenario.yaml";

/**
 * @typedef {Object} Verdict
 * @property {boolean} equal
 * @property {string} words  one sentence for a reader
 * @property {number} [runs]  computed again
 * @property {number} [numbers]  compared
 * @property {{run: number, column: string, recorded: any, recomputed: any}} [first]  the first difference
 */

/**
 * Records of runs, computed on this thread a few at a time, so that the page goes on answering.
 * @param {import("./contents.js").Contents} contents
 */
export async function recomputing({ module, description }) {
  const engine = await globalThis.Engine.open(module, description);
  return async ({ params, seed, run }) => {
    const runs = new Uint8Array(run.length * description.sizes.run);
    for (let first = 0; first < run.length; first += A_FEW) {
      const some = engine.simulate({ params, seed, run: run.slice(first, first + A_FEW) });
      runs.set(some.runs, first * description.sizes.run);
      await new Promise((resolve) => { setTimeout(resolve); });
    }
    return { runs };
  };
}

/**
 * The verdict on a result.
 * @param {import("./settings.js").Schema} schema
 * @param {Map<string, Uint8Array>} files  of the folder or archive, by name
 * @param {(job: {params: Uint8Array, seed: bigint, run: number[]}) => Promise<{runs: Uint8Array}> | {runs: Uint8Array}} simulate  records of runs
 * @param {number} [most]  runs computed again
 * @returns {Promise<Verdict>}
 */
export async function verify(schema, files, simulate, most = CHECKED_RUNS) {
  const result = await resultOf(schema, files);
  const other = otherVersion(schema, result.manifest);
  if (other) return { equal: false, words: other };
  const scenario = check(schema, result.manifest.scenario);
  const changed = (await changedFile(files, result)) || otherScenario(schema, files, result, scenario);
  if (changed) return { equal: false, words: changed };
  const table = await readTable(files.get(`${result.root}${RUNS}`), schema.contents.decoder);
  const numbers = table.get("run");
  if (!numbers || !numbers.length) throw new Refused({ problem: "its table has no runs", key: RUNS });
  const rows = spread(numbers.length, most);
  const run = rows.map((row) => numbers[row]);
  if (!run.every((one) => Number.isSafeInteger(one) && one >= 0)) throw new Refused({ problem: "its table has a run without a number", key: RUNS });
  const records = await simulate({ params: schema.record(scenario), seed: seedOf(result.manifest), run });
  return compared(schema, scenario, table, rows, records.runs);
}

async function resultOf(schema, files) {
  const root = rootOf(files);
  if (root === undefined) throw new Refused({ problem: "no result of tariffsim: it has no manifest.json", key: "the files", cure: "drop the whole folder of a result, or the archive that tariffsim bundle made" });
  const manifest = jsonOf(files.get(`${root}${MANIFEST}`));
  if (manifest?.schema !== 1 || typeof manifest.verb !== "string") throw new Refused({ problem: "not a manifest of tariffsim", key: MANIFEST });
  if (manifest.verb !== "run" || manifest.sweep || manifest.strategies?.length) {
    throw new Refused({ problem: `a result of tariffsim ${manifest.verb} is not verified here`, key: MANIFEST, allowed: "results of tariffsim run", cure: "tariffsim reproduce computes any result again" });
  }
  for (const part of ["scenario", "run", "files"]) {
    if (typeof manifest[part] !== "object" || manifest[part] === null) throw new Refused({ problem: `its manifest lacks ${part}`, key: MANIFEST });
  }
  if (!files.has(`${root}${RUNS}`)) throw new Refused({ problem: "it has no table of runs", key: RUNS, cure: "drop the whole folder" });
  return { root, manifest };
}

function jsonOf(bytes) {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    // a number of JSON would lose the last digits of a large seed
    return JSON.parse(text.replace(/("seed"\s*:\s*)(\d{16,20})(?=\s*[,}])/g, '$1"$2"'));
  } catch {
    throw new Refused({ problem: "cannot be read", key: MANIFEST });
  }
}

function otherVersion(schema, manifest) {
  const { rules, version } = schema.contents;
  if (manifest.rules === rules) return "";
  const made = manifest.versions?.tariffsim ?? "unknown";
  return `Not checked: this result was computed by other rules (version ${made}, rules ${String(manifest.rules).slice(0, 8)}) than this page has (version ${version}, rules ${rules.slice(0, 8)}). A page of version ${made} with those rules would do.`;
}

/** A file that is not the one that the manifest lists, in a sentence; "" where all are. */
async function changedFile(files, { root, manifest }) {
  if (!manifest.files[RUNS]) return `Different: the manifest does not list ${RUNS}.`;
  for (const [name, listed] of Object.entries(manifest.files)) {
    const bytes = files.get(`${root}${name}`);
    if (bytes && (await sha256(bytes)) !== listed?.sha256) return `Different: ${name} is not the file that the manifest lists; it was changed after it was written.`;
  }
  return "";
}

/** Where the scenario's file holds another scenario than the manifest, a sentence. */
function otherScenario(schema, files, { root }, scenario) {
  const bytes = files.get(`${root}${SCENARIO}`);
  if (!bytes) return "";
  const own = scenarioOf(schema, parseYaml(textOf(bytes, SCENARIO), SCENARIO));
  const [path] = schema.differing(scenario, own);
  return path ? `Different: ${path} is another in ${SCENARIO} than in the manifest.` : "";
}

async function sha256(bytes) {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** At most `most` of so many rows, evenly apart, the first and the last among them. */
function spread(rows, most) {
  const count = Math.min(rows, most);
  return Array.from({ length: count }, (_, k) => (count === 1 ? 0 : Math.round((k * (rows - 1)) / (count - 1))));
}

function seedOf(manifest) {
  const { seed } = manifest.run;
  if (!/^\d{1,20}$/.test(String(seed))) throw new Refused({ problem: "not a seed", key: "run.seed", given: seed });
  return BigInt(seed);
}

/** Every column that a scenario's table of runs has: its measure, index, and the names behind codes. */
export function columnsOf(schema, scenario) {
  const { axes, codes, of_items: ofItems, description } = schema.contents;
  const names = schema.names(scenario);
  const along = { ...axes, sector: names.sectors, issue: names.issues, mineral: names.minerals };
  return description.measures.flatMap((measure) => {
    const words = codes[measure.name] ?? along[ofItems[measure.name]];
    if (!measure.axis) return [{ column: measure.name, measure, index: 0, words }];
    return along[measure.axis].map((name, index) => ({ column: `${measure.name}.${name}`, measure, index, words }));
  });
}

function compared(schema, scenario, table, rows, records) {
  const columns = columnsOf(schema, scenario);
  const unknown = [...table.keys()].find((name) => name !== "run" && !columns.some(({ column }) => column === name));
  if (unknown) return { equal: false, words: `Different: the table has a column ${unknown} that the rules do not give.` };
  const data = new DataView(records.buffer, records.byteOffset, records.byteLength);
  const size = schema.contents.description.sizes.run;
  let numbers = 0;
  for (const [k, row] of rows.entries()) {
    for (const { column, measure, index, words } of columns) {
      const recorded = table.get(column)?.[row];
      const recomputed = valueAt(data, k * size + measure.offset + 8 * index, measure.type, words);
      if (!Object.is(recorded, recomputed)) {
        const run = table.get("run")[row];
        return { equal: false, first: { run, column, recorded, recomputed }, runs: rows.length, words: `Different: in run ${run}, ${column} is ${shown(recorded)} in the table and ${shown(recomputed)} computed again.` };
      }
      numbers += 1;
    }
  }
  const count = (value) => value.toLocaleString("en-US");
  return { equal: true, runs: rows.length, numbers, words: `Equal: ${count(rows.length)} of ${count(table.get("run").length)} runs computed again, all ${count(numbers)} numbers the same to the last bit.` };
}

const shown = (value) => (value === undefined ? "missing" : value === null ? "empty" : String(value));

/** A number of a record as the table has it: codes by name, null for what never came. */
function valueAt(data, at, type, words) {
  const value = type === "f64" ? data.getFloat64(at, true) : Number(data.getBigInt64(at, true));
  if (words) return words[value] ?? null;
  return Number.isNaN(value) ? null : value;
}
