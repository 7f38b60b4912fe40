// The rich editor over a plain <textarea data-reply>: the textarea stays the form's field and the fallback.
import { bind } from "./toolbar.js"
import { highlight, placeholder } from "./marks.js"
import { clean, fromText, isBare, pictures } from "./paste.js"

const mounted = new WeakMap()

async function build(area) {
  const tiptap = await import(area.dataset.editor)
  if (!area.isConnected) return null
  const label = area.labels[0], form = area.form
  const box = document.createElement("div")
  box.className = "rt editor"
  box.dir = "auto"
  area.before(box)
  area.hidden = true
  const problem = document.getElementById("body-error")

  async function upload(file) {
    const data = new FormData(form)
    for (const name of ["body", "files"]) data.delete(name)
    data.append("files", file)
    const answer = await fetch(area.dataset.pictures, { method: "POST", body: data })
    const said = answer.ok ? await answer.json() : { error: area.dataset.uploadFailed }
    if (said.error) throw new Error(said.error)
    return said.url
  }
  async function addPictures(files) {
    for (const file of files) {
      try {
        editor.chain().insertContent({ type: "image", attrs: { src: await upload(file), alt: file.name } }).run()
      } catch (error) {
        problem.textContent = error.message || area.dataset.uploadFailed
      }
    }
  }
  const takesPictures = (data) => {
    const files = pictures(data)
    if (!files.length || !isBare(data.getData("text/html"))) return false
    if (area.dataset.pictures) addPictures(files)
    return true
  }

  const { Document, Paragraph, Text, HardBreak, Bold, Italic, Underline, BulletList, OrderedList, ListItem, Blockquote } = tiptap
  const { Table, TableRow, TableCell, TableHeader, UndoRedo, Dropcursor, Gapcursor } = tiptap
  const Link = tiptap.Link.extend({ addKeyboardShortcuts: () => ({}) })
    .configure({ openOnClick: false, autolink: true, protocols: ["mailto", "tel"] })
  const Image = tiptap.Image.extend({ parseHTML: () => [{ tag: 'img[src^="/attachments/"]' }] }).configure({ inline: true })
  const editor = new tiptap.Editor({
    element: box,
    injectCSS: false,
    content: area.dataset.html || fromText(area.value),
    extensions: [
      Document, Paragraph, Text, HardBreak, Bold, Italic, Underline, BulletList, OrderedList, ListItem, Blockquote,
      Link, Image, Table, TableRow, TableCell, TableHeader, UndoRedo, Dropcursor, Gapcursor,
      highlight(tiptap), placeholder(tiptap, area.placeholder),
    ],
    editorProps: {
      attributes: {
        role: "textbox", "aria-multiline": "true", "aria-labelledby": label.id, spellcheck: "true", lang: area.lang,
        ...(area.getAttribute("aria-describedby") && { "aria-describedby": area.getAttribute("aria-describedby") }),
        ...(area.getAttribute("aria-invalid") && { "aria-invalid": "true" }),
      },
      transformPastedHTML: clean,
      handlePaste: (view, event) => takesPictures(event.clipboardData),
      handleDrop: (view, event) => takesPictures(event.dataTransfer),
      handleKeyDown: (view, event) => (event.ctrlKey || event.metaKey) && event.key === "Enter", // the form sends
    },
    onUpdate() {
      sync()
      area.dispatchEvent(new Event("input", { bubbles: true }))
    },
  })
  const sync = () => { area.value = editor.isEmpty ? "" : editor.getHTML() }
  const bar = area.closest("[data-rich], form").querySelector(".rt-bar")
  const unbind = bind(bar, editor, document.getElementById("link-dialog"))
  const toEditor = (event) => { event.preventDefault(); editor.commands.focus() }
  label.addEventListener("click", toEditor)
  form.elements.body_format.value = "html"
  sync()

  // One Ctrl+Z takes back exactly what was put in; it may come at once, before the editor's own focus(), a frame later.
  const seal = () => editor.view.dispatch(tiptap.pm.history.closeHistory(editor.state.tr))
  const alone = (change) => { editor.view.focus(); seal(); change(); seal() }
  const api = {
    editor,
    insert: (html) => alone(() => editor.chain().focus().insertContent(html).run()),
    text: (words) => alone(() => editor.chain().focus().insertContent({ type: "text", text: words }).run()),
    replace: (html) => alone(() => editor.chain().focus().setContent(html, { emitUpdate: true }).run()),
    swap: (range, html) => alone(() => editor.chain().focus().insertContentAt(range, html).run()),
    destroy() {
      unbind()
      editor.destroy()
      box.remove()
      label.removeEventListener("click", toEditor)
      area.hidden = false
      mounted.delete(area)
    },
  }
  if (area.closest("[data-focus]") && !form.querySelector("[data-gate]")) editor.commands.focus("end")
  area.dispatchEvent(new CustomEvent("reply:ready", { bubbles: true, detail: api }))
  return api
}

function mount(area) {
  if (mounted.has(area)) return
  mounted.set(area, build(area).catch((error) => {
    console.warn("The editor is off, the plain text field stays.", error)
    mounted.delete(area)
    return null
  }))
}

/** The editor of a textarea, once it is there; null where the plain field stays. */
export const editorOf = (area) => mounted.get(area) ?? Promise.resolve(null)

/** Put HTML into the text: mode "insert" at the caret, "replace" for all of it; "text" puts words in as they are. */
export async function put(area, html, mode = "insert") {
  const api = await editorOf(area)
  if (api) return api[mode](html)
  const asText = () => new DOMParser().parseFromString(html.replace(/<\/p>|<br>/g, "\n"), "text/html").body.textContent
  const text = mode === "text" ? html : asText().trim()
  if (mode === "replace") area.value = ""
  area.setRangeText(text, area.selectionStart, area.selectionEnd, "end")
  area.dispatchEvent(new Event("input", { bubbles: true }))
}

const scan = (root) => root.querySelectorAll?.("textarea[data-reply]").forEach(mount)
scan(document)
document.addEventListener("htmx:load", (event) => scan(event.target))
document.addEventListener("htmx:beforeCleanupElement", (event) => mounted.get(event.target)?.then((api) => api?.destroy()))
document.addEventListener("reply:insert", (event) => {
  const area = document.getElementById(event.detail.target ?? "id_body")
  if (area) put(area, event.detail.html, event.detail.mode)
})
