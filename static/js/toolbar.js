// The editor's toolbar: one tab stop, arrows inside, Alt+F10 from the text; and the dialog for links.
const COMMANDS = {
  bold: (chain) => chain.toggleBold(),
  italic: (chain) => chain.toggleItalic(),
  bulletList: (chain) => chain.toggleBulletList(),
  blockquote: (chain) => chain.toggleBlockquote(),
  undo: (chain) => chain.undo(),
}

/** Join toolbar, editor and link dialog; returns what parts them again. */
export function bind(bar, editor, dialog) {
  const buttons = [...bar.querySelectorAll("[data-command]")]
  const url = dialog.querySelector("input")
  const askForLink = () => {
    dialog.returnValue = ""
    url.value = editor.getAttributes("link").href ?? ""
    dialog.addEventListener("close", setLink, { once: true }) // several editors may share the dialog
    dialog.showModal()
  }
  const run = (event) => {
    const command = event.target.closest("[data-command]")?.dataset.command
    if (command === "link") askForLink()
    else if (command) {
      editor.view.focus() // the chain's own comes a frame later: letters typed before it would be lost
      COMMANDS[command](editor.chain()).run()
    }
  }
  const move = (event) => {
    const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (!way) return
    event.preventDefault()
    const next = buttons.at((buttons.indexOf(document.activeElement) + way) % buttons.length)
    buttons.forEach((one) => { one.tabIndex = one === next ? 0 : -1 })
    next.focus()
  }
  const show = () => buttons.forEach((one) => {
    if (one.hasAttribute("aria-pressed")) one.setAttribute("aria-pressed", editor.isActive(one.dataset.command))
  })
  const keys = (event) => {
    if (event.altKey && event.key === "F10") buttons[0].focus()
    else if ((event.ctrlKey || event.metaKey) && event.key === "k" && !editor.state.selection.empty) askForLink() // else it opens the palette
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  const setLink = () => {
    const chain = editor.chain().focus().extendMarkRange("link")
    if (dialog.returnValue === "remove" || (dialog.returnValue === "set" && !url.value)) chain.unsetLink().run()
    else if (dialog.returnValue === "set") {
      if (editor.state.selection.empty && !editor.isActive("link")) {
        const text = { type: "text", text: url.value, marks: [{ type: "link", attrs: { href: url.value } }] }
        chain.insertContent(text).run()
      } else chain.setLink({ href: url.value }).run()
    } else editor.commands.focus()
  }
  buttons.forEach((one, at) => { one.tabIndex = at ? -1 : 0 })
  bar.hidden = false
  bar.addEventListener("click", run)
  bar.addEventListener("keydown", move)
  editor.view.dom.addEventListener("keydown", keys)
  editor.on("transaction", show)
  return () => {
    bar.removeEventListener("click", run)
    bar.removeEventListener("keydown", move)
  }
}
