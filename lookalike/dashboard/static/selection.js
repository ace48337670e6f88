// Choosing several pictures: by their boxes, a range with Shift, or x on the focused one.
import { ask } from "./ask.js";
import { notify } from "./notices.js";
import { callApi } from "./server.js";

export function startSelection() {
  const bar = document.querySelector("[data-selection]");
  const results = document.querySelector("[data-results]");
  if (!bar || !results) return;
  const mode = document.querySelector("[data-select-mode]");
  let last = null;

  const boxes = () => [...results.querySelectorAll("[data-pick]")].filter((box) => box.checked || box.checkVisibility());
  const chosen = () => boxes().filter((box) => box.checked);
  const show = () => {
    const count = chosen().length;
    bar.hidden = count === 0;
    results.classList.toggle("is-picking", count > 0 || mode?.getAttribute("aria-pressed") === "true");
    bar.querySelector("[data-selection-count]").textContent = `${count} selected`;
  };
  const clear = () => {
    for (const box of chosen()) box.checked = false;
    show();
  };

  mode?.addEventListener("click", () => {
    const isOn = mode.getAttribute("aria-pressed") !== "true";
    mode.setAttribute("aria-pressed", String(isOn));
    mode.textContent = isOn ? "Done" : "Select";
    if (isOn) show();
    else clear();
  });
  results.addEventListener("click", (event) => {
    const box = event.target.closest?.("[data-pick]");
    if (!box) return;
    if (event.shiftKey && last && last !== box) {
      const all = boxes();
      const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
      for (const between of all.slice(from, to + 1)) between.checked = box.checked;
    }
    last = box;
    show();
  });
  results.addEventListener("keydown", (event) => {
    const card = event.target.closest?.("li[data-id]");
    if (event.key === "x" && card && !event.ctrlKey && !event.metaKey) card.querySelector("[data-pick]").click();
    else if (event.key === "Escape" && !bar.hidden) clear();
  });
  bar.addEventListener("click", async (event) => {
    const what = event.target.closest?.("[data-selection-do]")?.dataset.selectionDo;
    if (!what) return;
    if (what === "clear") return clear();
    const items = chosen().map((box) => box.closest("li[data-id]"));
    try {
      if (await DO[what](items)) clear();
    } catch (error) {
      notify(error.message);
    }
  });
}

const idsOf = (items) => items.map((item) => item.dataset.id);

const DO = {
  async trash(items) {
    const ids = idsOf(items);
    for (const item of items) item.hidden = true;
    try {
      await callApi("POST", "/api/v1/assets/trash", { ids });
    } catch (error) {
      for (const item of items) item.hidden = false;
      throw error;
    }
    notify(`${counted(ids)} in the trash.`, {
      label: "Undo",
      run: async () => {
        await callApi("POST", "/api/v1/assets/restore", { ids });
        for (const item of items) item.hidden = false;
      },
    });
    return true;
  },
  async restore(items) {
    await callApi("POST", "/api/v1/assets/restore", { ids: idsOf(items) });
    for (const item of items) item.remove();
    notify(`${counted(items)} restored.`);
    return true;
  },
  async tag(items) {
    const { tags } = await callApi("GET", "/api/v1/tags");
    const words = await ask({
      title: `Tag ${counted(items)}`,
      label: "Tags to add, with commas between them",
      choices: tags.map((tag) => tag.name),
      go: "Add",
    });
    if (!words) return false;
    const add = words.split(",").map((word) => word.trim()).filter(Boolean);
    await callApi("POST", "/api/v1/assets/tag", { ids: idsOf(items), add });
    notify(`${counted(items)} tagged.`);
    return true;
  },
  async move(items) {
    const { folders } = await callApi("GET", "/api/v1/folders");
    const folder = await ask({
      title: `Move ${counted(items)}`,
      text: "Only uploaded pictures can be moved; files in linked folders stay where they are.",
      label: "Folder, or nothing for the top",
      choices: folders.filter((one) => !one.linked).map((one) => one.path),
      go: "Move",
    });
    if (folder === null) return false;
    await callApi("POST", "/api/v1/assets/move", { ids: idsOf(items), folder });
    notify(`${counted(items)} moved.`);
    return true;
  },
};

function counted(items) {
  return `${items.length} ${items.length === 1 ? "picture" : "pictures"}`;
}
