// Passkeys and security keys: the button asks the device, its answer goes into the form. Only JavaScript can ask.
const forms = window.allauth.webauthn.forms;

for (const form of document.querySelectorAll("[data-webauthn]")) {
  const ask = form.querySelector("[data-ask]");
  const button = ask.querySelector("button").id;
  const ids = { credential: form.dataset.credential, data: "js_data", [form.dataset.as]: button };
  forms[form.dataset.webauthn]({ ids });
  ask.hidden = false;
}

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  for (const line of document.querySelectorAll("[data-webauthn-failed]")) line.hidden = false;
});
