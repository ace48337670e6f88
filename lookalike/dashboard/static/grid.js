// Cards: more of them before the end is reached, and arrow keys from one to the next.
import { keepPlace, placeBefore } from "./places.js";
import { fetchFragment, parse } from "./server.js";
import { startWindow } from "./windowing.js";

const AHEAD = "1200px";

let shown = null;

export function startGrid() {
  const results = document.querySelector("[data-results]");
  if (!results) return;
  if (results.dataset.windowed !== undefined) {
    shown = startWindow(results, placeBefore());
    keepPlace(shown.place);
  } else watchEnd(results);
  results.addEventListener("keydown", moveFocus);
}

// The list of this page, where it is one that can be long.
export function longList() {
  return shown;
}

// Every id in order, those that are not in the page at the moment, too; not what was just trashed.
export function shownOrder() {
  if (shown) return shown.visible();
  const cards = [...document.querySelectorAll("[data-results] li[data-id]")];
  return cards.filter((card) => card.checkVisibility()).map((card) => card.dataset.id);
}

function watchEnd(results) {
  const link = results.querySelector("[data-more]");
  if (!link) return;
  let isLoading = false;
  const load = async (event) => {
    event?.preventDefault();
    if (isLoading) return;
    isLoading = true;
    link.setAttribute("aria-busy", "true");
    try {
      const chunk = parse(await fetchFragment(link.href, "chunk"));
      observer.disconnect();
      link.closest(".more").remove();
      append(results, chunk);
      watchEnd(results);
      if (event) results.querySelector(".is-new a")?.focus({ preventScroll: true });
    } catch (error) {
      link.textContent = `${error.message} Try again`;
      isLoading = false;
    }
  };
  const observer = new IntersectionObserver(
    (entries) => { if (entries.some((entry) => entry.isIntersecting)) load(); },
    { rootMargin: AHEAD },
  );
  observer.observe(link);
  link.addEventListener("click", load);
}

// Cards of a band that goes on join its last row; a new band brings its divider.
function append(results, chunk) {
  for (const item of results.querySelectorAll(".is-new")) item.classList.remove("is-new");
  for (const section of chunk.querySelectorAll(".band")) {
    for (const card of section.querySelectorAll("li[data-id]")) card.classList.add("is-new");
    const last = results.querySelector(".band:last-of-type");
    const list = last?.querySelector("ul");
    if (list && last.dataset.band === section.dataset.band) {
      list.append(...section.querySelector("ul").children);
    } else {
      results.append(section);
    }
  }
  const more = chunk.querySelector(".more");
  if (more) results.append(more);
}

function moveFocus(event) {
  const link = event.target.closest?.(".card-link, .row-link");
  if (!link || event.ctrlKey || event.metaKey || event.altKey) return;
  if (shown && (event.key === "Home" || event.key === "End")) return; // the list itself goes there
  const links = [...event.currentTarget.querySelectorAll(".card-link, .row-link")].filter((one) => one.checkVisibility());
  const at = links.indexOf(link);
  const target = {
    ArrowRight: () => links[at + 1],
    ArrowLeft: () => links[at - 1],
    ArrowDown: () => nearest(links.slice(at + 1), link, 1),
    ArrowUp: () => nearest(links.slice(0, at).reverse(), link, -1),
    Home: () => links[0],
    End: () => links.at(-1),
  }[event.key]?.();
  if (!target) return;
  event.preventDefault();
  target.focus();
  target.scrollIntoView({ block: "nearest" });
}

// The card above or below: in the next row, the one whose middle is nearest.
function nearest(links, from, direction) {
  const here = from.getBoundingClientRect();
  const middle = here.left + here.width / 2;
  let best, bestDistance = Infinity, rowTop;
  for (const link of links) {
    const box = link.getBoundingClientRect();
    if (direction * (box.top - here.top) < 8) continue;
    rowTop ??= box.top;
    if (Math.abs(box.top - rowTop) > 8) break;
    const distance = Math.abs(box.left + box.width / 2 - middle);
    if (distance < bestDistance) [best, bestDistance] = [link, distance];
  }
  return best;
}
