// The open queue stays true: changed rows are replaced in place; new ones come in at once unless the pointer or the
// focus is in the list, then they wait behind a bar. Text cursor, focus and scroll never move. Also the cursor row.
import { bring } from "./scroll.js";
import { tickUpTo } from "./ticking.js";

const page = document.getElementById("queue-page");
const scroll = document.getElementById("queue-scroll");
const bar = document.getElementById("new-threads");
const bulk = document.getElementById("bulk");
const undo = document.getElementById("undo-place");
const age = document.getElementById("queue-age");
const list = () => document.getElementById("queue");
const sent = new Map(); // a row as the server wrote it, by its id
let freshAt = Date.now();
let waiting = null;
let running = null;
let again = null;
let anchor = ""; // the thread that was chosen last: Shift+X chooses from it
let heir = ""; // takes the cursor over when its row leaves the list

function remember(rows) {
  sent.clear();
  rows.forEach((row) => sent.set(row.id, row.outerHTML));
}

function isBusy() {
  return scroll.matches(":hover") || bar.matches(":hover") || scroll.contains(document.activeElement) || Boolean(scroll.querySelector("details[open]"));
}

function isDifferent(row) {
  return sent.get(row.id) !== row.outerHTML;
}

function replace(old, row) {
  if (old.querySelector("details[open]")) return;
  const hadFocus = old.contains(document.activeElement);
  row.classList.toggle("is-cursor", old.classList.contains("is-cursor"));
  row.querySelector("[name=ids]").checked = old.querySelector("[name=ids]").checked;
  old.replaceWith(row);
  if (hadFocus) row.querySelector(".row__subj").focus({ preventScroll: true });
}

// Keep what is looked at where it is, whatever comes in above it.
function keepingPlace(change) {
  const top = scroll.getBoundingClientRect().top;
  const seen = scroll.scrollTop > 0 && [...scroll.querySelectorAll(".row")].find((row) => row.getBoundingClientRect().bottom > top);
  const before = seen ? seen.getBoundingClientRect().top : 0;
  const at = scroll.scrollTop;
  change();
  const now = seen && document.getElementById(seen.id);
  scroll.scrollTop = at;
  if (now) scroll.scrollTop += now.getBoundingClientRect().top - before;
}

function arrange(fresh) {
  keepingPlace(() => {
    const cursor = scroll.querySelector(".is-cursor")?.id;
    const focused = document.activeElement?.closest?.(".row")?.id;
    const chosen = new Set(ticked().map((box) => box.value));
    scroll.replaceChildren(...fresh.querySelector("#queue-scroll").childNodes);
    if (cursor) (document.getElementById(cursor) ?? document.getElementById(heir))?.classList.add("is-cursor");
    boxes().forEach((box) => { box.checked = chosen.has(box.value); });
    tell();
    if (focused) document.getElementById(focused)?.querySelector(".row__subj").focus({ preventScroll: true });
  });
  waiting = null;
  bar.hidden = true;
}

function announce(count) {
  bar.querySelector("span").textContent = count === 1 ? bar.dataset.one : bar.dataset.many.replace("{n}", count);
  bar.hidden = false;
}

function take(fresh, { now = false } = {}) {
  const rows = [...fresh.querySelectorAll(".row")];
  const added = rows.filter((row) => !document.getElementById(row.id));
  const changed = rows.filter((row) => document.getElementById(row.id) && isDifferent(row));
  const copies = changed.map((row) => row.cloneNode(true));
  remember(rows);
  document.title = fresh.dataset.title;
  document.getElementById("queue-count").textContent = fresh.dataset.count.trim();
  page.querySelector(".pager .end .num").replaceWith(fresh.querySelector(".pager .end .num"));
  if (now || !isBusy()) { arrange(fresh); return; }
  copies.forEach((row) => replace(document.getElementById(row.id), row));
  waiting = fresh;
  if (added.length) announce(added.length);
}

// One at a time; what is asked meanwhile is done next, and whoever asks waits for that.
function refresh(options = {}) {
  if (running) again = { ...again, ...options };
  running ??= untilQuiet(options).finally(() => { running = null; });
  return running;
}

async function untilQuiet(options) {
  for (let wanted = options; wanted; wanted = again) {
    again = null;
    await load(wanted);
  }
}

async function load(options) {
  try {
    const answer = await fetch(location.href, { headers: { "HX-Request": "true" }, cache: "no-store" });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("queue-page");
    if (answer.redirected || !fresh) { if (answer.ok) location.reload(); return; }
    take(fresh, options);
    freshAt = Date.now();
    document.body.dispatchEvent(new Event("freshened"));
  } catch { /* out of reach: live.js says so and asks again */ }
}

// -- the cursor row and its keys

const rows = () => [...scroll.querySelectorAll(".row")];
const cursor = () => scroll.querySelector(".is-cursor") ?? document.activeElement?.closest?.("#queue .row");

function pointAt(row) {
  rows().forEach((one) => one.classList.toggle("is-cursor", one === row));
  row?.querySelector(".row__subj").focus({ preventScroll: true });
  if (row) bring(row, scroll);
}

function move(step) {
  const all = rows();
  const at = all.indexOf(cursor());
  pointAt(all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + step))]);
}

// -- choosing several, and what is done to them at once

const boxes = () => [...scroll.querySelectorAll("[name=ids]")];
const ticked = () => boxes().filter((box) => box.checked);

function tell() {
  const count = ticked().length;
  const words = bulk.querySelector("[data-selected]");
  const every = bulk.querySelector("[data-tick-all]");
  words.textContent = count === 1 ? words.dataset.one : words.dataset.many.replace("{n}", count);
  every.checked = count > 0 && count === boxes().length;
  every.indeterminate = count > 0 && !every.checked;
  if (count) window.htmx.trigger(bulk.querySelector("[hx-get]"), "ticked");
}

function clear() {
  boxes().forEach((box) => { box.checked = false; });
  bulk.reset();
  tell();
}

function select() {
  const box = cursor()?.querySelector("[name=ids]");
  if (!box) return;
  box.checked = !box.checked;
  anchor = box.value;
  tell();
}

function selectTo() {
  tickUpTo(boxes(), cursor()?.querySelector("[name=ids]"), anchor);
  tell();
}

function selectAll() {
  boxes().forEach((box) => { box.checked = true; });
  tell();
}

// With a selection a key means all of it: the button of the bar is pressed, as soon as the bar has it.
function press(name) {
  if (!ticked().length) select();
  const button = () => bulk.querySelector(`[data-does="${name}"]`);
  const push = () => {
    button()?.click();
    const menu = button()?.matches("summary") && button().closest("details");
    if (menu) setTimeout(() => menu.querySelector(".menu__panel :is(button, input:not([type=hidden]))")?.focus());
  };
  if (button()) push();
  else if (ticked().length) bulk.addEventListener("htmx:afterSettle", push, { once: true });
}

// Without one it means the row of the cursor: the same change, of one thread, with the same way back.
async function change(name, move) {
  const row = cursor();
  if (ticked().length || !row) { press(name); return; }
  heir = (row.nextElementSibling ?? row.previousElementSibling)?.id;
  const asked = new FormData(bulk);
  asked.append("ids", row.dataset.thread);
  asked.append("do", move);
  const answer = await fetch(bulk.action, { method: "POST", headers: { "HX-Request": "true" }, body: asked }).catch(() => null);
  // It takes more than a key, as a reason for closing; or it went wrong: the bar's own form asks for it, or says so.
  if (!answer?.ok) { press(name); return; }
  undo.innerHTML = await answer.text();
  await settle();
}

async function act(url, values) {
  const row = cursor();
  if (!row) return;
  heir = (row.nextElementSibling ?? row.previousElementSibling)?.id;
  await window.htmx.ajax("POST", url.replace("/0/", `/${row.dataset.thread}/`), { source: list(), values, swap: "none" });
  await settle();
}

async function settle() {
  await refresh({ now: true });
  if (!scroll.contains(document.activeElement)) pointAt(cursor() ?? rows()[0]); // the row with the focus left the list
  document.body.dispatchEvent(new CustomEvent("queue-changed"));
}

const ACTIONS = {
  next: () => move(1),
  previous: () => move(-1),
  open: () => cursor()?.querySelector(".row__subj").click(),
  select,
  "select-to": selectTo,
  "select-all": selectAll,
  tag: () => press("tags"),
  assign: () => press("assign"),
  take: () => change("take", "assignee:me"),
  close: () => change("close", "status:closed"),
  reopen: () => change("reopen", "status:open"),
  pending1: () => change("pending1", "status:pending1"),
  pending2: () => change("pending2", "status:pending2"),
  unread: () => act(list().dataset.unreadUrl, {}),
  escape: () => {
    if (ticked().length) { clear(); return; }
    document.activeElement?.blur();
    pointAt(null);
  },
};

function reveal() {
  if (waiting) arrange(waiting);
  scroll.scrollTop = 0;
}

scroll.addEventListener("focusin", (event) => {
  const row = event.target.closest(".row");
  if (row) rows().forEach((one) => one.classList.toggle("is-cursor", one === row));
});
document.addEventListener("shortcut", (event) => {
  const act = event.target === list() && ACTIONS[event.detail.action];
  if (act) { event.preventDefault(); act(); }
}, true);
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-tick-all]")) boxes().forEach((box) => { box.checked = event.target.checked; });
  if (event.target.matches("#queue [name=ids]")) anchor = event.target.value;
  if (event.target.matches("[data-tick-all], #queue [name=ids]")) tell();
});
bulk.addEventListener("click", (event) => { if (event.target.closest("[data-clears]")) { event.preventDefault(); clear(); } });
bar.addEventListener("click", reveal);
document.body.addEventListener("queue-changed", () => refresh());
setInterval(() => {
  const seconds = Math.round((Date.now() - freshAt) / 1000);
  if (seconds >= 5) age.textContent = age.dataset.text.replace("{n}", seconds);
}, 5000);
remember(rows());
if (ticked().length) tell(); // the browser came back to a page with a selection
