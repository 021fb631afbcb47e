// Shares that add up, their intervals, and differences between runs with the same draws.

export const Z95 = 1.959964;

/**
 * Whole numbers that add up to a total, by largest remainder: a room does not forgive 71 - 0 = 72.
 * @param {number[]} shares  parts of a whole, adding up to 1
 * @returns {number[]}
 */
export function addingUpTo(total, shares) {
  const exact = shares.map((share) => total * share);
  const whole = exact.map(Math.floor);
  const missing = Math.round(total - whole.reduce((sum, part) => sum + part, 0));
  exact
    .map((part, place) => [part - whole[place], place])
    .sort((one, other) => other[0] - one[0])
    .slice(0, missing)
    .forEach(([, place]) => (whole[place] += 1));
  return whole;
}

/**
 * Wilson's interval (1927) of a share of which `count` of `runs` is seen.
 * @returns {[number, number]}
 */
export function wilson(count, runs, z = Z95) {
  if (!runs) return [0, 1];
  const share = count / runs, room = 1 + (z * z) / runs;
  const centre = (share + (z * z) / (2 * runs)) / room;
  const half = (z / room) * Math.sqrt((share * (1 - share)) / runs + (z * z) / (4 * runs * runs));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

/**
 * How often one outcome comes in two sets of runs, of which run j has the same draws in both.
 * @param {{ends: Uint8Array, runs: number}} first
 * @param {{ends: Uint8Array, runs: number}} second
 * @param {number} outcome  its code
 */
export function jointCounts(first, second, outcome) {
  const pairs = Math.min(first.runs, second.runs);
  const count = { pairs, one: 0, two: 0, both: 0, first: 0, second: 0, firstRuns: first.runs, secondRuns: second.runs };
  for (let j = 0; j < pairs; j++) {
    const one = first.ends[j] === outcome, two = second.ends[j] === outcome;
    count.one += one;
    count.two += two;
    count.both += one && two;
  }
  count.first = count.one + countFrom(first, outcome, pairs);
  count.second = count.two + countFrom(second, outcome, pairs);
  return count;
}

/**
 * Second share less first, with the half width of its interval. Runs that both sets hold pair up, so
 * that the side not moved keeps its larger number of runs: var = var 1 + var 2 - 2 cov / larger number.
 * Half a run is added to each of the four cells (Agresti and Min 2005): a difference of few runs
 * must not look surer than it is.
 * @param {ReturnType<typeof jointCounts>} count
 */
export function pairedDifference(count, z = Z95) {
  const { pairs, firstRuns, secondRuns } = count;
  if (!pairs) return { difference: 0, half: 1 };
  const first = (count.first + 1) / (firstRuns + 2), second = (count.second + 1) / (secondRuns + 2);
  const shared = (count.both + 0.5) / (pairs + 2);
  const covariance = shared - ((count.one + 1) / (pairs + 2)) * ((count.two + 1) / (pairs + 2));
  const variance = (first * (1 - first)) / (firstRuns + 2) + (second * (1 - second)) / (secondRuns + 2)
    - (2 * covariance) / (Math.max(firstRuns, secondRuns) + 2);
  return {
    difference: count.second / secondRuns - count.first / firstRuns,
    half: z * Math.sqrt(Math.max(0, variance)),
  };
}

/**
 * The number of standard errors at which one of `comparisons` looks clear by chance alone once in
 * twenty times (Bonferroni), so that a ranking of many is not a ranking of noise.
 */
export function clearAmong(comparisons) {
  return -lowerTail(0.025 / Math.max(1, comparisons));
}

/** Quantile of sorted numbers, between neighbours by straight lines. */
export function quantile(sorted, share) {
  const place = share * (sorted.length - 1), below = Math.floor(place);
  const low = sorted[below], high = sorted[Math.min(below + 1, sorted.length - 1)];
  return low + (place - below) * (high - low);
}

function countFrom({ ends, runs }, outcome, start) {
  let count = 0;
  for (let j = start; j < runs; j++) count += ends[j] === outcome;
  return count;
}

/** Normal quantile of a small probability, to 0.0005 (Abramowitz and Stegun 26.2.23). */
function lowerTail(probability) {
  const t = Math.sqrt(-2 * Math.log(probability));
  const top = 2.515517 + t * (0.802853 + t * 0.010328);
  return top / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t;
}
