// Where one was in a long list, for the way back to it.
const NEWEST = 3; // so many lists are remembered; each can be long

// The place that this page was left at; null when one comes to it anew.
export function placeBefore() {
  const name = history.state?.place;
  if (!name) return null;
  try {
    return JSON.parse(sessionStorage.getItem(name));
  } catch {
    return null;
  }
}

// Remembers what `capture` says when the page is left.
export function keepPlace(capture) {
  history.scrollRestoration = "manual";
  const name = history.state?.place ?? `place-${Date.now()}`;
  history.replaceState({ ...history.state, place: name }, "");
  addEventListener("pagehide", () => {
    const place = capture();
    if (!place) return;
    try {
      forgetOthers(name);
      sessionStorage.setItem(name, JSON.stringify(place));
    } catch {
      sessionStorage.removeItem(name); // there was no room for it
    }
  });
}

function forgetOthers(name) {
  const known = Object.keys(sessionStorage).filter((key) => key.startsWith("place-") && key !== name).sort();
  for (const key of known.slice(0, Math.max(0, known.length - NEWEST + 1))) sessionStorage.removeItem(key);
}
