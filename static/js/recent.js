// What was opened here lately: kept on this device, sent to nobody, and gone when whoever reads changes.
const KEY = "recent-records";
const OFF = "recent-records-off";
const MOST = 8;

const load = (reader) => {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY));
    if (kept?.reader === reader && Array.isArray(kept.records)) return kept.records;
  } catch {
    // Not ours, or no storage: begin anew.
  }
  forget();
  return [];
};

const forget = () => {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // No storage, nothing to forget.
  }
};

const isOff = () => {
  try {
    return localStorage.getItem(OFF) === "yes";
  } catch {
    return true;
  }
};

const remember = ({ reader, code, title, language }) => {
  const others = load(reader).filter((record) => record.code !== code);
  if (isOff()) return;
  const records = [{ code, title, language }, ...others].slice(0, MOST);
  try {
    localStorage.setItem(KEY, JSON.stringify({ reader, records }));
  } catch {
    // Full or forbidden: then nothing is remembered.
  }
};

const show = (box) => {
  const list = box.querySelector("[data-recent-list]");
  const records = isOff() ? [] : load(box.dataset.reader);
  const lines = records.map(({ code, title, language }) => {
    const line = document.createElement("li");
    const link = document.createElement("a");
    link.href = box.dataset.record.replace("CODE-0", encodeURIComponent(code));
    link.textContent = title;
    link.lang = language;
    link.dir = language === "ar" ? "rtl" : "ltr";
    line.append(link);
    return line;
  });
  list.replaceChildren(...lines);
  box.querySelector("[data-recent-some]").hidden = !lines.length;
  box.querySelector("[data-recent-none]").hidden = !isOff();
  box.hidden = !lines.length && !isOff();
};

for (const record of document.querySelectorAll("[data-opened]")) {
  const { reader, code, title, language } = record.dataset;
  remember({ reader, code, title, language });
}

for (const box of document.querySelectorAll("[data-recent]")) {
  show(box);
  box.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    forget();
    try {
      if (button.value === "on") localStorage.removeItem(OFF);
      if (button.value === "off") localStorage.setItem(OFF, "yes");
    } catch {
      return;
    }
    show(box);
    box.querySelector("button:not([hidden] button)")?.focus();
  });
}
