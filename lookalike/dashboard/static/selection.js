// Choosing several pictures: by their boxes, a range with Shift, or with keys. What is chosen is a
// set of ids, since cards come and go while one moves through a long list.
import { bulkActions } from "./bulk.js";
import { shownOrder } from "./grid.js";
import { notify } from "./notices.js";
import { isTyping } from "./search.js";

export function startSelection() {
  const bar = document.querySelector("[data-selection]");
  const results = document.querySelector("[data-results]");
  if (!bar || !results) return;
  const mode = document.querySelector("[data-select-mode]");
  const chosen = new Set();
  let last = null;

  const mark = (cards) => {
    for (const card of cards) {
      const box = card.querySelector("[data-pick]");
      if (box) box.checked = chosen.has(card.dataset.id);
    }
  };
  const show = () => {
    const count = chosen.size;
    mark(results.querySelectorAll("li[data-id]"));
    bar.hidden = count === 0;
    results.classList.toggle("is-picking", count > 0 || mode?.getAttribute("aria-pressed") === "true");
    bar.querySelector("[data-selection-count]").textContent = `${count.toLocaleString("en")} selected`;
  };
  const choose = (ids, isChosen = true) => {
    for (const id of ids) {
      if (isChosen) chosen.add(id);
      else chosen.delete(id);
    }
    show();
  };
  const clear = () => {
    chosen.clear();
    show();
  };
  const between = (one, other) => {
    const order = shownOrder();
    const [from, to] = [order.indexOf(one), order.indexOf(other)].sort((a, b) => a - b);
    return from < 0 ? [other] : order.slice(from, to + 1);
  };
  const act = async (what) => {
    if (what === "clear") return clear();
    try {
      if (await bulkActions[what]([...chosen])) clear();
    } catch (error) {
      notify(error.message);
    }
  };

  mode?.addEventListener("click", () => {
    const isOn = mode.getAttribute("aria-pressed") !== "true";
    mode.setAttribute("aria-pressed", String(isOn));
    mode.textContent = isOn ? "Done" : "Select";
    if (isOn) show();
    else clear();
  });
  results.addEventListener("cards", (event) => mark(event.detail));
  results.addEventListener("click", (event) => {
    const box = event.target.closest?.("[data-pick]");
    if (!box) return;
    const { id } = box.closest("li[data-id]").dataset;
    choose(event.shiftKey && last && last !== id ? between(last, id) : [id], box.checked);
    last = id;
  });
  document.addEventListener("keydown", (event) => {
    if (isTyping(event.target) && !event.target.matches("[data-pick]")) return;
    if (document.querySelector("dialog[open]")) return;
    const id = event.target.closest?.("[data-results] li[data-id]")?.dataset.id;
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (event.key === "x" && id && isPlain) {
      choose([id], !chosen.has(id));
      last = id;
    } else if (event.shiftKey && id && event.key.startsWith("Arrow")) {
      extend(id);
    } else if (event.key === "a" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      choose(shownOrder());
    } else if (event.key === "Delete" && isPlain && chosen.size) {
      if (bar.querySelector('[data-selection-do="trash"]')) act("trash");
    } else if (event.key === "Escape" && chosen.size) clear();
  });
  bar.addEventListener("click", (event) => {
    const what = event.target.closest?.("[data-selection-do]")?.dataset.selectionDo;
    if (what) act(what);
  });

  // The focus has moved on by now: everything from where it was is chosen.
  function extend(from) {
    const to = document.activeElement.closest?.("li[data-id]")?.dataset.id;
    if (to) choose(between(from, to));
    last = to ?? last;
  }
}
