// What people choose or drop, folders included, on its way into the upload tray.
import { addUploads } from "./tray.js";

const CLUTTER = new Set(["thumbs.db", "desktop.ini"]); // of file managers

export function startUploads() {
  for (const input of document.querySelectorAll("[data-upload], [data-upload-folder]")) {
    input.addEventListener("change", () => {
      take([...input.files].map((file) => ({ file, folder: inside(target(), aroundOf(file)) })));
      input.value = "";
    });
  }
}

export function canUpload() {
  return document.querySelector("[data-upload]") !== null;
}

// What was dropped, folders included, into the folder of this page.
export async function uploadDropped(transfer) {
  const folder = target();
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return take([...transfer.files].map((file) => ({ file, folder })));
  const files = [];
  for (const entry of entries) files.push(...(await readEntry(entry, folder)));
  take(files);
}

function target() {
  return document.querySelector("[data-upload]").dataset.folder;
}

// A file that cannot be read is named in the tray, like one that the server refuses.
async function readEntry(entry, folder) {
  if (entry.isFile) {
    const found = await new Promise((resolve) => entry.file((file) => resolve({ file, folder }), () => resolve(unread(entry, folder))));
    return [found];
  }
  const reader = entry.createReader(), found = [];
  try {
    for (;;) {
      const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      if (!some.length) break;
      found.push(...some);
    }
  } catch {
    return [unread(entry, folder)];
  }
  const files = [];
  for (const one of found) files.push(...(await readEntry(one, inside(folder, entry.name))));
  return files;
}

function unread(entry, folder) {
  return { file: new File([], entry.name), folder, reason: "The browser could not read it." };
}

function take(files) {
  const { note } = document.querySelector("[data-upload]").dataset;
  addUploads(files.filter(({ file }) => !file.name.startsWith(".") && !CLUTTER.has(file.name.toLowerCase())), note);
}

function aroundOf(file) {
  const path = file.webkitRelativePath ?? "";
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
}

function inside(folder, name) {
  return [folder, name].filter(Boolean).join("/");
}
