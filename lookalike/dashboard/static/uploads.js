// Uploading files and folders, two at a time, each with its progress, and the reason when refused.
import { tokenHeaders } from "./server.js";

const AT_ONCE = 2;

let tray, waiting = [], running = 0, all = [];

export function startUploads() {
  const input = document.querySelector("[data-upload]");
  if (!input) return;
  input.addEventListener("change", () => {
    upload([...input.files].map((file) => ({ file, folder: input.dataset.folder })));
    input.value = "";
  });
}

export function canUpload() {
  return document.querySelector("[data-upload]") !== null;
}

// What was dropped, folders included, into the folder of this page.
export async function uploadDropped(transfer) {
  const { folder } = document.querySelector("[data-upload]").dataset;
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const files = entries.length
    ? (await Promise.all(entries.map((entry) => readEntry(entry, folder)))).flat()
    : [...transfer.files].map((file) => ({ file, folder }));
  upload(files);
}

async function readEntry(entry, folder) {
  if (entry.isFile) {
    return [{ file: await new Promise((resolve, reject) => entry.file(resolve, reject)), folder }];
  }
  const reader = entry.createReader(), found = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) break;
    found.push(...some);
  }
  const inside = folder ? `${folder}/${entry.name}` : entry.name;
  return (await Promise.all(found.map((one) => readEntry(one, inside)))).flat();
}

function upload(files) {
  tray ??= document.querySelector("[data-tray]");
  tray.hidden = false;
  const note = document.querySelector("[data-upload]").dataset.note;
  for (const { file, folder } of files) {
    if (file.name.startsWith(".")) continue;
    const item = { file, folder, sent: 0, state: "waiting", line: addLine(file) };
    if (note) item.line.title = note;
    all.push(item);
    waiting.push(item);
  }
  next();
}

function next() {
  while (running < AT_ONCE && waiting.length) start(waiting.shift());
  showTotal();
}

function start(item) {
  const most = Number(document.body.dataset.uploadBytes);
  if (item.file.size > most) {
    fail(item, `The file has ${Math.ceil(item.file.size / 1048576)} MB; at most ${Math.floor(most / 1048576)} MB are taken.`, false);
    return;
  }
  running += 1;
  item.state = "sending";
  const query = new URLSearchParams({ name: item.file.name, folder: item.folder });
  const request = new XMLHttpRequest(); // fetch does not tell how much was sent
  request.open("POST", `/api/v1/assets?${query}`);
  for (const [name, value] of Object.entries(tokenHeaders())) request.setRequestHeader(name, value);
  request.setRequestHeader("Content-Type", "application/octet-stream");
  request.responseType = "json";
  request.upload.addEventListener("progress", (event) => {
    item.sent = event.loaded;
    item.line.querySelector("progress").value = (100 * event.loaded) / Math.max(1, event.total);
    showTotal();
  });
  request.addEventListener("loadend", () => {
    running -= 1;
    if (request.status === 201) done(item);
    else fail(item, request.response?.error?.message ?? "The connection was lost.", request.status === 0 || request.status >= 500);
    next();
  });
  request.send(item.file);
}

function done(item) {
  item.state = "done";
  item.sent = item.file.size;
  item.line.querySelector("progress").remove();
  item.line.lastElementChild.textContent = "Uploaded";
  if (!running && !waiting.length) finish();
}

function fail(item, reason, mayRetry) {
  item.state = "failed";
  item.line.querySelector("progress")?.remove();
  item.line.querySelector(".state").textContent = "";
  const line = document.createElement("span");
  line.className = "reason";
  line.textContent = reason;
  item.line.append(line);
  if (mayRetry) {
    const retry = document.createElement("button");
    retry.type = "button";
    retry.textContent = "Try again";
    retry.addEventListener("click", () => {
      const fresh = addLine(item.file);
      item.line.replaceWith(fresh);
      Object.assign(item, { line: fresh, sent: 0, state: "waiting" });
      waiting.push(item);
      next();
    });
    item.line.querySelector(".state").append(retry);
  }
}

// When all went well the page shows the new pictures; a refusal stays to be read.
function finish() {
  if (all.some((item) => item.state === "failed")) return;
  sessionStorage.setItem("notice", `${all.length} ${all.length === 1 ? "file" : "files"} uploaded; they turn searchable in a moment.`);
  location.reload();
}

function showTotal() {
  const size = all.reduce((sum, item) => sum + item.file.size, 0);
  const sent = all.reduce((sum, item) => sum + (item.state === "failed" ? item.file.size : item.sent), 0);
  const ended = all.filter((item) => item.state === "done" || item.state === "failed").length;
  tray.querySelector("[data-tray-progress]").value = (100 * sent) / Math.max(1, size);
  tray.querySelector("[data-tray-title]").textContent = `Uploads: ${ended} of ${all.length}`;
}

function addLine(file) {
  const line = document.createElement("li");
  const name = document.createElement("span");
  name.textContent = file.name;
  const state = document.createElement("span");
  state.className = "state";
  const progress = document.createElement("progress");
  progress.max = 100;
  progress.value = 0;
  progress.setAttribute("aria-label", file.name);
  line.append(name, progress, state);
  tray.querySelector("[data-tray-list]").append(line);
  return line;
}
