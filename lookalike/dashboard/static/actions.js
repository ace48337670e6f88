// Buttons and forms that call the API: data-api="DELETE /api/v1/...". Afterwards the page shows
// what has changed, unless it says where to go (data-then) or that it stays (data-stay).
import { ask } from "./ask.js";
import { notify } from "./notices.js";
import { callApi } from "./server.js";

export function startActions() {
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-send-on-change]")) event.target.form.requestSubmit();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button[data-api]");
    if (button) act(button);
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-api]")) return;
    event.preventDefault();
    act(event.target);
  });
  const said = sessionStorage.getItem("notice");
  if (said) {
    const undo = sessionStorage.getItem("undo");
    sessionStorage.removeItem("notice");
    sessionStorage.removeItem("undo");
    notify(said, undo ? { label: "Undo", run: () => takeBack(undo) } : undefined);
  }
}

async function takeBack(undo) {
  try {
    await callApi(...undo.split(" "));
    location.reload();
  } catch (error) {
    notify(error.message);
  }
}

async function act(element) {
  const [method, url] = element.dataset.api.split(" ");
  const isForm = element.matches("form");
  // A form without a button is sent by its choice.
  const button = isForm ? element.querySelector("button") ?? element.querySelector("select") : element;
  if (element.dataset.confirm) {
    const answer = await ask({ title: button.textContent.trim(), text: element.dataset.confirm, go: button.textContent.trim() });
    if (answer === null) return;
  }
  let body = bodyOf(element, isForm);
  if (element.dataset.ask) {
    const given = await ask({ title: button.textContent.trim(), label: element.dataset.askLabel, go: "Save", type: element.dataset.ask });
    if (!given) return;
    body = { [element.dataset.ask]: given };
  }
  button.disabled = true;
  try {
    const answer = await callApi(method, url, body);
    finish(element, answer);
  } catch (error) {
    notify(error.message);
    if (isForm && button.matches("select")) element.reset();
  }
  button.disabled = false;
}

function bodyOf(element, isForm) {
  if (element.dataset.json) return JSON.parse(element.dataset.json);
  return isForm ? Object.fromEntries(new FormData(element)) : undefined;
}

function finish(element, answer) {
  const { show, then, stay, done, undo } = element.dataset;
  if (show) {
    const place = document.querySelector("[data-shown]");
    place.textContent = `Copy it now, it is not shown again: ${answer[show]}`;
    place.hidden = false;
    place.scrollIntoView({ block: "nearest" });
    element.reset();
    return;
  }
  if (stay !== undefined) {
    if (done) notify(done);
    return;
  }
  if (done) sessionStorage.setItem("notice", done);
  if (undo) sessionStorage.setItem("undo", undo);
  if (then) location.assign(then);
  else location.reload();
}
