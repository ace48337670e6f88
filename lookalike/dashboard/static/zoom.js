// Looking closely at a picture: by wheel, fingers, mouse, buttons or keys.
const STEP = 1.5;
const MOST = 8; // times the size that fits, and at least the full size
const PAN_PX = 60;

let fit = () => {};

export function startZoom() {
  const frame = document.querySelector("[data-stage-frame]");
  const tools = frame?.querySelector("[data-zoom-tools]");
  if (!tools) return;
  const stage = frame.querySelector("[data-stage]"), picture = stage.querySelector("img");
  const shown = frame.querySelector("[data-zoom-scale]");
  let scale = 1, x = 0, y = 0;

  stage.tabIndex = 0;
  stage.setAttribute("role", "group");
  stage.setAttribute("aria-label", "Picture; plus and minus zoom, arrow keys move, 0 fits");

  const full = () => picture.naturalWidth / Math.max(1, picture.clientWidth);
  const most = () => Math.max(MOST, full() * 2);
  const show = () => {
    const room = (side, outer) => Math.max(0, (side * scale - outer) / 2);
    const [wide, high] = [room(picture.clientWidth, stage.clientWidth), room(picture.clientHeight, stage.clientHeight)];
    x = Math.max(-wide, Math.min(wide, x));
    y = Math.max(-high, Math.min(high, y));
    picture.style.transform = scale === 1 ? "" : `translate(${x}px, ${y}px) scale(${scale})`;
    stage.classList.toggle("is-zoomed", scale > 1);
    shown.textContent = scale === 1 ? "Fit" : `${Math.round((100 * scale) / full())} %`;
  };
  // What lies under the point stays there.
  const zoomTo = (wanted, event) => {
    const to = Math.max(1, Math.min(most(), wanted));
    const box = stage.getBoundingClientRect();
    const [px, py] = event
      ? [event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2]
      : [0, 0];
    x = px - ((px - x) * to) / scale;
    y = py - ((py - y) * to) / scale;
    scale = to;
    show();
  };
  fit = () => zoomTo(1);

  const act = {
    in: () => zoomTo(scale * STEP),
    out: () => zoomTo(scale / STEP),
    fit: () => zoomTo(1),
    full: () => (document.fullscreenElement ? document.exitFullscreen() : frame.requestFullscreen?.()),
  };
  tools.addEventListener("click", (event) => act[event.target.closest("[data-zoom]")?.dataset.zoom]?.());
  stage.addEventListener("dblclick", (event) => zoomTo(scale > 1 ? 1 : Math.max(2, full()), event));
  stage.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && scale === 1) return; // the page scrolls
    event.preventDefault();
    zoomTo(scale * 1.0025 ** -event.deltaY, event);
  }, { passive: false });
  stage.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== stage) return;
    const [dx, dy] = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key] ?? [];
    if (dx !== undefined && scale > 1) {
      x += dx * PAN_PX;
      y += dy * PAN_PX;
      show();
    } else {
      const name = { "+": "in", "=": "in", "-": "out", 0: "fit", f: "full" }[event.key];
      if (!name) return;
      act[name]();
    }
    event.preventDefault();
  });
  followFingers(stage, {
    move: (dx, dy) => { x += dx; y += dy; show(); },
    zoom: (factor, point) => zoomTo(scale * factor, point),
    isZoomed: () => scale > 1,
  });
  addEventListener("resize", show);
}

// Before something is drawn on the picture, it is shown whole again.
export function endZoom() {
  fit();
}

function followFingers(stage, { move, zoom, isZoomed }) {
  const down = new Map();
  const middle = () => {
    const all = [...down.values()];
    return {
      clientX: all.reduce((sum, one) => sum + one.clientX, 0) / all.length,
      clientY: all.reduce((sum, one) => sum + one.clientY, 0) / all.length,
    };
  };
  const spread = () => {
    const [a, b] = down.values();
    return Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
  };
  stage.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.target.closest(".region")) return;
    down.set(event.pointerId, event);
    if (isZoomed() || down.size > 1) stage.setPointerCapture(event.pointerId);
  });
  stage.addEventListener("pointermove", (event) => {
    if (!down.has(event.pointerId)) return;
    const before = middle(), spreadBefore = down.size === 2 ? spread() : 0;
    down.set(event.pointerId, event);
    const after = middle();
    if (down.size === 2 && spreadBefore) zoom(spread() / spreadBefore, after);
    if (isZoomed()) move(after.clientX - before.clientX, after.clientY - before.clientY);
  });
  for (const name of ["pointerup", "pointercancel"]) {
    stage.addEventListener(name, (event) => down.delete(event.pointerId));
  }
}
