// What is dragged over a page: on the search field it is searched by, on the library it is
// uploaded. The page says which while one drags. A card of ours, or a picture of another page, can
// be dropped on the field too.
import { openedDialog, searchByFile, searchByUrl } from "./image-query.js";
import { canUpload, uploadDropped } from "./uploads.js";

export function startDrop() {
  const search = document.querySelector("[data-search]");
  const hint = document.querySelector("[data-drop-hint]");
  if (!search) return;
  const field = search.querySelector(".field"), words = search.querySelector("[data-words]");
  const { placeholder } = words;
  let under = null; // what was entered last: a card may be replaced while one drags over it

  const show = (event) => {
    const dialog = openedDialog(), files = hasFiles(event);
    const isOver = isForSearch(event);
    hint.hidden = !files || dialog !== null;
    hint.classList.toggle("is-quiet", isOver && canUpload());
    hint.querySelector("[data-drop-text]").textContent = hintFor(isOver);
    field.classList.add("is-droppable");
    field.classList.toggle("is-target", isOver);
    dialog?.querySelector(".drop-zone").classList.add("is-target");
    words.placeholder = "Drop here to search by it";
  };
  const end = () => {
    under = null;
    hint.hidden = true;
    field.classList.remove("is-droppable", "is-target");
    openedDialog()?.querySelector(".drop-zone").classList.remove("is-target");
    words.placeholder = placeholder;
  };

  const over = (event) => {
    if (!isWelcome(event)) return;
    if (hasFiles(event) || isForSearch(event)) event.preventDefault();
    show(event);
  };

  // Entering is answered like being over: one may let go before the first "over" of a new element.
  document.addEventListener("dragenter", (event) => {
    under = event.target;
    over(event);
  });
  document.addEventListener("dragover", over);
  document.addEventListener("dragleave", (event) => { if (event.target === under) end(); });
  document.addEventListener("dragend", end);
  document.addEventListener("drop", (event) => {
    const isSearch = isForSearch(event), { dataTransfer } = event;
    const [file] = dataTransfer?.files ?? [];
    const address = dataTransfer?.getData("text/uri-list").split("\n")[0].trim();
    if (!isWelcome(event)) return;
    end();
    if (file) {
      event.preventDefault();
      if (isSearch) searchByFile(file);
      else uploadDropped(dataTransfer);
    } else if (address && isSearch) {
      event.preventDefault();
      searchByLink(address);
    }
  });
}

const hasType = (event, type) => [...(event.dataTransfer?.types ?? [])].includes(type);
const hasFiles = (event) => hasType(event, "Files");
const isWelcome = (event) => hasFiles(event) || hasType(event, "text/uri-list");

function isForSearch(event) {
  const isFile = hasFiles(event);
  return (isFile && (!canUpload() || openedDialog() !== null)) || event.target.closest?.(".top, .image-dialog") != null;
}

function hintFor(isOver) {
  if (!canUpload()) return "Drop to search by this image";
  const { folder } = document.querySelector("[data-upload]").dataset;
  return isOver ? "Searches by this image, uploads nothing" : `Drop here to upload to ${folder || "the library"}`;
}

// A picture of this library is searched by as it is; anything else is fetched by the server.
function searchByLink(address) {
  const url = new URL(address, location.href);
  const [, id] = url.pathname.match(/^\/assets\/([^/]+)/) ?? [];
  if (url.origin === location.origin && id) location.assign(`/search?${new URLSearchParams({ t: `like:${id}` })}`);
  else searchByUrl(url.href);
}
