// Thumbnails on the map: few are loaded at a time, those that are wanted now first, and each is
// kept as small as it is shown.
const AT_ONCE = 6, MOST = 600, ROUND = 0.08;

export class Thumbnails {
  #kept = new Map(); // key -> canvas, the last used at the end
  #failed = new Set();
  #loading = new Set();
  #wanted = [];
  #side;
  #loaded;

  // `sidePx`: the largest that any is shown; `loaded` is called when there is something new to draw.
  constructor(sidePx, loaded) {
    this.#side = sidePx;
    this.#loaded = loaded;
  }

  // What is asked for from here on is wanted; what was before is not any more.
  begin() {
    this.#wanted = [];
  }

  has(key) {
    return this.#kept.has(key);
  }

  // null while it is on its way.
  get(key) {
    const canvas = this.#kept.get(key);
    if (canvas) {
      this.#kept.delete(key);
      this.#kept.set(key, canvas);
      return canvas;
    }
    if (!this.#loading.has(key) && !this.#failed.has(key)) this.#wanted.push(key);
    return null;
  }

  loadWanted() {
    while (this.#wanted.length && this.#loading.size < AT_ONCE) this.#load(this.#wanted.shift());
  }

  async #load(key) {
    this.#loading.add(key);
    try {
      const answer = await fetch(`/map/thumbnails/${key}`);
      if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
      this.#keep(key, await createImageBitmap(await answer.blob()));
    } catch {
      this.#failed.add(key); // it stays a dot
    }
    this.#loading.delete(key);
    this.#loaded();
    this.loadWanted();
  }

  #keep(key, bitmap) {
    const scale = Math.min(1, this.#side / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas"), pen = canvas.getContext("2d");
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    pen.beginPath();
    pen.roundRect(0, 0, canvas.width, canvas.height, ROUND * this.#side);
    pen.clip();
    pen.imageSmoothingQuality = "high";
    pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    this.#kept.set(key, canvas);
    if (this.#kept.size > MOST) this.#kept.delete(this.#kept.keys().next().value);
  }
}
