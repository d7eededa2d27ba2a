// The portal's scripts. Every page works without them; they make it live.

import * as autosave from "./autosave.js";
import * as bounds from "./bounds.js";
import * as clocks from "./clocks.js";
import * as day from "./day.js";
import * as keys from "./keys.js";
import * as live from "./live.js";
import * as lookup from "./lookup.js";
import * as palette from "./palette.js";

clocks.start();
live.start();
keys.start();
autosave.start();
bounds.start();
lookup.start();
day.start();
palette.start();

// Only a page with a field for files loads what sends them; an act's form may come later.
function sendFiles() {
  if (document.querySelector("[data-files]")) {
    document.removeEventListener("htmx:afterSettle", sendFiles);
    import("./files.js").then((files) => files.start());
  }
}
document.addEventListener("htmx:afterSettle", sendFiles);
sendFiles();

// Pop-overs also open when the pointer rests on their button; a press then pins them, and does not close them.
let resting = 0;
const rested = new WeakSet();
const popOf = (button) => document.getElementById(button.getAttribute("popovertarget"));
document.addEventListener("pointerover", (event) => {
  const button = event.target.closest?.("[data-hover][popovertarget]");
  if (!button || event.pointerType !== "mouse") return;
  const pop = popOf(button);
  clearTimeout(resting);
  resting = setTimeout(() => {
    if (!pop || pop.matches(":popover-open")) return;
    rested.add(pop);
    pop.showPopover({ source: button });
    const leave = (left) => {
      if (rested.has(pop) && (pop.contains(left.target) || button.contains(left.target))) return;
      document.removeEventListener("pointerover", leave);
      if (rested.delete(pop)) pop.hidePopover();
    };
    document.addEventListener("pointerover", leave);
  }, 350);
});
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-hover][popovertarget]");
  if (button && rested.delete(popOf(button))) event.preventDefault();
});
document.addEventListener("pointerout", (event) => {
  if (event.target.closest?.("[data-hover][popovertarget]")) clearTimeout(resting);
});

// Answers can be put away.
for (const button of document.querySelectorAll("[data-dismiss]")) button.hidden = false;
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-dismiss]");
  button?.closest(button.dataset.dismiss)?.remove();
});

// Filters apply as they are chosen; without scripts their button does it.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-auto-submit]");
  if (form && event.target.matches("select, input[type=checkbox], input[type=radio]")) form.requestSubmit();
});

// The tab that is open is in sight, also where the row of tabs scrolls.
document.querySelector(".side-tab[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

// What was refused is where the reader must look.
document.querySelector(".refusal, .is-invalid")?.focus({ preventScroll: false });
