// Short messages at the foot of the page, read out to those who listen to it.
const SHOWN_MS = 7000;

// Answers how to take the notice away before its time.
export function notify(text, action) {
  const notice = document.createElement("div");
  notice.className = "notice";
  notice.append(text);
  if (action) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = action.label;
    button.addEventListener("click", async () => {
      notice.remove();
      try {
        await action.run();
      } catch (error) {
        notify(error.message);
      }
    });
    notice.append(button);
  }
  document.querySelector("[data-notices]").append(notice);
  setTimeout(() => notice.remove(), SHOWN_MS);
  return () => notice.remove();
}
