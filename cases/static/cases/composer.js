// The composer of a case page: modes and acts open in place, what is typed in one stays while one looks at another,
// Ctrl+Enter sends, people behind an @ and answers behind a / are completed, "More" is searched. Without it each is a
// link to the page with that form.

import { completes } from "./complete.js";
import { searchable } from "./more.js";

const composer = document.querySelector("[data-composer]");

function panelOf(code) {
  return [...composer.querySelectorAll(":scope > [data-panel]")].find((each) => each.dataset.panel === code);
}

function cursorIn(panel) {
  const form = panel.querySelector("form");
  const field = form?.querySelector(".is-invalid, textarea, input:not([type=hidden]), select, button");
  field?.focus({ preventScroll: true });
  composer.scrollIntoView({ block: "nearest", behavior: "instant" });
}

function show(code) {
  const panel = panelOf(code);
  if (!panel) return false;
  for (const each of composer.querySelectorAll(":scope > [data-panel]")) each.hidden = each !== panel;
  let talks = false;
  for (const mode of composer.querySelectorAll(".composer-mode")) {
    const here = mode.dataset.act === code;
    talks ||= here;
    if (here) mode.setAttribute("aria-current", "true");
    else mode.removeAttribute("aria-current");
  }
  composer.classList.toggle("composer-talk", talks);
  cursorIn(panel);
  return true;
}

async function open(code, href) {
  if (show(code)) return;
  const panel = document.createElement("div");
  panel.className = "composer-panel";
  panel.dataset.panel = code;
  panel.id = `act-${code}`;
  panel.hidden = true;
  composer.append(panel);
  try {
    await window.htmx.ajax("GET", href.replace(/#.*/, ""), {
      target: panel,
      select: `[data-panel="${CSS.escape(code)}"] > *`,
      swap: "innerHTML",
    });
  } catch {
    // below: the page itself is asked for
  }
  if (panel.querySelector("form")) show(code);
  else location.assign(href);
}

function first() {
  return composer.querySelector(".composer-mode")?.dataset.act;
}

function pressed(event) {
  const link = event.target.closest?.("a[data-act], a[data-act-link], a[data-composer-close]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (link.matches("[data-composer-close]")) {
    if (!first()) return;
    event.preventDefault();
    open(first(), composer.querySelector(".composer-mode").href);
    return;
  }
  event.preventDefault();
  composer.querySelector("[data-more]")?.removeAttribute("open");
  open(link.dataset.act || link.dataset.actLink, link.href);
}

function keyed(event) {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const form = event.target.closest?.("form[data-act]");
    if (!form) return;
    event.preventDefault();
    form.requestSubmit();
  }
}

// What is written, as it will read. The server renders it, so that both are the same.
function previewable(form) {
  const body = form.querySelector("textarea[name$='-body']");
  const foot = form.querySelector(".act-foot");
  if (!body || !foot || foot.querySelector("[data-preview]")) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-link";
  button.dataset.preview = "";
  button.textContent = "Preview";
  const shown = document.createElement("div");
  shown.className = "composer-preview said";
  shown.setAttribute("aria-live", "polite");
  shown.hidden = true;
  foot.querySelector("button[type=submit]").after(button);
  foot.before(shown);
  button.addEventListener("click", async () => {
    if (!shown.hidden) return write();
    const sent = new FormData();
    sent.set("text", body.value);
    sent.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    const answer = await fetch(`${composer.dataset.composer}preview/`, { method: "POST", body: sent }).catch(() => null);
    shown.innerHTML = answer?.ok ? await answer.text() : "<p>No preview now: the portal cannot be reached.</p>";
    shown.hidden = false;
    body.hidden = true;
    button.textContent = "Write";
  });
  function write() {
    shown.hidden = true;
    body.hidden = false;
    button.textContent = "Preview";
    body.focus();
  }
}

function served() {
  for (const form of composer.querySelectorAll("form[data-act]")) {
    previewable(form);
    const body = form.querySelector("textarea[name$='-body']");
    if (body) completes(body, composer.dataset.composer, form.dataset.act, form.querySelector("[data-answers]"));
  }
}

if (composer) {
  served();
  document.addEventListener("htmx:load", served);
  composer.addEventListener("click", pressed);
  composer.addEventListener("keydown", keyed);
  composer.addEventListener("dragenter", () => composer.toggleAttribute("data-open", true)); // its place for files shows
  const more = composer.querySelector("[data-more]");
  if (more) searchable(more);
}

// A link elsewhere on the page to an act, as a wait has it, opens it here too.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href*='?act=']");
  if (!composer || !link || composer.contains(link) || event.ctrlKey || event.metaKey || event.button) return;
  const address = new URL(link.href);
  if (address.pathname !== composer.dataset.composer) return;
  event.preventDefault();
  open(address.searchParams.get("act"), link.href);
});
