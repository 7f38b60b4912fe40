// Seconds that pass: the strip after sending, and the message that has not left yet.
function tick() {
  for (const strip of document.querySelectorAll("[data-undo]")) {
    const left = Math.max(0, strip.dataset.undo - 1)
    strip.dataset.undo = left
    strip.querySelector("progress").value = left
    const number = strip.querySelector("[data-text]")
    number.textContent = number.dataset.text.replace("{n}", left)
    if (left === 0) strip.remove()
  }
  for (const state of document.querySelectorAll("[data-countdown]")) {
    const left = Math.max(0, state.dataset.countdown - 1)
    state.dataset.countdown = left
    state.querySelector("span").textContent = left ? state.dataset.text.replace("{n}", left) : state.dataset.after
    if (left) continue
    state.removeAttribute("data-countdown")
    state.parentElement.querySelector("[data-until-sent]")?.remove()
  }
}
setInterval(tick, 1000)
