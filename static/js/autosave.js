// Saves a form while one types, and on leaving. Without this module its "Save" button does the same.
const pause = 4000;

for (const form of document.querySelectorAll("form[data-autosave]")) {
  const status = form.querySelector("[data-saved]");
  let timer;
  let dirty = false;
  let stopped = false;
  let running = null;

  const say = (words, good) => {
    status.textContent = words;
    status.classList.toggle("saved", good);
    status.classList.toggle("not-saved", !good);
    status.classList.remove("hidden-words");
  };

  const keep = (answer) => {
    form.elements.version.value = answer.version;
    form.elements.seen.value = answer.seen;
    if (!dirty) say(answer.saved, true);
  };

  // Signing in again in another tab changes the token that forms carry; a fresh page has the new one. Says what to do
  // when nobody is signed in.
  const renewToken = async () => {
    const page = await fetch(form.action, { redirect: "manual", headers: { Accept: "text/html" } });
    if (!page.ok) return page;
    const parsed = new DOMParser().parseFromString(await page.text(), "text/html");
    const token = parsed.querySelector("form[data-autosave] [name=csrfmiddlewaretoken]");
    if (token) form.elements.csrfmiddlewaretoken.value = token.value;
    return send(false);
  };

  const send = (leaving) => fetch(form.action, {
    method: "POST",
    body: new URLSearchParams(new FormData(form)),
    headers: { Accept: "application/json" },
    redirect: "manual",
    keepalive: leaving,
  });

  const refused = async (answer) => {
    if (answer.type === "opaqueredirect") return say(form.dataset.signedOut, false);
    stopped = answer.status === 409 || answer.status === 404;
    if (answer.status === 409 && answer.headers.get("Content-Type")?.includes("json")) {
      return say((await answer.json()).message, false);
    }
    return say(stopped ? form.dataset.closed : form.dataset.failed, false);
  };

  const save = (leaving = false) => {
    if (!dirty || stopped || running) return;
    running = attempt(leaving).finally(() => {
      running = null;
      if (dirty && !stopped) wait();
    });
  };

  const attempt = async (leaving) => {
    dirty = false;
    try {
      let answer = await send(leaving);
      if (answer.status === 403 && !leaving) answer = await renewToken();
      if (answer.ok) {
        keep(await answer.json());
      } else {
        dirty = true;
        await refused(answer);
      }
    } catch {
      dirty = true;
      say(form.dataset.failed, false);
    }
  };

  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(save, pause);
  };

  form.addEventListener("input", () => {
    if (!dirty && !stopped) say(form.dataset.unsaved, false);
    dirty = true;
    wait();
  });
  // The button sends all of it, so what waits need not go too. What is on its way comes home first: it brings the
  // version that the button has to send.
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    stopped = true;
    if (!running) return;
    event.preventDefault();
    const button = event.submitter;
    running.then(() => form.requestSubmit(button));
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save(true);
  });
  // Back from the page that the button led to, the form is alive again.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
}
