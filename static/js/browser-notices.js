// Notices that the browser shows by itself while a page of the desk is open: allowed on a click only, each once in all
// its pages. What an agent may see, and wants to, the desk says (<body data-newer-notices>); muted, it says nothing.
const KNOWN = "newest-notice"; // the number up to which this browser was told
const source = document.body.dataset.newerNotices;
const icon = document.querySelector("link[rel=icon]")?.href;
const state = () => ("Notification" in window && isSecureContext ? Notification.permission : "unsupported");

function show({ id, title, text, path }) {
  try {
    const shown = new Notification(title, { body: text, tag: `notice-${id}`, icon });
    shown.addEventListener("click", () => {
      window.focus();
      shown.close();
      if (path) location.assign(path);
    });
  } catch { /* phones want more than an open page for it; the bell has it all the same */ }
}

async function look() {
  const answer = await fetch(`${source}?after=${localStorage.getItem(KNOWN) ?? ""}`, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const { newest, notices } = await answer.json();
  localStorage.setItem(KNOWN, Math.max(newest, Number(localStorage.getItem(KNOWN)))); // what was moved away may come back
  notices.forEach(show);
}

// One page at a time: the next one knows what the first has shown.
function lookInTurn() {
  if (state() === "granted") navigator.locks.request(KNOWN, look).catch(() => { /* the desk is away; the next ping asks again */ });
}

function tellState() {
  document.querySelectorAll("[data-browser-state]").forEach((one) => { one.textContent = one.dataset[state()]; });
  document.querySelectorAll("[data-ask-browser]").forEach((one) => { one.hidden = state() !== "default"; });
  document.querySelectorAll("[data-try-browser]").forEach((one) => { one.hidden = state() !== "granted"; });
}

document.addEventListener("click", async (event) => {
  if (event.target.closest("[data-ask-browser]")) {
    await Notification.requestPermission();
    tellState();
    lookInTurn();
  }
  const trial = event.target.closest("[data-try-browser]");
  if (trial) show({ id: 0, title: trial.dataset.title, text: trial.dataset.text });
});
document.body.addEventListener("notices-changed", lookInTurn);
document.addEventListener("htmx:afterSwap", tellState);
tellState();
lookInTurn();
