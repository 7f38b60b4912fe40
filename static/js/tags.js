// The list of tags: each click on one goes unchanged, put on, taken off; what would change is counted below.
const STATES = ["", "add", "remove"];
const say = (text, values) => Object.entries(values).reduce((words, [name, value]) => words.replace(`{${name}}`, value), text);
const placeOf = (part) => part.closest("[data-tags]");
const itemsOf = (place) => [...place.querySelectorAll("[data-tag]")];

function stateOf(item) {
  return item.querySelector("input:checked")?.value ?? "add";
}

function iconOf(place, state) {
  const href = place.querySelector("use").getAttribute("href").split("#")[0];
  const name = { add: "plus", remove: "minus", mixed: "minus", on: "check" }[state];
  return name ? `<svg class="i" aria-hidden="true"><use href="${href}#i-${name}"/></svg>` : "";
}

function draw(item) {
  const { all, adds, takes, leaves } = placeOf(item).dataset;
  const n = Number(item.dataset.n);
  const state = stateOf(item);
  const button = item.querySelector("button");
  const has = state === "add" || (state === "" && n === Number(all) && n > 0);
  const mixed = state === "" && n > 0 && n < Number(all);
  button.className = `tri${state === "add" ? " tri--add" : ""}${state === "remove" ? " tri--del" : ""}`;
  button.setAttribute("aria-checked", mixed ? "mixed" : String(has));
  button.querySelector(".tri__box").innerHTML = iconOf(placeOf(item), state || (mixed ? "mixed" : has ? "on" : ""));
  const words = { "": leaves, add: say(adds, { n: all - n }), remove: say(takes, { n }) };
  button.querySelector(".tri__what").textContent = words[state];
}

function count(place) {
  const summary = place.querySelector("[data-summary]");
  if (!summary) return;
  let plus = 0, less = 0;
  for (const item of itemsOf(place)) {
    if (stateOf(item) === "add") plus += place.dataset.all - item.dataset.n;
    if (stateOf(item) === "remove") less += Number(item.dataset.n);
  }
  summary.textContent = plus || less ? say(place.dataset.sum, { plus, less }) : place.dataset.none;
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
  const place = placeOf(item);
  const n = Number(item.dataset.n);
  const useful = STATES.filter((one) => one === "" || (one === "add" ? n < Number(place.dataset.all) : n > 0));
  const next = item.querySelector("[type=radio]") ? useful[(useful.indexOf(stateOf(item)) + 1) % useful.length] : "";
  const radio = item.querySelector(`input[value="${next}"]`);
  if (radio) radio.checked = true; else item.remove(); // one that does not exist yet is there or not
  if (radio) draw(item);
  count(place);
}

function create(place, name) {
  const item = document.createElement("li");
  item.dataset.tag = name;
  item.dataset.n = "0";
  item.innerHTML = '<fieldset><legend><span class="tag" dir="auto"></span> <small class="muted"></small></legend><input type="hidden" name="new"></fieldset>';
  item.querySelector(".tag").textContent = name;
  if (place.dataset.all !== "1") item.querySelector("small").textContent = say(place.dataset.on, { n: 0, all: place.dataset.all });
  item.querySelector("input").value = name;
  place.querySelector(".tag-list").prepend(item);
  buttonFor(item);
  draw(item);
}

function search(field) {
  const place = placeOf(field);
  const words = field.value.trim().toLowerCase();
  itemsOf(place).forEach((item) => { item.hidden = !item.dataset.tag.toLowerCase().includes(words); });
  place.querySelector("[data-create]").hidden = !words || itemsOf(place).some((item) => item.dataset.tag.toLowerCase() === words);
}

// What is typed is put on, and made if there is none; without a word, all that was chosen is done.
function enter(field) {
  const place = placeOf(field);
  const name = field.value.trim().split(/\s+/).join(" ");
  const same = itemsOf(place).find((item) => item.dataset.tag.toLowerCase() === name.toLowerCase());
  if (same && stateOf(same) !== "add") { same.querySelector('input[value="add"]').checked = true; draw(same); }
  if (!same) create(place, name);
  field.value = "";
  search(field);
  count(place);
}

function enhance(place) {
  place.dataset.ready = "1";
  const field = place.querySelector("[type=search]");
  field.removeAttribute("name"); // what is typed there becomes a tag with Enter
  for (const item of itemsOf(place)) { buttonFor(item); draw(item); }
  field.addEventListener("input", () => search(field));
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    if (field.value.trim()) enter(field);
    else field.form.requestSubmit(field.form.querySelector("[data-applies]"));
  });
  place.addEventListener("click", (event) => { const item = event.target.closest("[data-tag]"); if (item && event.target.closest("button")) step(item); });
  count(place);
}

// A word that was typed and not entered is meant all the same.
document.addEventListener("submit", (event) => {
  const field = event.submitter?.matches("[data-applies]") && event.target.querySelector("[data-tags] [type=search]");
  if (field && field.value.trim()) enter(field);
}, true);

const bare = () => [...document.querySelectorAll("[data-tags]:not([data-ready])")];
document.body.addEventListener("htmx:afterSwap", () => bare().forEach((place) => {
  enhance(place);
  place.querySelector("[type=search]").focus(); // it was asked for; the attribute autofocus would be blocked, with a word in the console
}));
bare().forEach(enhance);
