// Keeps what is being typed: <form data-draft-url="/drafts/?for=/cases/7/reply/" data-draft-key="/cases/7/reply/">.
// With data-draft-text only text comes back: a tick or a choice is made anew each time.
//
// A few seconds after the last change the form is posted to its draft's address. Until the server has it, a copy stays in
// this browser, so that a lost connection, a time-out or a closed tab loses nothing; it is put back when the form
// is opened again. Files and passwords are never kept.

import { domainNow } from "./clocks.js";

const QUIET = 2000;
const RETRY = 10000;

const storageKey = (form) => `portal.draft.${document.body.dataset.reader || "-"}.${form.dataset.draftKey}`;

function readLocal(key) {
  try {
    return JSON.parse(localStorage.getItem(key) || "null");
  } catch {
    return null;
  }
}

function writeLocal(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // storage is refused or full: the server's draft remains
  }
}

const CHOSEN = ["checkbox", "radio", "select-one", "select-multiple"];
const textOnly = (form) => form.hasAttribute("data-draft-text");

// The hidden key of the form goes with its text: it tells whether that was sent since.
function isKept(form, name) {
  const type = form.elements[name]?.type || "radio"; // several of one name are radio buttons or boxes
  if (name === "csrfmiddlewaretoken" || type === "password") return false;
  return !textOnly(form) || name === "form_key" || !["hidden", ...CHOSEN].includes(type);
}

const kept = (form) =>
  [...new FormData(form)].filter(([name, value]) => typeof value === "string" && isKept(form, name));

const typed = (form) => JSON.stringify(kept(form).filter(([name]) => name !== "form_key"));

// The time of day in the reader's zone, which the page's foot names.
const clockTime = (instant) =>
  new Date(instant).toLocaleTimeString("en-GB", {
    timeZone: document.querySelector("[data-portal-clock]")?.dataset.portalClock,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });

function restore(form, fields) {
  const values = new Map();
  for (const [name, value] of fields) values.set(name, [...(values.get(name) || []), value]);
  let changed = false;
  for (const control of form.elements) {
    if (textOnly(form) && CHOSEN.includes(control.type)) continue;
    if (!control.name || ["file", "password", "hidden", "submit", "button"].includes(control.type)) continue;
    const given = values.get(control.name) || [];
    if (control.type === "checkbox" || control.type === "radio") {
      const on = given.includes(control.value);
      changed ||= control.checked !== on;
      control.checked = on;
    } else if (control.type === "select-multiple") {
      for (const option of control.options) option.selected = given.includes(option.value);
    } else if (given.length) {
      const value = given.shift();
      values.set(control.name, given);
      changed ||= control.value !== value;
      control.value = value;
    }
  }
  return changed;
}

class Draft {
  constructor(form) {
    this.form = form;
    this.key = storageKey(form);
    this.timer = 0;
    this.saved = typed(form);
    this.takeBack();
    form.addEventListener("input", () => this.changed());
    form.addEventListener("change", () => this.changed());
    form.addEventListener("submit", () => this.submitted());
    window.addEventListener("online", () => this.save());
    document.addEventListener("visibilitychange", () => document.hidden && this.save());
    window.addEventListener("pageshow", () => (this.leaving = false)); // back from the page that it led to
  }

  // What an earlier visit typed and the server never got.
  takeBack() {
    const local = readLocal(this.key);
    if (!local) return;
    const refused = this.form.querySelector(".is-invalid") || document.querySelector(".refusal");
    if (local.submitted && (refused || isAnswered(local))) return writeLocal(this.key, null); // the server has it
    if (restore(this.form, local.fields)) {
      this.say(`Put back what you typed at ${clockTime(local.at)}, which had not reached us`, false);
      this.changed();
    } else {
      writeLocal(this.key, null);
    }
  }

  changed() {
    writeLocal(this.key, { at: domainNow(), fields: kept(this.form) });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), QUIET);
  }

  submitted() {
    clearTimeout(this.timer);
    this.leaving = true;
    this.sending?.abort();
    writeLocal(this.key, { at: domainNow(), fields: kept(this.form), submitted: true, from: location.pathname });
  }

  async save() {
    const fields = kept(this.form);
    const now = typed(this.form);
    if (this.leaving || this.busy || now === this.saved || !this.form.isConnected) return;
    this.busy = true;
    this.sending = new AbortController();
    clearTimeout(this.timer);
    try {
      const body = new FormData();
      for (const [name, value] of fields) body.append(name, value);
      const token = this.form.querySelector("[name=csrfmiddlewaretoken]")?.value || "";
      const answer = await fetch(this.form.dataset.draftUrl, {
        method: "POST",
        body,
        headers: { "X-CSRFToken": token, "HX-Request": "true" },
        credentials: "same-origin",
        redirect: "manual",
        keepalive: now.length < 60000, // so that it still arrives when the tab is closed
        signal: AbortSignal.any([this.sending.signal, AbortSignal.timeout(15000)]),
      });
      if (answer.type === "opaqueredirect" || answer.status === 401) {
        this.say("You are signed out. What you typed is kept in this browser: sign in again, then come back.", true);
        this.timer = setTimeout(() => this.save(), RETRY);
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      this.saved = now;
      if (!this.leaving && typed(this.form) === now) writeLocal(this.key, null);
      this.say(`Draft saved ${clockTime(domainNow())}`, false);
    } catch {
      if (this.leaving) return;
      this.say("Not saved yet; it is tried again. What you typed is kept in this browser.", true);
      this.timer = setTimeout(() => this.save(), RETRY);
    } finally {
      this.busy = false;
      if (!this.leaving && this.saved === now && typed(this.form) !== now) this.changed();
    }
  }

  say(text, lost) {
    const status = this.form.querySelector("[data-draft-status]") || document.querySelector("[data-draft-status]");
    if (!status) return;
    status.textContent = text;
    status.toggleAttribute("data-lost", lost);
  }
}

// Whether the page is what the server answered to that form, not one that was asked for anew when no answer came.
function isAnswered(local) {
  const before = document.referrer && new URL(document.referrer);
  if (!before || before.origin !== location.origin || local.from !== before.pathname) return false;
  return performance.getEntriesByType("navigation")[0]?.type === "navigate";
}

// A form that was submitted and led to another page of ours was taken: its copy can go.
function forgetTaken() {
  if (!document.body.dataset.reader) return; // the sign-in page came in its place
  const here = new Set([...document.querySelectorAll("form[data-draft-key]")].map(storageKey));
  for (const key of Object.keys(localStorage)) {
    if (!key.startsWith("portal.draft.") || here.has(key)) continue;
    const local = readLocal(key);
    if (local?.submitted && isAnswered(local)) writeLocal(key, null);
  }
}

const started = new WeakSet();

function startIn(part) {
  for (const form of part.querySelectorAll("form[data-draft-url]")) {
    if (started.has(form)) continue;
    started.add(form);
    new Draft(form);
  }
}

/** Starts keeping the drafts of every form that has an address for them, also of one that comes later. */
export function start() {
  try {
    forgetTaken();
  } catch {
    // storage is refused: nothing was kept either
  }
  startIn(document);
  document.addEventListener("htmx:load", (event) => startIn(event.detail.elt.parentNode || document));
}
