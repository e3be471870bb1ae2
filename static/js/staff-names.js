// The admin's autocomplete replaces a select by parts of its own, which know no label. Give them the select's.

const PARTS = "[role=combobox], [role=textbox], input[type=search]";

function labelOf(select) {
  const label = document.querySelector(`label[for="${select.id}"]`)?.textContent.replace(/:\s*$/, "")
    ?? select.getAttribute("aria-label");
  return label?.trim();
}

function name(select) {
  const label = labelOf(select);
  const box = select.nextElementSibling;
  if (!label || !box?.matches(".select2")) return;
  for (const part of box.querySelectorAll(PARTS)) part.setAttribute("aria-label", label);
  // Its list of choices begins with a button to clear them; a list by role may.
  for (const list of box.querySelectorAll("ul")) list.setAttribute("role", "list");
}

function nameAll() {
  document.querySelectorAll("select.admin-autocomplete").forEach(name);
}

// What opens hangs at the end of the page, outside of everything: a small window, named like the rest.
function nameWindow({ target: select }) {
  const label = labelOf(select);
  const box = select.nextElementSibling?.querySelector("[role=combobox]");
  const results = document.getElementById(`select2-${select.id}-results`);
  box?.setAttribute("aria-haspopup", "dialog");
  box?.setAttribute("aria-controls", results?.id);
  const opened = results?.closest(".select2-dropdown");
  opened?.setAttribute("role", "dialog");
  for (const part of [opened, results, opened?.querySelector("input[type=search]")]) part?.setAttribute("aria-label", label);
}

// jQuery calls in the order of asking, and the autocomplete asked before this module ran.
globalThis.django?.jQuery(nameAll);
globalThis.django?.jQuery(document).on("select2:open", nameWindow);
document.addEventListener("formset:added", () => setTimeout(nameAll));
