// Elements in one line each.

const SVG = "http://www.w3.org/2000/svg";

export const byId = (id) => document.getElementById(id);

/**
 * An element. Properties are set by name; those with a hyphen, and `role` and `for`, as attributes; `style` holds CSS.
 * @param {string} tag @param {Object<string, any>} given @param {...(Node | string)} children
 */
export function el(tag, given = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (name === "style") made.style.cssText = value;
    else if (name.includes("-") || name === "role" || name === "for") made.setAttribute(name, value);
    else made[name] = value;
  }
  made.append(...children);
  return made;
}

/** Go on when the frame that is being made is painted. */
export function afterPaint(then) {
  const turn = new MessageChannel();
  turn.port1.onmessage = () => {
    turn.port1.close();
    then();
  };
  const go = () => turn.port2.postMessage(0);
  // a page in the background makes no frame
  if (document.hidden) go();
  else requestAnimationFrame(go);
}

/** Let a box fade at its foot where more stands below; the function that looks again. @param {HTMLElement} box */
export function fading(box) {
  const look = () => box.classList.toggle("more", box.scrollHeight - box.scrollTop - box.clientHeight > 2);
  box.addEventListener("scroll", look, { passive: true });
  new ResizeObserver(look).observe(box);
  return look;
}

/** An element of a picture. */
export function svg(tag, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

// asking for a size makes the browser lay out the page at once, so each is asked once
let sizes = new WeakMap(), letters = 0;

/** Size of a box, px, as it was when the page last changed its sizes. */
export function sizeOf(box) {
  if (!sizes.has(box)) sizes.set(box, { width: box.clientWidth, height: box.clientHeight });
  return sizes.get(box);
}

/** Size of the page's letters, px: pictures scale with it. */
export function letter() {
  letters ||= parseFloat(getComputedStyle(document.documentElement).fontSize);
  return letters;
}

/** The page has changed its sizes. */
export function measureAgain() {
  sizes = new WeakMap();
  letters = 0;
}
