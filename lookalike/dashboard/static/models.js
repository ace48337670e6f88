// How far the next model is, on the settings page.
import { followWork } from "./events.js";

export function startModels() {
  const section = document.querySelector("[data-model]");
  const bar = section?.querySelector("[data-model-progress]");
  if (!bar) return;
  followWork((now) => {
    if (now.stage !== "vectors" || !now.total) return;
    bar.hidden = false;
    bar.value = (100 * now.done) / now.total;
    section.querySelector("[data-model-text]").textContent = now.far;
  });
}
