// Drawing a box on a picture, and searching for what is in it. By mouse, touch, or arrow keys.
import { dialogHead } from "./elements.js";
import { endZoom } from "./zoom.js";

const FEWEST = 20; // thousandths of a side: smaller is a slip of the hand
const STEP = 25;

export function startRegion() {
  const opener = document.querySelector("[data-region-open]");
  if (!opener) return;
  opener.addEventListener("click", () => {
    if (opener.dataset.regionImage) return openInDialog(opener);
    const stage = document.querySelector("[data-stage]");
    if (stage.querySelector(".region")) return stage.querySelector(".region").dispatchEvent(new Event("end"));
    endZoom();
    stage.querySelector("img").decode().then(() => drawOn(stage, opener), () => {});
  });
}

function openInDialog(opener) {
  const dialog = document.createElement("dialog");
  dialog.className = "region-dialog";
  dialog.setAttribute("aria-label", "Search by a part of the image");
  const stage = document.createElement("div");
  stage.className = "stage";
  const picture = document.createElement("img");
  picture.className = "preview";
  picture.alt = "The image that is searched by";
  picture.src = opener.dataset.regionImage;
  stage.append(picture);
  dialog.append(dialogHead("Search by a part of it", () => dialog.close()), stage);
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
  picture.decode().then(() => drawOn(stage, opener, () => dialog.close()), () => dialog.close());
}

function drawOn(stage, opener, whenDone = () => {}) {
  if (stage.querySelector(".region")) return;
  const picture = stage.querySelector("img");
  const layer = document.createElement("div");
  layer.className = "region";
  layer.tabIndex = 0;
  layer.setAttribute("role", "application");
  layer.setAttribute("aria-label", "Choose a part: arrow keys move the box, with Shift they change its size, Enter searches, Escape ends");
  const box = document.createElement("div");
  box.className = "region-box";
  const hint = document.createElement("p");
  hint.className = "region-hint";
  hint.textContent = "Drag a box around what you look for";
  layer.append(box, hint);
  stage.append(layer);

  let region = { x: 250, y: 250, width: 500, height: 500 };
  let start = null;
  const show = () => place(box, region, shownBox(picture, layer));
  const end = () => {
    layer.remove();
    opener.focus();
    whenDone();
  };
  const search = () => {
    const { x, y, width, height } = region;
    location.assign(opener.dataset.regionSearch.replace("BOX", [x, y, width, height].join(",")));
  };

  layer.addEventListener("pointerdown", (event) => {
    layer.setPointerCapture(event.pointerId);
    start = pointOf(event, picture);
    hint.hidden = true;
  });
  layer.addEventListener("pointermove", (event) => {
    if (!start) return;
    region = between(start, pointOf(event, picture));
    show();
  });
  layer.addEventListener("pointerup", (event) => {
    if (!start) return;
    region = between(start, pointOf(event, picture));
    start = null;
    if (region.width >= FEWEST && region.height >= FEWEST) search();
    else hint.hidden = false;
  });
  layer.addEventListener("keydown", (event) => {
    if (event.key === "Escape") end();
    else if (event.key === "Enter") search();
    else if (moveBox(event, region)) show();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  layer.addEventListener("end", end);
  layer.focus();
  show();
}

// Where the picture itself is inside its element, which it fits into without filling it.
export function shownBox(picture, layer) {
  const element = picture.getBoundingClientRect(), around = layer.getBoundingClientRect();
  const scale = Math.min(element.width / picture.naturalWidth, element.height / picture.naturalHeight);
  const width = picture.naturalWidth * scale, height = picture.naturalHeight * scale;
  return {
    left: element.left - around.left + (element.width - width) / 2,
    top: element.top - around.top + (element.height - height) / 2,
    width,
    height,
  };
}

function pointOf(event, picture) {
  const layer = event.currentTarget.getBoundingClientRect();
  const shown = shownBox(picture, event.currentTarget);
  const thousandth = (offset, size) => Math.round(Math.min(1, Math.max(0, offset / size)) * 1000);
  return {
    x: thousandth(event.clientX - layer.left - shown.left, shown.width),
    y: thousandth(event.clientY - layer.top - shown.top, shown.height),
  };
}

function between(a, b) {
  return {
    x: Math.min(a.x, b.x),
    y: Math.min(a.y, b.y),
    width: Math.abs(a.x - b.x),
    height: Math.abs(a.y - b.y),
  };
}

function moveBox(event, region) {
  const [dx, dy] = {
    ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP],
  }[event.key] ?? [];
  if (dx === undefined) return false;
  const within = (value, least, most) => Math.min(most, Math.max(least, value));
  if (event.shiftKey) {
    region.width = within(region.width + dx, STEP, 1000 - region.x);
    region.height = within(region.height + dy, STEP, 1000 - region.y);
  } else {
    region.x = within(region.x + dx, 0, 1000 - region.width);
    region.y = within(region.y + dy, 0, 1000 - region.height);
  }
  return true;
}

function place(box, region, shown) {
  Object.assign(box.style, {
    left: `${shown.left + (region.x / 1000) * shown.width}px`,
    top: `${shown.top + (region.y / 1000) * shown.height}px`,
    width: `${(region.width / 1000) * shown.width}px`,
    height: `${(region.height / 1000) * shown.height}px`,
  });
}
