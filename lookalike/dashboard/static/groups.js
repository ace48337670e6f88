// What can be made of a group: a folder, a tag, a saved search; and saving the search in hand.
import { ask } from "./ask.js";
import { undo } from "./bulk.js";
import { notify } from "./notices.js";
import { callApi } from "./server.js";

export function startGroups() {
  document.querySelector("[data-group]")?.addEventListener("click", (event) => {
    const what = event.target.closest?.("[data-group-do]")?.dataset.groupDo;
    if (what) attempt(() => DO[what](event.currentTarget.dataset));
  });
  document.querySelector("[data-save-search]")?.addEventListener("click", () =>
    attempt(() => save(document.title.split(" · ")[0], location.search.slice(1))));
}

async function attempt(work) {
  try {
    await work();
  } catch (error) {
    notify(error.message);
  }
}

const DO = {
  async folder({ ids, label }) {
    const folder = await ask({
      title: "Make a folder of this group",
      text: "Uploaded pictures move to the folder. Files in linked folders stay where they are and get its name as a tag instead.",
      label: "Folder",
      value: label,
      go: "Move",
    });
    if (!folder) return;
    const done = await callApi("POST", "/api/v1/assets/file-away", { ids: ids.split(" "), folder });
    const parts = [];
    if (done.moved) parts.push(`${done.moved} moved to ${done.folder}`);
    if (done.tagged) parts.push(`${done.tagged} in linked folders tagged “${done.tag}”`);
    notify(`${parts.join(", ")}.`, undo(done.edits));
  },
  async tag({ ids, label }) {
    const tag = await ask({ title: "Tag this group", label: "Tag", value: label.split(",")[0], go: "Tag" });
    if (!tag) return;
    const { length } = ids.split(" ");
    const { edit } = await callApi("POST", "/api/v1/assets/tag", { ids: ids.split(" "), add: [tag] });
    notify(`${length} pictures tagged “${tag}”.`, undo([edit]));
  },
  save({ label, query }) {
    return save(label, query);
  },
  async name({ label, groupId }) {
    const name = await ask({ title: "Rename this group", label: "Name", value: label, go: "Rename" });
    if (!name) return;
    await callApi("PATCH", `/api/v1/groups/${groupId}`, { label: name });
    location.reload();
  },
};

async function save(suggestion, query) {
  const name = await ask({ title: "Save this search", label: "Name", value: suggestion, go: "Save" });
  if (!name) return;
  await callApi("POST", "/api/v1/saved-searches", { name, query });
  sessionStorage.setItem("notice", `“${name}” is in the side bar.`);
  location.reload();
}
