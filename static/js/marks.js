// Two decorations of the editor: placeholders that nobody filled in stand out, an empty text says what it is for.
const UNFILLED = /\{\{[^{}]{0,60}\}\}/g

function plugin(tiptap, name, decorations) {
  const { Plugin } = tiptap.pm.state
  return tiptap.Extension.create({ name, addProseMirrorPlugins: () => [new Plugin({ props: { decorations } })] })
}

/** {{ name }} in red: sending is blocked while there is one. */
export function highlight(tiptap) {
  const { Decoration, DecorationSet } = tiptap.pm.view
  return plugin(tiptap, "unfilled", (state) => {
    const found = []
    state.doc.descendants((node, at) => {
      for (const match of node.text?.matchAll(UNFILLED) ?? []) {
        const from = at + match.index
        found.push(Decoration.inline(from, from + match[0].length, { class: "var var--bad" }))
      }
    })
    return DecorationSet.create(state.doc, found)
  })
}

/** The textarea's placeholder in an empty text. */
export function placeholder(tiptap, words) {
  const { Decoration, DecorationSet } = tiptap.pm.view
  return plugin(tiptap, "hint", (state) => {
    const { doc } = state
    if (doc.childCount !== 1 || doc.firstChild.type.name !== "paragraph" || doc.firstChild.content.size) return null
    const size = doc.firstChild.nodeSize
    return DecorationSet.create(doc, [Decoration.node(0, size, { class: "is-empty", "data-placeholder": words })])
  })
}
