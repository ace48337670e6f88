// The background work as it goes on: a line on every page, a bar on the settings page, and
// pictures that turn searchable while one looks.
import { parse } from "./server.js";

export function startProgress() {
  if (document.body.dataset.inside === undefined) return;
  const line = document.querySelector("[data-indexing]");
  const run = document.querySelector("[data-run]");
  let before = null;
  const events = new EventSource("/events");
  events.addEventListener("work", (event) => {
    const now = JSON.parse(event.data);
    line.hidden = !now.text;
    if (now.text) line.querySelector("[data-indexing-text]").textContent = now.text;
    if (run) showRun(run, now);
    if (before) refresh(before, now, run);
    before = now;
  });
  addEventListener("pagehide", () => events.close());
}

function showRun(run, now) {
  const bar = run.querySelector("[data-run-progress]");
  const rescan = run.querySelector("[data-rescan]");
  if (rescan) rescan.disabled = now.running;
  bar.hidden = !now.running || !now.total;
  if (now.total) bar.value = (100 * now.done) / now.total;
  run.querySelector("[data-run-text]").textContent = now.text;
}

function refresh(before, now, run) {
  const hasEnded = before.text && !now.text;
  const isEmpty = document.querySelector("main .empty") && document.querySelector("[data-library]");
  if (isEmpty && now.generation !== before.generation) location.reload();
  else if (run && hasEnded) location.reload();
  else if (now.generation !== before.generation || hasEnded) refreshWaiting();
}

// Only cards that said "Indexing" change; everything else stays where it is.
async function refreshWaiting() {
  if (!document.querySelector("[data-waiting]")) return;
  const response = await fetch(location.href, { headers: { "X-Part": "chunk" } });
  if (!response.ok) return;
  const chunk = parse(await response.text());
  for (const card of document.querySelectorAll("[data-waiting]")) {
    const fresh = chunk.querySelector(`[data-id="${card.dataset.id}"]`);
    if (fresh && fresh.dataset.waiting === undefined) card.replaceWith(fresh);
  }
}
