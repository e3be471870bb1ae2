// The admin's autocomplete replaces a select by parts of its own, which know no label. Give them the select's.

const PARTS = "[role=combobox], [role=textbox], input[type=search]";

function name(select) {
  const label = document.querySelector(`label[for="${select.id}"]`)?.textContent.replace(/:\s*$/, "")
    ?? select.getAttribute("aria-label");
  const box = select.nextElementSibling;
  if (!label || !box?.matches(".select2")) return;
  for (const part of box.querySelectorAll(PARTS)) part.setAttribute("aria-label", label.trim());
  // Its list of choices begins with a button to clear them; a list by role may.
  for (const list of box.querySelectorAll("ul")) list.setAttribute("role", "list");
}

function nameAll() {
  document.querySelectorAll("select.admin-autocomplete").forEach(name);
}

// jQuery calls in the order of asking, and the autocomplete asked before this module ran.
globalThis.django?.jQuery(nameAll);
document.addEventListener("formset:added", () => setTimeout(nameAll));
