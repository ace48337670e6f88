// Cards that left the page, so that they come back at once; others are fetched by their ids.
import { fetchFragment, parse } from "./server.js";

const MOST = 400; // cards that are remembered
const BATCH = 80; // fetched at once

// `of`: the list of the "library", or of its "trash"; what has gone to the other one is no card of it,
// unless `isGone` says that it went while this page was open: that may still be undone.
export function rememberCards({ view, of, isGone }) {
  const seen = new Map(); // id -> its card as text, the oldest first

  const keep = (card) => {
    seen.delete(card.dataset.id);
    seen.set(card.dataset.id, card.outerHTML);
  };
  const fetchCards = async (ids) => {
    await fetchOf(of, ids.filter((id) => !isGone(id)));
    await fetchOf("any", ids.filter(isGone));
  };
  const fetchOf = async (list, ids) => {
    for (let at = 0; at < ids.length; at += BATCH) {
      const query = new URLSearchParams({ view, of: list, ids: ids.slice(at, at + BATCH).join(",") });
      const found = parse(await fetchFragment(`/library/cards?${query}`, "cards"));
      for (const card of found.querySelectorAll("li")) keep(card);
    }
  };
  const build = (ids) => {
    const html = ids.filter((id) => seen.has(id)).map((id) => seen.get(id)).join("");
    return [...parse(`<ul>${html}</ul>`).querySelectorAll("li")];
  };

  return {
    keep,
    // The cards of a part of `order`; what is no longer in the library leaves the order, too.
    read: async (order, from, to) => {
      const ids = order.slice(from, to);
      await fetchCards(ids.filter((id) => !seen.has(id)));
      for (const id of ids) if (!seen.has(id)) order.splice(order.indexOf(id, from), 1);
      return build(ids);
    },
    readAnew: async (ids) => {
      for (const id of ids) seen.delete(id);
      await fetchCards(ids);
      return build(ids);
    },
    trim: () => {
      for (const id of seen.keys()) {
        if (seen.size <= MOST) return;
        seen.delete(id);
      }
    },
  };
}
