// Tags of a picture: each can be taken away, and others added where they stand.
import { callApi } from "./server.js";

export function startTags(section, tags, save) {
  const list = section.querySelector(".tags");
  const form = document.createElement("form");
  form.className = "add-tag";
  const field = document.createElement("input");
  field.type = "text";
  field.placeholder = "Add a tag";
  field.setAttribute("aria-label", "Add a tag");
  field.autocomplete = "off";
  field.maxLength = 100;
  const known = document.createElement("datalist");
  known.id = "known-tags";
  field.setAttribute("list", known.id);
  form.append(field, known);
  section.append(form);

  field.addEventListener("focus", async () => {
    const found = await callApi("GET", "/api/v1/tags").catch(() => ({ tags: [] }));
    known.replaceChildren(...found.tags.filter((tag) => !tags.includes(tag.name)).map((tag) => new Option(tag.name, tag.name)));
  }, { once: true });
  field.addEventListener("keydown", (event) => {
    if (event.key === ",") {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const added = field.value.split(",").map((tag) => tag.trim()).filter((tag) => tag && !tags.includes(tag));
    field.value = "";
    if (added.length) save([...tags, ...new Set(added)]);
  });

  const show = (now) => {
    tags = now;
    list.replaceChildren(...now.map((tag) => chip(tag, () => {
      save(tags.filter((other) => other !== tag));
      field.focus();
    })));
    list.hidden = !now.length;
  };
  show(tags);
  return show;
}

function chip(tag, remove) {
  const place = document.createElement("span");
  place.className = "filter-chip tag-chip";
  const link = document.createElement("a");
  link.href = `/library?${new URLSearchParams({ tag })}`;
  link.textContent = tag;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "×";
  button.setAttribute("aria-label", `Remove the tag ${tag}`);
  button.addEventListener("click", remove);
  place.append(link, button);
  return place;
}
