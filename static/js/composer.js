// The composer: keys that send, files by drag, paste and button, the gate, and words when saving fails.
document.documentElement.classList.add("js")

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

// -- files ------------------------------------------------------------------------------------------------------
async function upload(files) {
  const data = new FormData(form())
  for (const name of ["body", "files"]) data.delete(name)
  for (const file of files) data.append("files", file)
  let html
  try {
    const answer = await fetch(form().dataset.upload, { method: "POST", body: data })
    if (!answer.ok) throw new Error(answer.status)
    html = await answer.text()
  } catch {
    document.getElementById("body-error").textContent = form().dataset.uploadFailed
    return
  }
  const list = document.getElementById("draft-files")
  list.outerHTML = html
  htmx.process(document.getElementById("draft-files"))
}

document.addEventListener("change", (event) => {
  if (!event.target.matches('#composer-form input[type="file"]')) return
  upload([...event.target.files])
  event.target.value = ""
})
for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const zone = event.target.closest?.("[data-drop]")
    if (!zone || !event.dataTransfer?.types.includes("Files")) return
    zone.classList.toggle("is-over", kind === "dragover")
    if (kind === "dragleave") return
    event.preventDefault()
    if (kind === "drop" && !event.target.closest(".ProseMirror")) upload([...event.dataTransfer.files])
  })
}
document.addEventListener("paste", (event) => {
  const files = [...(event.clipboardData?.files ?? [])]
  if (event.defaultPrevented || !files.length || !event.target.closest?.("[data-drop]")) return
  event.preventDefault()
  upload(files)
})

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
