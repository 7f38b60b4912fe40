// The list of carts follows the shop: fetched again at most every two seconds, and not while rows are ticked.
const PAUSE = 2000;

let timer = 0;
let isStale = false;

function isBusy() {
  return document.hidden || document.querySelector("#list input[name=ids]:checked") || document.querySelector("#list :focus:is(input, select)");
}

function refresh() {
  timer = 0;
  if (!isStale || isBusy()) return;
  isStale = false;
  window.htmx.ajax("GET", location.pathname + location.search, { target: "#list", swap: "innerHTML show:none" });
  timer = setTimeout(refresh, PAUSE);
}

document.body.addEventListener("cart-changed", () => {
  isStale = true;
  if (!timer) timer = setTimeout(refresh, 100);
});
setInterval(() => { if (!timer) refresh(); }, PAUSE);
