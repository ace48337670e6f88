// How fast something goes on, and how long it takes still.
const WINDOW_MS = 6000; // what the rate is measured over

// Answers a function of bytes done and bytes in all: '1.2 MB of 8 MB, 3.4 MB/s, 2 s left'.
export function measurePace() {
  let marks = [];
  return (sent, size) => {
    const now = performance.now();
    marks = [...marks.filter((mark) => now - mark.now < WINDOW_MS && mark.sent <= sent), { now, sent }];
    const [first] = marks, took_s = (now - first.now) / 1000;
    const rate = took_s > 0.5 ? (sent - first.sent) / took_s : 0;
    if (rate <= 0) return `${amount(sent)} of ${amount(size)}`;
    return `${amount(sent)} of ${amount(size)}, ${amount(rate)}/s, ${duration((size - sent) / rate)} left`;
  };
}

function amount(bytes) {
  const units = ["B", "KB", "MB", "GB"];
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const number = bytes / 1000 ** power;
  return `${number >= 10 || power === 0 ? Math.round(number) : number.toFixed(1)} ${units[power]}`;
}

function duration(seconds) {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
