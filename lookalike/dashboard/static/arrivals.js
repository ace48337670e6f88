// New pictures on the page that is open, without losing the place on it.
import { longList } from "./grid.js";
import { notify } from "./notices.js";
import { parse } from "./server.js";

export async function showNew(said, stays) {
  const isNewestFirst = !new URLSearchParams(location.search).get("sort");
  if (!longList() || !isNewestFirst) {
    if (stays && longList()) return notify(said); // what was refused is still to be read
    sessionStorage.setItem("notice", said);
    if (!stays) location.reload();
    return;
  }
  notify(said);
  const response = await fetch(location.href);
  if (!response.ok) return;
  const page = parse(await response.text());
  longList().prepend([...page.querySelectorAll("[data-results] li[data-id]")]);
  for (const part of [".page-title", ".tree", ".subfolders", ".states"]) {
    const here = document.querySelector(part), fresh = page.querySelector(part);
    if (here && fresh) here.replaceWith(fresh);
    else if (fresh && part === ".subfolders") document.querySelector("[data-results]").before(fresh);
  }
}
