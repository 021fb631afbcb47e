// A game by exchanging one short code a turn, without a server. A code holds which game it is (version, rules, scenario, seed, run)
// and what both persons decided so far, three bits a decision; whoever has the newest code has the whole game.
import { boundsOf, LEFT, OWN } from "./game.js";
import { crc32 } from "./settings.js";
import { Refused } from "./words.js";

const PREFIX = "TRUCE", FORMAT = 1;
const SYMBOL_BITS = 3, WORTH_BITS = 24, MOST_MOVES = 8192, MOST_LETTERS = 20_000, MOST_RUN = 2n ** 32n - 1n, MOST_SEED = 2n ** 64n - 1n;
/** Offers of one's own are whole hundredths of a billion. */
export const CENTS = 100;

/**
 * @typedef {Object} Code
 * @property {string} stamp  eight digits of the rules and shipped scenarios @property {number} scenario  hash of the settings
 * @property {bigint} seed @property {number} run @property {{symbol: number, worth?: number}[]} moves
 */

/** What tells one scenario from another: a hash of its settings as the rules read them. @param {Uint8Array} params */
export const hashOf = (params) => crc32(params);

/** The code of a game as it stands. @param {import("./game.js").Game} game */
export function codeOf(game, stamp) {
  const bits = new Bits();
  bits.put(parseInt(stamp, 16), 32);
  bits.put(hashOf(game.params), 32);
  bits.putNumber(BigInt(game.seed));
  bits.putNumber(BigInt(game.run));
  bits.putNumber(BigInt(game.moves.length));
  for (const { symbol, worth } of game.moves) {
    bits.put(symbol, SYMBOL_BITS);
    if (symbol === OWN) bits.put(Math.round(worth * CENTS) + 2 ** (WORTH_BITS - 1), WORTH_BITS);
  }
  const bytes = bits.bytes(), sum = crc32(bytes);
  const all = Uint8Array.from([...bytes, ...[24, 16, 8, 0].map((by) => (sum >>> by) & 255)]);
  return `${PREFIX}${FORMAT}.${btoa(String.fromCharCode(...all)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")}`;
}

/** What a code holds, or why it is none that can be used. @param {string} text @param {string} stamp  of this page @returns {Code} */
export function readCode(text, stamp) {
  const found = new RegExp(`${PREFIX}(\\d+)\\.([\\w-]*)`).exec(text.slice(0, MOST_LETTERS).replace(/\s+/g, ""));
  if (!found) throw new Refused({ problem: "this is no code of a game", given: text.trim().slice(0, 60), allowed: `what the other page shows; it begins with ${PREFIX}${FORMAT}.` });
  if (Number(found[1]) !== FORMAT) throw new Refused({ problem: "this code is of another version of the page", given: `${PREFIX}${found[1]}`, allowed: `${PREFIX}${FORMAT}`, cure: "open the same page on both sides" });
  const bytes = bytesOf(found[2]), body = bytes.subarray(0, -4);
  if (bytes.length < 5 || bytes.subarray(-4).some((byte, k) => byte !== ((crc32(body) >>> (24 - 8 * k)) & 255))) {
    throw new Refused({ problem: "this code was changed or cut on its way", cure: "copy the whole code again; nothing here has changed" });
  }
  try {
    return contentsOf(new Bits(body), stamp);
  } catch (error) {
    if (error instanceof RangeError) throw new Refused({ problem: "this code is shorter than it says", cure: "copy the whole code again" });
    throw error;
  }
}

function contentsOf(bits, stamp) {
  const own = bits.take(32).toString(16).padStart(8, "0");
  if (own !== stamp) throw new Refused({ problem: "this code is of a page with other rules or scenarios", given: own, allowed: stamp, cure: "open the same page on both sides" });
  const scenario = bits.take(32), seed = bits.takeNumber(MOST_SEED), run = Number(bits.takeNumber(MOST_RUN)), count = Number(bits.takeNumber(BigInt(MOST_MOVES)));
  const moves = Array.from({ length: count }, () => {
    const symbol = bits.take(SYMBOL_BITS);
    return symbol === OWN ? { symbol, worth: (bits.take(WORTH_BITS) - 2 ** (WORTH_BITS - 1)) / CENTS } : { symbol };
  });
  return { stamp: own, scenario, seed, run, moves };
}

function bytesOf(text) {
  try {
    return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}

/** Whether a code is of a game. @param {import("./game.js").Game} game @param {Code} code */
const isOf = (game, { scenario, seed, run }) => hashOf(game.params) === scenario && BigInt(game.seed) === seed && game.run === run;

/**
 * Take what the other has decided since: the game goes on by it, or stays as it is and the reason is thrown.
 * @param {import("./game.js").Game} game @param {Code} code @param {number} seat  this page's, -1 where it takes all there is
 */
export function take(game, code, seat) {
  if (!isOf(game, code)) throw new Refused({ problem: "this code is of another game: another scenario, seed or run", cure: "leave this game to open that one; nothing here has changed" });
  const known = game.moves, same = (k) => known[k].symbol === code.moves[k].symbol && (known[k].symbol !== OWN || known[k].worth === code.moves[k].worth);
  const shared = Math.min(known.length, code.moves.length), other = Array.from({ length: shared }, (_, k) => k).find((k) => !same(k));
  if (other !== undefined) throw new Refused({ problem: `this code tells decision ${other + 1} of the game otherwise than it was made here`, cure: "ask for the code again; nothing here has changed" });
  if (code.moves.length < known.length) throw new Refused({ problem: `this code is older than the game here, ${code.moves.length} decisions against ${known.length}`, cure: "ask for the newest one" });
  if (code.moves.length === known.length && seat >= 0) throw new Refused({ problem: "there is nothing new in this code", cure: "send the other side the code that stands here, and take the one that comes back" });
  const back = game.mark();
  try {
    for (let k = known.length; k < code.moves.length; k += 1) makeMove(game, code.moves[k], k + 1, seat);
  } catch (error) {
    back();
    throw error;
  }
}

/** One decision of a code, if it is legal. @private */
function makeMove(game, { symbol, worth }, number, seat) {
  const wrong = (problem) => new Refused({ problem: `decision ${number} of this code ${problem}`, cure: "ask for the code again; nothing here has changed" });
  const ask = game.next();
  if (!ask) throw wrong("answers nothing: the game is over by then");
  if (ask.side === seat) throw wrong("is one that is yours to make");
  if (symbol === LEFT) return game.leave(ask.side);
  if (symbol === OWN) {
    const [least, most] = boundsOf(ask);
    if (ask.name !== "offer" || !(worth >= least && worth <= most)) throw wrong("is an offer that the rules do not take");
    return game.answer(ask, { choice: 0, worth, kind: "own" });
  }
  if (!ask.choices[symbol]) throw wrong("is none of the choices");
  return game.answer(ask, ask.choices[symbol]);
}

/** Numbers as bits, the first one highest. */
class Bits {
  /** @param {Uint8Array} [bytes]  to read from */
  constructor(bytes) {
    this.list = bytes ? [...bytes].flatMap((byte) => [7, 6, 5, 4, 3, 2, 1, 0].map((by) => (byte >> by) & 1)) : [];
    this.at = 0;
  }

  put(number, bits) {
    for (let by = bits - 1; by >= 0; by -= 1) this.list.push(Math.floor(number / 2 ** by) % 2);
  }

  /** A whole number, seven bits at a time. @param {bigint} number */
  putNumber(number) {
    for (let rest = number; ; rest >>= 7n) {
      this.put(Number(rest & 127n) + (rest > 127n ? 128 : 0), 8);
      if (rest <= 127n) return;
    }
  }

  take(bits) {
    if (this.at + bits > this.list.length) throw new RangeError("too short");
    let found = 0;
    for (let k = 0; k < bits; k += 1) found = 2 * found + this.list[this.at++];
    return found;
  }

  /** @param {bigint} most */
  takeNumber(most) {
    let found = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.take(8);
      found += BigInt(byte & 127) << shift;
      if (byte < 128) break;
    }
    if (found > most) throw new RangeError("too large");
    return found;
  }

  bytes() {
    const whole = Math.ceil(this.list.length / 8);
    return Uint8Array.from({ length: whole }, (_, k) => Array.from({ length: 8 }, (_, bit) => this.list[8 * k + bit] ?? 0).reduce((sum, bit) => 2 * sum + bit, 0));
  }
}
