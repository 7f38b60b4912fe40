// Predefined replies: search, look, Enter inserts, Shift+Enter replaces; /shortcut and Tab in the text.
import { editorOf, put } from "./reply.js"
import { bring } from "./scroll.js"

const menu = () => document.querySelector("[data-picker]")
const area = () => document.getElementById("id_body")
const options = () => [...menu().querySelectorAll("[role=option]")]
const chosen = () => menu().querySelector('[aria-selected="true"]')

// Each part asks for itself: what one element asks while its last question is open waits, and only the newest is kept.
function fill(id, url) {
  const part = document.getElementById(id)
  return htmx.ajax("GET", url, { source: part, target: part, swap: "innerHTML" })
}

function choose(option) {
  if (!option) return document.getElementById("reply-preview")?.replaceChildren()
  options().forEach((one) => one.setAttribute("aria-selected", one === option))
  document.getElementById("reply-search").setAttribute("aria-activedescendant", option.id)
  bring(option, option.closest(".picker__list"))
  fill("reply-preview", option.dataset.preview)
}

async function search(input) {
  const url = `${input.dataset.url}?options=1&q=${encodeURIComponent(input.value)}`
  await fill("reply-list", url)
  choose(options()[0])
}

async function fetchReply(what) {
  const data = new FormData()
  data.append("csrfmiddlewaretoken", area().form.elements.csrfmiddlewaretoken.value)
  for (const name in what) data.append(name, what[name])
  const answer = await fetch(area().dataset.use, { method: "POST", body: data })
  if (!answer.ok) return ""
  const said = await answer.json()
  remember(said)
  return said.html
}

// What the reply does besides its text goes with the form, and is said beside it.
function remember({ macro, does }) {
  const form = area().form
  form.elements.macro?.remove()
  if (!macro) return
  const field = Object.assign(document.createElement("input"), { type: "hidden", name: "macro", value: macro })
  form.append(field)
  document.getElementById("draft-state").textContent = does
}

function send(button) {
  const option = chosen()
  if (!option) return
  const values = { reply: option.dataset.replyId, csrfmiddlewaretoken: area().form.elements.csrfmiddlewaretoken.value }
  htmx.ajax("POST", button.dataset.url, { source: area().form, values, swap: "none" })
}

async function use(mode) {
  const option = chosen()
  if (!option || !menu().open) return
  menu().open = false
  const html = await fetchReply({ reply: option.dataset.replyId })
  if (html) put(area(), html, mode)
}

let waiting = 0 // until one stops typing
let latest = Promise.resolve(true) // whether the list shows what was typed
function begin(input) {
  waiting = 0
  latest = search(input).then(() => true, () => false)
}
document.addEventListener("input", (event) => {
  if (event.target.id !== "reply-search") return
  clearTimeout(waiting)
  waiting = setTimeout(begin, 150, event.target)
})
// Who types and enters means what was typed, and not what the list still shows.
async function useFound(input, mode) {
  clearTimeout(waiting)
  if (waiting) begin(input)
  if (await latest) use(mode)
  else begin(input) // the line was down: the next Enter finds it
}
document.addEventListener("keydown", (event) => {
  if (event.target.id !== "reply-search") return
  const way = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (way) choose(options().at((options().indexOf(chosen()) + way) % options().length))
  else if (event.key === "Enter") useFound(event.target, event.shiftKey ? "replace" : "insert")
  else return
  event.preventDefault()
  event.stopPropagation()
})
document.addEventListener("click", (event) => {
  const put = event.target.closest("[data-put]")
  const option = event.target.closest("[data-picker] [role=option]")
  if (put?.dataset.put === "send") send(put)
  else if (put) use(put.dataset.put)
  else if (option) choose(option)
})
document.addEventListener("dblclick", (event) => {
  if (event.target.closest("[data-picker] [role=option]")) use("insert")
})
document.addEventListener("toggle", (event) => {
  if (!event.target.matches?.("[data-picker]") || !event.target.open) return
  const input = document.getElementById("reply-search")
  if (input) input.focus()
}, { capture: true })
document.addEventListener("htmx:afterSettle", (event) => {
  if (!event.target.matches("[data-picker] .picker")) return
  document.getElementById("reply-search").focus()
  latest = Promise.resolve(true)
  choose(options()[0])
})

// -- /shortcut, then Tab or Enter -------------------------------------------------------------------------------
document.addEventListener("reply:ready", (event) => {
  const { editor } = event.detail
  editor.view.dom.addEventListener("keydown", async (key) => {
    if (!["Tab", "Enter"].includes(key.key) || key.ctrlKey || key.metaKey || key.shiftKey) return
    const { $from, empty } = editor.state.selection
    const word = /(?:^|\s)\/([\w-]{1,40})$/.exec($from.parent.textBetween(0, $from.parentOffset, " ", " "))
    if (!empty || !word) return
    key.preventDefault()
    key.stopImmediatePropagation()
    const range = { from: $from.pos - word[1].length - 1, to: $from.pos }
    const html = await fetchReply({ shortcut: word[1] })
    if (html) (await editorOf(area()))?.swap(range, html)
    else if (key.key === "Enter") editor.chain().focus().splitBlock().run()
  }, { capture: true })
})
