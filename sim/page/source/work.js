// A worker of the page: it has the engine (sim/browser/engine.js) and serves plans instead of single jobs. It takes the chunks of its
// plan one after the other; a newer plan wins at the next chunk.
import { COUNTS, ENDS } from "./depth.js";

/**
 * Serve plans. The first message opens the module ({ open: { module, description, layout } }). Every other one is a plan
 * ({ plan: [{ key, params, seed, size, weeks, keep, chunks }] }). Chunk c holds runs c size to (c + 1) size - 1.
 */
function servePlans(scope, Engine) {
  const turn = new MessageChannel();
  let engine, layout, jobs = [], place = 0, busy = false;

  scope.onmessage = async ({ data }) => {
    if (data.open) {
      ({ layout } = data.open);
      engine = await Engine.open(data.open.module, data.open.description);
      scope.postMessage({ ready: true });
    } else {
      [jobs, place] = [data.plan, 0];
    }
    if (engine && !busy) step();
  };
  // between two chunks the queue of messages has its turn, where a newer plan may wait
  turn.port1.onmessage = step;

  function step() {
    const job = next();
    busy = Boolean(job);
    if (!busy) return;
    const answer = compute(job.job, job.chunk);
    scope.postMessage(answer, buffersOf(answer));
    turn.port2.postMessage(0);
  }

  function next() {
    if (jobs.length && place === jobs[0].chunks.length) {
      jobs.shift();
      place = 0;
    }
    return jobs.length ? { job: jobs[0], chunk: jobs[0].chunks[place++] } : null;
  }

  function compute({ key, params, seed, size, weeks, keep }, chunk) {
    const run = Array.from({ length: size }, (_, j) => chunk * size + j);
    try {
      const out = engine.compute({ params, run, seed, weeks: keep > ENDS ? weeks : 0, whole: false });
      return { key, chunk, keep, ...read(out, size, weeks, keep) };
    } catch (error) {
      return { key, chunk, error: String(error) };
    }
  }

  // codes are small, so their first byte is the whole of them; every field stands at a multiple of its size
  function read(out, size, weeks, keep) {
    const ends = new Uint8Array(size);
    for (let j = 0; j < size; j++) ends[j] = out.runs[j * layout.run + layout.end];
    if (keep === ENDS) return { ends };
    const counts = new Uint16Array(weeks * layout.outcomes);
    for (let i = 0; i < size * weeks; i++) {
      counts[(i % weeks) * layout.outcomes + out.weeks[i * layout.week + layout.outcome]] += 1;
    }
    return keep === COUNTS ? { ends, counts } : { ends, counts, ...series(out.weeks, size * weeks) };
  }

  function series(bytes, rows) {
    const states = new Uint8Array(rows), events = layout.wide ? new Uint32Array(rows) : new Uint16Array(rows);
    const marks = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4), numbers = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
    const values = layout.series.map(() => new Float32Array(rows));
    for (let i = 0; i < rows; i++) {
      states[i] = bytes[i * layout.week + layout.state];
      events[i] = marks[(i * layout.week + layout.events) / 4];
      for (let k = 0; k < values.length; k++) values[k][i] = numbers[(i * layout.week + layout.series[k]) / 8];
    }
    return { states, events, values };
  }

  function buffersOf({ ends, counts, states, events, values = [] }) {
    return [ends, counts, states, events, ...values].filter(Boolean).map((numbers) => numbers.buffer);
  }
}

servePlans(globalThis, globalThis.Engine);
