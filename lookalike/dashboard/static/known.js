// Which files the library has already, found out before anything is sent: their sizes are asked for
// first, and only a file of a size that is there is hashed. Where the page is not a secure context
// browsers have no hash; then the server says so once a file has arrived.
import { callApi } from "./server.js";

const ASKED_AT_ONCE = 1000;
const BATCH_FILES = 50, BATCH_BYTES = 128 * 1024 * 1024; // hashed before the first of them is sent

// Yields lists of [item, id of the asset that has its bytes, or null], until each item was in one.
export async function* findKnown(items) {
  if (!globalThis.crypto?.subtle) return yield items.map((item) => [item, null]);
  const sizes = await knownSizes([...new Set(items.map((item) => item.file.size))]);
  const doubted = items.filter((item) => sizes.has(item.file.size));
  yield items.filter((item) => !sizes.has(item.file.size)).map((item) => [item, null]);
  for (const batch of batches(doubted)) yield await ask(batch);
}

async function knownSizes(sizes) {
  const known = new Set();
  for (let at = 0; at < sizes.length; at += ASKED_AT_ONCE) {
    const answer = await callApi("POST", "/api/v1/assets/here", { sizes: sizes.slice(at, at + ASKED_AT_ONCE) });
    for (const size of answer.sizes) known.add(size);
  }
  return known;
}

function* batches(items) {
  let batch = [], bytes = 0;
  for (const item of items) {
    if (batch.length && (batch.length === BATCH_FILES || bytes + item.file.size > BATCH_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(item);
    bytes += item.file.size;
  }
  if (batch.length) yield batch;
}

// One file after the other, so that never two are in memory. One that cannot be read fails later.
async function ask(batch) {
  const hashed = [];
  for (const item of batch) hashed.push([item, await sha256(item.file).catch(() => null)]);
  const hashes = [...new Set(hashed.map(([, hash]) => hash).filter(Boolean))];
  const { here } = await callApi("POST", "/api/v1/assets/here", { sha256: hashes });
  return hashed.map(([item, hash]) => [item, here[hash]?.asset_id ?? null]);
}

async function sha256(file) {
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
