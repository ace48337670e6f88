// The names of the regions: the largest first, others where there is room. Each is written once
// and copied from then on.
const HEIGHT = 22, PAD = 8, GAP_PX = { across: 20, down: 18 };

export class Labels {
  #regions;
  #written = new Map();
  #placed = [];
  #scale = 0;
  #look = "";

  constructor(regions) {
    this.#regions = regions;
  }

  // Only these from now on, the most important first.
  keep(regions) {
    this.#regions = regions;
    this.#scale = 0;
  }

  // `pen` counts in CSS pixels; `at`: from a place on the map to one on the canvas.
  draw(pen, { scale, ratio, colours, at, width, height }) {
    const look = `${ratio} ${colours.ink} ${colours.veil}`;
    if (look !== this.#look) this.#written.clear();
    if (look !== this.#look || scale !== this.#scale) this.#place(pen, scale, colours);
    [this.#look, this.#scale] = [look, scale];
    for (const { region, half } of this.#placed) {
      const [left, top] = at(region.x, region.y);
      if (left < -half || left > width + half || top < -HEIGHT || top > height + HEIGHT) continue;
      const written = this.#write(region.label, half, ratio, colours);
      pen.drawImage(written, Math.round(left - half), Math.round(top - HEIGHT / 2), 2 * half, HEIGHT);
    }
  }

  // Which have room does not depend on what is in view, so that none comes and goes by moving.
  #place(pen, scale, colours) {
    pen.font = fontOf(colours);
    this.#placed = [];
    const rows = new Map(); // by height, so that few are compared
    for (const region of this.#regions) {
      const left = region.x * scale, top = region.y * scale, half = Math.ceil(pen.measureText(region.label).width / 2) + PAD;
      const row = Math.floor(top / (HEIGHT + GAP_PX.down)), near = [row - 1, row, row + 1].flatMap((one) => rows.get(one) ?? []);
      if (near.some((other) => Math.abs(other.left - left) < other.half + half + GAP_PX.across && Math.abs(other.top - top) < HEIGHT + GAP_PX.down)) continue;
      const placed = { region, left, top, half };
      this.#placed.push(placed);
      rows.set(row, [...(rows.get(row) ?? []), placed]);
    }
  }

  #write(label, half, ratio, colours) {
    if (!this.#written.has(label)) {
      const canvas = document.createElement("canvas"), pen = canvas.getContext("2d");
      canvas.width = 2 * half * ratio;
      canvas.height = HEIGHT * ratio;
      pen.scale(ratio, ratio);
      pen.fillStyle = colours.veil;
      pen.beginPath();
      pen.roundRect(0, 0, 2 * half, HEIGHT, HEIGHT / 2);
      pen.fill();
      pen.font = fontOf(colours);
      pen.fillStyle = colours.ink;
      pen.textAlign = "center";
      pen.textBaseline = "middle";
      pen.fillText(label, half, HEIGHT / 2 + 0.5);
      this.#written.set(label, canvas);
    }
    return this.#written.get(label);
  }
}

const fontOf = (colours) => `600 12px ${colours.font}`;
