// Whether a kept picture takes over tags, descriptions and custom metadata of its copies: one choice
// for every decision, remembered. The server reads the cookie, so pages come with it.
export function startMerging() {
  document.addEventListener("change", ({ target }) => {
    if (!target.matches("[data-merge]")) return;
    document.cookie = `merge=${target.checked ? "yes" : "no"}; path=/; max-age=31536000; samesite=lax`;
    for (const box of document.querySelectorAll("[data-merge]")) box.checked = target.checked;
  });
}

export function isMerging() {
  return document.querySelector("[data-merge]")?.checked ?? true;
}

export function turnMerging() {
  document.querySelector("[data-merge]")?.click();
}
