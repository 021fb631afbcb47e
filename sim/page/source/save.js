// Downloads: texts, tables and pictures as files. Nothing leaves the machine.

const PROPERTIES = [
  "fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity", "stroke-linecap", "stroke-linejoin",
  "opacity", "font-family", "font-size", "font-weight", "font-feature-settings", "letter-spacing", "text-anchor",
  "dominant-baseline", "visibility", "display", "paint-order",
];
const NAMESPACE = "http://www.w3.org/2000/svg";
const PIXELS = 2; // of a picture, for each of the screen: sharp on paper and on a projector

/** A name of a file: its words joined, with nothing that a system refuses. @param {string[]} parts */
export function fileName(...parts) {
  const words = parts.join("-").normalize("NFKD").replace(/[^\w.-]+/g, "_").replace(/^[._-]+|[._-]+$/g, "");
  return words.slice(0, 100) || "tariffsim";
}

/** @param {string} name @param {Blob} blob */
export function saveBlob(name, blob) {
  const place = URL.createObjectURL(blob);
  const link = Object.assign(document.createElement("a"), { href: place, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(place), 60_000); // the download has begun by then
}

/** @param {string} name @param {string} text @param {string} [type] */
export function saveText(name, text, type = "text/plain") {
  saveBlob(name, new Blob([text], { type: `${type};charset=utf-8` }));
}

/**
 * A table as comma-separated values (RFC 4180): numbers in full, texts in quotes where they need them.
 * @param {string[]} head @param {any[][]} rows
 */
export function csv(head, rows) {
  return [head, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

function cell(value) {
  if (value === null || value === undefined) return "";
  if (typeof value !== "string") return String(value);
  // a spreadsheet would compute a text that begins so
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** @param {string} name @param {string[]} head @param {any[][]} rows */
export function saveCsv(name, head, rows) {
  saveText(name, csv(head, rows), "text/csv");
}

/**
 * A picture of the page as a file of its own: its look written into it, the typeface with it, on white.
 * @param {SVGSVGElement} svg @param {{title?: string, note?: string}} [words]  above and below the picture
 */
export function svgText(svg, { title = "", note = "" } = {}) {
  const box = svg.getBoundingClientRect(), size = parseFloat(getComputedStyle(svg).fontSize);
  const above = title ? 2 * size : 0, below = note ? 2 * size : 0;
  const copy = /** @type {SVGSVGElement} */ (svg.cloneNode(true));
  written(svg, copy);
  const defs = [...document.querySelectorAll("svg > defs")].map((one) => one.cloneNode(true));
  const whole = document.createElementNS(NAMESPACE, "svg");
  const height = box.height + above + below;
  attributes(whole, { width: box.width, height, viewBox: `0 0 ${box.width} ${height}` });
  attributes(copy, { x: 0, y: above, width: box.width, height: box.height, style: "overflow:visible" });
  const style = document.createElementNS(NAMESPACE, "style");
  style.textContent = fontFace();
  const paper = attributes(document.createElementNS(NAMESPACE, "rect"), { width: "100%", height: "100%", fill: "#fff" });
  const family = getComputedStyle(document.documentElement).fontFamily;
  const line = (text, y, weight) => {
    const made = attributes(document.createElementNS(NAMESPACE, "text"), { x: 0, y, "font-family": family, "font-size": size, "font-weight": weight });
    made.textContent = text;
    return made;
  };
  whole.append(style, ...defs, paper, copy);
  if (title) whole.append(line(title, 1.2 * size, 650));
  if (note) whole.append(line(note, height - 0.6 * size, 400));
  return new XMLSerializer().serializeToString(whole);
}

/** The look of every element of a picture, as attributes of the same element of its copy. */
function written(from, to) {
  const look = getComputedStyle(from);
  for (const name of PROPERTIES) to.style?.setProperty(name, look.getPropertyValue(name));
  [...from.children].forEach((child, k) => written(child, to.children[k]));
}

function attributes(element, values) {
  for (const [name, value] of Object.entries(values)) element.setAttribute(name, String(value));
  return element;
}

/** The page's own typeface, from its style. */
function fontFace() {
  for (const { textContent } of document.querySelectorAll("style")) {
    const found = /@font-face\s*\{[^}]*\}/.exec(textContent);
    if (found) return found[0];
  }
  return "";
}

/** @param {string} name @param {SVGSVGElement} svg @param {{title?: string, note?: string}} [words] */
export function saveSvg(name, svg, words) {
  saveText(name, svgText(svg, words), "image/svg+xml");
}

/** The picture as a PNG. @returns {Promise<Blob>} */
export async function pngOf(svg, words) {
  const text = svgText(svg, words);
  const place = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = place;
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: image.width * PIXELS, height: image.height * PIXELS });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the picture is too large"))), "image/png"));
  } finally {
    URL.revokeObjectURL(place);
  }
}

/** @param {string} name @param {SVGSVGElement} svg @param {{title?: string, note?: string}} [words] */
export async function savePng(name, svg, words) {
  saveBlob(name, await pngOf(svg, words));
}
