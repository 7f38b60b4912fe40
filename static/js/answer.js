// The contact form of a customer the shop knows: how an order stands appears as soon as it is chosen.
// Without it a button asks for the same page.

const form = document.querySelector("[data-form]");
const place = document.querySelector("[data-answer]");
const look = document.querySelector("[data-look]");
let asked = 0;

async function show() {
  const data = new FormData();
  for (const name of ["token", "contact", "order", "product"]) {
    data.set(name, new FormData(form).get(name) ?? "");
  }
  data.set("do", "look");
  const mine = (asked += 1);
  const response = await fetch(form.action, { method: "POST", body: data });
  if (!response.ok || mine !== asked) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.querySelector("[data-answer]");
  if (fresh) place.replaceChildren(...fresh.children);
}

if (form && place && look) {
  look.hidden = true;
  form.addEventListener("change", (event) => {
    // A network that fails leaves the form as it is: one can always write.
    if (["order", "product"].includes(event.target.name)) show().catch(() => {});
  });
  place.addEventListener("click", (event) => {
    if (event.target.closest("[data-write]")) form.querySelector("textarea").focus();
  });
}
