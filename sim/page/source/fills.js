// Colour and hatch of each outcome, as the vocabulary has them, for boxes and for pictures.
import { svg } from "./dom.js";

const SIZE = 9; // px of a hatch
const LINE = 1.3, DOT = 1.4;

/** Black or white, whichever shows on a colour. */
function inkOn(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  return 0.3 * red + 0.59 * green + 0.11 * blue < 90 ? "#ffffff" : "#000000";
}

/** CSS background of an outcome. */
export function boxFill({ colour, hatch }) {
  const ink = `${inkOn(colour)}a0`, stripe = (angle) => `repeating-linear-gradient(${angle}deg,${ink} 0 ${LINE}px,transparent ${LINE}px ${SIZE}px)`;
  const layers = { "//": [stripe(135)], xx: [stripe(45), stripe(135)], "..": [`radial-gradient(circle,${ink} ${DOT}px,transparent ${DOT + 0.4}px) 0 0/${SIZE}px ${SIZE}px`] };
  return [...(layers[hatch] ?? []), colour].join(",");
}

/** The reference of an outcome's fill in a picture. */
export const pictureFill = ({ name }) => `url(#fill-${name})`;

/** The patterns that those references name. */
export function patterns(outcomes) {
  return svg("defs", {}, ...outcomes.map(pattern));
}

function pattern({ name, colour, hatch }) {
  const ink = { stroke: inkOn(colour), "stroke-opacity": 0.63, "stroke-width": LINE, fill: "none" };
  const marks = {
    "//": () => svg("path", { d: "M-2 2L2 -2M-1 10L10 -1M7 11L11 7", ...ink }),
    xx: () => svg("path", { d: "M0 0L9 9M9 0L0 9", ...ink }),
    "..": () => svg("circle", { cx: SIZE / 2, cy: SIZE / 2, r: DOT, fill: inkOn(colour), "fill-opacity": 0.63 }),
  };
  const size = { width: SIZE, height: SIZE, patternUnits: "userSpaceOnUse" };
  return svg("pattern", { id: `fill-${name}`, ...size }, svg("rect", { width: SIZE, height: SIZE, fill: colour }), ...(marks[hatch] ? [marks[hatch]()] : []));
}
