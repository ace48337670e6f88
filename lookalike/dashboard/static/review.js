// Deciding about duplicates, by keyboard first. A decision goes to the server at once; what is
// left of the group comes back, and every one can be undone.
import { startComparison } from "./compare.js";
import { isMerging, startMerging, turnMerging } from "./merging.js";
import { notify } from "./notices.js";
import { startRule, watchJob } from "./rules.js";
import { callApi, fetchFragment, parse } from "./server.js";

const API = "/api/v1/duplicates";
const KEYS = { k: "keep", t: "trash", d: "not_duplicates", a: "keep_all" };
const done = []; // what was decided on this page and holds: {entry, ids, place}

let list;

export function startReview() {
  startMerging();
  const page = document.querySelector("main > [data-comparison]");
  if (page) startComparison(page, (verdict) => decidePair(page, verdict).then(() => location.assign("/duplicates")));
  watchJob();
  list = document.querySelector("[data-review]");
  if (!list) return;
  startRule(list);
  list.addEventListener("click", onClick);
  list.addEventListener("focusin", (event) => markCurrent(event.target.closest("[data-group]")));
  document.addEventListener("keydown", onKey);
}

function onClick(event) {
  const link = event.target.closest("[data-compare]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    compare(link);
    return;
  }
  const button = event.target.closest("[data-decide]");
  if (button) decide(button.closest("[data-group]"), button.dataset.decide, button.closest("[data-copy]"));
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.closest("input:not([type=checkbox]), select, textarea, [contenteditable]")) return;
  const group = list.querySelector(".is-current") ?? null;
  const copy = document.activeElement.closest?.("[data-copy]");
  const act = {
    n: () => step(group, 1),
    p: () => step(group, -1),
    ArrowRight: () => copy && focusCopy(copy.nextElementSibling),
    ArrowLeft: () => copy && focusCopy(copy.previousElementSibling),
    u: undo,
    m: turnMerging,
    c: () => group && compare((copy ?? group).querySelector("[data-compare]")),
  }[event.key];
  if (act) {
    event.preventDefault();
    act();
  } else if (KEYS[event.key] && group && list.dataset.mayDecide !== undefined) {
    event.preventDefault();
    decide(group, KEYS[event.key], copy ?? group.querySelector("[data-copy]"));
  }
}

// --- going from one to the next ---------------------------------------------------------------

function markCurrent(group) {
  if (!group) return;
  list.querySelector(".is-current")?.classList.remove("is-current");
  group.classList.add("is-current");
}

function step(group, by) {
  const groups = [...list.querySelectorAll("[data-group]:not(.is-leaving)")];
  const at = groups.indexOf(group);
  focusGroup(group ? groups[at + by] : groups[0]);
}

function focusGroup(group) {
  if (!group) return;
  markCurrent(group);
  focusCopy(group.querySelector("[data-copy]"));
  group.scrollIntoView({ block: "nearest" });
}

function focusCopy(copy) {
  copy?.querySelector(".copy-link").focus();
}

// --- deciding ---------------------------------------------------------------------------------

async function decide(group, verdict, copy) {
  const ids = [...group.querySelectorAll("[data-copy]")].map((one) => one.dataset.copy);
  const body = bodyOf(verdict, ids, copy);
  group.classList.add("is-leaving");
  const after = nextOf(group);
  await send(group, ids, body, after);
}

function nextOf(group) {
  const groups = [...list.querySelectorAll("[data-group]:not(.is-leaving)")];
  const later = groups.find((one) => group.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING);
  return later ?? groups.at(-1);
}

function bodyOf(verdict, ids, copy) {
  const id = copy?.dataset.copy, rest = ids.filter((one) => one !== id);
  if (verdict === "keep") return { verdict: "trash", keep: id, assets: rest, merge: isMerging() };
  if (verdict === "trash") return { verdict: "trash", keep: rest[0], assets: [id], merge: isMerging() };
  const isOne = verdict === "not_duplicates" && copy && copy.dataset.original === undefined && rest.length > 1;
  return isOne ? { verdict, assets: [id], others: rest } : { verdict, assets: ids };
}

async function send(group, ids, body, after) {
  try {
    const entry = await callApi("POST", `${API}/decisions`, body);
    const place = document.createComment("");
    group.before(place);
    const left = await putGroups(ids, place, group);
    const made = { entry: entry.id, ids, place };
    done.push(made);
    focusGroup(left ?? after);
    notify(entry.detail, { label: "Undo", run: () => undo(made) });
    if (!list.querySelector("[data-group], [data-more]")) {
      carry(entry);
      location.reload();
    }
  } catch (error) {
    group.classList.remove("is-leaving");
    notify(error.message);
  }
}

async function undo(which = done.at(-1)) {
  try {
    if (!which || typeof which.entry !== "number") {
      const answer = await callApi("POST", `${API}/undo`);
      if (answer.job) location.assign(`/duplicates/plans/${answer.job.argument}`);
      else location.reload();
      return;
    }
    await callApi("POST", `${API}/journal/${which.entry}/undo`);
    done.splice(done.indexOf(which), 1);
    focusGroup(await putGroups(which.ids, which.place));
    notify("Undone.");
  } catch (error) {
    notify(error.message);
  }
}

// The groups that some pictures are in now take the place of those they were in.
async function putGroups(ids, place, leaving) {
  const query = new URLSearchParams(location.search);
  query.delete("cursor");
  for (const id of ids) query.append("of", id);
  const part = parse(await fetchFragment(`/duplicates/groups?${query}`, "groups")).querySelector("ul");
  const fresh = [...part.children];
  for (const item of fresh) {
    for (const copy of item.querySelectorAll("[data-copy]")) {
      const before = list.querySelector(`[data-copy="${copy.dataset.copy}"]`)?.closest("[data-group]");
      if (before && before !== leaving) before.remove();
    }
  }
  leaving?.remove();
  place.after(...fresh);
  document.querySelector("h1 .total").textContent = part.dataset.total;
  return fresh[0] ?? null;
}

// --- two of them ------------------------------------------------------------------------------

async function compare(link) {
  if (!link) return;
  const group = link.closest("[data-group]");
  const dialog = document.createElement("dialog");
  dialog.className = "compare-dialog";
  dialog.setAttribute("aria-label", "Two pictures compared");
  try {
    dialog.innerHTML = await fetchFragment(link.href, "compare");
  } catch (error) {
    notify(error.message);
    return;
  }
  const close = document.createElement("button");
  close.type = "button";
  close.className = "round";
  close.setAttribute("aria-label", "Close the comparison");
  close.append(icon("close"));
  close.addEventListener("click", () => dialog.close());
  dialog.prepend(close);
  document.body.append(dialog);
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (group.isConnected) focusCopy(link.closest("[data-copy]") ?? group.querySelector("[data-copy]"));
  });
  dialog.showModal();
  const body = dialog.querySelector("[data-comparison]");
  body.querySelector("[data-view]")?.focus();
  startComparison(body, async (verdict) => {
    const ids = [...group.querySelectorAll("[data-copy]")].map((one) => one.dataset.copy);
    group.classList.add("is-leaving");
    const after = nextOf(group);
    dialog.close();
    await send(group, ids, pairBody(body, verdict), after);
  });
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("width", "20");
  svg.setAttribute("height", "20");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

function pairBody(body, verdict) {
  const { one, other } = body.dataset;
  if (verdict === "one") return { verdict: "trash", keep: one, assets: [other], merge: isMerging() };
  if (verdict === "other") return { verdict: "trash", keep: other, assets: [one], merge: isMerging() };
  return { verdict, assets: [one, other] };
}

async function decidePair(body, verdict) {
  const entry = await callApi("POST", `${API}/decisions`, pairBody(body, verdict));
  carry(entry);
}

// The notice of a decision, with its undo, goes along to the next page.
function carry(entry) {
  sessionStorage.setItem("notice", entry.detail);
  sessionStorage.setItem("undo", `POST ${API}/journal/${entry.id}/undo`);
}
