// The library's filters with htmx: what one unfolded stays unfolded, focus is never lost, "back" loads the page.
const isOurs = (event) => event.detail.target?.id === "results";
const unfolded = new Map();
let left;

// Who stands now where the control stood: the same box, else the head of its part of the filters.
const heir = (control) => {
  const part = control.closest(".facet");
  if (!part) return null;
  const box = `input[name="${control.name}"][value="${CSS.escape(control.value ?? "")}"]`;
  return document.querySelector(`#${part.id} ${box}`) ?? document.querySelector(`#${part.id} > summary`);
};

window.htmx.config.refreshOnHistoryMiss = true;

// An empty box is no part of the address.
document.body.addEventListener("htmx:configRequest", ({ detail }) => {
  if (!detail.parameters.q) delete detail.parameters.q;
});

document.body.addEventListener("htmx:beforeSwap", (event) => {
  if (!isOurs(event)) return;
  left = document.activeElement;
  for (const part of document.querySelectorAll("#facets > details")) {
    unfolded.set(part.id, part.open);
  }
});

// Before htmx gives focus back: a control in a folded part could not take it.
document.body.addEventListener("htmx:oobAfterSwap", () => {
  for (const part of document.querySelectorAll("#facets > details")) {
    part.open = unfolded.get(part.id) ?? part.open;
  }
});

document.body.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id !== "results" || !left) return;
  const wantsResults = left.closest(".apply");
  if (wantsResults || document.activeElement === document.body) {
    const next = wantsResults ? null : heir(left);
    (next ?? document.getElementById("found")).focus({ preventScroll: !wantsResults });
  }
  left = undefined;
});
