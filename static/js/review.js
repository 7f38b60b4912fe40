// The Friday review: menus that open by a key take digits, the list keeps its ticks and its cursor while it is
// brought up to date, and after each step the focus goes to the subject of the next thread.
const review = document.getElementById("review");

// -- menus by key

const itemsOf = (menu) => [...menu.querySelectorAll("button.menu__item")];

document.addEventListener("toggle", (event) => {
  if (event.target.matches?.("details[data-keys][open]")) itemsOf(event.target)[0]?.focus();
}, true);

document.addEventListener("keydown", (event) => {
  const menu = document.querySelector("details[data-keys][open]");
  if (!menu || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea")) return;
  const items = itemsOf(menu);
  const at = items.indexOf(document.activeElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) items[(at + step + items.length) % items.length]?.focus();
  else if (/^[1-9]$/.test(event.key)) items[Number(event.key) - 1]?.click();
  else return;
  event.preventDefault();
}, true);

// -- panes, on phones

document.addEventListener("click", (event) => {
  const tab = event.target.closest("[data-show]");
  if (!tab) return;
  review.querySelector(".work").dataset.pane = tab.dataset.show;
  review.querySelectorAll("[data-show]").forEach((one) => one.setAttribute("aria-selected", one === tab));
});

// -- a sheet: what will be sent is in sight

const show = () => review.querySelector(".fri__prop")?.scrollIntoView({ block: "nearest" });
show();

// -- ticks and the cursor of the list

const boxes = () => [...review.querySelectorAll("[name=ids]")];
const rows = () => [...review.querySelectorAll("#review-rows .rv__row")];
const subject = (row) => row?.querySelector(".rv__subj");

function tell() {
  const words = review.querySelector("[data-selected]");
  const every = review.querySelector("[data-tick-all]");
  if (!words) return;
  const count = boxes().filter((box) => box.checked).length;
  words.textContent = count === 0 ? "" : count === 1 ? words.dataset.one : words.dataset.many.replace("{n}", count);
  every.hidden = false;
  every.checked = count > 0 && count === boxes().length;
  every.indeterminate = count > 0 && !every.checked;
}

function move(step) {
  const all = rows();
  const at = all.indexOf(document.activeElement.closest(".rv__row"));
  const next = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + step))];
  subject(next)?.focus();
}

const ACTIONS = {
  next: () => move(1),
  previous: () => move(-1),
  select: () => {
    const box = document.activeElement.closest(".rv__row")?.querySelector("[name=ids]");
    if (box) { box.checked = !box.checked; tell(); }
  },
};

document.addEventListener("shortcut", (event) => {
  const act = event.target.id === "review-rows" && ACTIONS[event.detail.action];
  if (act) { event.preventDefault(); act(); }
}, true);

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-tick-all]")) boxes().forEach((box) => { box.checked = event.target.checked; });
  if (event.target.matches("[data-tick-all], [name=ids]")) tell();
  if (event.target.matches("[data-sends]")) event.target.form.requestSubmit();
});

let ticked = new Set();
let focused = "";
document.body.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target !== review) return;
  ticked = new Set(boxes().filter((box) => box.checked).map((box) => box.value));
  focused = document.activeElement.closest(".rv__row")?.id ?? "";
});
document.body.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target !== review) return;
  boxes().forEach((box) => { box.checked = ticked.has(box.value); });
  tell();
  if (focused) subject(document.getElementById(focused))?.focus({ preventScroll: true });
  document.getElementById("review-subject")?.focus({ preventScroll: true });
  show();
});
tell();
