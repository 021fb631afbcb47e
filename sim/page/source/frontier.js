// Bargaining over issues: what packages are worth, and the efficient ones (docs/model.md, Packages; sim/rules/packages.py). The
// rules make every offer that counts; here the same package is shown before it is made, and the frontier is drawn.

/**
 * @typedef {Object} Item  an issue as somebody sees it
 * @property {number} issue  its place in the record @property {number} owner  the side that concedes it
 * @property {number} benefit  worth of full concession to the other side @property {number} linear @property {number} convex  cost to the owner
 * @property {number} least @property {number} most  the levels between which it is bargained
 */

const US = 0, FAR = 28, HALVINGS = 90; // a weight of e^28 stands for infinity; 90 halvings leave no digit of it
const GOLDEN = (Math.sqrt(5) - 1) / 2, POINTS = 120;

/** What a level of an issue is worth to a side. @param {Item} item */
export const worthOf = ({ owner, benefit, linear, convex }, level, side) => (owner === side ? -(linear * level + convex * level * level) : benefit * level);

/** What a package is worth to Washington and to Beijing. @param {Item[]} items @param {number[]} levels @returns {number[]} */
export const worthsOf = (items, levels) => [0, 1].map((side) => items.reduce((sum, item, k) => sum + worthOf(item, levels[k], side), 0));

/** The efficient levels where Beijing counts `weight` times as much as Washington. @param {Item[]} items */
export function efficient(items, weight) {
  return items.map(({ owner, benefit, linear, convex, least, most }) => {
    const rate = owner === US ? weight : 1 / weight;
    return Math.min(Math.max((rate * benefit - linear) / (2 * convex), least), most);
  });
}

/** The efficient package that is worth so much to a side, or the nearest there is. @param {Item[]} items */
export function efficientWorth(items, side, worth) {
  let low = -FAR, high = FAR;
  for (let k = 0; k < HALVINGS; k += 1) {
    const middle = (low + high) / 2, found = worthsOf(items, efficient(items, Math.exp(middle)))[side];
    // a weight on Beijing takes from Washington
    if ((found > worth) === (side === US)) low = middle;
    else high = middle;
  }
  return efficient(items, Math.exp((low + high) / 2));
}

/** The frontier as worths to both, from Washington's best to Beijing's. @param {Item[]} items @returns {number[][]} */
export function frontierOf(items) {
  const [best] = worthsOf(items, efficient(items, Math.exp(-FAR))), [worst] = worthsOf(items, efficient(items, Math.exp(FAR)));
  return Array.from({ length: POINTS + 1 }, (_, k) => worthsOf(items, efficientWorth(items, US, best + (k / POINTS) * (worst - best))));
}

/** The worths of the Nash point, of the largest product of gains over `floor`; null where no package is better for both. */
export function nashOf(items, floor) {
  const at = (x) => worthsOf(items, efficient(items, Math.exp(x))), gain = (x) => at(x).map((worth, side) => worth - floor[side]);
  // within the weights at which both gain, the product has one top
  const from = edge((x) => gain(x)[1] > 0), to = edge((x) => gain(x)[US] <= 0);
  if (!(from < to)) return null;
  let low = from, high = to;
  const product = (x) => gain(x)[0] * gain(x)[1];
  for (let k = 0; k < HALVINGS; k += 1) {
    const left = high - GOLDEN * (high - low), right = low + GOLDEN * (high - low);
    if (product(left) < product(right)) low = left;
    else high = right;
  }
  return product((low + high) / 2) > 0 ? at((low + high) / 2) : null;
}

/** The weight, as a power of e, from which on something holds. */
function edge(holds) {
  let low = -FAR, high = FAR;
  for (let k = 0; k < HALVINGS; k += 1) {
    const middle = (low + high) / 2;
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** The largest joint worth of a package, bn USD a year. @param {Item[]} items */
export const bestSum = (items) => worthsOf(items, efficient(items, 1)).reduce((sum, worth) => sum + worth, 0);
