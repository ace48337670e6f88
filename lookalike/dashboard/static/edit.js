// Editing what is said about a picture, in place.
import { notify } from "./notices.js";
import { callApi } from "./server.js";

export function startEdit() {
  const form = document.querySelector("[data-edit]");
  if (!form) return;
  const opener = document.querySelector("[data-edit-open]");
  const shown = document.querySelector("[data-shown-facts]");
  const toggle = (isOpen) => {
    form.hidden = !isOpen;
    shown.hidden = isOpen;
    opener.hidden = isOpen;
    (isOpen ? form.querySelector("input, textarea") : opener).focus();
  };
  opener.addEventListener("click", () => toggle(true));
  form.querySelector("[data-edit-cancel]").addEventListener("click", () => { form.reset(); toggle(false); });
  form.addEventListener("keydown", (event) => { if (event.key === "Escape") { form.reset(); toggle(false); } });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { tags, ...changes } = Object.fromEntries(new FormData(form));
    changes.tags = tags.split(",").map((tag) => tag.trim()).filter(Boolean);
    try {
      await callApi("PATCH", `/api/v1/assets/${form.dataset.edit}`, changes);
      sessionStorage.setItem("notice", "Saved.");
      location.reload();
    } catch (error) {
      notify(error.message);
    }
  });
}
