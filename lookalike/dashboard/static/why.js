// Where in the picture a term of the search is seen: a map laid over it, one at a time.
import { notify } from "./notices.js";
import { shownBox } from "./region.js";
import { fetchFragment, parse } from "./server.js";
import { endZoom } from "./zoom.js";

export function startWhy() {
  const why = document.querySelector("[data-why]");
  const stage = document.querySelector("[data-stage]");
  if (!why || !stage?.querySelector("img")) return;
  let maps = null; // fetched once, when the first is asked for
  const buttons = why.querySelectorAll("[data-heat]");
  for (const button of buttons) {
    button.addEventListener("click", async () => {
      const isShown = button.getAttribute("aria-pressed") === "true";
      for (const other of buttons) other.setAttribute("aria-pressed", "false");
      stage.querySelector(".heat-frame")?.remove();
      if (isShown) return;
      button.setAttribute("aria-busy", "true");
      try {
        maps ??= fetchFragment(why.dataset.heatUrl, "heat").then((html) => [...parse(html).querySelectorAll(".heat")]);
        const map = (await maps)[Number(button.dataset.heat)];
        endZoom();
        lay(map, stage);
        button.setAttribute("aria-pressed", "true");
        button.closest("li").querySelector("[data-heat-text]").textContent = `seen ${map.dataset.where}`;
      } catch (error) {
        maps = null;
        notify(error.message);
      } finally {
        button.removeAttribute("aria-busy");
      }
    });
  }
}

function lay(map, stage) {
  const picture = stage.querySelector("img");
  const frame = document.createElement("div");
  frame.className = "heat-frame";
  frame.append(document.importNode(map, true));
  stage.append(frame);
  const place = () => {
    const shown = shownBox(picture, stage);
    for (const side of ["left", "top", "width", "height"]) frame.style[side] = `${shown[side]}px`;
  };
  const watch = new ResizeObserver(() => (frame.isConnected ? place() : watch.disconnect()));
  watch.observe(picture);
  place();
}
