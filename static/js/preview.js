// An element with data-preview-of="id" repeats, as plain text, what is typed in the field with that id.
for (const shown of document.querySelectorAll("[data-preview-of]")) {
  const field = document.getElementById(shown.dataset.previewOf);
  const repeat = () => {
    const lines = field.value.split("\n").flatMap((line) => [document.createElement("br"), line]);
    shown.replaceChildren(...lines.slice(1));
  };
  field.addEventListener("input", repeat);
}
