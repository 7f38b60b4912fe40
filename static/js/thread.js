// The thread page: live conversation without losing one's place, panes, and where the focus goes.
import { put } from "./reply.js"
import { bring } from "./scroll.js"
import "./thread-head.js"

const $ = (selector) => document.querySelector(selector)

// -- keys: a menu that a key opened takes the focus; Esc in the composer goes back to the messages -----------------
document.addEventListener("shortcut", (event) => {
  const menu = event.target.closest("details.menu")
  if (menu && event.target.matches("summary")) setTimeout(() => menu.querySelector(".menu__panel :is(button, a, input)")?.focus())
}, true)

document.addEventListener("keydown", (event) => {
  // The editor itself prevents the default of Esc; an open menu takes it for itself.
  if (event.key === "Escape" && event.target.closest?.("#composer") && !$("details.menu[open]")) $("#scroll").focus()
})

// -- panes ------------------------------------------------------------------------------------------------------
document.addEventListener("click", (event) => {
  const tab = event.target.closest("[data-show]")
  if (tab) {
    $(".work").dataset.pane = tab.dataset.show
    document.querySelectorAll("[data-show]").forEach((one) => one.setAttribute("aria-selected", one === tab))
  }
  if (event.target.closest("[data-toggle-side]")) {
    const hidden = $(".work").classList.toggle("is-side-hidden")
    localStorage.setItem("side-hidden", hidden ? "1" : "")
  }
})
$(".work").classList.toggle("is-side-hidden", localStorage.getItem("side-hidden") === "1")

// -- references and codes go in as text, whatever stands in them ------------------------------------------------
document.addEventListener("click", (event) => {
  const insert = event.target.closest("[data-insert]")
  if (!insert || !$("#id_body")) return
  event.preventDefault() // a button that would write a draft without script
  put($("#id_body"), insert.dataset.insert, "text")
})

// -- live: only nodes that changed are drawn anew, so open quotes, frames and the place stay ----------------------
document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, serverResponse, xhr } = event.detail
  if (xhr.status >= 400) return
  if (target.id === "conversation") {
    event.detail.shouldSwap = false
    merge(target, new DOMParser().parseFromString(serverResponse, "text/html").body)
  }
  const isRefresh = event.detail.requestConfig.verb === "get"
  // Whoever is choosing something beside the conversation goes on; what they send brings the panel anew.
  if (target.id === "panel" && isRefresh && target.contains(document.activeElement) && document.activeElement.matches("select, input")) {
    event.detail.shouldSwap = false
  }
})

function merge(conversation, fresh) {
  const scroll = $("#scroll")
  const atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 40
  const old = new Map([...conversation.children].map((node) => [node.id, node]))
  let place = conversation.firstElementChild
  for (const node of [...fresh.children]) {
    const known = old.get(node.id)
    old.delete(node.id)
    const keep = known && known.dataset.version === node.dataset.version
    const placed = keep ? known : document.importNode(node, true)
    if (placed === place) place = place.nextElementSibling
    else conversation.insertBefore(placed, place)
    if (keep) continue
    if (known === place) place = place.nextElementSibling
    known?.remove()
    htmx.process(placed)
  }
  old.forEach((node) => node.remove())
  if (atEnd) scroll.scrollTop = scroll.scrollHeight
}

// -- where one begins to read -------------------------------------------------------------------------------------
const start = document.getElementById(location.hash.slice(1)) ?? $("[data-first-unread]") ?? $("#conversation[data-newest-first] > :first-child") ?? $("#conversation > :last-child")
if (start) bring(start, $("#scroll"), start.hasAttribute("data-first-unread") ? "start" : "end")
