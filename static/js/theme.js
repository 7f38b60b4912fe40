// Theme and density change at once; the form's post keeps the choice.
const root = document.documentElement;

function isDark() {
  return root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function apply(name) {
  if (name === "theme") return (root.dataset.theme = isDark() ? "light" : "dark");
  return (root.dataset.density = root.dataset.density === "compact" ? "comfortable" : "compact");
}

document.addEventListener("submit", (event) => {
  const name = event.target.dataset?.look;
  if (!name) return;
  event.preventDefault();
  const fields = new FormData(event.target);
  fields.set(name, apply(name));
  fetch(event.target.action, { method: "POST", body: fields, headers: { "HX-Request": "true" } });
});
