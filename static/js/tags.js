// The dialog of tags: each click on a tag goes unchanged, put on, taken off; what would change is counted below.
const STATES = ["", "add", "remove"];
const form = () => document.querySelector("form[data-tags]");
const say = (text, values) => Object.entries(values).reduce((words, [name, value]) => words.replace(`{${name}}`, value), text);

function stateOf(item) {
  return item.querySelector("input:checked")?.value ?? "add";
}

function iconOf(state) {
  const href = document.querySelector("form[data-tags] use")?.getAttribute("href").split("#")[0];
  const name = { add: "plus", remove: "minus", mixed: "minus", on: "check" }[state];
  return name ? `<svg class="i" aria-hidden="true"><use href="${href}#i-${name}"/></svg>` : "";
}

function draw(item) {
  const { all, adds, takes, leaves } = form().dataset;
  const n = Number(item.dataset.n);
  const state = stateOf(item);
  const button = item.querySelector("button");
  const has = state === "add" || (state === "" && n === Number(all) && n > 0);
  const mixed = state === "" && n > 0 && n < Number(all);
  button.className = `tri${state === "add" ? " tri--add" : ""}${state === "remove" ? " tri--del" : ""}`;
  button.setAttribute("aria-checked", mixed ? "mixed" : String(has));
  button.querySelector(".tri__box").innerHTML = iconOf(state || (mixed ? "mixed" : has ? "on" : ""));
  const words = { "": leaves, add: say(adds, { n: all - n }), remove: say(takes, { n }) };
  button.querySelector(".tri__what").textContent = words[state];
}

function count() {
  let plus = 0, less = 0;
  for (const item of form().querySelectorAll("[data-tag]")) {
    if (stateOf(item) === "add") plus += form().dataset.all - item.dataset.n;
    if (stateOf(item) === "remove") less += Number(item.dataset.n);
  }
  const text = plus || less ? say(form().dataset.sum, { plus, less }) : form().dataset.none;
  form().querySelector("[data-summary]").textContent = text;
}

function buttonFor(item) {
  const button = document.createElement("button");
  const [box, name, what] = ["span", "span", "span"].map((kind) => document.createElement(kind));
  button.type = "button";
  button.setAttribute("role", "checkbox");
  box.className = "tri__box";
  what.className = "tri__what";
  name.append(...item.querySelector("legend").childNodes);
  button.append(box, name, what);
  item.querySelector("fieldset").hidden = true;
  item.append(button);
}

// What would change nobody is left out: putting on what all have, taking off what none has.
function step(item) {
  const n = Number(item.dataset.n);
  const useful = STATES.filter((one) => one === "" || (one === "add" ? n < Number(form().dataset.all) : n > 0));
  const next = item.querySelector("[type=radio]") ? useful[(useful.indexOf(stateOf(item)) + 1) % useful.length] : "";
  const radio = item.querySelector(`input[value="${next}"]`);
  if (radio) radio.checked = true; else item.remove(); // one that does not exist yet is there or not
  if (radio) draw(item);
  count();
}

function create(name) {
  const item = document.createElement("li");
  item.dataset.tag = name;
  item.dataset.n = "0";
  item.innerHTML = '<fieldset><legend><span class="tag" dir="auto"></span> <small class="muted"></small></legend><input type="hidden" name="new"></fieldset>';
  item.querySelector(".tag").textContent = name;
  item.querySelector("small").textContent = say(form().dataset.on, { n: 0, all: form().dataset.all });
  item.querySelector("input").value = name;
  form().querySelector(".tag-list").prepend(item);
  buttonFor(item);
  draw(item);
  count();
}

function search(field) {
  const words = field.value.trim().toLowerCase();
  const items = [...form().querySelectorAll("[data-tag]")];
  items.forEach((item) => { item.hidden = !item.dataset.tag.toLowerCase().includes(words); });
  form().querySelector("[data-create]").hidden = !words || items.some((item) => item.dataset.tag.toLowerCase() === words);
}

function enter(field) {
  const name = field.value.trim().split(/\s+/).join(" ");
  if (!name) return;
  const same = [...form().querySelectorAll("[data-tag]")].find((item) => item.dataset.tag.toLowerCase() === name.toLowerCase());
  if (same && stateOf(same) !== "add") { same.querySelector('input[value="add"]').checked = true; draw(same); }
  if (!same) create(name);
  field.value = "";
  search(field);
  count();
}

function enhance() {
  if (!form() || form().dataset.ready) return;
  form().dataset.ready = "1";
  const field = document.getElementById("tag-search");
  field.removeAttribute("name"); // what is typed there becomes a tag with Enter
  for (const item of form().querySelectorAll("[data-tag]")) { buttonFor(item); draw(item); }
  field.addEventListener("input", () => search(field));
  field.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); enter(field); } });
  form().addEventListener("click", (event) => { const item = event.target.closest("[data-tag]"); if (item && event.target.closest("button")) step(item); });
  count();
}

document.body.addEventListener("htmx:afterSwap", enhance);
enhance();
