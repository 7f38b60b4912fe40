// Choosing from one row to another, in every list: from the box that was chosen last (by its value), or the first chosen one.
export function tickUpTo(boxes, box, anchor) {
  const to = boxes.indexOf(box);
  if (to < 0) return;
  const known = boxes.findIndex((one) => one.value === anchor);
  const from = known < 0 ? boxes.findIndex((one) => one.checked) : known;
  const [first, last] = from < 0 ? [to, to] : [Math.min(from, to), Math.max(from, to)];
  boxes.slice(first, last + 1).forEach((one) => { one.checked = true; });
}
