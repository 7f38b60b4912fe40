// One websocket a page: pings become DOM events on <body>. While it is down the same events come by the clock,
// and after a while a bar says so. The path stands in <body data-socket>, intervals in data-poll and data-off-after.
const body = document.body;
const bar = document.getElementById("off-bar");
const EVENTS = ["queue", "thread", "notices", "cart", "customer", "presence"];
const LONGEST_PAUSE = 30_000;
const ACCESS_CHANGED = 4403;
const REFUSED = [4401, 4404];

let socket = null;
let failures = 0;
let wasDown = false;
let poll = 0;
let offTimer = 0;
let freshAt = new Date();

function tell(what) {
  const [name, id] = what.split(":");
  body.dispatchEvent(new CustomEvent(`${name}-changed`, { detail: { id: Number(id) || null } }));
}

function tellAll() {
  EVENTS.forEach(tell);
}

function showDots(on) {
  document.querySelectorAll("[data-live-dot]").forEach((dot) => { dot.hidden = !on; });
}

function showBar() {
  if (!bar) return;
  const text = bar.querySelector("[data-text]");
  text.textContent = text.dataset.text.replace("{time}", freshAt.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }));
  bar.hidden = false;
}

function goDown() {
  showDots(false);
  wasDown = true;
  if (poll) return;
  offTimer = setTimeout(showBar, Number(body.dataset.offAfter) * 1000);
  poll = setInterval(() => { tellAll(); if (bar && !bar.hidden) showBar(); }, Number(body.dataset.poll) * 1000);
}

function comeUp() {
  failures = 0;
  clearInterval(poll);
  clearTimeout(offTimer);
  poll = 0;
  if (bar) bar.hidden = true;
  showDots(true);
  if (wasDown) tellAll(); // what happened meanwhile
  wasDown = false;
}

function connect() {
  clearTimeout(connect.timer);
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  socket = new WebSocket(`${scheme}//${location.host}${body.dataset.socket}`);
  socket.addEventListener("open", comeUp);
  socket.addEventListener("message", (event) => JSON.parse(event.data).changed.forEach(tell));
  socket.addEventListener("close", (event) => {
    goDown();
    if (REFUSED.includes(event.code)) return; // not ours to hear: the pages' own answers say why
    const pause = event.code === ACCESS_CHANGED && failures === 0 ? 0 : Math.min(LONGEST_PAUSE, 1000 * 2 ** failures) * (0.5 + Math.random());
    failures += 1;
    connect.timer = setTimeout(connect, pause);
  });
}

function tryNow() {
  if (socket.readyState === WebSocket.CLOSED) connect();
  tellAll();
}

if (body.dataset.socket) {
  connect();
  body.addEventListener("freshened", () => { freshAt = new Date(); });
  body.addEventListener("htmx:afterSwap", () => { freshAt = new Date(); showDots(socket.readyState === WebSocket.OPEN); });
  bar?.querySelector("[data-try-again]").addEventListener("click", tryNow);
  addEventListener("online", tryNow);
  addEventListener("pageshow", (event) => { if (event.persisted) tryNow(); });
}
