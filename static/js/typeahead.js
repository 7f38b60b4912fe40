// What is typed while a field is still on its way: kept, and put into it when it takes the focus. Without this the
// letters of a search would be keys that close, assign or reopen a thread.
const PATIENCE_MS = 2000;
const TEXT = "input:not([type=checkbox], [type=radio]), textarea, select, [role=textbox]"; // in a box that was ticked, keys still mean what they say
let kept = null;
let timer = 0;

export const isTyping = (el) => el.isContentEditable || el.closest?.(TEXT);

function letGo() {
  clearTimeout(timer);
  kept = null;
}

export function keepKeys() {
  letGo();
  kept = "";
  timer = setTimeout(letGo, PATIENCE_MS);
}

document.addEventListener("keydown", (event) => {
  if (kept === null || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (event.key === "Escape") { letGo(); return; }
  if (event.key === "Backspace") kept = kept.slice(0, -1);
  else if (event.key.length === 1) kept += event.key;
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);
document.addEventListener("focusin", (event) => {
  if (kept === null || !event.target.matches("[type=search]")) return;
  const text = kept;
  letGo();
  if (!text) return;
  event.target.value += text;
  event.target.dispatchEvent(new Event("input", { bubbles: true }));
});
