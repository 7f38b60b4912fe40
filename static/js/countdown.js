// A button with data-wait="40" counts the seconds on its label, "(time)" in data-waiting, and works again at zero.
for (const button of document.querySelectorAll("[data-wait]")) {
  const label = button.textContent;
  const end = Date.now() + Number(button.dataset.wait) * 1000;
  const form = button.form;
  const hold = (event) => event.preventDefault();
  const tick = () => {
    const left = Math.ceil((end - Date.now()) / 1000);
    if (left <= 0) {
      clearInterval(timer);
      form.removeEventListener("submit", hold);
      button.removeAttribute("aria-disabled");
      button.textContent = label;
      return;
    }
    const clock = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    button.textContent = button.dataset.waiting.replace("(time)", clock);
  };
  button.setAttribute("aria-disabled", "true");
  form.addEventListener("submit", hold);
  const timer = setInterval(tick, 1000);
  tick();
}
