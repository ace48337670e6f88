// Making an element with a class and a text, which is never taken for HTML.
export function element(name, className = "", text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}

// The line above what a dialog shows: its title, and a button that ends it.
export function dialogHead(title, end) {
  const head = element("div", "dialog-head");
  const cancel = element("button", "button button-quiet", "Cancel");
  cancel.type = "button";
  cancel.addEventListener("click", end);
  head.append(element("h2", "", title), cancel);
  return head;
}
