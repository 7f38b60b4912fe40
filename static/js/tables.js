// Lists of records: the cursor row and its keys, ticking rows, filters that apply as soon as they are chosen,
// and actions on the selection that open as questions. Everything is heard at the document: the list may be replaced.
import { bring } from "./scroll.js";
import { tickUpTo } from "./ticking.js";

let anchor = ""; // the row that was chosen last: Shift+X chooses from it

const table = () => document.getElementById("list-table");
const scroll = () => document.getElementById("list-scroll");
const rows = () => [...(table()?.tBodies[0]?.rows ?? [])];
const ticks = () => rows().map((row) => row.querySelector("[name=ids]:enabled")).filter(Boolean);
const selection = () => document.getElementById("selection");
const boxOfCursor = () => cursor()?.querySelector("[name=ids]:enabled");
const cursor = () => table()?.querySelector(".is-cursor") ?? document.activeElement?.closest?.("#list-table tbody tr");

function pointAt(row) {
  rows().forEach((one) => one.classList.toggle("is-cursor", one === row));
  row?.querySelector("[data-opens-row], a")?.focus({ preventScroll: true });
  if (row) bring(row, scroll());
}

function move(step) {
  const all = rows();
  const at = all.indexOf(cursor());
  pointAt(all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + step))]);
}

function tell() {
  const chosen = ticks().filter((one) => one.checked).length;
  const every = document.querySelector("[data-tick-all]");
  if (every) {
    every.checked = chosen > 0 && chosen === ticks().length;
    every.indeterminate = chosen > 0 && !every.checked;
  }
  rows().forEach((row) => row.toggleAttribute("aria-selected", Boolean(row.querySelector("[name=ids]:checked"))));
  rows().forEach((row) => { if (row.hasAttribute("aria-selected")) row.setAttribute("aria-selected", "true"); });
  const words = document.querySelector("[data-selected]");
  if (words) words.textContent = chosen === 1 ? words.dataset.one : words.dataset.many.replace("{n}", chosen);
}

function clear() {
  ticks().forEach((one) => { one.checked = false; });
  selection()?.reset();
  tell();
}

function press(name) {
  if (!ticks().some((one) => one.checked)) {
    const box = boxOfCursor();
    if (!box) return;
    box.checked = true;
    tell();
  }
  selection()?.querySelector(`[data-does=${name}]`)?.click();
}

const ACTIONS = {
  next: () => move(1),
  previous: () => move(-1),
  open: () => cursor()?.querySelector("[data-opens-row]")?.click(),
  select: () => { const box = boxOfCursor(); if (box) { box.checked = !box.checked; anchor = box.value; tell(); } },
  "select-to": () => { tickUpTo(ticks(), boxOfCursor(), anchor); tell(); },
  "select-all": () => { ticks().forEach((one) => { one.checked = true; }); tell(); },
  tags: () => press("tags"),
  write: () => cursor()?.querySelector("[data-write]")?.click(),
  escape: () => { if (ticks().some((one) => one.checked)) clear(); else { document.activeElement?.blur(); pointAt(null); } },
};

document.addEventListener("shortcut", (event) => {
  const act = event.target === table() && ACTIONS[event.detail.action];
  if (act) { event.preventDefault(); act(); }
}, true);
document.addEventListener("focusin", (event) => {
  const row = event.target.closest("#list-table tbody tr");
  if (row) rows().forEach((one) => one.classList.toggle("is-cursor", one === row));
});
document.addEventListener("change", (event) => {
  const field = event.target;
  if (field.matches("[data-tick-all]")) ticks().forEach((one) => { one.checked = field.checked; });
  if (field.matches("#list-table [name=ids]")) anchor = field.value;
  if (field.matches("[data-tick-all], [name=ids]")) tell();
  if (field.matches("#list-table thead select")) field.form.requestSubmit();
});
document.addEventListener("click", (event) => { if (event.target.closest("[data-clears]")) { event.preventDefault(); clear(); } });

// The address holds only what is asked for.
document.body.addEventListener("htmx:configRequest", (event) => {
  if (!event.detail.elt.matches?.("form[data-clean]")) return;
  const kept = event.detail.parameters;
  for (const name of new Set(kept.keys())) {
    const values = kept.getAll(name).filter(Boolean);
    kept.delete(name);
    values.forEach((value) => kept.append(name, value));
  }
});

// What is done to the selection is asked in a dialog over the list; export and writing are pages of their own.
document.addEventListener("submit", (event) => {
  if (event.target !== selection() || event.submitter?.matches("[data-plain]")) return;
  event.preventDefault();
  const asked = new URLSearchParams(new FormData(selection(), event.submitter));
  if (asked.has("all")) asked.delete("ids");
  window.htmx.ajax("GET", `${selection().action}?${asked}`, { target: "#dialog", swap: "innerHTML" });
});
document.body.addEventListener("htmx:afterSettle", tell);
tell();
