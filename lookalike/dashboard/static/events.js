// What the server does in the background, as it tells it. A browser opens at most six connections
// to a server, and a stream takes one for as long as it lasts; so of all tabs one listens, and
// tells the others. When it is closed, another takes its place.
export function followWork(show) {
  if (!navigator.locks || !window.BroadcastChannel) return listen(show);
  const channel = new BroadcastChannel("work");
  let last = null;
  channel.addEventListener("message", (event) => {
    if (event.data === "tell") {
      if (last) channel.postMessage(last);
    } else show(event.data);
  });
  channel.postMessage("tell");
  const gone = new AbortController();
  navigator.locks.request("work", { signal: gone.signal }, () => new Promise((end) => {
    const stop = listen((now) => {
      last = now;
      channel.postMessage(now);
      show(now);
    });
    addEventListener("pagehide", () => { stop(); end(); });
  })).catch(() => {}); // the page was left while it waited
  addEventListener("pagehide", () => { gone.abort(); channel.close(); });
}

// Without a way to share, only the tab that is looked at listens.
function listen(show) {
  let events = null;
  const isShared = Boolean(navigator.locks && window.BroadcastChannel);
  const open = () => {
    if (events || (document.hidden && !isShared)) return;
    events = new EventSource("/events");
    events.addEventListener("work", (event) => show(JSON.parse(event.data)));
  };
  const close = () => {
    events?.close();
    events = null;
  };
  document.addEventListener("visibilitychange", () => (document.hidden && !isShared ? close() : open()));
  addEventListener("pagehide", close);
  open();
  return close;
}
