// A form with data-guard: counts what was changed, asks before leaving, adds and removes rows, and lets the main
// group be one of the ticked ones only. Without script the form is saved as it stands.
const form = document.querySelector("form[data-guard]");
const bar = document.querySelector("[data-savebar]");
const before = snapshot();
let leaving = false;

function snapshot() {
  const shown = new Map();
  for (const [name, value] of new FormData(form)) shown.set(name, [...(shown.get(name) ?? []), value]);
  return shown;
}

function changes() {
  const now = snapshot();
  const names = new Set([...before.keys(), ...now.keys()]);
  const said = (map, name) => (map.get(name) ?? []).filter(Boolean).join("\n");
  return [...names].filter((name) => said(before, name) !== said(now, name)).length;
}

const isDirty = () => form.hasAttribute("data-dirty") || changes() > 0;

function count() {
  const n = changes();
  const text = bar.querySelector("[data-count]");
  text.dataset.clean ??= text.textContent;
  text.textContent = n === 0 ? text.dataset.clean : n === 1 ? text.dataset.one : text.dataset.many.replace("{n}", n);
  bar.classList.toggle("savebar--dirty", isDirty());
}

function renumber(list) {
  list.querySelectorAll("[name=main]").forEach((radio, place) => { radio.value = place; });
}

function addRow(list) {
  const row = list.lastElementChild.cloneNode(true);
  row.querySelectorAll(".tag").forEach((tag) => tag.remove());
  row.querySelectorAll("input:not([type=radio])").forEach((input) => { input.value = ""; });
  row.querySelectorAll("input[type=radio]").forEach((radio) => { radio.checked = false; });
  list.append(row);
  renumber(list);
  row.querySelector("input:not([type=radio])").focus();
}

function removeRow(row) {
  const list = row.parentElement;
  if (list.children.length === 1) row.querySelectorAll("input:not([type=radio])").forEach((input) => { input.value = ""; });
  else row.remove();
  renumber(list);
  const main = list.querySelector("[name=main]");
  if (main && !list.querySelector("[name=main]:checked")) main.checked = true;
  list.querySelector("input:not([type=radio])").focus();
}

function groups() {
  for (const row of form.querySelectorAll("[data-group]")) {
    const [ticked, main] = [row.querySelector("[name=groups]"), row.querySelector("[name=group]")];
    main.disabled = !ticked.checked;
    if (!ticked.checked && main.checked) main.checked = false;
  }
}

form.querySelectorAll("[data-remove-row], [data-add-row]").forEach((one) => { one.hidden = false; });
form.addEventListener("click", ({ target }) => {
  const add = target.closest("[data-add-row]");
  if (add) addRow(add.closest("fieldset").querySelector("[data-rows]"));
  const remove = target.closest("[data-remove-row]");
  if (remove) removeRow(remove.closest("[data-row]"));
  const fill = target.closest("[data-fill]");
  if (fill) document.getElementById(fill.dataset.fill).value = fill.dataset.value;
  if (add || remove || fill) count();
});

form.addEventListener("input", () => { groups(); count(); });
form.addEventListener("submit", () => { leaving = true; });
document.addEventListener("click", (event) => { if (event.target.closest("[data-discard]")) leaving = true; });
addEventListener("beforeunload", (event) => { if (isDirty() && !leaving) event.preventDefault(); });
addEventListener("pageshow", () => { leaving = false; });
groups();
count();
(document.getElementById("problems") ?? document.querySelector("[role=alert]"))?.focus();
