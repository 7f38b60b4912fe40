// Go to or do, by Ctrl+K from anywhere: what is found comes from the server, what can be done from the page, and the
// last places from this browser. Focus stays in the field; arrows choose, Enter opens, Ctrl+Enter searches everything.
import { bring } from "./scroll.js";

const dialog = document.getElementById("palette");
const input = document.getElementById("palette-input");
const list = document.getElementById("palette-list");
const status = document.getElementById("palette-status");
const PLACES = `places-${dialog.dataset.me}`;
const LAST = 5;
const WAIT_MS = 150;
let waiting = 0;
let asking = null;

const options = () => [...list.querySelectorAll("[role=option]")];
const chosen = () => list.querySelector('[aria-selected="true"]');

function choose(option) {
  options().forEach((one, at) => {
    one.id = `palette-option-${at}`;
    one.setAttribute("aria-selected", one === option);
  });
  if (!option) { input.removeAttribute("aria-activedescendant"); return; }
  input.setAttribute("aria-activedescendant", option.id);
  bring(option, list);
}

// -- last places

function places() {
  try { return JSON.parse(localStorage.getItem(PLACES)) ?? []; } catch { return []; }
}

function remember() {
  const here = { url: location.pathname + location.search, title: document.querySelector("h1")?.textContent.trim() };
  if (!here.title || !/^\/(threads|customers|orders|carts)\/\d+\/$/.test(location.pathname)) return;
  const kept = [here, ...places().filter((one) => one.url !== here.url)].slice(0, LAST + 1);
  try { localStorage.setItem(PLACES, JSON.stringify(kept)); } catch { /* nothing is remembered, then */ }
}

// What one person looked at is nobody else's business at the same machine.
document.addEventListener("submit", (event) => {
  if (event.target.action?.endsWith("/sign-out/")) localStorage.removeItem(PLACES);
}, true);

// -- groups made here

function group(title, rows) {
  const box = document.createElement("div");
  const head = Object.assign(document.createElement("div"), { className: "opt-h", textContent: title, id: `palette-${rows.length}-${title.length}` });
  box.setAttribute("role", "group");
  box.setAttribute("aria-labelledby", head.id);
  box.append(head, ...rows);
  return box;
}

function row(text, keys = []) {
  const option = document.createElement("a");
  option.className = "opt-r opt-r--plain";
  option.setAttribute("role", "option");
  option.setAttribute("aria-selected", "false");
  option.tabIndex = -1;
  const label = Object.assign(document.createElement("span"), { className: "trunc", textContent: text });
  const caps = Object.assign(document.createElement("span"), { className: "k" });
  caps.append(...keys.map((key) => key.cloneNode(true)));
  option.append(label, caps);
  return option;
}

function lastPlaces() {
  const here = location.pathname + location.search;
  return places().filter((one) => one.url !== here && one.url.startsWith("/")).slice(0, LAST).map((one) => {
    const option = row(one.title);
    option.href = one.url;
    return option;
  });
}

const plain = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

/** Keys that have a taker on this page, from the list of shortcuts. */
function actions(words) {
  const found = [];
  for (const key of document.querySelectorAll("#shortcuts [data-press]")) {
    const name = key.dataset.action;
    const label = key.querySelector("dt").textContent;
    const taker = document.querySelector(`[data-shortcut~="${name}"]`);
    if (!taker || ["palette", "escape", "next", "previous", "search"].includes(name)) continue;
    if (!words.every((word) => plain(label).includes(word))) continue;
    const option = row(label, [...key.querySelectorAll("kbd")]);
    option.dataset.action = name;
    found.push(option);
  }
  return found;
}

// -- asking

async function ask() {
  const typed = input.value.trim();
  const words = plain(typed.replace(/^>/, "")).split(/\s+/).filter(Boolean);
  const isDoing = typed.startsWith(">");
  asking?.abort();
  asking = new AbortController();
  let html = "";
  try {
    const answer = await fetch(`${dialog.dataset.url}?q=${encodeURIComponent(typed)}`, { headers: { "HX-Request": "true" }, signal: asking.signal });
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    html = await answer.text();
    status.textContent = "";
  } catch (error) {
    if (error.name === "AbortError") return;
    status.textContent = dialog.dataset.wordFailed;
  }
  list.replaceChildren(document.createRange().createContextualFragment(html));
  const doable = typed ? actions(words) : [];
  const last = typed ? [] : lastPlaces();
  if (last.length) list.prepend(group(dialog.dataset.wordLast, last));
  if (doable.length && isDoing) list.prepend(group(dialog.dataset.wordActions, doable));
  else if (doable.length) list.lastElementChild?.before(group(dialog.dataset.wordActions, doable.slice(0, LAST)));
  if (!options().length && !status.textContent) status.textContent = dialog.dataset.wordNothing;
  list.scrollTop = 0;
  choose(options()[0]);
}

function open() {
  if (dialog.open) { dialog.close(); return; }
  document.querySelector("dialog[open]")?.close();
  input.value = "";
  list.replaceChildren();
  dialog.showModal();
  input.focus();
  ask();
}

function take(option, { elsewhere = false } = {}) {
  if (!option) return;
  const { action } = option.dataset;
  if (elsewhere) { window.open(option.href, "_blank", "noopener"); return; }
  dialog.close();
  if (action) document.dispatchEvent(new CustomEvent("do", { detail: { action } }));
  else location.assign(option.href);
}

input.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(ask, WAIT_MS);
});

async function enter(event) {
  if (event.ctrlKey || event.metaKey) {
    location.assign(`${dialog.dataset.searchUrl}?in=all&q=${encodeURIComponent(input.value.trim().replace(/^[@#>]/, ""))}`);
    return;
  }
  clearTimeout(waiting);
  if (waiting) await ask(); // what was typed last counts, however fast Enter came
  take(chosen());
}

input.addEventListener("keydown", (event) => {
  const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (way) choose(options().at((options().indexOf(chosen()) + way) % options().length));
  else if (event.key === "Enter") enter(event);
  else return;
  event.preventDefault();
  event.stopPropagation();
});
list.addEventListener("mousedown", (event) => event.preventDefault()); // focus stays in the field
list.addEventListener("click", (event) => {
  const option = event.target.closest("[role=option]");
  if (!option || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  take(option);
});
dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });

dialog.addEventListener("shortcut", (event) => {
  event.preventDefault();
  open();
});
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens=palette]");
  if (!opener || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  open();
});
remember();
