// Lists the files of a file field, lets one take them out again and drop others in.
// Without it the browser's own field does the work.

function size(bytes) {
  const [amount, unit] = bytes < 1024 * 1024 ? [bytes / 1024, "kilobyte"] : [bytes / 1024 / 1024, "megabyte"];
  const format = { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: unit === "megabyte" ? 1 : 0 };
  return new Intl.NumberFormat(document.documentElement.lang, format).format(amount);
}

function icon(name) {
  const svg = document.querySelector("[data-upload-add] svg").cloneNode(true);
  const use = svg.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#i-${name}`));
  return svg;
}

function enhance(area) {
  const field = area.querySelector("input[type=file]");
  const list = area.querySelector("[data-upload-list]");
  const add = area.querySelector("[data-upload-add]");
  let files = [];

  function set(next) {
    const holder = new DataTransfer();
    next.forEach((file) => holder.items.add(file));
    files = next;
    field.files = holder.files;
    list.replaceChildren(...files.map(row));
    list.hidden = !files.length;
  }

  function row(file) {
    const item = document.createElement("span");
    item.className = "att";
    const picture = document.createElement("span");
    picture.className = "att__t";
    picture.append(icon(file.type.startsWith("image/") ? "img" : "file"));
    const name = document.createElement("span");
    const small = document.createElement("small");
    small.textContent = size(file.size);
    name.append(file.name, small);
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "tag__x";
    remove.setAttribute("aria-label", area.dataset.remove.replace("%s", file.name));
    remove.append(icon("x"));
    remove.addEventListener("click", () => {
      set(files.filter((one) => one !== file));
      add.focus();
    });
    item.append(picture, name, remove);
    return item;
  }

  field.hidden = true;
  add.hidden = false;
  add.addEventListener("click", () => field.click());
  field.addEventListener("change", () => set([...files, ...field.files]));
  for (const kind of ["dragenter", "dragover"]) {
    area.addEventListener(kind, (event) => {
      event.preventDefault();
      area.classList.add("drop--over");
    });
  }
  for (const kind of ["dragleave", "drop"]) {
    area.addEventListener(kind, (event) => {
      event.preventDefault();
      area.classList.remove("drop--over");
    });
  }
  area.addEventListener("drop", (event) => set([...files, ...event.dataTransfer.files]));
}

document.querySelectorAll("[data-upload]").forEach(enhance);
