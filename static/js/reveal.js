// A button with data-reveal="id" shows and hides what is typed in a password field.
const mount = (root) => {
  for (const button of root.querySelectorAll("[data-reveal]")) {
    button.hidden = false;
  }
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-reveal]");
  const field = button && document.getElementById(button.dataset.reveal);
  if (!field) return;
  const shown = field.type === "text";
  field.type = shown ? "password" : "text";
  button.setAttribute("aria-pressed", String(!shown));
  field.focus();
});
document.addEventListener("htmx:load", (event) => mount(event.target));
mount(document);
