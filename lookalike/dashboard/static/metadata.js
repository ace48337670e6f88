// Custom metadata: names with values that keep their kind, as JSON has them.
import { saveOrCancel } from "./ask.js";
import { element } from "./elements.js";

const KINDS = { text: "Text", number: "Number", truth: "Yes or no", json: "List or object (JSON)" };

export function startMetadata(section, metadata, save) {
  const list = section.querySelector("dl");
  const add = document.createElement("button");
  add.type = "button";
  add.className = "quiet-button";
  add.textContent = "Add a field";
  section.append(add);
  add.addEventListener("click", () => edit(null));
  let open = null; // the form that is open: { form, name, row, end }

  const show = (now) => {
    metadata = now;
    list.replaceChildren(...Object.entries(now).map(([name, value]) => line(name, value)));
    list.hidden = !Object.keys(now).length;
    if (open) putBack();
  };

  // An open form outlasts that the lines are made anew.
  function putBack() {
    const { form, name } = open, focused = form.contains(document.activeElement) || !form.isConnected;
    const names = [...list.querySelectorAll("dt")].map((one) => one.textContent);
    open.row = list.children[names.indexOf(name)];
    stand(open);
    if (focused) form.querySelector("input, textarea").focus();
  }

  // In place of its line, or after the last one.
  function stand({ form, row }) {
    if (row) {
      row.hidden = true;
      row.after(form);
    } else section.append(form);
  }

  function line(name, value) {
    const row = document.createElement("div");
    row.append(element("dt", "", name), element("dd", "", textOf(value)));
    const tools = element("dd", "", "");
    tools.className = "field-tools";
    tools.append(
      tool("Edit", `Edit ${name}`, () => edit(name, row)),
      tool("Remove", `Remove ${name}`, () => save(Object.fromEntries(Object.entries(metadata).filter(([other]) => other !== name)))),
    );
    row.append(tools);
    return row;
  }

  function edit(name, row) {
    open?.end();
    const form = document.createElement("form");
    form.className = "stack in-place";
    form.noValidate = true;
    const before = name === null ? "" : metadata[name];
    const nameField = field("Name", input(name ?? ""));
    const kind = field("Kind", select(KINDS, kindOf(before)));
    const value = field("Value", valueInput(kind.control.value, before));
    const problem = element("p", "", "");
    problem.className = "problem";
    problem.hidden = true;
    problem.setAttribute("role", "alert");
    kind.control.addEventListener("change", () => {
      const typed = value.control.value;
      value.swap(valueInput(kind.control.value, kind.control.value === "truth" ? true : typed));
    });
    const end = () => {
      const { row } = open;
      open = null;
      form.remove();
      if (row) row.hidden = false;
      add.hidden = false;
      (row?.querySelector("button") ?? add).focus();
    };
    form.append(nameField.label, kind.label, value.label, problem, saveOrCancel(end));
    form.addEventListener("keydown", (event) => { if (event.key === "Escape") end(); });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      try {
        const called = nameField.control.value.trim();
        const changed = withField(metadata, name, called, read(kind.control.value, value.control.value));
        end();
        save(changed);
      } catch (error) {
        problem.textContent = error.message;
        problem.hidden = false;
      }
    });
    open = { form, name, row, end };
    stand(open);
    add.hidden = true;
    nameField.control.focus();
  }

  show(metadata);
  return show;
}

// The order of the others stays.
function withField(metadata, before, name, value) {
  if (!name) throw new Error("Give the field a name.");
  if (name !== before && Object.hasOwn(metadata, name)) throw new Error(`There is a field ${name} already.`);
  const entries = Object.entries(metadata);
  const at = entries.findIndex(([other]) => other === before);
  if (at < 0) entries.push([name, value]);
  else entries[at] = [name, value];
  return Object.fromEntries(entries);
}

function read(kind, text) {
  if (kind === "text") return text;
  if (kind === "truth") return text === "true";
  if (kind === "number") {
    const number = Number(text.trim().replace(",", "."));
    if (!text.trim() || !Number.isFinite(number)) throw new Error(`${text || "Nothing"} is not a number.`);
    return number;
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('This is not JSON; write for example ["a", "b"] or {"width": 10}.');
  }
}

function kindOf(value) {
  return { string: "text", number: "number", boolean: "truth" }[typeof value] ?? "json";
}

function textOf(value) {
  if (typeof value === "boolean") return value ? "Yes" : "No";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function valueInput(kind, value) {
  if (kind === "truth") return select({ true: "Yes", false: "No" }, String(value));
  if (kind !== "json") return input(typeof value === "string" ? value : textOf(value), kind === "number" ? "decimal" : "text");
  const area = document.createElement("textarea");
  area.rows = 3;
  area.value = typeof value === "string" ? value : JSON.stringify(value, null, 1);
  return area;
}

function input(value, mode = "text") {
  const field = element("input");
  field.type = "text";
  field.inputMode = mode;
  field.value = value;
  field.autocomplete = "off";
  return field;
}

function select(choices, chosen) {
  const list = element("select");
  for (const [value, label] of Object.entries(choices)) list.add(new Option(label, value, false, value === chosen));
  return list;
}

function field(text, control) {
  const label = document.createElement("label");
  label.className = "wide";
  label.append(text, control);
  const made = { label, control, swap: (other) => { made.control.replaceWith(other); made.control = other; } };
  return made;
}

function tool(text, label, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet-button";
  button.textContent = text;
  button.setAttribute("aria-label", label);
  button.addEventListener("click", act);
  return button;
}
