// Files by button, drag and paste, stored at once with what is being written in a <form data-upload>.
// Without it the browser's own field sends them along with the form.
document.documentElement.classList.add("js")

async function upload(form, files) {
  const data = new FormData(form)
  for (const name of ["body", "files"]) data.delete(name)
  for (const file of files) data.append("files", file)
  data.append("attach", "1")
  let html
  try {
    const answer = await fetch(form.dataset.upload, { method: "POST", body: data, headers: { "HX-Request": "true" } })
    if (!answer.ok) throw new Error(answer.status)
    html = await answer.text()
  } catch {
    document.getElementById("body-error").textContent = form.dataset.uploadFailed
    return
  }
  document.getElementById("draft-files").outerHTML = html
  htmx.process(document.getElementById("draft-files"))
}

const formOf = (element) => element.closest?.("form[data-upload]")

document.addEventListener("change", (event) => {
  const form = event.target.matches('input[type="file"]') && formOf(event.target)
  if (!form) return
  upload(form, [...event.target.files])
  event.target.value = ""
})
for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const zone = event.target.closest?.("[data-drop]")
    if (!zone || !event.dataTransfer?.types.includes("Files")) return
    zone.classList.toggle("is-over", kind === "dragover")
    if (kind === "dragleave") return
    event.preventDefault()
    if (kind === "drop" && !event.target.closest(".ProseMirror")) upload(formOf(zone), [...event.dataTransfer.files])
  })
}
document.addEventListener("paste", (event) => {
  const files = [...(event.clipboardData?.files ?? [])]
  if (event.defaultPrevented || !files.length || !event.target.closest?.("[data-drop]")) return
  event.preventDefault()
  upload(formOf(event.target), files)
})
