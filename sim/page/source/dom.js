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

/** An element of a picture. */
export function svg(tag, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** Size of the page's letters, px: pictures scale with it. */
export const letter = () => parseFloat(getComputedStyle(document.documentElement).fontSize);
