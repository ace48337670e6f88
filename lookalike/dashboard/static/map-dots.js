// Many round dots, written straight into the pixels of an image: 100,000 take a few milliseconds,
// with or without a graphics card.
const MARGIN = 32; // around what is seen, so that dots at its edge need no clipping

export class Dots {
  #image = null;
  #pixels = null;
  #masks = new Map();

  // Starts a picture of this size on one colour.
  clear(width, height, ground) {
    if (this.#image?.width !== width + 2 * MARGIN || this.#image.height !== height + 2 * MARGIN) {
      this.#image = new ImageData(width + 2 * MARGIN, height + 2 * MARGIN);
      this.#pixels = new Uint32Array(this.#image.data.buffer);
    }
    this.#pixels.fill(ground);
  }

  // Dots for points `from` to `to`. `view`: x, y of the middle and scale, in pixels of the image;
  // `slots`: for each point the place of its colour in `colours`.
  put(points, from, to, { view, side, slots, colours }) {
    const { x, y } = points, pixels = this.#pixels, width = this.#image.width, height = this.#image.height;
    const { full, soft, shares } = this.#mask(side, width), half = side >> 1, scale = view.scale;
    // Whole pixels, so that dots keep their distances while the map is moved.
    const left = Math.round(width / 2 - view.x * scale) - half, top = Math.round(height / 2 - view.y * scale) - half;
    for (let i = from; i < to; i += 1) {
      const across = Math.round(x[i] * scale) + left, down = Math.round(y[i] * scale) + top;
      if (across < 0 || down < 0 || across + side > width || down + side > height) continue;
      const place = down * width + across, colour = colours[slots[i]];
      for (let m = 0; m < full.length; m += 1) pixels[place + full[m]] = colour;
      for (let m = 0; m < soft.length; m += 1) pixels[place + soft[m]] = mixed(pixels[place + soft[m]], colour, shares[m]);
    }
  }

  show(pen) {
    pen.putImageData(this.#image, -MARGIN, -MARGIN);
  }

  // A circle: the offsets of the pixels that it covers wholly, and in part.
  #mask(side, width) {
    const name = `${side} ${width}`;
    if (this.#masks.has(name)) return this.#masks.get(name);
    const full = [], soft = [], shares = [], radius = side / 2;
    for (let row = 0; row < side; row += 1) {
      for (let column = 0; column < side; column += 1) {
        const share = side < 3 ? 1 : Math.min(1, Math.max(0, radius + 0.5 - Math.hypot(row + 0.5 - radius, column + 0.5 - radius)));
        if (share > 0.95) full.push(row * width + column);
        else if (share > 0.05) {
          soft.push(row * width + column);
          shares.push(Math.round(share * 256));
        }
      }
    }
    const mask = { full: Int32Array.from(full), soft: Int32Array.from(soft), shares: Int32Array.from(shares) };
    if (this.#masks.size > 64) this.#masks.clear();
    this.#masks.set(name, mask);
    return mask;
  }
}

// `share` of 256 of a colour over another; both are 0xffBBGGRR.
export function mixed(under, over, share) {
  const rest = 256 - share;
  const outer = ((over & 0xff00ff) * share + (under & 0xff00ff) * rest) >>> 8 & 0xff00ff;
  const green = ((over & 0xff00) * share + (under & 0xff00) * rest) >>> 8 & 0xff00;
  return (0xff000000 | outer | green) >>> 0;
}
