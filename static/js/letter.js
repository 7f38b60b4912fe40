// Writing to customers: a predefined reply at the end of the text or in its place, a name where the cursor is, whom the
// preview shows; choices that submit their form.
import { editorOf, put } from "./reply.js"

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submits]")) event.target.form.requestSubmit()
})

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-how]")
  const area = document.getElementById("id_body")
  if (!button || !area) return
  event.preventDefault()
  const form = area.form, data = new FormData()
  data.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value)
  data.append("contact", form.elements.contact.value)
  data.append("language", area.lang)
  data.append("reply", button.value)
  const answer = await fetch(area.dataset.use, { method: "POST", body: data })
  const html = answer.ok ? (await answer.json()).html : ""
  if (!html) return
  const api = await editorOf(area)
  if (button.dataset.how === "insert") {
    api?.editor.commands.focus("end")
    area.setSelectionRange(area.value.length, area.value.length)
  }
  put(area, html, button.dataset.how)
})

for (const button of document.querySelectorAll("[data-put]")) {
  button.hidden = false
  button.addEventListener("click", async () => {
    const area = document.getElementById("id_body")
    await editorOf(area)
    put(area, button.dataset.put, "insert")
  })
}

document.addEventListener("htmx:afterSwap", (event) => {
  const shown = event.target.querySelector?.(".mailprev[data-customer]")
  if (!shown) return
  document.querySelectorAll(".rcp[data-customer]").forEach((row) => {
    row.classList.toggle("is-cur", row.dataset.customer === shown.dataset.customer)
  })
})
