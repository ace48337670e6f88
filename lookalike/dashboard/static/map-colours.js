// The colours of the map, from the tokens; read again when the scheme changes.
import { mixed } from "./map-dots.js";

const HUES = 10, DIMMED = 44; // of 256, of what a search did not find

export function readColours() {
  const style = getComputedStyle(document.documentElement), pen = document.createElement("canvas").getContext("2d");
  const token = (name) => {
    pen.fillStyle = style.getPropertyValue(name).trim();
    return pen.fillStyle; // #rrggbb, however it was written
  };
  const ground = packed(token("--ground-2"));
  const hues = [token("--map-none"), ...Array.from({ length: HUES }, (_, i) => token(`--map-${i + 1}`))].map(packed);
  return {
    ground,
    hues: Uint32Array.from(hues),
    dimmed: Uint32Array.from(hues, (hue) => mixed(ground, hue, DIMMED)),
    halo: new Uint32Array(HUES + 1).fill(packed(token("--ink"))),
    ...Object.fromEntries(["ink", "accent", "edge", "veil", "line"].map((name) => [name, style.getPropertyValue(`--${name}`).trim()])),
    none: token("--ground-3"),
    font: getComputedStyle(document.body).fontFamily,
  };
}

// For each point the place of its colour: 0 for no group. Groups that lie side by side differ in
// colour as far as there are enough; in the order of their numbers, so that they keep it.
export function slotsOf(points, regions) {
  const last = Array.from({ length: HUES }, () => []), slots = new Map([[-1, 0]]);
  for (const region of regions.toSorted((a, b) => a.id - b.id)) {
    const gaps = last.map((same) => same.reduce((least, other) => Math.min(least, Math.hypot(other.x - region.x, other.y - region.y)), 9));
    const best = gaps.indexOf(Math.max(...gaps));
    last[best].push(region);
    slots.set(region.id, best + 1);
  }
  return Uint8Array.from(points.group, (group) => slots.get(group) ?? 0);
}

export function onSchemeChange(act) {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", act);
  new MutationObserver(act).observe(document.documentElement, { attributeFilter: ["data-theme"] });
}

function packed(colour) {
  const [red, green, blue] = [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));
  return (0xff000000 | blue << 16 | green << 8 | red) >>> 0;
}
