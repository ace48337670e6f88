// The points of the map in typed arrays, sorted by the cells of a grid: all that lies in a part of
// the map is one run of indices for each row of cells, however large the library is.
const CELLS = 256, STEPS = 65535;

// `buffer`: as lookalike/api/points.py writes it.
export function readPoints(buffer) {
  const head = new DataView(buffer), count = head.getUint32(0, true), reach = head.getFloat32(4, true);
  const gaps = new Int32Array(buffer, 8, count), groups = new Int32Array(buffer, 8 + 4 * count, count);
  const across = new Uint16Array(buffer, 8 + 8 * count, count), down = new Uint16Array(buffer, 8 + 10 * count, count);
  const starts = new Uint32Array(CELLS * CELLS + 1), places = new Uint32Array(CELLS * CELLS);
  for (let i = 0; i < count; i += 1) starts[cell(across[i], down[i]) + 1] += 1;
  for (let i = 0; i < CELLS * CELLS; i += 1) {
    starts[i + 1] += starts[i];
    places[i] = starts[i];
  }
  const points = { count, reach, starts, x: new Float32Array(count), y: new Float32Array(count), key: new Int32Array(count), group: new Int32Array(count) };
  for (let i = 0, key = 0; i < count; i += 1) {
    const place = places[cell(across[i], down[i])]++;
    key += gaps[i];
    points.x[place] = (across[i] / STEPS * 2 - 1) * reach;
    points.y[place] = (down[i] / STEPS * 2 - 1) * reach;
    points.key[place] = key;
    points.group[place] = groups[i];
  }
  return points;
}

const cell = (across, down) => (down >> 8) * CELLS + (across >> 8);

// Runs of indices, as [from, to, from, to ...], that hold all points of a part of the map, and
// some around it.
export function runsIn(points, { left, top, right, bottom }) {
  const at = (value) => Math.max(0, Math.min(CELLS - 1, Math.floor((value / points.reach + 1) / 2 * STEPS) >> 8));
  const [first, last] = [at(left), at(right)], runs = [];
  for (let row = at(top); row <= at(bottom); row += 1) {
    const from = points.starts[row * CELLS + first], to = points.starts[row * CELLS + last + 1];
    if (from < to) runs.push(from, to);
  }
  return runs;
}

// The indices in a part of the map; null when they are more than `most`.
export function pointsIn(points, box, most = Infinity) {
  const runs = runsIn(points, box), found = [];
  for (let run = 0; run < runs.length; run += 2) {
    for (let i = runs[run]; i < runs[run + 1]; i += 1) {
      if (points.x[i] < box.left || points.x[i] > box.right || points.y[i] < box.top || points.y[i] > box.bottom) continue;
      if (found.length === most) return null;
      found.push(i);
    }
  }
  return found;
}

// The index nearest to a place, at most `within` away, for which `cost` (by its offset, lower is
// better, Infinity for never) is least; -1 for none.
export function nearestTo(points, x, y, within, cost = Math.hypot) {
  let best = -1, least = Infinity;
  for (const i of pointsIn(points, { left: x - within, right: x + within, top: y - within, bottom: y + within })) {
    const across = points.x[i] - x, down = points.y[i] - y, own = Math.hypot(across, down) > within ? Infinity : cost(across, down);
    if (own < least) [best, least] = [i, own];
  }
  return best;
}

// The next point in a direction (a unit vector), at least `least` away: rather straight ahead
// than near. -1 at the edge of the map.
export function nextTowards(points, from, [dx, dy], least) {
  const cost = (steepest) => (across, down) => {
    const ahead = across * dx + down * dy, aside = Math.abs(across * dy - down * dx);
    return ahead < least || aside > steepest * ahead ? Infinity : ahead + 2 * aside;
  };
  for (const steepest of [1.5, Infinity]) { // what lies far aside is better than nothing
    for (let within = 4 * least; within < 8 * points.reach; within *= 2) {
      const found = nearestTo(points, points.x[from], points.y[from], within, cost(steepest));
      if (found >= 0) return found;
    }
  }
  return -1;
}

// How far apart neighbours are: the median of a sample.
export function gapOf(points) {
  const gaps = [], step = Math.max(1, Math.floor(points.count / 400));
  for (let i = 0; i < points.count; i += step) {
    for (let within = points.reach / CELLS; within < 4 * points.reach; within *= 2) {
      const next = nearestTo(points, points.x[i], points.y[i], within, (across, down) => Math.hypot(across, down) || Infinity);
      if (next < 0) continue;
      gaps.push(Math.hypot(points.x[next] - points.x[i], points.y[next] - points.y[i]));
      break;
    }
  }
  return gaps.sort((a, b) => a - b)[gaps.length >> 1] ?? points.reach;
}
