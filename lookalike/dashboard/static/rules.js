// Deciding about many groups by a rule: a dialog that leads to the dry run, and its job.
import { notify } from "./notices.js";
import { callApi } from "./server.js";

const LOOK_EVERY_MS = 600;

export function startRule(list) {
  const dialog = document.querySelector("[data-rule-dialog]");
  const opener = document.querySelector("[data-rule-open]");
  if (!dialog || !opener) return;
  const form = dialog.querySelector("[data-rule]");
  const scope = dialog.querySelector("[data-rule-scope]");
  opener.addEventListener("click", () => {
    const number = chosen(list).length;
    scope.textContent = number ? `The ${number === 1 ? "chosen group" : `${number} chosen groups`}.` : scope.dataset.all;
    dialog.showModal();
  });
  dialog.querySelector("[data-rule-cancel]").addEventListener("click", () => dialog.close());
  form.folder.addEventListener("change", () => { form.keep.value = "folder"; });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    plan(form, chosen(list));
  });
}

function chosen(list) {
  return [...list.querySelectorAll("[data-pick-group]:checked")].map((box) => box.closest("[data-group]").dataset.group);
}

async function plan(form, groups) {
  const button = form.querySelector(".button-primary");
  button.disabled = true;
  try {
    const made = await callApi("POST", "/api/v1/duplicates/plans", {
      keep: form.keep.value,
      folder: form.keep.value === "folder" ? form.folder.value : "",
      merge: form.merge.checked,
      relations: JSON.parse(form.dataset.relations),
      min_confidence: Number(form.dataset.minConfidence),
      groups,
    });
    location.assign(`/duplicates/plans/${made.id}`);
  } catch (error) {
    notify(error.message);
    button.disabled = false;
  }
}

// The job that carries a plan out, or takes it back, as it goes on.
export async function watchJob() {
  const place = document.querySelector("[data-job]");
  if (!place) return;
  const bar = place.querySelector("[data-job-progress]"), text = place.querySelector("[data-job-text]");
  const started = performance.now();
  for (;;) {
    try {
      const job = await callApi("GET", `/api/v1/jobs/${place.dataset.job}`);
      if (!["queued", "running"].includes(job.state)) break;
      if (job.total) {
        bar.value = (100 * job.done) / job.total;
        text.textContent = `${job.done.toLocaleString()} of ${job.total.toLocaleString()} groups${left(job, started)}`;
      } else if (job.state === "queued") text.textContent = "It waits for other work to end.";
    } catch (error) {
      text.textContent = error.message;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  location.reload();
}

function left(job, started) {
  const seconds = (((performance.now() - started) / 1000) * (job.total - job.done)) / Math.max(1, job.done);
  return seconds > 2 ? `, about ${Math.round(seconds)} s left` : "";
}
