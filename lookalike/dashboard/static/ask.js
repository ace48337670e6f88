// Asking a person: for a yes, or for a line of text. Answers null when they think better of it.
export function ask({ title, text = "", label = "", value = "", go = "Go on", choices = [], type = "text" }) {
  const dialog = document.createElement("dialog");
  dialog.className = "ask";
  dialog.setAttribute("aria-labelledby", "ask-title");
  const heading = add(dialog, "h2", title);
  heading.id = "ask-title";
  const form = add(dialog, "form");
  if (text) add(form, "p", text);
  let input = null;
  if (label) {
    const field = add(form, "label", label);
    field.className = "wide";
    input = add(field, "input");
    input.type = type;
    input.value = value;
    input.autocomplete = "off";
    if (choices.length) {
      const list = add(form, "datalist");
      list.id = "ask-choices";
      for (const choice of choices) add(list, "option").value = choice;
      input.setAttribute("list", list.id);
    }
  }
  const actions = add(form, "p");
  actions.className = "form-actions";
  const cancel = add(actions, "button", "Cancel");
  cancel.type = "button";
  cancel.className = "button button-quiet";
  add(actions, "button", go).className = "button button-primary";
  document.body.append(dialog);

  return new Promise((resolve) => {
    let answer = null;
    cancel.addEventListener("click", () => dialog.close());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      answer = input ? input.value.trim() : "";
      dialog.close();
    });
    dialog.addEventListener("close", () => { dialog.remove(); resolve(answer); });
    dialog.showModal();
  });
}

// Asking for one of several answers: { value: label }, the last of them the usual one.
export function choose({ title, text, options }) {
  const dialog = document.createElement("dialog");
  dialog.className = "ask";
  dialog.setAttribute("aria-labelledby", "choose-title");
  add(dialog, "h2", title).id = "choose-title";
  add(dialog, "p", text);
  const actions = add(dialog, "p");
  actions.className = "form-actions";
  document.body.append(dialog);
  return new Promise((resolve) => {
    let answer = null;
    const labels = Object.entries(options);
    for (const [value, label] of labels) {
      const button = add(actions, "button", label);
      button.type = "button";
      button.className = value === labels.at(-1)[0] ? "button button-primary" : "button";
      button.addEventListener("click", () => { answer = value; dialog.close(); });
    }
    dialog.addEventListener("close", () => { dialog.remove(); resolve(answer); });
    dialog.showModal();
    actions.lastElementChild.focus();
  });
}

// The end of a form that stands where its values do.
export function saveOrCancel(cancel) {
  const line = document.createElement("p");
  line.className = "form-actions";
  const back = document.createElement("button");
  back.type = "button";
  back.className = "button button-quiet";
  back.textContent = "Cancel";
  back.addEventListener("click", cancel);
  const go = document.createElement("button");
  go.className = "button button-primary";
  go.textContent = "Save";
  line.append(back, go);
  return line;
}

function add(parent, name, text = "") {
  const element = document.createElement(name);
  element.textContent = text;
  parent.append(element);
  return element;
}
