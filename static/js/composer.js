// The composer: keys that send, the gate, and words when saving fails. Its files: files.js.
const form = () => document.getElementById("composer-form")
const composer = () => document.getElementById("composer")

function focusText() {
  composer().dataset.open = ""
  const text = composer().querySelector(".ProseMirror") ?? composer().querySelector("textarea")
  text.focus()
}

// -- tabs: the chosen one only takes the focus back; on a phone it opens the composer ---------------------------
document.addEventListener("click", (event) => {
  if (event.target.closest('.composer .tab[aria-selected="true"]')) {
    event.preventDefault()
    event.stopPropagation()
    focusText()
  }
  if (event.target.closest("[data-gate-close]")) {
    event.target.closest("[data-gate]").remove()
    focusText()
  }
}, { capture: true })

// -- sending by key ---------------------------------------------------------------------------------------------
function send(way) {
  const button = form().querySelector(`[data-send="${way}"]`) ?? form().querySelector('[data-send="main"]')
  button.click()
}
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return
  if (!event.target.closest?.("#composer")) return
  event.preventDefault()
  event.stopPropagation() // neither the editor nor the list of all keys acts on it again
  send(event.shiftKey ? "closed" : "open")
}, { capture: true })
// The same, asked for by the list of all keys; only while one is writing.
document.addEventListener("shortcut", (event) => {
  if (event.target.id !== "composer") return
  event.preventDefault()
  if (event.target.contains(document.activeElement)) send(event.detail.action === "send" ? "open" : "closed")
}, { capture: true })

// -- saving -----------------------------------------------------------------------------------------------------
const RETRY_AFTER = 5000
for (const kind of ["htmx:sendError", "htmx:responseError"]) {
  document.addEventListener(kind, (event) => {
    if (event.target.id !== "id_body") return
    document.getElementById("draft-state").textContent = form().dataset.saveFailed
    setTimeout(() => event.target.dispatchEvent(new Event("input", { bubbles: true })), RETRY_AFTER)
  })
}

// -- after a swap: focus where one goes on -----------------------------------------------------------------------
document.addEventListener("htmx:load", (event) => {
  if (event.target.id !== "composer") return
  const first = event.target.querySelector("[data-gate-close], [aria-invalid=true]:not([hidden])")
  if (first) first.focus()
  else if (!event.target.querySelector("[data-reply]")) event.target.querySelector("select, textarea").focus()
})
