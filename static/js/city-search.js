// Places as one types. Without this module the "Search" button asks for the same list.
const wait = 200;
const rest = 1500; // after an answer that did not come; so often at most
const tries = 4;

for (const box of document.querySelectorAll("[data-city-search]")) {
  const input = box.querySelector("input[type=search]");
  const list = box.querySelector("[data-places]");
  const say = box.querySelector("[data-say]");
  let timer;
  let asked;

  const show = async (left = tries) => {
    const typed = input.value.trim();
    if (!typed) return;
    asked?.abort();
    asked = new AbortController();
    const chosen = list.querySelector("input:checked")?.value;
    try {
      const url = `${box.dataset.citySearch}?q=${encodeURIComponent(typed)}`;
      const answer = await fetch(url, { signal: asked.signal, headers: { Accept: "text/html" } });
      if (!answer.ok) throw new Error(answer.status);
      list.innerHTML = await answer.text();
    } catch (problem) {
      // Too often, or no line: the button still works.
      if (problem.name !== "AbortError" && left > 1) timer = setTimeout(show, rest, left - 1);
      return;
    }
    const again = chosen && list.querySelector(`input[value="${CSS.escape(chosen)}"]`);
    if (again) again.checked = true;
    history.replaceState(null, "", `?q=${encodeURIComponent(typed)}`);
    say.textContent = list.querySelector("[data-found]").dataset.found;
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, wait);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      clearTimeout(timer);
      show();
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      (list.querySelector("input:checked") ?? list.querySelector("input"))?.focus();
    }
  });

  // Typed before this module had come; the list of a search says what it found.
  if (!list.querySelector("[data-found]").dataset.found) show();
}
