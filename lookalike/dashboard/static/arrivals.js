// New pictures on the page that is open, without losing the place on it.
import { longList } from "./grid.js";
import { notify } from "./notices.js";
import { fetchFragment, parse } from "./server.js";

const MOST_PAGES = 10; // of new pictures that are put before the list; for more it is shown anew

export async function showNew(said, stays) {
  const isNewestFirst = !new URLSearchParams(location.search).get("sort");
  if (!longList() || !isNewestFirst) {
    if (stays && longList()) return notify(said); // what was refused is still to be read
    sessionStorage.setItem("notice", said);
    if (!stays) location.reload();
    return;
  }
  const response = await fetch(location.href);
  if (!response.ok) return notify(said);
  const page = parse(await response.text());
  const cards = await cardsBefore(page, new Set(longList().order));
  if (!cards && !stays) {
    sessionStorage.setItem("notice", said);
    return location.reload();
  }
  notify(said);
  if (cards) longList().prepend(cards);
  for (const part of [".page-title", ".tree", ".subfolders", ".states"]) {
    const here = document.querySelector(part), fresh = page.querySelector(part);
    if (here && fresh) here.replaceWith(fresh);
    else if (fresh && part === ".subfolders") document.querySelector("[data-results]").before(fresh);
  }
}

// The cards from the top of a page, and of those after it, down to the first that is `known`; null
// where they are too many.
async function cardsBefore(page, known) {
  const cards = [];
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const here = [...page.querySelectorAll("li[data-id]")];
    cards.push(...here);
    const more = page.querySelector("[data-more]");
    if (!more || !known.size || here.some((card) => known.has(card.dataset.id))) return cards;
    page = parse(await fetchFragment(more.href, "chunk"));
  }
  return null;
}
