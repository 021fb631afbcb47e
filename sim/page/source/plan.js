// The plan: what to compute next, sent whole to every worker after each move, so that the latest move wins within a chunk.
import { ENDS } from "./depth.js";

/**
 * @typedef {{result: import("./results.js").Result, runs: number, depth: number}} Want  in order of urgency
 */

/** One worker per processor; each takes its own share of the chunks of a plan. */
export class Crew {
  /**
   * @param {string} source  text of a worker
   * @param {(key: string, chunk: object) => void} ondone  hears of each chunk
   * @param {(message: string) => void} onerror
   */
  constructor(source, ondone, onerror, count = navigator.hardwareConcurrency || 2) {
    const place = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    this.workers = Array.from({ length: count }, () => new Worker(place));
    for (const worker of this.workers) {
      worker.onmessage = ({ data }) => {
        if (data.error) onerror(data.error);
        else if (data.key) ondone(data.key, data);
      };
      worker.onerror = (event) => onerror(event.message);
    }
  }

  /** Compile the module once and hand it to all. */
  async open(code, description, layout) {
    const module = await WebAssembly.compile(code);
    for (const worker of this.workers) worker.postMessage({ open: { module, description, layout } });
  }

  /**
   * Replace the plan.
   * @param {Want[]} wants @param {boolean} [urgent]  all wait for this alone: who is done helps the others, so that none waits for the slowest
   */
  plan(wants, urgent = false) {
    const jobs = jobsOf(wants), count = this.workers.length;
    this.workers.forEach((worker, index) => {
      const own = shareOf(jobs, index, count);
      const others = Array.from({ length: urgent ? count - 1 : 0 }, (_, k) => shareOf(jobs, (index + k + 1) % count, count, true));
      worker.postMessage({ plan: [...own, ...others.flat()] });
    });
  }
}

/** Of all chunks of jobs, in order, each `count`-th from one on; from the last to the first where `backwards`. */
export function shareOf(jobs, index, count, backwards = false) {
  let place = index;
  const share = jobs.map((job) => {
    const chunks = job.chunks.filter((_, k) => k >= place && (k - place) % count === 0);
    place += chunks.length * count - job.chunks.length;
    return { ...job, chunks: backwards ? chunks.reverse() : chunks };
  }).filter((job) => job.chunks.length);
  return backwards ? share.reverse() : share;
}

/** The jobs of wants: chunks that are neither done nor asked for by an earlier want. @param {Want[]} wants */
export function jobsOf(wants) {
  const asked = new Map();
  return wants.flatMap(({ result, runs, depth = ENDS }) => {
    const before = asked.get(result.key) ?? new Map();
    asked.set(result.key, before);
    const chunks = result.missing(runs, depth).filter((chunk) => !(before.get(chunk) >= depth));
    for (const chunk of chunks) before.set(chunk, depth);
    const { key, params, seed, size, weeks } = result;
    return chunks.length ? [{ key, params, seed, size, weeks, keep: depth, chunks: Int32Array.from(chunks) }] : [];
  });
}
