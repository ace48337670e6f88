// The keys of all pages, on a sheet that ? opens.
import { element } from "./elements.js";
import { isTyping } from "./search.js";

const GROUPS = [
  ["Everywhere", [
    ["/", "Go to the search field"],
    ["?", "Show these keys"],
    ["Esc", "Close a panel, end a selection"],
    ["Ctrl V", "Search by the image or address that was copied"],
  ]],
  ["In the search field", [
    ["↑ ↓", "Go through the suggestions"],
    ["Enter", "Search, or open the suggestion"],
    ["Backspace", "Take the last chip away, when the field is empty"],
  ]],
  ["Drawing a part to search by", [
    ["← ↑ → ↓", "Move the box"],
    ["Shift ← →", "Change its size"],
    ["Enter", "Search by it"],
  ]],
  ["Among pictures", [
    ["← ↑ → ↓", "Go from picture to picture"],
    ["Home End", "Go to the first, to the last"],
    ["Enter", "Open the picture"],
    ["x", "Select it, or not"],
    ["Shift ← →", "Select from picture to picture"],
    ["Ctrl A", "Select all that are listed"],
    ["Delete", "Put the selected ones in the trash"],
  ]],
  ["Looking closely", [
    ["+ −", "Zoom in, out"],
    ["0", "Fit"],
    ["← ↑ → ↓", "Move the picture"],
    ["f", "Full screen"],
  ]],
  ["On the map", [
    ["← ↑ → ↓", "Go from picture to picture"],
    ["Shift ← →", "Move the map"],
    ["+ −", "Zoom in, out"],
    ["0", "Show all of it"],
    ["Enter", "Open the picture"],
  ]],
];

export function startHelp() {
  document.querySelector("[data-help]")?.addEventListener("click", openSheet);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "?" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    openSheet();
  });
}

function openSheet() {
  const sheet = document.createElement("dialog");
  sheet.className = "help-sheet";
  sheet.setAttribute("aria-labelledby", "help-title");
  const head = element("div", "dialog-head");
  const title = element("h2", "", "Keys");
  title.id = "help-title";
  const close = element("button", "button button-quiet", "Close");
  close.type = "button";
  close.addEventListener("click", () => sheet.close());
  head.append(title, close);
  const groups = element("div", "help-groups");
  groups.append(...GROUPS.map(([name, keys]) => {
    const group = element("section", "");
    const list = element("dl", "");
    for (const [key, meaning] of keys) {
      const line = element("div", "");
      const term = element("dt", "");
      term.append(...key.split(" ").flatMap((one) => [element("kbd", "", one), " "]));
      line.append(term, element("dd", "", meaning));
      list.append(line);
    }
    group.append(element("h3", "", name), list);
    return group;
  }));
  sheet.append(head, groups);
  sheet.addEventListener("click", (event) => { if (event.target === sheet) sheet.close(); });
  sheet.addEventListener("keydown", (event) => { if (event.key === "?") sheet.close(); });
  sheet.addEventListener("close", () => sheet.remove());
  document.body.append(sheet);
  sheet.showModal();
}
