// Showing a page anew when the server has news, but never under somebody's hands.
const AGAIN_MS = 1000;
const NO_TEXT = ["checkbox", "radio", "hidden", "range", "button", "submit"];

let isWaiting = false;

// Now, or as soon as nothing would be lost.
export function reloadWhenIdle() {
  if (isWaiting) return;
  if (!isBusy()) return location.reload();
  isWaiting = true;
  setTimeout(() => { isWaiting = false; reloadWhenIdle(); }, AGAIN_MS);
}

// An open form or dialog, text that was typed, or a secret that is shown only once.
function isBusy() {
  if (document.querySelector("form.in-place, dialog[open], [data-shown]:not([hidden])")) return true;
  return [...document.querySelectorAll("main input, main textarea")].some(
    (field) => !NO_TEXT.includes(field.type) && field.value !== field.defaultValue,
  );
}
