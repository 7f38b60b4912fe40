// The practice page: shows the newest letter, and offers to answer it while nothing has been written yet.

const end = () => {
  const box = document.querySelector("#letters > .scroll");
  if (box) box.scrollTop = box.scrollHeight;
};

const untouched = () => {
  const form = document.querySelector("#write form");
  if (!form || form.contains(document.activeElement)) return false;
  return [...form.querySelectorAll("textarea, [name=subject], [name=file]")].every((field) => !field.value);
};

end();
document.body.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id !== "letters") return;
  end();
  // Without a choice in the address, the page answers the newest letter: let it do so for the one that just came.
  if (!new URLSearchParams(location.search).has("answer") && untouched()) location.reload();
});
