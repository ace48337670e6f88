// Two pictures over each other: swiped with a slider, or their difference, amplified.
import { notify } from "./notices.js";

const LONGEST_PX = 1200;
const SEEN = 12; // of 255: less is the noise of compression

export function startComparison(body, decide) {
  const buttons = [...body.querySelectorAll("[data-view]")];
  const show = (view) => {
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.view === view));
    for (const part of body.querySelectorAll("[data-show]")) part.hidden = part.dataset.show !== view;
    if (view === "difference") drawDifference(body);
  };
  for (const button of buttons) button.addEventListener("click", () => show(button.dataset.view));
  startSwipe(body);
  body.querySelector("[data-amplify]").addEventListener("input", () => drawDifference(body));
  const run = (verdict) => Promise.resolve(decide(verdict)).catch((error) => notify(error.message));
  for (const button of body.querySelectorAll("[data-compare-do]")) {
    button.addEventListener("click", () => run(button.dataset.compareDo));
  }
  const mayDecide = body.querySelector("[data-compare-do]") !== null;
  const keys = { k: "one", t: "other", d: "not_duplicates", a: "keep_all" };
  const place = body.closest("dialog") ?? document;
  place.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input:not([type=range], [type=checkbox]), select, textarea")) return;
    const view = buttons[Number(event.key) - 1]?.dataset.view;
    if (view) show(view);
    else if (keys[event.key] && mayDecide) run(keys[event.key]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}

// --- swiping ----------------------------------------------------------------------------------

function startSwipe(body) {
  const swipe = body.querySelector(".swipe"), range = body.querySelector("[data-swipe]");
  const upper = swipe.querySelector("[data-over=other]"), line = swipe.querySelector(".swipe-line");
  const place = () => {
    upper.style.clipPath = `inset(0 0 0 ${range.value}%)`;
    line.style.left = `${range.value}%`;
  };
  range.addEventListener("input", place);
  const drag = (event) => {
    const box = swipe.getBoundingClientRect();
    range.value = (100 * (event.clientX - box.left)) / box.width;
    place();
  };
  swipe.addEventListener("pointerdown", (event) => {
    swipe.setPointerCapture(event.pointerId);
    drag(event);
  });
  swipe.addEventListener("pointermove", (event) => { if (event.buttons) drag(event); });
  place();
}

// --- the difference ---------------------------------------------------------------------------

async function drawDifference(body) {
  const canvas = body.querySelector("[data-difference]");
  const gain = Number(body.querySelector("[data-amplify]").value);
  body.querySelector("[data-amplified]").textContent = `×${gain}`;
  try {
    body.pixels ??= readPixels(body, canvas);
    const [one, other] = await body.pixels;
    const result = new ImageData(one.width, one.height);
    let differing = 0, compared = 0;
    for (let at = 0; at < one.data.length; at += 4) {
      result.data[at + 3] = 255;
      if (other.data[at + 3] < 250 || one.data[at + 3] < 250) {
        result.data.fill(48, at, at + 3); // only one of them is here
        continue;
      }
      compared += 1;
      let most = 0;
      for (let channel = at; channel < at + 3; channel += 1) {
        const apart = Math.abs(one.data[channel] - other.data[channel]);
        most = Math.max(most, apart);
        result.data[channel] = Math.min(255, apart * gain);
      }
      if (most > SEEN) differing += 1;
    }
    canvas.getContext("2d").putImageData(result, 0, 0);
    const share = (100 * differing) / Math.max(1, compared);
    body.querySelector("[data-difference-text]").textContent = differing
      ? `${share < 0.1 ? "Less than 0.1" : share.toFixed(1)} % of the picture differs by more than compression does.`
      : "Nothing differs by more than compression does.";
  } catch (error) {
    body.querySelector("[data-difference-text]").textContent = `The pictures cannot be compared: ${error.message}`;
  }
}

async function readPixels(body, canvas) {
  const pictures = await Promise.all(["one", "other"].map((name) => load(body.querySelector(`[data-over=${name}]`).src)));
  const { width, height } = pictures[0];
  const scale = Math.min(1, LONGEST_PX / Math.max(width, height));
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  return pictures.map((picture) => {
    const sheet = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
    sheet.imageSmoothingQuality = "high";
    sheet.drawImage(picture, 0, 0, canvas.width, canvas.height);
    return sheet.getImageData(0, 0, canvas.width, canvas.height);
  });
}

async function load(url) {
  const picture = new Image();
  picture.src = url;
  await picture.decode();
  return picture;
}
