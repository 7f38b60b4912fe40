// A customer's form: sent once however often it is clicked, order fields only where they are asked for,
// products only of the chosen order.

const form = document.querySelector("[data-form]");

function busy(button, on) {
  button.disabled = on;
  if (on) {
    button.dataset.label = button.textContent;
    button.style.minInlineSize = `${button.offsetWidth}px`;
    button.textContent = button.dataset.busy;
  } else if (button.dataset.label) {
    button.textContent = button.dataset.label;
  }
}

function showOrderFields() {
  const fields = form.querySelector("[data-order-fields]");
  const chosen = form.querySelector("input[name=contact]:checked");
  if (fields && chosen) fields.hidden = chosen.dataset.asksOrder === "0";
}

function showProducts() {
  const order = form.querySelector("select[name=order]");
  const product = form.querySelector("select[name=product]");
  if (!order || !product) return;
  for (const group of product.querySelectorAll("optgroup")) {
    group.hidden = group.disabled = group.label !== order.value;
  }
  if (product.selectedOptions[0]?.parentElement.disabled) product.value = "";
}

if (form) {
  const button = form.querySelector("button[data-busy]");
  // A button with a name asks for something else, and would lose its name if it were switched off.
  form.addEventListener("submit", (event) => event.submitter?.name || busy(button, true));
  // The browser's Back button shows the page as it was left.
  addEventListener("pageshow", () => busy(button, false));
  form.addEventListener("change", () => {
    showOrderFields();
    showProducts();
  });
  showOrderFields();
  showProducts();
}
