// Scrolling inside a box: unlike scrollIntoView(), the window and the boxes around it never move.

/** Bring a node to the "start" or the "end" of a box, or with "nearest" just into it. */
export function bring(node, box, to = "nearest") {
  const inside = node.getBoundingClientRect(), outside = box.getBoundingClientRect()
  const above = inside.top - outside.top - box.clientTop
  const below = inside.bottom - outside.top - box.clientTop - box.clientHeight
  if (to === "start" || (to === "nearest" && above < 0)) box.scrollTop += above
  else if (to === "end" || below > 0) box.scrollTop += below
}
