// A thread's head is drawn anew when something changed. Whoever is choosing in one of its menus goes on, and it is drawn
// when they are done; what has the focus keeps it.
let stood = null // what had the focus in the old head
let isOld = false // a change was not drawn

const head = () => document.getElementById("thead")
const nameOf = (el) => el.dataset.shortcut ?? el.closest("[data-menu]")?.dataset.menu
const sameAs = (old) => [...head().querySelectorAll(old.localName)].find((one) =>
  one.isEqualNode(old) || (nameOf(old) && nameOf(one) === nameOf(old)))

// Where one goes on: the same button, or, after a choice in a menu that has closed, the menu's.
const again = (old) => [old, old.closest("details.menu")?.querySelector("summary")].filter(Boolean).map(sameAs)
  .find((one) => one?.checkVisibility())

// A menu is open that did not ask for this itself, or a button is just being pressed: it would be gone under the hand.
function isBusy(place, asker) {
  const menu = place.querySelector("details.menu[open]")
  return menu ? !menu.contains(asker) : Boolean(place.querySelector(":active"))
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, requestConfig, xhr } = event.detail
  if (target.id !== "thead" || xhr.status >= 400) return
  isOld = isBusy(target, requestConfig.elt)
  if (isOld) event.detail.shouldSwap = false
  else if (target.contains(document.activeElement)) stood = document.activeElement
})

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id !== "thead" || !stood) return
  again(stood)?.focus()
  stood = null
})

function catchUp() {
  if (!isOld || isBusy(head())) return
  isOld = false
  window.htmx.trigger(document.body, "thread-changed")
}
document.addEventListener("toggle", (event) => { if (!event.target.open) catchUp() }, true)
for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => setTimeout(catchUp))
