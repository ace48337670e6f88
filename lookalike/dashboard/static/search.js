// The search field: live results while typing, arrow keys through them, `/` to get there.
import { fetchFragment } from "./server.js";

const WAIT_MS = 120;

export function startSearch() {
  const form = document.querySelector("[data-search]");
  if (!form) return;
  const words = form.querySelector("[data-words]");
  const panel = form.querySelector("[data-panel]");
  let waiting, request;

  words.setAttribute("role", "combobox");
  words.setAttribute("aria-expanded", "false");
  words.setAttribute("aria-controls", panel.id);
  words.setAttribute("aria-autocomplete", "list");

  const close = () => {
    clearTimeout(waiting);
    request?.abort();
    panel.hidden = true;
    words.setAttribute("aria-expanded", "false");
    words.removeAttribute("aria-activedescendant");
  };
  const open = async () => {
    const typed = words.value.trim();
    if (!typed) return close();
    request?.abort();
    request = new AbortController();
    try {
      const query = new URLSearchParams({ q: typed });
      const html = await fetchFragment(`/search/panel?${query}`, "panel", request.signal);
      if (document.activeElement !== words) return;
      panel.innerHTML = html;
      panel.querySelector(".panel-search").href = addressOf(form);
      panel.hidden = false;
      words.setAttribute("aria-expanded", "true");
      words.removeAttribute("aria-activedescendant");
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  };

  words.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(open, WAIT_MS);
  });
  words.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !panel.hidden) {
      event.preventDefault();
      close();
    } else if (event.key === "ArrowDown" && panel.hidden) {
      open();
    } else if (!panel.hidden) {
      walk(event, words, panel);
    }
    if (event.key === "Backspace" && !words.value && !event.repeat) removeLastChip(form);
  });
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) close();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    location.assign(addressOf(form));
  });
  panel.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the focus
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !isTyping(event.target) && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      words.focus();
      words.select();
    }
  });
}

export function isTyping(element) {
  return element.closest?.("input, textarea, select, [contenteditable]") !== null;
}

// The address of the query without the fields that are empty.
export function addressOf(form) {
  const params = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && value.trim() && value !== "relevance") params.append(name, value.trim());
  }
  return `${form.getAttribute("action")}?${params}`;
}

function walk(event, words, panel) {
  const options = [...panel.querySelectorAll('[role="option"]')];
  const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
  const sideways = at >= 0 && options[at].id.startsWith("option-picture");
  let to;
  if (event.key === "ArrowDown") to = at + 1 >= options.length ? 0 : at + 1;
  else if (event.key === "ArrowUp") to = at <= 0 ? options.length - 1 : at - 1;
  else if (sideways && event.key === "ArrowRight") to = Math.min(at + 1, options.length - 1);
  else if (sideways && event.key === "ArrowLeft") to = Math.max(at - 1, 0);
  else if (event.key === "Enter" && at >= 0) {
    event.preventDefault();
    location.assign(options[at].href);
    return;
  } else return;
  event.preventDefault();
  options[at]?.setAttribute("aria-selected", "false");
  options[to].setAttribute("aria-selected", "true");
  options[to].scrollIntoView({ block: "nearest" });
  words.setAttribute("aria-activedescendant", options[to].id);
}

function removeLastChip(form) {
  const links = form.querySelectorAll(".chip-remove");
  if (links.length) location.assign(links[links.length - 1].href);
}
