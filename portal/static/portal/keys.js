// Lists worked by keyboard: <tbody data-keys-list> with rows <tr data-keys-row> that each hold a link.
//
// j and k move between the rows by focusing their links (enter then opens, as always); / goes to the search field
// ([data-keys-search]); ? shows the keys. A control with data-key="a" is pressed by that letter, the one in the focused
// row first; data-key-label (or its own text) names it in the help. A page of the navigation with data-go="q" is gone to
// by g and that letter; one that is not on the page's navigation has no such keys.
//
// An act in a row sends a form and comes back to the list: the page then scrolls to where it was, and the row has the
// focus again, or the next one when the act took it off the list.

import { open as openPalette } from "./palette.js";

const typing = "input, textarea, select, [contenteditable]";

function links(list) {
  return [...list.querySelectorAll("[data-keys-row]")]
    .map((row) => row.querySelector("[data-keys-open], a[href], button"))
    .filter((link) => link && link.checkVisibility());
}

function move(step) {
  const list = document.activeElement?.closest("[data-keys-list]") || document.querySelector("[data-keys-list]");
  if (!list) return false;
  const all = links(list);
  const row = document.activeElement?.closest("[data-keys-row]");
  const here = all.findIndex((link) => row && row.contains(link));
  const next = here < 0 ? (step > 0 ? 0 : all.length - 1) : here + step;
  const link = all[Math.max(0, Math.min(next, all.length - 1))];
  if (!link) return false;
  link.focus({ preventScroll: true });
  link.closest("[data-keys-row]").scrollIntoView({ block: "nearest", behavior: "instant" });
  return true;
}

function press(key) {
  const row = document.activeElement?.closest("[data-keys-row]");
  const selector = `[data-key="${CSS.escape(key)}"]`;
  const control = row?.querySelector(selector) || document.querySelector(`${selector}:not([data-keys-row] *)`);
  if (!control || control.disabled) return false;
  if (control.matches(typing)) control.focus();
  else control.click();
  return true;
}

const PLACE = "portal.place";
const address = () => location.pathname + location.search;

function keepPlace(event) {
  const row = event.target.closest?.("[data-keys-row]");
  const list = row?.closest("[data-keys-list]");
  if (!list || !row.id) return;
  const ids = [...list.querySelectorAll("[data-keys-row]")].map((each) => each.id);
  const here = ids.indexOf(row.id);
  const rows = [...ids.slice(here), ...ids.slice(0, here).reverse()];
  try {
    sessionStorage.setItem(PLACE, JSON.stringify({ address: address(), rows, scroll: scrollY }));
  } catch {
    // without storage the page begins at its top
  }
}

function findPlace() {
  let place = null;
  try {
    place = JSON.parse(sessionStorage.getItem(PLACE));
    sessionStorage.removeItem(PLACE);
  } catch {
    return;
  }
  if (place?.address !== address()) return;
  const row = place.rows.map((id) => document.getElementById(id)).find(Boolean);
  const link = row?.querySelector("[data-keys-open], a[href], button");
  scrollTo({ top: place.scroll, behavior: "instant" });
  link?.focus({ preventScroll: true });
  row?.scrollIntoView({ block: "nearest", behavior: "instant" });
}

function help() {
  const dialog = document.getElementById("keys-help");
  if (!dialog) return false;
  const lines = [["?", "Show these keys"]];
  lines.push(["/", "Search"]);
  if (document.querySelector("[data-palette]")) lines.push(["Ctrl K", "Search, pages and acts"]);
  if (document.querySelector("[data-keys-list]")) {
    lines.push(["j", "Next line"], ["k", "Line before"], ["Enter", "Open the line"]);
  }
  for (const page of document.querySelectorAll("[data-go]")) {
    lines.push([`g ${page.dataset.go}`, `Go to ${page.dataset.goLabel || page.textContent.trim()}`]);
  }
  const named = new Set();
  for (const control of document.querySelectorAll("[data-key]")) {
    if (named.has(control.dataset.key)) continue;
    named.add(control.dataset.key);
    const label = control.dataset.keyLabel || control.getAttribute("aria-label") || control.textContent;
    lines.push([control.dataset.key, label.trim()]);
  }
  const list = dialog.querySelector("[data-keys-help]");
  list.replaceChildren(
    ...lines.flatMap(([key, label]) => {
      const term = document.createElement("dt");
      const shown = document.createElement("kbd");
      shown.textContent = key;
      term.append(shown);
      const words = document.createElement("dd");
      words.textContent = label;
      return [term, words];
    }),
  );
  dialog.showModal();
  return true;
}

function search() {
  const field = document.querySelector("[data-keys-search]");
  if (!field) return openPalette();
  field?.focus();
  field?.select?.();
  return Boolean(field);
}

const CHORD = 1500; // ms between g and the letter of a page
let goes = 0;

// The second key of "g q": whether it was one, and led anywhere.
function go(key) {
  const isChord = goes && performance.now() - goes < CHORD;
  goes = 0;
  const page = isChord && document.querySelector(`[data-go="${CSS.escape(key)}"]`);
  if (!page) return false;
  location.assign(page.href);
  return true;
}

function onKey(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Shift") return;
  if (event.target.closest?.(typing)) {
    if (event.key === "Escape" && event.target.matches("[data-keys-search]")) event.target.blur();
    return;
  }
  if (document.querySelector("dialog[open]")) return;
  if (go(event.key)) return event.preventDefault();
  if (event.key === "g" && !press("g")) {
    goes = performance.now();
    return;
  }
  const acts = { j: () => move(1) || press("j"), k: () => move(-1) || press("k"), "/": search, "?": help };
  const done = (acts[event.key] || (() => press(event.key)))();
  if (done) event.preventDefault();
}

/** Starts listening. */
export function start() {
  document.addEventListener("keydown", onKey);
  document.addEventListener("submit", keepPlace);
  findPlace();
  for (const button of document.querySelectorAll("[data-keys-help-button]")) {
    button.hidden = false;
    button.addEventListener("click", help);
  }
}
