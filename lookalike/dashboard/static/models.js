// How far the next model is, on the settings page, which is shown anew when the work has ended.
import { followWork } from "./events.js";
import { reloadWhenIdle } from "./reloading.js";

export function startModels() {
  const section = document.querySelector("[data-model-working]");
  if (!section) return;
  const bar = section.querySelector("[data-model-progress]");
  followWork((now) => {
    if (!now.on_models) reloadWhenIdle();
    else if (bar && now.stage === "vectors" && now.total) {
      bar.hidden = false;
      bar.value = (100 * now.done) / now.total;
      section.querySelector("[data-model-text]").textContent = now.far;
    }
  });
}
