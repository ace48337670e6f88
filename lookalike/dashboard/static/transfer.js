// One file on its way to the server: how far it is, and the way to stop it.
import { tokenHeaders } from "./server.js";

// Answers { asset }, or { hereAs } with the id of the asset that has these bytes already, or { reason, mayRetry }, or { cancelled }. `onSent` gets bytes.
export function sendFile(file, { folder, onCollision, ifDuplicate }, onSent) {
  const query = new URLSearchParams({ name: file.name, folder, on_collision: onCollision, if_duplicate: ifDuplicate });
  const request = new XMLHttpRequest(); // fetch does not tell how much was sent
  request.open("POST", `/api/v1/assets?${query}`);
  for (const [name, value] of Object.entries(tokenHeaders())) request.setRequestHeader(name, value);
  request.setRequestHeader("Content-Type", "application/octet-stream");
  request.responseType = "json";
  request.upload.addEventListener("progress", (event) => onSent(event.loaded));
  const answer = new Promise((resolve) => {
    request.addEventListener("abort", () => resolve({ cancelled: true }));
    request.addEventListener("error", () => resolve({ reason: "The connection was lost.", mayRetry: true }));
    request.addEventListener("load", () => {
      if (request.status === 201) resolve({ asset: request.response });
      else if (request.response?.error?.code === "already_here") resolve({ hereAs: request.response.error.asset_id });
      else {
        const reason = request.response?.error?.message ?? `The server answered ${request.status}.`;
        resolve({ reason, mayRetry: request.status >= 500 || request.status === 429 });
      }
    });
  });
  request.send(file);
  return { answer, cancel: () => request.abort() };
}
