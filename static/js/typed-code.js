// A button that ends something waits until the number beside it is typed; the server asks for it all the same.
const code = document.querySelector("[data-code]");
const button = document.querySelector("[data-needs-code]");

if (code && button) {
  const look = () => { button.disabled = code.value.trim() !== code.dataset.code; };
  code.addEventListener("input", look);
  addEventListener("pageshow", look);
  look();
}
