// The background work as it goes on: a line on every page, a bar on the settings page, and
// pictures that turn searchable while one looks.
import { followWork } from "./events.js";
import { longList } from "./grid.js";
import { reloadWhenIdle } from "./reloading.js";
import { callApi, parse } from "./server.js";
import { isUploading } from "./tray.js";

const PAINTED_AFTER_MS = 250; // a stream that opens sooner takes its time from the results

export function startProgress() {
  if (document.body.dataset.inside === undefined) return;
  const line = document.querySelector("[data-indexing]");
  const run = document.querySelector("[data-run]");
  let before = null;
  setTimeout(() => followWork((now) => {
    line.hidden = !now.text;
    if (now.text) line.querySelector("[data-indexing-text]").textContent = now.text;
    if (run) showRun(run, now);
    if (before) refresh(before, now, run);
    else refreshWaiting(); // what was waiting when the page was made may be done
    before = now;
  }), PAINTED_AFTER_MS);
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
  if (isUploading()) return refreshWaiting(); // a reload would end it
  if (isEmpty && now.generation !== before.generation) reloadWhenIdle();
  else if (run && hasEnded) reloadWhenIdle();
  else if (now.generation !== before.generation || hasEnded) refreshWaiting();
}

// The page of a picture that was not read yet is shown anew, once nobody is typing on it.
async function refreshPage(article) {
  const { state } = await callApi("GET", `/api/v1/assets/${article.dataset.asset}`);
  if (state !== "pending") reloadWhenIdle();
}

// Only cards that said "Indexing" change; everything else stays where it is.
async function refreshWaiting() {
  const article = document.querySelector("[data-asset-waiting]");
  if (article) refreshPage(article).catch(() => {});
  const waiting = [...document.querySelectorAll("[data-waiting]")].map((card) => card.dataset.id);
  if (!waiting.length) return;
  if (longList()) return longList().refresh(waiting);
  const response = await fetch(location.href, { headers: { "X-Part": "chunk" } });
  if (!response.ok) return;
  const chunk = parse(await response.text());
  for (const card of document.querySelectorAll("[data-waiting]")) {
    const fresh = chunk.querySelector(`[data-id="${card.dataset.id}"]`);
    if (fresh && fresh.dataset.waiting === undefined) card.replaceWith(fresh);
  }
}
