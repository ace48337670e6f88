// The map: dots in the colours of their groups from afar, thumbnails from near. What was found by a
// search stands out.
import { Card } from "./map-card.js";
import { onSchemeChange, readColours, slotsOf } from "./map-colours.js";
import { Dots } from "./map-dots.js";
import { Labels } from "./map-labels.js";
import { gapOf, nearestTo, nextTowards, pointsIn, readPoints, runsIn } from "./map-points.js";
import { Thumbnails } from "./map-thumbnails.js";
import { View } from "./map-view.js";

const MOST_PICTURES = 400; // in view, for thumbnails instead of dots
const SIDE_PX = { least: 30, most: 96 }, APART = 0.72; // of thumbnails
const HIT_PX = 14, EDGE_PX = 56, MOST_RATIO = 2, OUTSIDE = 1.4;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const place = document.querySelector("[data-map]");
if (place) start().catch(() => { place.querySelector("[data-map-said]").textContent = "The map could not be loaded."; });

async function start() {
  const answer = await fetch("/api/v1/map");
  if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
  new LibraryMap(readPoints(await answer.arrayBuffer())).start();
}

class LibraryMap {
  #canvas = place.querySelector("[data-map-canvas]");
  #pen = this.#canvas.getContext("2d");
  #card = new Card(place);
  #dots = new Dots();
  #view = new View(this.#canvas, () => this.#redraw());
  #ratio = Math.min(MOST_RATIO, devicePixelRatio || 1);
  #thumbnails = new Thumbnails(SIDE_PX.most * this.#ratio, () => this.#redraw());
  #found = null; // indices, and a mark for each point
  #isFound = null;
  #chosen = -1;
  #over = -1;
  #shown = null; // indices of the thumbnails that are drawn
  #waits = false;

  constructor(points) {
    this.points = points;
    this.regions = [...document.querySelectorAll("[data-region]")].map(({ dataset }) => ({ id: +dataset.id, x: +dataset.x, y: +dataset.y, label: dataset.label }));
    this.labelOf = new Map(this.regions.map(({ id, label }) => [id, label]));
    this.slots = slotsOf(points, this.regions);
    this.labels = new Labels(this.regions);
    this.gap = gapOf(points);
    this.colours = readColours();
  }

  start() {
    this.#fit();
    this.#view.follow((left, top, event) => this.#press(left, top, event));
    this.#canvas.addEventListener("keydown", (event) => this.#key(event));
    this.#canvas.addEventListener("pointermove", (event) => this.#hover(event));
    place.addEventListener("pointerleave", () => this.#leave());
    place.querySelector("[data-map-tools]").addEventListener("click", ({ target }) => this.#act(target.closest("[data-zoom]")?.dataset.zoom));
    onSchemeChange(() => { this.colours = readColours(); this.#redraw(); });
    new ResizeObserver(() => this.#redraw()).observe(this.#canvas);
    if (place.dataset.matches) this.#highlight();
    this.#draw();
    place.dataset.ready = this.points.count;
  }

  #fit() {
    const { x, y, count } = this.points, box = { left: 0, right: 0, top: 0, bottom: 0 };
    for (let i = 0; i < count; i += 1) {
      if (Math.abs(x[i]) > OUTSIDE || Math.abs(y[i]) > OUTSIDE) continue; // the few far outside
      box.left = Math.min(box.left, x[i]);
      box.right = Math.max(box.right, x[i]);
      box.top = Math.min(box.top, y[i]);
      box.bottom = Math.max(box.bottom, y[i]);
    }
    this.#view.fit(box, this.gap);
  }

  async #highlight() {
    const { keys } = await (await fetch(place.dataset.matches)).json(), wanted = new Set(keys);
    this.#isFound = Uint8Array.from(this.points.key, (key) => wanted.has(key));
    this.#found = [...this.points.key.keys()].filter((i) => this.#isFound[i]);
    const counts = new Map();
    for (const i of this.#found) counts.set(this.points.group[i], (counts.get(this.points.group[i]) ?? 0) + 1);
    this.labels.keep(this.regions.filter(({ id }) => counts.has(id)).sort((a, b) => counts.get(b.id) - counts.get(a.id)));
    const status = document.querySelector("[data-map-status]");
    status.textContent = `${this.#found.length.toLocaleString("en")} ${this.#found.length === 1 ? "picture" : "pictures"} for ${place.dataset.query} highlighted.`;
    this.#redraw();
  }

  // --- drawing ---

  #redraw() {
    if (this.#waits) return;
    this.#waits = true;
    requestAnimationFrame(() => { this.#waits = false; this.#draw(); });
  }

  #draw() {
    const view = this.#view, { width, height } = view, ratio = this.#ratio, pen = this.#pen;
    if (!width || !height) return;
    const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.#canvas.width !== wide || this.#canvas.height !== high) Object.assign(this.#canvas, { width: wide, height: high });
    const inView = pointsIn(this.points, view.box(EDGE_PX), MOST_PICTURES);
    this.#shown = inView && this.#spread(inView);
    this.#drawDots(wide, high, inView);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#thumbnails.begin();
    if (this.#shown) this.#drawThumbnails();
    if (!this.#shown || this.regions.length > 1) this.labels.draw(pen, { scale: view.scale, ratio, colours: this.colours, at: view.at, width, height });
    this.#thumbnails.loadWanted();
    this.#drawRing();
  }

  #drawDots(wide, high, inView) {
    const { points, slots, colours } = this, view = { x: this.#view.x, y: this.#view.y, scale: this.#view.scale * this.#ratio };
    const css = inView ? 7 : Math.max(1.6, Math.min(7, this.gap * this.#view.scale * 1.4));
    const side = Math.max(1, Math.round(css * this.#ratio)), look = { view, side, slots, colours: this.#found ? colours.dimmed : colours.hues };
    this.#dots.clear(wide, high, colours.ground);
    const shown = new Set(this.#shown?.filter((i) => this.#thumbnails.has(points.key[i])));
    const runs = inView ? inView.filter((i) => !shown.has(i)).flatMap((i) => [i, i + 1]) : runsIn(points, this.#view.box(EDGE_PX));
    for (let run = 0; run < runs.length; run += 2) this.#dots.put(points, runs[run], runs[run + 1], look);
    const large = Math.max(side + 2, Math.round(6 * this.#ratio)), rim = large + 2 * Math.ceil(this.#ratio);
    for (const [own, hues] of [[rim, colours.halo], [large, colours.hues]]) {
      for (const i of this.#found ?? []) if (!shown.has(i)) this.#dots.put(points, i, i + 1, { view, side: own, slots, colours: hues });
    }
    this.#dots.show(this.#pen);
  }

  get #side() {
    return Math.max(SIDE_PX.least, Math.min(SIDE_PX.most, this.gap * this.#view.scale * 1.5));
  }

  // Those of which thumbnails have room: one in each cell of a grid that lies on the map, so that
  // none comes and goes by moving it; what was found goes first.
  #spread(indices) {
    const { x, y } = this.points, scale = 2 ** (Math.round(Math.log2(this.#view.scale) * 2) / 2), cell = this.#side * APART / scale, taken = new Map();
    for (const i of indices) {
      const name = `${Math.floor(x[i] / cell)} ${Math.floor(y[i] / cell)}`;
      if (i === this.#chosen || !taken.has(name) || (this.#isFound?.[i] && !this.#isFound[taken.get(name)])) taken.set(name, i);
    }
    return [...taken.values()].sort((a, b) => y[a] - y[b]);
  }

  #drawThumbnails() {
    const { points, colours } = this, pen = this.#pen;
    for (const i of this.#shown) {
      const picture = this.#thumbnails.get(points.key[i]);
      if (!picture) continue;
      const [left, top, wide, high] = this.#frameOf(i, picture);
      pen.globalAlpha = this.#found && !this.#isFound[i] ? 0.25 : 1;
      pen.drawImage(picture, left, top, wide, high);
      if (this.#isFound?.[i]) this.#outline(left, top, wide, high, colours.accent, 2);
    }
    pen.globalAlpha = 1;
  }

  #frameOf(i, picture) {
    const side = this.#side, [left, top] = this.#view.at(this.points.x[i], this.points.y[i]);
    const scale = side / Math.max(picture.width, picture.height), wide = picture.width * scale, high = picture.height * scale;
    return [Math.round(left - wide / 2), Math.round(top - high / 2), wide, high];
  }

  #drawRing() {
    const i = this.#over >= 0 ? this.#over : this.#chosen;
    if (i < 0) return;
    const [left, top] = this.#view.at(this.points.x[i], this.points.y[i]);
    const picture = this.#shown?.includes(i) ? this.#thumbnails.get(this.points.key[i]) : null;
    if (picture) {
      const frame = this.#frameOf(i, picture);
      this.#pen.drawImage(picture, ...frame);
      this.#outline(...frame, this.colours.accent, 3);
    } else this.#outline(left - 6, top - 6, 12, 12, this.colours.ink, 3, 6);
    this.#card.move(left, top);
  }

  #outline(left, top, wide, high, colour, thick, round = 6) {
    const pen = this.#pen;
    pen.strokeStyle = colour;
    pen.lineWidth = thick;
    pen.beginPath();
    pen.roundRect(left - 1, top - 1, wide + 2, high + 2, round);
    pen.stroke();
  }

  // --- choosing ---

  // The picture there: the thumbnail on top, else the nearest dot.
  #indexAt(left, top) {
    if (this.#shown) {
      for (const i of this.#shown.toReversed()) {
        const picture = this.#thumbnails.get(this.points.key[i]);
        if (!picture) continue;
        const [own, high, wide, tall] = this.#frameOf(i, picture);
        if (left >= own && left <= own + wide && top >= high && top <= high + tall) return i;
      }
    }
    return nearestTo(this.points, ...this.#view.from(left, top), HIT_PX / this.#view.scale);
  }

  #show(i, aloud) {
    const { points } = this, left = this.#view.at(points.x[i], points.y[i]);
    this.#card.show(points.key[i], ...left, this.labelOf.get(points.group[i]) ?? "", aloud);
    this.#redraw();
  }

  #choose(i) {
    this.#chosen = i;
    this.#over = -1;
    if (i < 0) {
      this.#card.hide();
      this.#redraw();
      return;
    }
    this.#view.reveal(this.points.x[i], this.points.y[i], EDGE_PX);
    this.#show(i, true);
  }

  #hover(event) {
    if (event.pointerType === "touch" || event.buttons) return;
    const over = this.#indexAt(event.offsetX, event.offsetY);
    this.#canvas.classList.toggle("is-over", over >= 0);
    if (over === this.#over) return;
    this.#over = over;
    if (over >= 0) this.#show(over, false);
    else this.#leave();
  }

  #leave() {
    this.#over = -1;
    if (this.#chosen >= 0) this.#show(this.#chosen, false);
    else {
      this.#card.hide();
      this.#redraw();
    }
  }

  // With a finger one cannot look first: the first touch of a dot shows what it is.
  #press(left, top, event) {
    const i = this.#indexAt(left, top);
    if (i < 0) this.#choose(-1);
    else if (event.pointerType === "touch" && i !== this.#chosen) this.#choose(i);
    else this.#open(i);
  }

  #open(i) {
    if (i >= 0) location.assign(`/map/assets/${this.points.key[i]}`);
  }

  // --- keys ---

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[event.key], name = { "+": "in", "=": "in", "-": "out", 0: "fit" }[event.key];
    if (arrow && event.shiftKey) this.#view.panSteps(-arrow[0], -arrow[1]);
    else if (arrow) this.#step(arrow);
    else if (name) this.#act(name);
    else if (event.key === "Enter" && this.#chosen >= 0) this.#open(this.#chosen);
    else if (event.key === "Escape" && this.#chosen >= 0) this.#choose(-1);
    else return;
    event.preventDefault();
  }

  #step(arrow) {
    const { points } = this, view = this.#view, [left, top] = this.#chosen < 0 ? [-1, -1] : view.at(points.x[this.#chosen], points.y[this.#chosen]);
    const isSeen = left >= 0 && top >= 0 && left <= view.width && top <= view.height;
    const least = (this.#shown ? this.#side * APART / 2 : HIT_PX / 2) / view.scale;
    const next = isSeen ? nextTowards(points, this.#chosen, arrow, least) : nearestTo(points, view.x, view.y, 2 * points.reach);
    if (next >= 0) this.#choose(next);
    else this.#card.say("There is nothing further in this direction.");
  }

  #act(name) {
    if (name === "fit") this.#fit();
    else if (name === "in") this.#view.zoomIn();
    else if (name === "out") this.#view.zoomOut();
    if (this.#chosen >= 0 && name === "in") this.#view.reveal(this.points.x[this.#chosen], this.points.y[this.#chosen], EDGE_PX);
  }
}
