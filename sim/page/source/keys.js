// Keys that do something anywhere on the page.

const WRITING = "input[type=search], input[type=text], input[type=date], textarea, select, [role=menu]";

/**
 * @param {Object<string, () => void>} acts  by key
 * @param {(number: number) => void} compare
 * @param {() => boolean} busy  whether something lies over the page that has keys of its own
 */
export function listen(acts, compare, busy) {
  addEventListener("keydown", (event) => {
    const act = actOf(event, acts, compare);
    if (!act || busy()) return;
    event.preventDefault();
    act();
  });
}

function actOf(event, acts, compare) {
  const key = event.key.toLowerCase();
  if (event.ctrlKey || event.metaKey) return { z: event.shiftKey ? acts.y : acts.u, y: acts.y }[key];
  if (event.altKey || event.target.closest?.(WRITING)) return undefined;
  return /^[1-9]$/.test(key) ? () => compare(Number(key) - 1) : acts[key];
}
