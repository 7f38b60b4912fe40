// What comes in by the clipboard: HTML without what would run or be blocked, and pictures.

/** HTML without styles, scripts and comments. The server cleans again: this is comfort, not safety. */
export const clean = (html) => html
  .replace(/<(style|script|xml|title)\b[\s\S]*?<\/\1>/gi, "")
  .replace(/<!--[\s\S]*?-->/g, "")
  .replace(/\s(style|on\w+)\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)/gi, "")

/** Whether HTML holds no words, as when one copies a picture. */
export const isBare = (html) => !clean(html).replace(/<[^>]*>/g, "").trim()

/** The raster pictures of a clipboard or a drop. */
export const pictures = (data) => [...(data?.files ?? [])].filter((file) => /^image\/(png|jpeg|gif|webp)$/.test(file.type))

/** Plain text as paragraphs. */
export function fromText(text) {
  const box = document.createElement("div")
  for (const part of text.split(/\n{2,}/)) {
    const paragraph = document.createElement("p")
    part.split("\n").forEach((line, at) => paragraph.append(...(at ? [document.createElement("br"), line] : [line])))
    box.append(paragraph)
  }
  return box.innerHTML
}
