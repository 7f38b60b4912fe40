// A question that htmx puts into #dialog opens as a modal: Esc, a click beside it and [data-closes] close it,
// and the focus goes back to what asked. The server ends it with the event "dialog-done".
const slot = () => document.getElementById("dialog");
const open = () => slot()?.querySelector("dialog");
let asker = null;

function close() {
  const dialog = open();
  if (!dialog) return;
  if (dialog.open) dialog.close();
  slot().replaceChildren();
  const back = asker?.isConnected ? asker : asker?.id && document.getElementById(asker.id);
  (back || document.querySelector("#list-table .is-cursor a"))?.focus({ preventScroll: true });
  asker = null;
}

document.body.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target !== slot()) return;
  const dialog = open();
  if (!dialog) return;
  asker ??= document.activeElement;
  dialog.close();
  dialog.showModal();
  dialog.querySelector("[aria-invalid=true], [autofocus]")?.focus();
});
document.addEventListener("click", (event) => {
  if (!open()?.open) return;
  if (event.target.closest("#dialog [data-closes]") || event.target === open()) { event.preventDefault(); close(); }
});
document.addEventListener("cancel", (event) => { if (event.target === open()) { event.preventDefault(); close(); } }, true);
document.body.addEventListener("dialog-done", close);
