// The map: points in the colours of their groups from afar, thumbnails from near. Points lie in a
// grid, so that only the cells in view are drawn, however large the library is.
const CELLS = 128, EXTENT = 1.6, NEAR_PX = 44, MOST_THUMBNAILS = 220, CLICK_PX = 5;

export async function startMap() {
  const place = document.querySelector("[data-map]");
  if (!place) return;
  const canvas = place.querySelector("[data-map-canvas]"), pen = canvas.getContext("2d");
  const status = document.querySelector("[data-map-status]");
  const points = read(await (await fetch("/api/v1/map")).arrayBuffer());
  const regions = [...document.querySelectorAll("[data-region]")].map(({ dataset }) => ({ id: +dataset.id, x: +dataset.x, y: +dataset.y, label: dataset.label }));
  let found = null, waiting = false;
  if (place.dataset.matches) {
    found = new Set((await (await fetch(place.dataset.matches)).json()).keys);
    status.textContent = `${found.size} pictures for ${place.dataset.query} are highlighted.`;
  }
  const view = { x: 0, y: 0, scale: 1 }, pictures = new Map();
  const size = () => ({ width: canvas.clientWidth, height: canvas.clientHeight });
  const redraw = () => { if (!waiting) { waiting = true; requestAnimationFrame(draw); } };

  function draw() {
    waiting = false;
    const { width, height } = size(), ratio = devicePixelRatio || 1, style = getComputedStyle(document.body);
    if (canvas.width !== width * ratio) canvas.width = width * ratio;
    if (canvas.height !== height * ratio) canvas.height = height * ratio;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    const seen = inView(points, view, width, height), isNear = seen.length <= MOST_THUMBNAILS && view.scale > NEAR_PX * 6;
    const side = isNear ? NEAR_PX : Math.max(points.x.length < 5000 ? 4 : 1.5, Math.min(7, view.scale / 160));
    for (const i of seen) {
      const left = (points.x[i] - view.x) * view.scale + width / 2, top = (points.y[i] - view.y) * view.scale + height / 2;
      const isFound = found?.has(points.key[i]);
      pen.globalAlpha = found && !isFound ? 0.15 : 1;
      const picture = isNear ? thumbnail(points.key[i]) : null;
      if (picture?.complete && picture.naturalWidth) pen.drawImage(picture, left - side / 2, top - side / 2, side, side * picture.naturalHeight / picture.naturalWidth);
      else {
        const group = points.group[i], own = isFound ? Math.max(side, 5) : isNear ? 6 : side;
        pen.fillStyle = group < 0 ? "gray" : `hsl(${(group * 137.5) % 360} 55% 50%)`;
        pen.fillRect(left - own / 2, top - own / 2, own, own);
      }
    }
    pen.globalAlpha = 1;
    pen.font = `600 13px ${style.fontFamily}`;
    pen.textAlign = "center";
    pen.lineWidth = 4;
    pen.strokeStyle = style.getPropertyValue("--ground-2");
    pen.fillStyle = style.getPropertyValue("--ink");
    if (isNear) return;
    const taken = [];
    for (const { x, y, label } of regions) { // the largest first; smaller ones give way
      const left = (x - view.x) * view.scale + width / 2, top = (y - view.y) * view.scale + height / 2, half = pen.measureText(label).width / 2;
      if (left < half || left > width - half || top < 16 || top > height || taken.some((box) => Math.abs(box.left - left) < box.half + half + 8 && Math.abs(box.top - top) < 20)) continue;
      taken.push({ left, top, half });
      pen.strokeText(label, left, top);
      pen.fillText(label, left, top);
    }
  }

  function thumbnail(key) {
    if (!pictures.has(key)) {
      if (pictures.size > 2000) pictures.clear();
      const picture = new Image();
      picture.onload = redraw;
      picture.src = `/map/thumbnails/${key}`;
      pictures.set(key, picture);
    }
    return pictures.get(key);
  }

  function zoom(factor, left, top) {
    const { width, height } = size(), x = view.x + (left - width / 2) / view.scale, y = view.y + (top - height / 2) / view.scale;
    view.scale = Math.max(50, Math.min(400_000, view.scale * factor));
    view.x = x - (left - width / 2) / view.scale;
    view.y = y - (top - height / 2) / view.scale;
    redraw();
  }

  function openAt(left, top) {
    const { width, height } = size();
    let best = -1, bestGap = NEAR_PX / 2;
    for (const i of inView(points, view, width, height)) {
      const gap = Math.hypot((points.x[i] - view.x) * view.scale + width / 2 - left, (points.y[i] - view.y) * view.scale + height / 2 - top);
      if (gap < bestGap) [best, bestGap] = [i, gap];
    }
    if (best >= 0) location.assign(`/map/assets/${points.key[best]}`);
  }

  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom(Math.exp(-event.deltaY / 400), event.offsetX, event.offsetY);
  }, { passive: false });
  const fingers = new Map();
  let moved = 0;
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    if (!fingers.size) moved = 0;
    fingers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
    canvas.classList.add("is-dragged");
  });
  canvas.addEventListener("pointermove", (event) => {
    const last = fingers.get(event.pointerId);
    if (!last) return;
    const now = { x: event.offsetX, y: event.offsetY }, other = [...fingers.entries()].find(([id]) => id !== event.pointerId)?.[1];
    if (other) zoom(Math.hypot(now.x - other.x, now.y - other.y) / Math.max(1, Math.hypot(last.x - other.x, last.y - other.y)), other.x, other.y);
    else {
      view.x -= (now.x - last.x) / view.scale;
      view.y -= (now.y - last.y) / view.scale;
    }
    moved += Math.hypot(now.x - last.x, now.y - last.y);
    fingers.set(event.pointerId, now);
    redraw();
  });
  const lift = (event) => {
    if (fingers.delete(event.pointerId) && !fingers.size) {
      canvas.classList.remove("is-dragged");
      if (event.type === "pointerup" && moved < CLICK_PX) openAt(event.offsetX, event.offsetY);
    }
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  canvas.addEventListener("keydown", (event) => {
    const { width, height } = size(), step = 60 / view.scale;
    const act = {
      ArrowLeft: () => { view.x -= step; }, ArrowRight: () => { view.x += step; },
      ArrowUp: () => { view.y -= step; }, ArrowDown: () => { view.y += step; },
      "+": () => zoom(1.5, width / 2, height / 2), "=": () => zoom(1.5, width / 2, height / 2),
      "-": () => zoom(1 / 1.5, width / 2, height / 2), Enter: () => openAt(width / 2, height / 2),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
    redraw();
  });
  new ResizeObserver(redraw).observe(canvas);
  view.scale = Math.min(size().width, size().height) / 2.5;
  redraw();
  place.dataset.ready = points.x.length;
}

function read(buffer) {
  const floats = new Float32Array(buffer), whole = new Int32Array(buffer), count = floats.length / 4;
  const points = { x: new Float32Array(count), y: new Float32Array(count), key: new Int32Array(count), group: new Int32Array(count), cells: new Map() };
  for (let i = 0; i < count; i += 1) {
    [points.x[i], points.y[i], points.key[i], points.group[i]] = [floats[4 * i], floats[4 * i + 1], whole[4 * i + 2], whole[4 * i + 3]];
    const cell = cellOf(points.x[i]) * CELLS + cellOf(points.y[i]);
    if (!points.cells.has(cell)) points.cells.set(cell, []);
    points.cells.get(cell).push(i);
  }
  return points;
}

const cellOf = (value) => Math.max(0, Math.min(CELLS - 1, Math.floor((value / EXTENT + 1) / 2 * CELLS)));

function inView(points, view, width, height) {
  const halfWidth = (width / 2 + NEAR_PX) / view.scale, halfHeight = (height / 2 + NEAR_PX) / view.scale, found = [];
  for (let column = cellOf(view.x - halfWidth); column <= cellOf(view.x + halfWidth); column += 1) {
    for (let row = cellOf(view.y - halfHeight); row <= cellOf(view.y + halfHeight); row += 1) {
      for (const i of points.cells.get(column * CELLS + row) ?? []) {
        if (Math.abs(points.x[i] - view.x) < halfWidth && Math.abs(points.y[i] - view.y) < halfHeight) found.push(i);
      }
    }
  }
  return found;
}
