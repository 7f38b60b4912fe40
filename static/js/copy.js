// Copies what a button names in data-copy, and says so on the button for a moment.
const SHOWN_FOR = 1500;

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  button.classList.add("is-copied");
  setTimeout(() => button.classList.remove("is-copied"), SHOWN_FOR);
});
