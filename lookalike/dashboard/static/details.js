// Changing what is said about a picture, where it stands. What is typed shows at once; when the
// server refuses, it goes back to what it was, and every change can be undone.
import { ask, saveOrCancel } from "./ask.js";
import { askForFolder } from "./bulk.js";
import { startMetadata } from "./metadata.js";
import { notify } from "./notices.js";
import { callApi, tokenHeaders } from "./server.js";
import { startTags } from "./tags.js";

export function startDetails() {
  const article = document.querySelector("[data-details]");
  if (!article) return;
  const now = JSON.parse(article.dataset.details);
  const url = `/api/v1/assets/${article.dataset.asset}`;
  const kept = { ...now }; // what the server has
  const shows = {}, turns = {}, offers = {};
  let saving = Promise.resolve();

  // Shows the change, saves it, and offers the way back; only from the last change of a field.
  async function change(name, value, said) {
    const before = now[name], turn = (turns[name] ?? 0) + 1;
    turns[name] = turn;
    offers[name]?.();
    if (!(await save(name, value))) return;
    const isLast = turn === turns[name];
    offers[name] = notify(said, isLast ? { label: "Undo", run: () => save(name, before) } : undefined);
  }

  // One after the other, so that the last word is the last on the server, too.
  function save(name, value) {
    set(name, value);
    article.setAttribute("aria-busy", "true");
    const mine = saving.then(async () => {
      try {
        const saved = await callApi("PATCH", url, { [name]: value });
        kept[name] = saved[name];
        if (now[name] === value) set(name, saved[name]);
        return true;
      } catch (error) {
        if (now[name] === value) set(name, kept[name]);
        notify(error.message);
        return false;
      } finally {
        if (saving === mine) article.removeAttribute("aria-busy");
      }
    });
    saving = mine;
    return mine;
  }

  function set(name, value) {
    now[name] = value;
    shows[name]?.(value);
  }

  shows.tags = startTags(article.querySelector("[data-tags]"), now.tags, (tags) => change("tags", tags, "Tags saved."));
  shows.metadata = startMetadata(
    article.querySelector("[data-metadata]"),
    now.metadata,
    (metadata) => change("metadata", metadata, "Custom metadata saved."),
  );
  shows.description = startDescription(
    article.querySelector("[data-description]"),
    now.description,
    (text) => change("description", text, "Description saved."),
  );
  shows.name = (name) => {
    article.querySelector("[data-name]").textContent = name;
    article.querySelector("[data-download]").download = name;
    document.title = `${name} · Lookalike`;
  };
  shows.folder = (folder) => showFolder(article, folder);

  const DO = {
    async rename() {
      const name = await ask({ title: "Rename", label: "Name", value: now.name, go: "Rename" });
      if (name && name !== now.name) await change("name", name, "Renamed.");
    },
    async move() {
      const folder = await askForFolder({ title: `Move ${now.name}`, value: now.folder, go: "Move" });
      if (folder !== null && folder !== now.folder) await change("folder", folder, `Moved to ${folder || "the top of the library"}.`);
    },
    async replace() {
      const file = await chooseFile();
      if (!file) return;
      const answer = await ask({
        title: "Replace the file",
        text: `${file.name} takes the place of ${now.name}; name, tags and description stay. The old file is not kept.`,
        go: "Replace",
      });
      if (answer !== null) await replace(url, file);
    },
  };
  article.querySelector("[data-menu]")?.addEventListener("click", (event) => {
    const what = event.target.closest?.("[data-details-do]")?.dataset.detailsDo;
    if (what) DO[what]().catch((error) => notify(error.message));
  });
}

async function replace(url, file) {
  const most = Number(document.body.dataset.uploadBytes);
  if (file.size > most) {
    notify(`The file has ${Math.ceil(file.size / 1048576)} MB; at most ${Math.floor(most / 1048576)} MB are taken.`);
    return;
  }
  notify("Replacing the file …");
  const response = await fetch(`${url}/original`, { method: "PUT", headers: tokenHeaders(), body: file });
  if (!response.ok) {
    const answer = await response.json().catch(() => null);
    throw new Error(answer?.error?.message ?? `The server answered ${response.status}.`);
  }
  sessionStorage.setItem("notice", "The file is replaced; it turns searchable in a moment.");
  location.reload();
}

function chooseFile() {
  const input = document.createElement("input");
  input.type = "file";
  input.hidden = true;
  input.dataset.replacement = "";
  document.body.append(input);
  return new Promise((resolve) => {
    const end = () => { resolve(input.files[0] ?? null); input.remove(); };
    input.addEventListener("change", end);
    input.addEventListener("cancel", end);
    input.click();
  });
}

function showFolder(article, folder) {
  const parts = folder ? folder.split("/") : [];
  const way = [["Library", ""], ...parts.map((part, at) => [part, parts.slice(0, at + 1).join("/")])];
  article.querySelector("[data-crumbs] ol").replaceChildren(...way.map(([label, path]) => {
    const item = document.createElement("li");
    item.append(linkTo(label, path));
    return item;
  }));
  const fact = article.querySelector("[data-folder-fact]");
  if (fact) {
    fact.textContent = folder || "Library";
    fact.href = linkTo("", folder).href;
  }
}

function linkTo(label, folder) {
  const link = document.createElement("a");
  link.href = folder ? `/library?${new URLSearchParams({ folder })}` : "/library";
  link.textContent = label;
  return link;
}

// The text, which turns into a field when one goes to it.
function startDescription(section, text, save) {
  const shown = section.querySelector("p");
  const open = document.createElement("button");
  open.type = "button";
  open.className = "quiet-button";
  section.append(open);
  const show = (value) => {
    text = value;
    shown.textContent = value;
    shown.hidden = !value;
    open.textContent = value ? "Edit description" : "Add a description";
  };
  open.addEventListener("click", () => {
    const form = document.createElement("form");
    form.className = "stack in-place";
    const field = document.createElement("textarea");
    field.rows = 4;
    field.value = text;
    field.setAttribute("aria-label", "Description");
    const end = () => { form.remove(); open.hidden = false; show(text); open.focus(); };
    form.append(field, saveOrCancel(end));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const typed = field.value.trim(), before = text;
      end();
      if (typed !== before) save(typed);
    });
    form.addEventListener("keydown", (event) => {
      if (event.key === "Escape") end();
      else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    });
    open.hidden = true;
    shown.hidden = true;
    section.append(form);
    field.focus();
  });
  show(text);
  return show;
}
