// Results by keyboard: J and K move, Enter opens, Ctrl+Enter opens in another tab. Enter in the field opens the first
// result once the results are those of what is typed; until then it searches.
import { bring } from "./scroll.js";

const field = document.getElementById("q");
const results = () => document.getElementById("results");
const rows = () => [...results().querySelectorAll("[data-result]")];
const cursor = () => results().querySelector(".is-cursor") ?? document.activeElement?.closest?.("[data-result]");

function pointAt(row) {
  rows().forEach((one) => one.classList.toggle("is-cursor", one === row));
  row?.querySelector("a")?.focus({ preventScroll: true });
  const box = results().querySelector(".scroll");
  if (row && box) bring(row, box);
}

function move(step) {
  const all = rows();
  const at = all.indexOf(cursor());
  pointAt(all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + step))]);
}

const ACTIONS = {
  next: () => move(1),
  previous: () => move(-1),
  open: () => cursor()?.querySelector("a")?.click(),
  escape: () => { document.activeElement?.blur(); pointAt(null); },
};

document.addEventListener("shortcut", (event) => {
  const act = event.target === results() && ACTIONS[event.detail.action];
  if (act) { event.preventDefault(); act(); }
}, true);

document.addEventListener("keydown", (event) => {
  if (event.target !== field) {
    const link = event.key === "Enter" && (event.ctrlKey || event.metaKey) && cursor()?.querySelector("a");
    if (link) { window.open(link.href, "_blank", "noopener"); event.preventDefault(); }
    return;
  }
  if (event.key === "ArrowDown") { pointAt(rows()[0]); event.preventDefault(); }
  const first = rows()[0]?.querySelector("a");
  const isShown = results().dataset.asked === field.value.trim().replace(/\s+/g, " ");
  if (event.key === "Enter" && isShown && first && !/^\s*(#|c)\d+\s*$/i.test(field.value)) {
    event.preventDefault();
    first.click();
  }
});
