// The card of the picture that is chosen, or under the mouse: what it is, and a way to it.
const AWAY_PX = 14;

export class Card {
  #place;
  #card;
  #said;
  #names = new Map();
  #key = 0;
  #aloud = 0; // what is to be said, which the mouse does not change

  constructor(place) {
    this.#place = place;
    this.#card = place.querySelector("[data-map-card]");
    this.#said = place.querySelector("[data-map-said]");
  }

  // `label`: of its group; `aloud`: for screen readers too.
  async show(key, left, top, label, aloud) {
    this.move(left, top);
    if (aloud) this.#aloud = key;
    if (key === this.#key && !aloud) return;
    const [image, name, group] = this.#card.children;
    if (key !== this.#key) {
      this.#key = key;
      image.src = `/map/thumbnails/${key}`;
      this.#card.href = `/map/assets/${key}`;
      name.textContent = "";
      group.textContent = label;
      this.#card.hidden = false;
      this.move(left, top);
    }
    const found = await this.#read(key);
    if (key === this.#key) name.textContent = found.name;
    if (aloud && key === this.#aloud) this.#said.textContent = `${found.name}${label ? `, among “${label}”` : ""}`;
  }

  // Beside its point, on the side with more room.
  move(left, top) {
    const { clientWidth: width, clientHeight: height } = this.#place, { style } = this.#card;
    const { offsetWidth: own, offsetHeight: tall } = this.#card;
    style.left = `${Math.max(0, left > width / 2 ? left - own - AWAY_PX : Math.min(left + AWAY_PX, width - own))}px`;
    style.top = `${Math.max(0, Math.min(height - tall, top - tall / 2))}px`;
  }

  hide() {
    this.#key = 0;
    this.#card.hidden = true;
  }

  say(text) {
    this.#aloud = 0;
    this.#said.textContent = text;
  }

  async #read(key) {
    if (!this.#names.has(key)) {
      const answer = await fetch(`/map/pictures/${key}`);
      this.#names.set(key, answer.ok ? await answer.json() : { name: "This picture is gone" });
    }
    return this.#names.get(key);
  }
}
