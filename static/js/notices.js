// The panel under the bell: focus goes in when it opens, Esc and the close button put it away, focus comes back.
const panel = document.getElementById("notices-panel");
const bell = () => document.getElementById("bell-button");

function close() {
  panel.replaceChildren();
  bell()?.setAttribute("aria-expanded", "false");
  bell()?.focus();
}

if (panel) {
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== panel) return;
    bell().setAttribute("aria-expanded", "true");
    document.getElementById("notices-title").focus();
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt.id === "bell-button" && panel.firstElementChild) { event.preventDefault(); close(); }
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-closes-notices]")) close();
    else if (panel.firstElementChild && !event.target.closest("#notices-panel, #bell")) panel.replaceChildren();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && panel.contains(document.activeElement)) { close(); event.preventDefault(); }
  });
} else {
  document.querySelectorAll("[data-closes-notices]").forEach((button) => { button.hidden = true; });
}
