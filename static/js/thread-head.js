// A thread's head is drawn anew when something changed: whoever is choosing in one of its menus, or stands in it, stays.
import { keepKeys } from "./typeahead.js"

const OPEN = "details.menu[open]"
let stood = null // what had the focus in the old head
let chose = null // the button of the menu that was open there
let isOld = false // a change was not drawn, for a menu was open

const head = () => document.getElementById("thead")
const sameAs = (old) => [...head().querySelectorAll(old.localName)].find((one) =>
  one.isEqualNode(old) || (old.dataset.shortcut && one.dataset.shortcut === old.dataset.shortcut))

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, requestConfig, xhr } = event.detail
  if (target.id !== "thead" || xhr.status >= 400) return
  const menu = target.querySelector(OPEN)
  isOld = Boolean(menu) && requestConfig.verb === "get"
  event.detail.shouldSwap = !isOld
  if (!menu && target.contains(document.activeElement)) stood = document.activeElement
  if (!menu || isOld || menu.contains(requestConfig.elt)) return
  // A menu that was opened while an earlier change was on its way: it opens again, with what was typed in its field.
  chose = menu.querySelector("summary")
  const field = menu.querySelector("[type=search]")
  if (field) keepKeys(field.value)
})

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id !== "thead") return
  if (stood) sameAs(stood)?.focus()
  if (chose) open(sameAs(chose))
  stood = chose = null
})

function open(summary) {
  const action = summary?.dataset.shortcut
  if (action) document.dispatchEvent(new CustomEvent("do", { detail: { action } }))
  else summary?.click()
}

document.addEventListener("toggle", (event) => {
  if (!isOld || event.target.open || !head()?.contains(event.target) || head().querySelector(OPEN)) return
  isOld = false
  window.htmx.trigger(document.body, "thread-changed")
}, true)
