// Parts of a page that are fetched after it, so that the page itself comes at once.
import { fetchFragment } from "./server.js";

export function startParts() {
  for (const place of document.querySelectorAll("[data-part]")) {
    fetchFragment(place.dataset.part, "strip")
      .then((html) => { place.innerHTML = html; })
      .catch((error) => { place.textContent = error.message; });
  }
}
