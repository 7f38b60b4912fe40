// Menus (details.menu) close on Esc, on a click elsewhere and when another one opens; focus goes back to the button.
const OPEN = "details.menu[open]";

document.addEventListener("click", (event) => {
  document.querySelectorAll(OPEN).forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
});

document.addEventListener("toggle", (event) => {
  if (!event.target.matches?.(OPEN)) return;
  document.querySelectorAll(OPEN).forEach((menu) => { if (menu !== event.target && !menu.contains(event.target)) menu.open = false; });
  askAnew(event.target);
  turnUp(event.target);
}, true);

// What a menu shows may have changed since it was open: [data-fresh] is emptied and fetched by htmx, by the trigger "opened".
function askAnew(menu) {
  const part = menu.querySelector("[data-fresh]");
  if (!part) return;
  part.replaceChildren();
  window.htmx.trigger(part, "opened");
}

// A menu that would be cut off by the box it scrolls in opens upwards.
function turnUp(menu) {
  const panel = menu.querySelector(".menu__panel");
  const box = menu.closest(".scroll");
  if (!panel || !box) return;
  panel.classList.remove("menu__panel--up");
  const room = box.getBoundingClientRect();
  const place = panel.getBoundingClientRect();
  const above = menu.getBoundingClientRect().top - room.top;
  if (place.bottom > room.bottom && above > place.height) panel.classList.add("menu__panel--up");
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector(OPEN);
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
  event.preventDefault();
});
