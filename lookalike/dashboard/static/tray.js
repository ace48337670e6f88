// The upload tray: two files at a time, each with its progress; rate and remaining time of all; what
// was refused and why. A file that is here already is found out before it is sent, and a name that is
// taken by another is asked about once for all.
import { choose } from "./ask.js";
import { showNew } from "./arrivals.js";
import { element } from "./elements.js";
import { findKnown } from "./known.js";
import { notify } from "./notices.js";
import { measurePace } from "./pace.js";
import { callApi } from "./server.js";
import { sendFile } from "./transfer.js";

const AT_ONCE = 2;
const CHECKED_AT_ONCE = 1000;
const OPEN = new Set(["checking", "waiting", "sending"]);
const SHOWN = 60; // lines; of thousands of files the rest is a count

const all = [];
const finished = []; // called with each item that has arrived: (item) => ...
let tray = null, running = 0, paceOf = measurePace(), asking = Promise.resolve();

// For whoever has something to say about a file once it is here, such as that it was here before.
export function whenUploaded(call) {
  finished.push(call);
}

export function isUploading() {
  return all.some((item) => OPEN.has(item.state));
}

// `files`: { file, folder, reason }, the reason why one cannot be sent at all.
export async function addUploads(files, note = "") {
  const most = Number(document.body.dataset.uploadBytes);
  const fresh = files.map(({ file, folder, reason }) => ({ file, folder, reason: reason ?? tooLarge(file, most), sent: 0, state: "checking", onCollision: "suffix", ifDuplicate: "ask" }));
  if (!fresh.length) return;
  for (const item of fresh) if (item.reason) item.state = "failed";
  all.push(...fresh);
  openTray(note);
  show();
  asking = asking.then(() => settleCollisions(fresh.filter((item) => item.state === "checking"))).catch((error) => {
    notify(`${error.message} Files with a name that is taken get a number.`);
  });
  await asking;
  await settleKnown(fresh.filter((item) => item.state === "checking" && item.ifDuplicate === "ask" && !item.isNew), "waiting");
  for (const item of fresh) if (item.state === "checking") item.state = "waiting";
  next();
}

// Files that are not here begin to be sent while others are looked at. Where this fails, the server
// looks at each file that has arrived. `stateOfNew`: of those that are not here.
async function settleKnown(items, stateOfNew) {
  try {
    for await (const answers of findKnown(items)) {
      for (const [item, hereAs] of answers) {
        if (item.state === "checking") Object.assign(item, { hereAs, isNew: !hereAs, state: hereAs ? "here" : stateOfNew });
      }
      next();
    }
  } catch { /* asked again when they have arrived */ }
}

function tooLarge(file, most) {
  if (file.size <= most) return "";
  return `The file has ${Math.ceil(file.size / 1048576)} MB; at most ${Math.floor(most / 1048576)} MB are taken.`;
}

// Of a file that is here already nothing is asked: its line in the tray says so.
async function settleCollisions(items) {
  const named = await findTaken(items);
  await settleKnown(named, "checking");
  const taken = named.filter((item) => item.state === "checking");
  if (taken.length) await askAbout(taken, items.length);
}

async function findTaken(items) {
  const taken = [];
  for (const folder of new Set(items.map((item) => item.folder))) {
    const here = items.filter((item) => item.folder === folder);
    for (let at = 0; at < here.length; at += CHECKED_AT_ONCE) {
      const some = here.slice(at, at + CHECKED_AT_ONCE);
      const answer = await callApi("POST", "/api/v1/assets/taken", { folder, names: some.map((item) => item.file.name) });
      const names = new Set(answer.taken);
      taken.push(...some.filter((item) => names.has(item.file.name)));
    }
  }
  return taken;
}

async function askAbout(taken, count) {
  const one = taken.length === 1;
  const answer = await choose({
    title: one ? `${taken[0].file.name} is there already` : `${taken.length.toLocaleString("en")} names are taken`,
    text: one
      ? `${taken[0].folder || "The top of the library"} has a file of this name. Keeping both gives the new one a number; replacing keeps tags and description, not the old file.`
      : `Of ${count.toLocaleString("en")} files. Keeping both gives the new ones a number; replacing keeps tags and descriptions, not the old files.`,
    options: { skip: one ? "Skip it" : "Skip them", replace: "Replace", suffix: "Keep both" },
  });
  for (const item of taken) {
    if (answer === null || answer === "skip") item.state = "skipped";
    else item.onCollision = answer;
    if (answer === "replace") item.ifDuplicate = "keep"; // they have said what they want
  }
}

// --- sending ------------------------------------------------------------------------------------

function next() {
  for (const item of all) {
    if (running >= AT_ONCE) break;
    if (item.state === "waiting") start(item);
  }
  show();
  if (!isUploading()) finish();
}

async function start(item) {
  running += 1;
  item.state = "sending";
  const transfer = sendFile(item.file, item, (bytes) => {
    item.sent = Math.min(bytes, item.file.size);
    showProgress(item);
  });
  item.cancel = transfer.cancel;
  const { asset, hereAs, reason, mayRetry, cancelled } = await transfer.answer;
  running -= 1;
  Object.assign(item, { asset, hereAs, reason, mayRetry, sent: asset ? item.file.size : 0 });
  item.state = asset ? "done" : hereAs ? "here" : cancelled ? "cancelled" : "failed";
  if (asset) for (const call of finished) call(item);
  next();
}

function cancel(item) {
  if (item.state === "sending") item.cancel();
  else item.state = "cancelled";
}

function keepBoth(items) {
  for (const item of items) item.ifDuplicate = "keep";
  retry(items);
}

function retry(items) {
  for (const item of items) Object.assign(item, { state: "waiting", sent: 0, reason: "" });
  next();
}

// When all went well the page shows the new pictures; a refusal or a question stays to be read.
function finish() {
  paceOf = measurePace();
  const done = all.filter((item) => item.state === "done");
  const failed = all.some((item) => item.state === "failed" || item.state === "here");
  if (!failed) {
    tray.hidden = true;
    all.length = 0;
  }
  const said = done.length === 1 ? "1 file uploaded" : `${done.length.toLocaleString("en")} files uploaded`;
  if (done.length) showNew(`${said}; ${done.length === 1 ? "it turns" : "they turn"} searchable in a moment.`, failed);
}

addEventListener("beforeunload", (event) => { if (isUploading()) event.preventDefault(); });

// --- what is shown ------------------------------------------------------------------------------

function openTray(note) {
  if (!tray) {
    tray = element("section", "tray");
    tray.setAttribute("aria-label", "Uploads");
    tray.append(
      element("h2", "tray-title"),
      element("p", "tray-rate hint"),
      progressOf("All uploads"),
      element("p", "tray-note hint"),
      element("ul", ""),
      element("p", "tray-actions"),
    );
    tray.querySelector("ul").tabIndex = 0;
    tray.querySelector("ul").setAttribute("aria-label", "Files");
    tray.addEventListener("click", press);
    document.body.append(tray);
  }
  tray.hidden = false;
  tray.querySelector(".tray-note").textContent = note ?? "";
  tray.querySelector(".tray-note").hidden = !note;
}

function press(event) {
  const button = event.target.closest("button");
  if (!button) return;
  const item = all[Number(button.dataset.item)];
  const what = button.dataset.do;
  if (what === "cancel") cancel(item);
  else if (what === "skip") item.state = "skipped";
  else if (what === "keep") return keepBoth([item]);
  else if (what === "keep-all") return keepBoth(all.filter((one) => one.state === "here"));
  else if (what === "retry") return retry([item]);
  else if (what === "retry-all") return retry(all.filter((one) => one.state === "failed" && one.mayRetry));
  else if (what === "cancel-all") for (const one of all.filter((one) => OPEN.has(one.state))) cancel(one);
  else if (what === "close") {
    tray.hidden = true;
    all.length = 0;
    return;
  }
  next();
}

const ORDER = { sending: 0, failed: 1, here: 1, checking: 2, waiting: 2, done: 3, skipped: 3, cancelled: 3 };

function show() {
  const lines = all
    .map((item, at) => ({ item, at }))
    .sort((a, b) => ORDER[a.item.state] - ORDER[b.item.state] || a.at - b.at)
    .slice(0, SHOWN)
    .map(({ item, at }) => lineOf(item, at));
  const hidden = all.length - lines.length;
  if (hidden > 0) lines.push(element("li", "hint", `and ${hidden.toLocaleString("en")} more`));
  tray.querySelector("ul").replaceChildren(...lines);
  const actions = tray.querySelector(".tray-actions");
  const retriable = all.filter((item) => item.state === "failed" && item.mayRetry).length;
  const here = all.filter((item) => item.state === "here").length;
  actions.replaceChildren(
    ...(here > 1 ? [action("keep-all", `Keep both of ${here}`)] : []),
    ...(retriable > 1 ? [action("retry-all", `Try ${retriable} again`)] : []),
    isUploading() ? action("cancel-all", "Cancel all") : action("close", "Close"),
  );
  showTotal();
}

const SAID = { checking: "Checking", waiting: "Waiting", done: "Uploaded", skipped: "Skipped", cancelled: "Cancelled", sending: "", here: "", failed: "" };

function lineOf(item, at) {
  const line = element("li", `is-${item.state}`);
  const name = element("span", "", item.file.name);
  name.title = [item.folder, item.file.name].filter(Boolean).join("/");
  const state = element("span", "state", SAID[item.state]);
  line.append(name, state);
  if (item.state === "sending") {
    item.bar = progressOf(item.file.name);
    line.append(item.bar);
    showProgress(item);
  }
  if (OPEN.has(item.state)) state.append(action("cancel", "Cancel", at, `Cancel ${item.file.name}`));
  if (item.state === "failed") {
    if (item.mayRetry) state.append(action("retry", "Try again", at, `Try ${item.file.name} again`));
    line.append(element("span", "reason", item.reason));
  }
  if (item.state === "here") {
    state.append(action("keep", "Keep both", at, `Keep both: ${item.file.name}`), action("skip", "Skip", at, `Skip ${item.file.name}`));
    const known = element("a", "here", "You already have this");
    known.href = `/assets/${item.hereAs}`;
    line.append(known);
  }
  return line;
}

function showProgress(item) {
  if (item.bar) item.bar.value = (100 * item.sent) / Math.max(1, item.file.size);
  showTotal();
}

function showTotal() {
  const wanted = all.filter((item) => item.state !== "skipped" && item.state !== "cancelled" && item.state !== "failed" && item.state !== "here");
  const size = wanted.reduce((sum, item) => sum + item.file.size, 0);
  const sent = wanted.reduce((sum, item) => sum + item.sent, 0);
  const ended = all.filter((item) => ORDER[item.state] === 3 || item.state === "failed" || item.state === "here").length;
  tray.querySelector("progress").value = (100 * sent) / Math.max(1, size);
  tray.querySelector(".tray-title").textContent = `Uploads: ${ended.toLocaleString("en")} of ${all.length.toLocaleString("en")}`;
  tray.querySelector(".tray-rate").textContent = isUploading() ? paceOf(sent, size) : "";
}

function action(what, text, item, label) {
  const button = element("button", "", text);
  button.type = "button";
  button.dataset.do = what;
  if (item !== undefined) button.dataset.item = String(item);
  if (label) button.setAttribute("aria-label", label);
  return button;
}

function progressOf(label) {
  const bar = element("progress", "");
  bar.max = 100;
  bar.value = 0;
  bar.setAttribute("aria-label", label);
  return bar;
}
