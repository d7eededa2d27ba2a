// The form that opens a case: marks the steps that are answered, and finds text that an earlier visit left in this
// browser because it never reached the server.

function answered(step) {
  const controls = [...step.querySelectorAll("input, select, textarea")];
  const wanted = controls.filter((control) => control.required || control.type === "radio");
  if (!wanted.length) return controls.some((control) => (control.type === "checkbox" ? control.checked : control.value));
  return wanted.every((control) => control.validity.valid);
}

function mark() {
  for (const link of document.querySelectorAll("[data-step-link]")) {
    const step = document.getElementById(link.dataset.stepLink);
    link.toggleAttribute("data-answered", Boolean(step) && answered(step));
  }
}

// Forms of this reader that are kept here under another draft's key, and were not sent.
function keptHere(place) {
  const form = document.querySelector("form[data-draft-key]");
  if (!form) return;
  const path = `${place.dataset.keptHere}?draft=`;
  const stem = `portal.draft.${document.body.dataset.reader || "-"}.${path}`;
  const lines = [];
  for (const name of Object.keys(localStorage)) {
    if (!name.startsWith(stem)) continue;
    const kept = JSON.parse(localStorage.getItem(name) || "null");
    if (!kept?.fields || kept.submitted || kept.path === form.dataset.draftKey) continue;
    const typed = new Map(kept.fields);
    if (!typed.get("title") && !typed.get("description")) continue;
    lines.push({ url: kept.path, title: typed.get("title") || "without a title yet" });
  }
  if (!lines.length) return;
  const words = document.createElement("p");
  words.className = "notice-what";
  words.append("This browser keeps a report that has not reached us: ");
  lines.forEach(({ url, title }, index) => {
    const link = document.createElement("a");
    link.href = url;
    link.textContent = title;
    words.append(...(index ? [", ", link] : [link]));
  });
  place.className = "notice";
  place.append(words);
  place.hidden = false;
}

// Marks the label of a question as needed, or not.
function star(control, isNeeded) {
  const label = control.form.querySelector(`label[for="${control.id}"]`);
  const mark = label?.querySelector(".asteriskField");
  if (isNeeded && label && !mark) {
    label.append(Object.assign(document.createElement("span"), { className: "asteriskField", textContent: "*" }));
  } else if (!isNeeded) mark?.remove();
}

// A question that needs an answer only after another one: <textarea data-needed-when="replication=unsuccessful">. It
// shows when it does, or when it holds text.
function needs() {
  for (const control of document.querySelectorAll("[data-needed-when]")) {
    const [name, value] = control.dataset.neededWhen.split("=");
    const isNeeded = control.form.elements[name]?.value === value;
    star(control, isNeeded);
    control.required = isNeeded;
    control.closest(".row").hidden = !isNeeded && !control.value;
  }
}

// What a product needs of severity 1 to another one: <textarea data-needed-to="2">. It is marked once that is chosen.
function needsOfProduct() {
  const chosen = Number(document.querySelector("[name=severity]:checked")?.value || 9);
  for (const control of document.querySelectorAll("[data-needed-to]")) {
    star(control, Number(control.dataset.neededTo) >= chosen);
  }
}

// Ctrl+Enter opens the case from any field.
const opener = document.querySelector("[data-opens]");
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !opener?.form.contains(event.target)) return;
  event.preventDefault();
  opener.form.requestSubmit(opener);
});
for (const hint of document.querySelectorAll("[data-keys-hint]")) hint.hidden = false;

const place = document.querySelector("[data-kept-here]");
try {
  if (place) keptHere(place);
} catch {
  // storage is refused: nothing is kept here
}
function look() {
  needs();
  needsOfProduct();
  mark();
}
document.addEventListener("input", look);
document.addEventListener("change", look);
document.addEventListener("htmx:afterSettle", look); // the product's questions have come
look();
document.querySelector(".mistakes")?.focus();
