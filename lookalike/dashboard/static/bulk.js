// What can be done with several pictures at once. Each answers whether the selection has ended.
import { ask } from "./ask.js";
import { longList } from "./grid.js";
import { notify } from "./notices.js";
import { callApi } from "./server.js";

const MOST = 10000; // ids that the server takes at once

export const bulkActions = {
  async trash(ids) {
    hide(ids, true);
    try {
      await callApi("POST", "/api/v1/assets/trash", { ids });
    } catch (error) {
      hide(ids, false);
      throw error;
    }
    notify(`${counted(ids)} in the trash.`, {
      label: "Undo",
      run: async () => {
        await callApi("POST", "/api/v1/assets/restore", { ids });
        hide(ids, false);
      },
    });
    return true;
  },
  async restore(ids) {
    hide(ids, true);
    try {
      await callApi("POST", "/api/v1/assets/restore", { ids });
    } catch (error) {
      hide(ids, false);
      throw error;
    }
    if (document.querySelector("[data-results] li[data-id]:not([hidden])")) notify(`${counted(ids)} restored.`);
    else {
      sessionStorage.setItem("notice", `${counted(ids)} restored.`);
      location.reload();
    }
    return true;
  },
  async tag(ids) {
    const { tags } = await callApi("GET", "/api/v1/tags");
    const words = await ask({
      title: `Tag ${counted(ids)}`,
      label: "Tags to add, with commas between them",
      choices: tags.map((tag) => tag.name),
      go: "Add",
    });
    if (!words) return false;
    const add = words.split(",").map((word) => word.trim()).filter(Boolean);
    const { edit } = await callApi("POST", "/api/v1/assets/tag", { ids, add });
    notify(`${counted(ids)} tagged.`, undo([edit]));
    return true;
  },
  async move(ids) {
    const folder = await askForFolder({
      title: `Move ${counted(ids)}`,
      text: "Only uploaded pictures can be moved; files in linked folders stay where they are.",
      go: "Move",
    });
    if (folder === null) return false;
    const { edit } = await callApi("POST", "/api/v1/assets/move", { ids, folder });
    const here = document.querySelector("[data-menu]")?.dataset.folder ?? "";
    const isAway = here && !`${folder}/`.startsWith(`${here}/`);
    if (isAway) hide(ids, true);
    notify(`${counted(ids)} moved.`, undo([edit], () => { if (isAway) hide(ids, false); }));
    return true;
  },
  // A form and not a request of ours, so that the browser writes the file while it comes.
  download(ids) {
    if (ids.length > MOST) {
      notify(`At most ${MOST.toLocaleString("en")} pictures are downloaded at once; choose fewer.`);
      return false;
    }
    const form = document.createElement("form");
    form.method = "post";
    form.action = "/download";
    form.hidden = true;
    addField(form, "csrf", document.body.dataset.csrf ?? "");
    addField(form, "ids", ids.join(","));
    document.body.append(form);
    form.submit();
    form.remove();
    notify(`${counted(ids)}: the download begins in a moment.`);
    return true;
  },
};

// The way back for what was done to many, for their notice.
export function undo(edits, then = () => {}) {
  return {
    label: "Undo",
    run: async () => {
      for (const edit of edits) await callApi("POST", `/api/v1/edits/${edit}/undo`);
      then();
      notify("Undone.");
    },
  };
}

// A folder that files can be put into; '' for the top, null when they think better of it.
export async function askForFolder({ title, text = "", value = "", go }) {
  const { folders } = await callApi("GET", "/api/v1/folders");
  return ask({
    title,
    text,
    label: "Folder, or nothing for the top",
    value,
    choices: folders.filter((one) => !one.linked).map((one) => one.path),
    go,
  });
}

function hide(ids, isHidden) {
  if (longList()) return longList().hide(ids, isHidden);
  for (const id of ids) {
    const card = document.querySelector(`[data-results] li[data-id="${CSS.escape(id)}"]`);
    if (card) card.hidden = isHidden;
  }
}

function addField(form, name, value) {
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = name;
  field.value = value;
  form.append(field);
}

function counted(ids) {
  return `${ids.length.toLocaleString("en")} ${ids.length === 1 ? "picture" : "pictures"}`;
}
