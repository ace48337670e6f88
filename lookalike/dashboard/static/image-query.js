// Searching by an image: picked, pasted, or by its address. Checked before it is sent.
import { dialogHead } from "./elements.js";
import { notify } from "./notices.js";
import { isTyping } from "./search.js";
import { fetchFragment, parse, postForm } from "./server.js";

const TYPES = ["image/jpeg", "image/png", "image/webp", "image/gif", "image/avif", "image/svg+xml"];

let dialog;

export function startImageQuery() {
  document.querySelector("[data-by-image]")?.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    openDialog();
  });
  const form = document.querySelector("main .image-form");
  if (form) prepare(form);
  if (!document.querySelector("[data-search]")) return;
  document.addEventListener("paste", takePaste);
}

export function openedDialog() {
  return dialog?.open ? dialog : null;
}

async function openDialog() {
  if (!dialog) {
    try {
      const page = parse(await fetchFragment("/search/image", "page"));
      dialog = document.createElement("dialog");
      dialog.className = "image-dialog";
      dialog.setAttribute("aria-labelledby", "image-dialog-title");
      const head = dialogHead("Search by image", () => dialog.close());
      head.querySelector("h2").id = "image-dialog-title";
      dialog.append(head, page.querySelector(".image-form"));
      dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
      document.body.append(dialog);
      prepare(dialog.querySelector("form"));
    } catch (error) {
      notify(error.message);
      return;
    }
  }
  complain("");
  dialog.showModal();
}

// The form asks for a picture first; its button wakes up when there is something to search by.
function prepare(form) {
  const file = form.elements.image, url = form.elements.url;
  const button = form.querySelector(".button-primary");
  const zone = form.querySelector(".drop-zone");
  zone.querySelector(".drop-title").textContent = "Drop, paste or choose an image";
  const update = () => { button.disabled = !url.value.trim() && !file.files.length; };
  update();
  url.addEventListener("input", () => { update(); complain(""); });
  file.addEventListener("change", () => {
    update();
    if (file.files.length) searchByFile(file.files[0]);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (url.value.trim()) searchByUrl(url.value.trim());
    else if (file.files.length) searchByFile(file.files[0]);
  });
}

export function searchByFile(file) {
  const most = Number(document.body.dataset.queryBytes);
  if (file.size > most) {
    complain(`${file.name || "The image"} has ${megabytes(file.size)} MB; as a query it may have at most ${megabytes(most)} MB.`);
    return;
  }
  if (file.type && !TYPES.includes(file.type)) {
    complain("Choose a JPEG, PNG, WebP, GIF, AVIF or SVG image.");
    return;
  }
  const form = queryForm();
  form.set("image", file, file.name || "pasted image");
  send(form, "Looking at the image");
}

export function searchByUrl(url) {
  const form = queryForm();
  form.set("url", url);
  send(form, "Fetching the image");
}

// An image from outside starts a new query, with the filters that are set.
function queryForm() {
  const form = new FormData(document.querySelector("[data-search]"));
  form.delete("t");
  form.delete("q");
  return form;
}

async function send(form, message) {
  const words = document.querySelector("[data-words]"), { placeholder } = words;
  const field = document.querySelector(".field");
  const button = openedDialog()?.querySelector(".button-primary");
  complain("");
  field.classList.add("is-target");
  words.placeholder = `${message} …`;
  if (button) [button.textContent, button.disabled] = [`${message} …`, true];
  try {
    const answer = await postForm("/search/image", form);
    location.assign(answer.url);
  } catch (error) {
    field.classList.remove("is-target");
    words.placeholder = placeholder;
    if (button) [button.textContent, button.disabled] = ["Search", false];
    complain(error.message);
  }
}

// Behind an open dialog a notice would hardly be seen, so the dialog says it itself.
function complain(message) {
  const form = openedDialog()?.querySelector("form") ?? dialog?.querySelector("form");
  if (message && !openedDialog()) return notify(message);
  if (!form) return;
  form.querySelector(".problem")?.remove();
  if (!message) return;
  const line = document.createElement("p");
  line.className = "problem";
  line.setAttribute("role", "alert");
  line.textContent = message;
  form.prepend(line);
}

function takePaste(event) {
  const image = [...event.clipboardData.files].find((file) => file.type.startsWith("image/"));
  if (image) {
    event.preventDefault();
    searchByFile(image);
    return;
  }
  const text = event.clipboardData.getData("text/plain").trim();
  const isForWords = event.target.matches?.("[data-words]");
  if (/^https?:\/\/\S+$/.test(text) && (isForWords || !isTyping(event.target))) {
    event.preventDefault();
    searchByUrl(text);
  }
}

function megabytes(bytes) {
  return (bytes / 1024 / 1024).toFixed(1).replace(/\.0$/, "");
}
