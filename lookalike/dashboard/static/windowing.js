// A long list of which only what is near the window is in the page. Cards far above and below it
// give way to two gaps of their height, and come back by their ids; so the page stays small however
// far one goes. Rows break as before, since a row is only ever taken away as a whole.
import { rememberCards } from "./card-memory.js";
import { isTyping } from "./search.js";
import { fetchFragment, parse } from "./server.js";

const KEPT = 3; // heights of the window that stay in the page above and below it
const AHEAD = 1.5; // so far ahead cards are there already
const BATCH = 80; // come back at once
const FEW = 40; // are not worth taking away
const RETRY_MS = 2000;

export function startWindow(results, place) {
  const list = results.querySelector("ul");
  const isList = list.classList.contains("rows");
  const order = [...list.children].map((item) => item.dataset.id);
  const above = list.insertBefore(makeGap(), list.firstChild), below = list.appendChild(makeGap());
  const gone = new Set(); // in the trash or moved, but not out of the list: they may come back
  const memory = rememberCards({
    view: isList ? "list" : "grid",
    of: results.dataset.trash === undefined ? "library" : "trash",
    isGone: (id) => gone.has(id),
  });
  let rows = [], breaks = new Set();
  let start = 0, end = order.length;
  let next = takeLink(results), coming = null, failed = false;
  let isAsked = false, working = Promise.resolve(), width = list.clientWidth, lost = null, anchor = null;

  const visible = () => order.filter((id) => !gone.has(id));
  const items = () => [...list.children].filter((item) => item.dataset.id && !item.hidden);
  const topOf = (element) => element.getBoundingClientRect().top;

  // --- cards in and out ---------------------------------------------------------------------

  function insert(cards, before, from) {
    const part = document.createDocumentFragment();
    cards.forEach((card, at) => {
      if (breaks.has(from + at) && from + at > 0) part.append(makeBreak());
      card.hidden = gone.has(card.dataset.id);
      part.append(card);
    });
    list.insertBefore(part, before);
    results.dispatchEvent(new CustomEvent("cards", { detail: cards }));
    const back = cards.find((card) => card.dataset.id === lost);
    if (back && document.activeElement === document.body) back.querySelector("a").focus({ preventScroll: true });
  }

  function takeAway(cards) {
    for (const card of cards) {
      if (card.contains(document.activeElement)) lost = card.dataset.id;
      if (card.dataset.id) memory.keep(card);
      card.remove();
    }
    memory.trim();
  }

  // After a change above a card, the gap makes up for it, and the card stays where it was seen.
  function settle(card, top) {
    above.hidden = start === 0;
    if (start) above.style.height = `${Math.max(1, above.offsetHeight + top - topOf(card))}px`;
    const drift = topOf(card) - top;
    if (Math.abs(drift) >= 1) scrollBy(0, drift);
  }

  // --- what is done near the window -----------------------------------------------------------

  function trim() {
    const view = innerHeight, cards = items();
    const firstKept = cards.findIndex((card) => card.getBoundingClientRect().bottom > -KEPT * view);
    if (firstKept > FEW) trimAbove(cards, firstKept);
    const left = items(), far = left.findIndex((card) => topOf(card) > (1 + KEPT) * view);
    if (far > 0 && left.length - far > FEW) trimBelow(left[far]);
  }

  function trimAbove(cards, firstKept) {
    const rowTop = topOf(cards[firstKept]);
    let kept = firstKept;
    while (kept > 0 && Math.abs(topOf(cards[kept - 1]) - rowTop) < 2) kept -= 1;
    if (kept === 0) return;
    const tops = cards.slice(0, kept).map(topOf);
    const leaving = [];
    for (let item = above.nextElementSibling; item !== cards[kept]; item = item.nextElementSibling) leaving.push(item);
    const ids = leaving.filter((item) => item.dataset.id);
    rows.push(...ids.flatMap((item, at) => {
      const seenAt = cards.indexOf(item);
      return seenAt >= 0 && (seenAt === 0 || Math.abs(tops[seenAt] - tops[seenAt - 1]) >= 2) ? [start + at] : [];
    }));
    const top = rowTop;
    takeAway(leaving);
    start += ids.length;
    settle(cards[kept], top);
  }

  function trimBelow(card) {
    const height = list.offsetHeight;
    const leaving = [];
    for (let item = card; item !== below; item = item.nextElementSibling) leaving.push(item);
    end -= leaving.filter((item) => item.dataset.id).length;
    takeAway(leaving);
    growBelow(height);
  }

  function growBelow(height) {
    const before = below.hidden ? 0 : below.offsetHeight;
    below.hidden = end >= order.length;
    below.style.height = `${Math.max(1, before)}px`;
    below.style.height = `${Math.max(1, before + height - list.offsetHeight)}px`;
  }

  async function extendUp() {
    let from = Math.max(0, start - BATCH);
    const known = rows.filter((row) => row < start);
    if (known.length && known[0] < start) from = known.findLast((row) => row <= from) ?? known[0];
    else if (!isList && from) breaks.add(from);
    if (!known.length && !isList) breaks.add(start);
    const cards = await memory.read(order, from, start);
    const missing = start - from - cards.length; // are no longer in the library
    end -= missing;
    breaks = new Set([...breaks].map((one) => (one > from ? one - missing : one)));
    const first = items()[0], top = first && topOf(first);
    start = from;
    rows = rows.filter((row) => row < start);
    insert(cards, above.nextElementSibling, from);
    if (first) settle(first, top);
  }

  async function extendDown() {
    const to = Math.min(order.length, end + BATCH);
    const cards = await memory.read(order, end, to);
    const height = list.offsetHeight;
    insert(cards, below, end);
    end += cards.length;
    growBelow(height);
  }

  // --- more from the server ---------------------------------------------------------------------

  function fetchNext() {
    coming ??= fetchFragment(next.href, "chunk");
    coming.catch(() => {});
    return coming;
  }

  async function loadMore() {
    next.link.setAttribute("aria-busy", "true");
    try {
      const chunk = parse(await fetchNext());
      coming = null;
      next.link.closest(".more").remove();
      const more = chunk.querySelector(".more");
      if (more) results.append(more);
      next = takeLink(results);
      watchLink();
      const known = new Set(order.slice(-BATCH * 2));
      const cards = [...chunk.querySelectorAll("li[data-id]")].filter((card) => !known.has(card.dataset.id));
      for (const card of cards) card.classList.add("is-new");
      order.push(...cards.map((card) => card.dataset.id));
      insert(cards, below, end);
      end += cards.length;
      if (next) (window.requestIdleCallback ?? setTimeout)(() => next && fetchNext());
    } catch (error) {
      coming = null;
      failed = true;
      next.link.removeAttribute("aria-busy");
      next.link.textContent = `${error.message} Try again`;
    }
  }

  function watchLink() {
    next?.link.addEventListener("click", (event) => {
      event.preventDefault();
      failed = false;
      update();
    });
  }

  // --- going somewhere ----------------------------------------------------------------------

  // Puts the part of the order around a place into the page, at `top` of the window.
  async function jump(index, top) {
    const height = list.offsetHeight / Math.max(1, order.length);
    const from = Math.max(0, index - BATCH / 2), to = Math.min(order.length, from + BATCH * 2);
    const id = order[index];
    const cards = await memory.read(order, from, to);
    takeAway([...list.children].filter((item) => item !== above && item !== below));
    rows = [];
    breaks = new Set(isList ? [] : [from]);
    start = from;
    end = from + cards.length;
    above.hidden = start === 0;
    below.hidden = end >= order.length;
    above.style.height = `${Math.max(1, start * height)}px`;
    below.style.height = `${Math.max(1, (order.length - end) * height)}px`;
    insert(cards, below, from);
    const card = cardOf(id) ?? items()[0];
    if (!card) return;
    if (top === undefined) settle(card, 0);
    else scrollBy(0, topOf(card) - top);
  }

  // Shows the card at a place of the order, and gives it the focus.
  function reveal(index, { top = innerHeight / 3, focus = true } = {}) {
    return alone(async () => {
      if (!order.length) return;
      const at = Math.max(0, Math.min(order.length - 1, index));
      if (at < start || at >= end) await jump(at, top);
      const card = cardOf(order[at]);
      if (focus) card?.querySelector("a").focus({ preventScroll: true });
      card?.scrollIntoView({ block: "nearest" });
    }).then(update);
  }

  function cardOf(id) {
    return list.querySelector(`[data-id="${CSS.escape(id)}"]`);
  }

  async function step() {
    const view = innerHeight, cards = items();
    if (!cards.length) return order.length > end || next ? (await fill(), true) : false;
    const first = topOf(cards[0]), last = cards.at(-1).getBoundingClientRect().bottom;
    if (start > 0 && first > view) {
      const box = above.getBoundingClientRect();
      await jump(Math.floor((start * Math.max(0, -box.top)) / Math.max(1, box.height)));
      return true;
    }
    if (end < order.length && last < 0) {
      const box = below.getBoundingClientRect();
      await jump(Math.min(order.length - 1, end + Math.floor(((order.length - end) * -box.top) / Math.max(1, box.height))));
      return true;
    }
    trim();
    const now = items();
    if (start > 0 && topOf(now[0]) > -AHEAD * view) return (await extendUp(), true);
    const foot = now.at(-1).getBoundingClientRect().bottom;
    if (end < order.length && foot < (1 + AHEAD) * view) return (await extendDown(), true);
    if (end >= order.length && next && !failed && foot < (1 + AHEAD) * view) return (await loadMore(), !failed);
    return false;
  }

  async function fill() {
    if (end < order.length) await extendDown();
    else await loadMore();
  }

  // One at a time, since each changes what is in the page and waits for the server in between.
  function alone(task) {
    working = working.then(task).catch(() => setTimeout(update, RETRY_MS)); // the server was out of reach
    return working;
  }

  function update() {
    if (isAsked) return;
    isAsked = true;
    alone(async () => {
      isAsked = false;
      for (let turns = 0; turns < 50 && (await step()); turns += 1);
      anchor = items().find((card) => card.getBoundingClientRect().bottom > 80) ?? null;
      if (anchor) anchor.seenAt = topOf(anchor);
    });
  }

  let isDue = false;
  addEventListener("scroll", () => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => { isDue = false; update(); });
  }, { passive: true });
  addEventListener("resize", () => {
    if (list.clientWidth === width) return update();
    width = list.clientWidth;
    rows = [];
    for (const one of list.querySelectorAll(".row-break")) one.remove();
    breaks.clear();
    if (anchor?.isConnected) scrollBy(0, topOf(anchor) - anchor.seenAt);
    update();
  });
  document.addEventListener("keydown", (event) => {
    if (isTyping(event.target) && !event.target.matches("[data-pick]")) return;
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const isLost = lost && document.activeElement === document.body && event.key.startsWith("Arrow");
    const index = isLost ? order.indexOf(lost) : { Home: 0, End: order.length - 1 }[event.key];
    if (index === undefined) return;
    event.preventDefault();
    reveal(index).then(() => { if (event.key === "Home") scrollTo(0, 0); });
  });
  watchLink();

  const shown = {
    order,
    visible,
    reveal,
    isAtTop: () => start === 0,
    // The place in words that another visit to this page understands.
    place: () => {
      const card = items().find((one) => one.getBoundingClientRect().bottom > 80);
      if (!card) return null;
      const focused = document.activeElement?.closest?.("li[data-id]")?.dataset.id ?? null;
      return { ids: visible().join(","), next: next?.href ?? "", id: card.dataset.id, top: topOf(card), height: list.offsetHeight, focused };
    },
    hide: (ids, isHidden) => {
      for (const id of ids) {
        if (isHidden) gone.add(id);
        else gone.delete(id);
        const card = cardOf(id);
        if (card) card.hidden = isHidden;
      }
      update();
    },
    // Cards as they are now, for those that have changed.
    refresh: async (ids) => {
      for (const fresh of await memory.readAnew(ids)) {
        const card = cardOf(fresh.dataset.id);
        if (!card || card.contains(document.activeElement)) continue;
        fresh.hidden = gone.has(fresh.dataset.id);
        card.replaceWith(fresh);
        results.dispatchEvent(new CustomEvent("cards", { detail: [fresh] }));
      }
    },
    // New ones before all others.
    prepend: (cards) => alone(() => {
      const fresh = cards.filter((card) => !order.includes(card.dataset.id));
      order.unshift(...fresh.map((card) => card.dataset.id));
      rows = rows.map((row) => row + fresh.length);
      breaks = new Set([...breaks].map((one) => one + fresh.length));
      end += fresh.length;
      if (start > 0) start += fresh.length;
      else insert(fresh, above.nextElementSibling, 0);
    }),
  };
  if (place) alone(() => restore(place));
  update();
  return shown;

  async function restore(before) {
    const ids = before.ids.split(","), known = new Set(ids);
    // New ones are at the top; others that are unknown moved up from the next page, and come with it.
    const first = order.findIndex((id) => known.has(id));
    const fresh = order.slice(0, first < 0 ? order.length : first);
    order.length = 0;
    for (const id of [...fresh, ...ids]) order.push(id);
    takeAway(items());
    start = end = 0;
    below.hidden = false;
    below.style.height = `${before.height}px`;
    if (next && before.next) next.link.href = next.href = before.next;
    else if (next) {
      next.link.closest(".more").remove();
      next = null;
    }
    await jump(Math.max(0, order.indexOf(before.id)), before.top);
    if (before.focused) cardOf(before.focused)?.querySelector("a").focus({ preventScroll: true });
  }
}

function takeLink(results) {
  const link = results.querySelector("[data-more]");
  return link && { link, href: link.href };
}

function makeGap() {
  const gap = document.createElement("li");
  gap.className = "gap";
  gap.hidden = true;
  gap.setAttribute("aria-hidden", "true");
  return gap;
}

function makeBreak() {
  const line = makeGap();
  line.className = "row-break";
  line.hidden = false;
  return line;
}
