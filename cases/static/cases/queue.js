// Working a list of cases by hand: selecting rows, acting on many, and never losing the place.
//
// Rows have a box <input type="checkbox" name="case" form="bulk">. x ticks the focused row's, shift and a click ticks
// from the last one to here, Escape clears. What is ticked, the focused row and the scroll place are kept for this tab
// when the list is left, and are there again when one comes back to the same address from a case, or by the browser's
// own Back. The list's address is kept too: a case page finds its next and previous case by it.

const PLACE = "portal.list.place";
const LIST = "portal.list";
const bar = document.querySelector("[data-bulk]");
const list = document.querySelector("[data-keys-list]");
const boxes = () => [...document.querySelectorAll('input[name="case"][form="bulk"]')];
const ticked = () => boxes().filter((box) => box.checked);
let last = null;
let every = false;

function say() {
  if (!bar) return;
  const count = ticked().length;
  const all = boxes();
  bar.toggleAttribute("data-some", count > 0);
  for (const box of all) box.closest("tr").toggleAttribute("data-picked", box.checked);
  if (!count) every = false;
  bar.querySelector("[data-bulk-all]").value = every ? "1" : "";
  const total = bar.dataset.bulk;
  bar.querySelector("[data-bulk-count]").textContent = every
    ? `All ${total} that match are selected`
    : `${count} selected`;
  const more = bar.querySelector("[data-bulk-every]");
  more.hidden = every || count < all.length || String(count) === total;
  bar.querySelector("[data-bulk-clear]").hidden = !count;
  const whole = document.querySelector("[data-pick-page]");
  if (whole) {
    whole.checked = count > 0 && count === all.length;
    whole.indeterminate = count > 0 && count < all.length;
  }
}

function clear() {
  for (const box of boxes()) box.checked = false;
  last = null;
  say();
}

function rowOf(element) {
  return element?.closest?.("[data-keys-row]");
}

function tick(box, on, reach) {
  const all = boxes();
  const from = reach && last ? all.findIndex((each) => each.value === last) : -1;
  const to = all.indexOf(box);
  box.checked = on;
  if (from >= 0) for (const each of all.slice(Math.min(from, to), Math.max(from, to) + 1)) each.checked = on;
  last = box.value;
  say();
}

function onKey(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select, dialog")) return;
  const row = rowOf(document.activeElement);
  if (event.key.toLowerCase() === "x" && row) {
    const box = row.querySelector('input[name="case"]');
    if (!box) return;
    tick(box, !box.checked, event.shiftKey);
  } else if (event.key === "Escape" && ticked().length && !document.querySelector(":popover-open")) {
    clear();
  } else if (event.key === "a" && ticked().length && bar) {
    const take = bar.querySelector('[value="take"]');
    if (take) bar.requestSubmit(take);
    else bar.querySelector(".lookup input").focus();
  } else if (event.key === "e" && bar?.querySelector("#bulk-move")) {
    const box = row?.querySelector('input[name="case"]');
    if (!ticked().length && box) tick(box, true, false);
    if (!ticked().length) return;
    bar.querySelector("#bulk-move").focus();
  } else if (event.key === "r" && row) {
    location.assign(`${row.querySelector("[data-keys-open]").pathname}?act=reply#acts`);
  } else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

function keep() {
  if (!list) return;
  const address = location.pathname + location.search;
  const place = {
    address,
    scroll: scrollY,
    focus: rowOf(document.activeElement)?.id || null,
    picked: ticked().map((box) => box.value),
  };
  try {
    sessionStorage.setItem(PLACE, JSON.stringify(place));
    sessionStorage.setItem(LIST, address);
  } catch {
    // without storage the list begins at its top
  }
}

function find() {
  const [visit] = performance.getEntriesByType("navigation");
  const cameBack = visit?.type === "back_forward" || visit?.type === "reload";
  const fromCase = /^\/cases\/\d+\//.test(URL.parse?.(document.referrer)?.pathname || "");
  if (!cameBack && !fromCase) return;
  let place = null;
  try {
    place = JSON.parse(sessionStorage.getItem(PLACE));
  } catch {
    return;
  }
  if (place?.address !== location.pathname + location.search) return;
  for (const box of boxes()) box.checked = place.picked.includes(box.value);
  scrollTo({ top: place.scroll, behavior: "instant" });
  const row = place.focus && document.getElementById(place.focus);
  row?.querySelector("[data-keys-open]")?.focus({ preventScroll: true });
}

if (list) {
  // before the keys of every page, which press a row's own controls
  document.addEventListener("keydown", onKey, true);
  addEventListener("pagehide", keep);
  find();
}
if (bar) {
  document.addEventListener("click", (event) => {
    const box = event.target.closest('input[name="case"][form="bulk"]');
    if (box) tick(box, box.checked, event.shiftKey);
    if (event.target.closest("[data-pick-page]")) {
      for (const each of boxes()) each.checked = event.target.checked;
      say();
    }
    if (event.target.closest("[data-bulk-clear]")) clear();
    if (event.target.closest("[data-bulk-every]")) {
      every = true;
      say();
    }
  });
  // rows that came by themselves, or left
  if (list) new MutationObserver(say).observe(list, { childList: true });
  addEventListener("pageshow", say);
  say();
}
