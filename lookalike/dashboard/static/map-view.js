// What is seen of the map, and moving it: by mouse, wheel, fingers and keys.
const CLICK_PX = 5, STEP = 1.5, PAN_PX = 80, MARGIN = 1.12, CLOSEST_PX = 160, FARTHEST = 0.5;

export class View {
  x = 0;
  y = 0;
  scale = 1;
  #canvas;
  #changed;
  #least = 1;
  #most = 1e6;

  constructor(canvas, changed) {
    this.#canvas = canvas;
    this.#changed = changed;
  }

  get width() { return this.#canvas.clientWidth; }
  get height() { return this.#canvas.clientHeight; }

  // From a place on the map to one on the canvas, and back.
  at = (x, y) => [(x - this.x) * this.scale + this.width / 2, (y - this.y) * this.scale + this.height / 2];
  from = (left, top) => [(left - this.width / 2) / this.scale + this.x, (top - this.height / 2) / this.scale + this.y];

  // The part of the map that is seen, and `margin` pixels around it.
  box(margin = 0) {
    const [left, top] = this.from(-margin, -margin), [right, bottom] = this.from(this.width + margin, this.height + margin);
    return { left, top, right, bottom };
  }

  // Shows the whole of `box`; `gap`: how far apart neighbours are, which limits how near one gets.
  fit({ left, top, right, bottom }, gap) {
    this.x = (left + right) / 2;
    this.y = (top + bottom) / 2;
    this.scale = Math.min(this.width / Math.max(right - left, gap), this.height / Math.max(bottom - top, gap)) / MARGIN;
    this.#least = this.scale * FARTHEST;
    this.#most = Math.max(this.scale * STEP, CLOSEST_PX / gap);
    this.#changed();
  }

  zoom(factor, left = this.width / 2, top = this.height / 2) {
    const [x, y] = this.from(left, top);
    this.scale = Math.max(this.#least, Math.min(this.#most, this.scale * factor));
    this.x = x - (left - this.width / 2) / this.scale;
    this.y = y - (top - this.height / 2) / this.scale;
    this.#changed();
  }

  zoomIn = () => this.zoom(STEP);
  zoomOut = () => this.zoom(1 / STEP);

  pan(across, down) {
    this.x -= across / this.scale;
    this.y -= down / this.scale;
    this.#changed();
  }

  panSteps(across, down) {
    this.pan(across * PAN_PX, down * PAN_PX);
  }

  // Moves the map as little as shows a place at least `margin` pixels from its edge.
  reveal(x, y, margin) {
    const [left, top] = this.at(x, y);
    const away = (value, size) => (size < 2 * margin ? size / 2 - value : Math.max(margin - value, Math.min(0, size - margin - value)));
    this.pan(away(left, this.width), away(top, this.height));
  }

  // Wheel, mouse and fingers; `pressed(left, top, event)`: somebody pressed there without moving.
  follow(pressed) {
    const canvas = this.#canvas, fingers = new Map();
    let moved = 0;
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY / 400), event.offsetX, event.offsetY);
    }, { passive: false });
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      canvas.setPointerCapture(event.pointerId);
      if (!fingers.size) moved = 0;
      fingers.set(event.pointerId, [event.offsetX, event.offsetY]);
      canvas.classList.add("is-dragged");
    });
    canvas.addEventListener("pointermove", (event) => {
      const last = fingers.get(event.pointerId);
      if (!last) return;
      const now = [event.offsetX, event.offsetY], gap = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);
      const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
      if (other) this.zoom(gap(now, other) / Math.max(1, gap(last, other)), ...other);
      else this.pan(now[0] - last[0], now[1] - last[1]);
      moved += gap(now, last);
      fingers.set(event.pointerId, now);
    });
    const lift = (event) => {
      if (!fingers.delete(event.pointerId) || fingers.size) return;
      canvas.classList.remove("is-dragged");
      if (event.type === "pointerup" && moved < CLICK_PX) pressed(event.offsetX, event.offsetY, event);
    };
    canvas.addEventListener("pointerup", lift);
    canvas.addEventListener("pointercancel", lift);
  }
}
