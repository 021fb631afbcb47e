// The rules as a WebAssembly module: settings go in as bytes, records come out as bytes (docs/browser.md).
// A classic script, so that the same file serves a page, a worker made from a Blob, and Node.
"use strict";

const ALIGN = 64, PAGE = 65536;
const bytesOf = (view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

/** One instance of the module. It computes on the thread that calls it: in a page, use Workers. */
class Engine {
  /** code: the bytes of rules.wasm, or the module compiled from them; description: rules.json, parsed. */
  static async open(code, description) {
    const module = code instanceof WebAssembly.Module ? code : await WebAssembly.compile(code);
    // no imports: the module asks nothing of anyone
    return new Engine((await WebAssembly.instantiate(module, {})).exports, description);
  }

  constructor(exports, description) {
    this.memory = exports.memory;
    this.base = exports.__heap_base.value;
    this.function = exports[description.export.name];
    this.order = description.export.arguments.map((argument) => argument.name);
    this.sizes = description.sizes;
    this.facts = Uint8Array.from(atob(description.facts.bytes), (letter) => letter.charCodeAt(0));
    this.factsAt = description.facts.offset;
  }

  /**
   * The records of many runs.
   *   params  bytes of one record of settings or more (points)
   *   dated   bytes of their dated rows, where they have any
   *   script  bytes of the rows of their transcripts, where they have any
   *   run     the number of each run; point, for each run, which record of settings it takes (the first where left out)
   *   seed    a BigInt from 0 to 2n ** 64n - 1n
   *   weeks   how many weeks to keep of each run, 0 for none; acts and asks, how many of those
   *   whole   false for brief weeks, which cost next to nothing: of the series only those that description.brief names
   * Gives { runs, weeks, acts, asks }: bytes of a record per run, per run and week, and of rows per run.
   */
  simulate(job) {
    const { runs, weeks, acts, asks } = this.compute(job);
    return { runs: runs.slice(), weeks: weeks.slice(), acts: acts.slice(), asks: asks.slice() };
  }

  /** The same where they stand in the module's memory, which holds them until the next call: the weeks of ten runs are a megabyte to copy. */
  compute({ params, dated = new Uint8Array(), script = new Uint8Array(), run, seed, point = [], weeks = 0, acts = 0, asks = 0, whole = true }) {
    if (params.byteLength === 0 || params.byteLength % this.sizes.params) throw new RangeError("settings of another size");
    if (dated.byteLength % this.sizes.dated) throw new RangeError("dated rows of another size");
    if (script.byteLength % this.sizes.script) throw new RangeError("rows of a transcript of another size");
    const count = run.length;
    const given = {
      params: bytesOf(params),
      dated: bytesOf(dated),
      script: bytesOf(script),
      point: bytesOf(BigInt64Array.from(run, (_, j) => BigInt(point[j] ?? 0))),
      run: bytesOf(BigInt64Array.from(run, BigInt)),
    };
    const sizes = {
      ...Object.fromEntries(Object.entries(given).map(([name, bytes]) => [name, bytes.length])),
      outs: count * this.sizes.run, series: count * weeks * this.sizes.week,
      acts: count * acts * this.sizes.acts, asks: count * asks * this.sizes.asks,
    };
    const places = this.places(sizes), memory = new Uint8Array(this.memory.buffer);
    for (const [name, bytes] of Object.entries(given)) memory.set(bytes, places[name]);
    memory.set(this.facts, places.state + this.factsAt);
    memory.fill(0, places.outs, places.series + sizes.series);
    const values = {
      ...places, cells: places.own, points: params.byteLength / this.sizes.params, rows: dated.byteLength / this.sizes.dated,
      answers: script.byteLength / this.sizes.script, seed, runs: count, weeks, most_acts: acts, most_asks: asks, whole: Number(whole),
    };
    this.function(...this.order.map((name) => values[name]));
    const view = (name) => memory.subarray(places[name], places[name] + sizes[name]);
    return { runs: view("outs"), weeks: view("series"), acts: view("acts"), asks: view("asks") };
  }

  /**
   * An address for each block of bytes, one after the other from the first free byte; the memory grows to hold them. The work space
   * comes first and is always as large: it is zero at first but for the facts of trade, and then as the run before left it, which every
   * run starts anew from.
   */
  places(sizes) {
    const work = { state: this.sizes.state, firms: this.sizes.firms, own: this.sizes.params }, found = {};
    let top = this.base;
    for (const [name, size] of Object.entries({ ...work, ...sizes })) {
      found[name] = Math.ceil(top / ALIGN) * ALIGN;
      top = found[name] + size;
    }
    const missing = top - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / PAGE));
    return found;
  }
}

/** Engines on threads of their own. A worker made from a Blob works from file:// too, so a page on a stick is enough. */
class Workers {
  /** source: the text of this file; count: how many workers, by default one per processor. */
  constructor(source, code, description, count = globalThis.navigator?.hardwareConcurrency || 2) {
    const place = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    this.sizes = description.sizes;
    this.workers = Array.from({ length: count }, () => new Worker(place));
    for (const worker of this.workers) worker.postMessage({ open: { code, description } });
  }

  /**
   * Runs 0 to runs - 1 of one scenario, in chunks; onchunk(first, records) hears of each as it is done.
   * Gives the same { runs, weeks } as Engine.simulate, whatever the number of workers and the size of chunks.
   */
  async simulate({ params, dated = new Uint8Array(), seed, runs, weeks = 0, chunk = 25, onchunk = () => {} }) {
    const out = { runs: new Uint8Array(runs * this.sizes.run), weeks: new Uint8Array(runs * weeks * this.sizes.week) };
    let next = 0;
    const work = async (worker) => {
      while (next < runs) {
        const first = next, count = Math.min(chunk, runs - first);
        next += count;
        const done = await ask(worker, { params, dated, seed, weeks, run: Array.from({ length: count }, (_, j) => first + j) });
        out.runs.set(done.runs, first * this.sizes.run);
        out.weeks.set(done.weeks, first * weeks * this.sizes.week);
        onchunk(first, done);
      }
    };
    await Promise.all(this.workers.map(work));
    return out;
  }

  close() {
    for (const worker of this.workers) worker.terminate();
  }
}

/** Send one job to a worker that has none; its answer, or its error thrown here. */
function ask(worker, job) {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data.done));
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage({ job });
  });
}

/** What a worker does with its messages: the first opens the module, every other one is a job. */
function serve(scope) {
  let engine;
  scope.onmessage = async ({ data }) => {
    if (data.open) {
      engine = Engine.open(data.open.code, data.open.description);
      engine.catch(() => {}); // the first job reports it
      return;
    }
    try {
      const done = (await engine).simulate(data.job);
      scope.postMessage({ done }, [done.runs.buffer, done.weeks.buffer]);
    } catch (error) {
      scope.postMessage({ error: String(error) });
    }
  };
}

Object.assign(globalThis, { Engine, Workers });
if (typeof WorkerGlobalScope !== "undefined" && globalThis instanceof WorkerGlobalScope) serve(globalThis);
