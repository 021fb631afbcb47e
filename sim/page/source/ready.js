// Whether this machine and this room are fit for the page: what a host looks at before people come.

/** Runs that are timed, how many at once, and the longest that a room waits for as many, ms. */
const RUNS = 200, AT_ONCE = 20, PATIENCE = 3000;
/** The smallest slide, px: a projector of 1280 by 720 less the bars of a browser. */
const WIDE = 1180, HIGH = 600;

/**
 * Four checks, in about a second.
 * @param {any} contents @param {Uint8Array} params  a record of settings
 * @returns {Promise<{ok: boolean, text: string}[]>}
 */
export async function ready(contents, params) {
  const began = performance.now(), engine = await globalThis.Engine.open(contents.module, contents.description);
  for (let first = 0; first < RUNS; first += AT_ONCE) {
    engine.compute({ params, seed: 1n, run: Array.from({ length: AT_ONCE }, (_, k) => first + k) });
    // the page stays awake
    await new Promise((done) => setTimeout(done));
  }
  const took = performance.now() - began, processors = navigator.hardwareConcurrency || 1;
  const family = getComputedStyle(document.body).fontFamily.split(",")[0], fonts = document.fonts.check(`400 16px ${family}`) && document.fonts.check(`700 16px ${family}`);
  return [
    { ok: processors > 1, text: `Browser: it runs the model, on ${processors} processor${processors > 1 ? "s" : ", slower than in a room it should be"}` },
    { ok: took < PATIENCE, text: `Speed: ${RUNS} runs in ${(took / 1000).toFixed(1)} s${took < PATIENCE ? "" : "; close other programs"}` },
    { ok: innerWidth >= WIDE && innerHeight >= HIGH, text: `Screen: ${innerWidth} by ${innerHeight}${innerWidth >= WIDE && innerHeight >= HIGH ? "" : "; zoom out or go full screen (F11)"}` },
    { ok: fonts, text: fonts ? "Typeface: the page's own" : "Typeface: not the page's own, and lines may break elsewhere" },
  ];
}
