// Sending files: what is too much is said before it is sent, and while it is sent the page says so.
for (const form of document.querySelectorAll("form[data-upload]")) {
  const most = Number(form.dataset.upload);
  const tooMuch = form.querySelector("[data-upload-too-much]");
  const sending = form.querySelector("[data-upload-sending]");
  const chosen = form.querySelector("input[type=file]");

  const isTooMuch = () => [...chosen.files].reduce((sum, file) => sum + file.size, 0) > most;

  chosen.addEventListener("change", () => {
    tooMuch.hidden = !isTooMuch();
  });
  form.addEventListener("submit", (event) => {
    if (isTooMuch()) {
      event.preventDefault();
      tooMuch.hidden = false;
      chosen.focus();
    } else {
      sending.hidden = chosen.files.length === 0;
    }
  });
  // Back from the next page: nothing is being sent any more.
  window.addEventListener("pageshow", () => {
    sending.hidden = true;
  });
}
