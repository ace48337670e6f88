// Making, renaming and deleting the folder that is shown, and menus that close by themselves.
import { ask } from "./ask.js";
import { notify } from "./notices.js";
import { callApi } from "./server.js";

export function startFolders() {
  const menu = document.querySelector("[data-menu]");
  if (!menu) return;
  const { folder } = menu.dataset;
  menu.addEventListener("click", async (event) => {
    const what = event.target.closest?.("[data-folder-do]")?.dataset.folderDo;
    if (event.target.closest?.("a, button")) menu.open = false;
    if (!what) return;
    try {
      await DO[what](folder);
    } catch (error) {
      notify(error.message);
    }
  });
  document.addEventListener("click", (event) => { if (!menu.contains(event.target)) menu.open = false; });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}

const DO = {
  async make(folder) {
    const name = await ask({
      title: "New folder",
      text: folder ? `It will lie in ${folder}.` : "",
      label: "Name",
      go: "Make folder",
    });
    if (!name) return;
    const { path } = await callApi("POST", "/api/v1/folders", { path: folder ? `${folder}/${name}` : name });
    go(path);
  },
  async rename(folder) {
    const path = await ask({
      title: "Rename or move the folder",
      text: "With all pictures in it. A path such as 2024/trips moves it.",
      label: "Path",
      value: folder,
      go: "Rename",
    });
    if (!path || path === folder) return;
    const answer = await callApi("PATCH", "/api/v1/folders", { path: folder, new_path: path });
    sessionStorage.setItem("notice", `The folder is now called ${answer.path}.`);
    go(answer.path);
  },
  async remove(folder) {
    await callApi("DELETE", `/api/v1/folders?path=${encodeURIComponent(folder)}`);
    sessionStorage.setItem("notice", `The folder ${folder} is gone.`);
    go(folder.includes("/") ? folder.slice(0, folder.lastIndexOf("/")) : "");
  },
};

function go(folder) {
  location.assign(folder ? `/library?${new URLSearchParams({ folder })}` : "/library");
}
