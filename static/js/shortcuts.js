// Keys do what the list in #shortcuts says. The taker of an action is the element with data-shortcut="ACTION":
// it hears the event "shortcut"; unless it prevents the default, a field is focused and a button or link clicked.
import { isTyping, keepKeys } from "./typeahead.js";

const dialog = document.getElementById("shortcuts");
const rows = [...dialog.querySelectorAll("[data-press]")];
const actions = new Map(); // what a key may mean: the first that the page has a taker for
rows.forEach(({ dataset }) => actions.set(dataset.press, [...(actions.get(dataset.press) ?? []), dataset.action]));
const singleKeys = Boolean(document.body.dataset.singleKeys);
const SEQUENCE_MS = 1500;
const FETCHES_A_FIELD = ["replies", "tag", "tags"]; // where one goes on typing at once
let first = "";
let firstAt = 0;

const taker = (action) => document.querySelector(`[data-shortcut~="${action}"]`);

function pressed(event) {
  const key = event.key.toLowerCase();
  if (event.ctrlKey || event.metaKey) return `control+${event.shiftKey ? "shift+" : ""}${key}`;
  const shifted = `shift+${key}`; // a letter of its own where the page takes it; "?" and "#" are what they are
  return event.shiftKey && actions.get(shifted)?.some(taker) ? shifted : key;
}

function give(action) {
  const element = taker(action);
  if (!element) return false;
  const asked = new CustomEvent("shortcut", { detail: { action }, cancelable: true });
  if (!element.dispatchEvent(asked)) return true;
  if (element.matches("input, textarea, select")) { element.focus(); element.select?.(); return true; }
  if (element.matches("a, button, summary")) { element.click(); return true; }
  return false;
}

function actionFor(press) {
  const pair = `${first} ${press}`;
  const isPair = Date.now() - firstAt < SEQUENCE_MS && actions.has(pair);
  first = press;
  firstAt = Date.now();
  return isPair ? actions.get(pair) : actions.get(press);
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.altKey || event.repeat && event.key === "Enter") return;
  const press = pressed(event);
  if (dialog.open && press === "?" && !event.target.value) { dialog.close(); event.preventDefault(); return; }
  const isSingle = !press.startsWith("control+");
  if (isSingle && (isTyping(event.target) ? press !== "escape" : !singleKeys && press !== "escape")) return;
  if (isTyping(event.target) && press === "escape") { event.target.blur(); return; }
  if (dialog.open) return;
  if (press === "enter" && event.target.closest("a, button, summary")) return;
  const action = actionFor(press)?.find(taker);
  if (!action || !give(action)) return;
  event.preventDefault();
  if (FETCHES_A_FIELD.includes(action)) keepKeys();
});

function show() {
  rows.forEach((row) => { row.hidden = !taker(row.dataset.action); });
  dialog.querySelectorAll("section").forEach((one) => { one.hidden = !one.querySelector("[data-press]:not([hidden])"); });
  dialog.showModal();
}

dialog.addEventListener("shortcut", (event) => {
  event.preventDefault();
  if (dialog.open) dialog.close(); else show();
});
dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
dialog.querySelector("input").addEventListener("input", (event) => {
  const words = event.target.value.toLowerCase();
  rows.forEach((row) => { row.hidden = !taker(row.dataset.action) || !row.textContent.toLowerCase().includes(words); });
});
document.addEventListener("click", (event) => { if (event.target.closest("[data-opens=shortcuts]")) show(); });
// The palette offers the same actions by name.
document.addEventListener("do", (event) => give(event.detail.action));
