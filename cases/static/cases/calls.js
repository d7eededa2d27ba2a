// Who is calling: the search field and its callers by keyboard.
//
// Arrow down goes from the field to the callers, arrow up back. Enter in the field opens the only caller who was found,
// and goes to the first of several; what is typed and not looked for yet is looked for first. Without this script the
// form finds, and the callers are links.

const field = document.querySelector("[data-callers]");
const place = document.getElementById("callers");
let waiting = false;

const doors = () => [...place.querySelectorAll("[data-caller-open]")].filter((door) => door.checkVisibility());
const looked = () => (place.querySelector("[data-found]")?.dataset.found ?? "") === field.value.trim();

function take() {
  const all = doors();
  if (all.length === 1 && place.querySelectorAll("[data-caller]").length === 1) all[0].click();
  else all[0]?.focus();
}

function step(by) {
  const all = doors();
  const here = all.indexOf(document.activeElement);
  const next = here + by;
  if (next < 0) field.focus();
  else all[Math.min(next, all.length - 1)]?.focus();
}

function inField(event) {
  if (event.key === "ArrowDown" && doors().length) {
    event.preventDefault();
    doors()[0].focus();
  } else if (event.key === "Enter" && window.htmx) {
    event.preventDefault();
    if (looked() || !field.value.trim()) return take();
    waiting = true;
    field.form.dispatchEvent(new CustomEvent("find-now"));
  }
}

if (field && place) {
  field.addEventListener("keydown", inField);
  field.addEventListener("input", () => (waiting = false));
  place.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") step(1);
    else if (event.key === "ArrowUp") step(-1);
    else if (event.key === "Escape") field.focus();
    else return;
    event.preventDefault();
  });
  place.addEventListener("htmx:afterSwap", () => {
    document.querySelector("[data-callers-status]").textContent = place.querySelector(".card-title")?.textContent.trim() ?? "";
    if (!waiting) return;
    waiting = false;
    take();
  });
  if (field.value) field.setSelectionRange(field.value.length, field.value.length);
}
