// A box with data-tabs="label" shows one of its data-tab="name" children at a time; without script all are shown.
let serial = 0;

const tabFor = (panel) => {
  const tab = document.createElement("button");
  panel.id ||= `panel-${++serial}`;
  tab.type = "button";
  tab.className = "tab";
  tab.id = `${panel.id}-tab`;
  tab.textContent = panel.dataset.tab;
  tab.setAttribute("role", "tab");
  tab.setAttribute("aria-controls", panel.id);
  panel.setAttribute("role", "tabpanel");
  panel.setAttribute("aria-labelledby", tab.id);
  return tab;
};

const choose = (tabs, panels, index) => {
  tabs.forEach((tab, place) => {
    tab.setAttribute("aria-selected", String(place === index));
    tab.tabIndex = place === index ? 0 : -1;
    panels[place].hidden = place !== index;
  });
};

for (const box of document.querySelectorAll("[data-tabs]")) {
  const panels = [...box.querySelectorAll(":scope > [data-tab]")];
  const tabs = panels.map(tabFor);
  const list = document.createElement("div");
  list.className = "tabs";
  list.setAttribute("role", "tablist");
  list.setAttribute("aria-label", box.dataset.tabs);
  list.append(...tabs);
  box.prepend(list);
  list.addEventListener("click", (event) => {
    const index = tabs.indexOf(event.target.closest("[role=tab]"));
    if (index >= 0) choose(tabs, panels, index);
  });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const index = (tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length;
    choose(tabs, panels, index);
    tabs[index].focus();
  });
  choose(tabs, panels, Math.max(0, panels.findIndex((panel) => panel.querySelector("[aria-invalid=true]"))));
}
