// Small things: theme, copying the address of a page, selects that submit, panels that close.
import { notify } from "./notices.js";

export function startSmall() {
  document.querySelector(".theme")?.addEventListener("submit", changeTheme);
  for (const select of document.querySelectorAll("[data-submit-on-change]")) {
    select.addEventListener("change", () => select.form.requestSubmit());
  }
  document.querySelector("[data-copy-link]")?.addEventListener("click", copyLink);
  document.addEventListener("click", closeFilters);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeFilters(event);
  });
}

function changeTheme(event) {
  const theme = event.submitter?.value;
  if (!theme) return;
  event.preventDefault();
  document.documentElement.dataset.theme = theme;
  document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax`;
  const other = theme === "dark" ? "light" : "dark";
  event.target.querySelector(`[value="${other}"]`).focus();
}

async function copyLink() {
  try {
    await navigator.clipboard.writeText(location.href);
    notify("The link is copied.");
  } catch {
    notify("The browser did not allow copying; take the link from the address bar.");
  }
}

function closeFilters(event) {
  const filters = document.querySelector("[data-filters]");
  if (!filters?.open || (event.type === "click" && filters.contains(event.target))) return;
  filters.open = false;
  if (event.type === "keydown") filters.querySelector("summary").focus();
}
