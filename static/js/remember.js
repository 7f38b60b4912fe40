// Sections that one closes stay closed, in this browser: <details data-remember="name">.
const key = (section) => `section-${section.dataset.remember}`

function restore(root) {
  for (const section of root.querySelectorAll("details[data-remember]")) {
    const kept = localStorage.getItem(key(section))
    if (kept !== null) section.open = kept === "open"
  }
}

document.addEventListener("click", (event) => {
  const section = event.target.closest("details[data-remember] > summary")?.parentElement
  if (section) localStorage.setItem(key(section), section.open ? "closed" : "open") // it turns round after the click
})
document.addEventListener("htmx:afterSwap", (event) => restore(event.target))
restore(document)
