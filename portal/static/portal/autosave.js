// Keeps what is being typed: <form data-draft-url="/drafts/?for=/cases/7/reply/" data-draft-key="/cases/7/reply/">.
// With data-draft-text only text comes back: a tick or a choice is made anew each time.
//
// Two seconds after the last change the form is posted to its draft's address. Until the server has it, a copy stays in
// this browser (copies.js), so that a lost connection, a time-out or a closed tab loses nothing. Each save says on which
// version of the draft it rests: what was typed elsewhere is never written over, its writer is asked (elsewhere.js).
// Files and passwords are never kept.

import { domainNow } from "./clocks.js";
import * as copies from "./copies.js";
import * as elsewhere from "./elsewhere.js";

const QUIET = 2000;
const COPY = 250;
const RETRY = [3000, 10000, 30000, 60000];
const ANSWERED = 20000; // a form that was sent this long ago and still stands here was not led on
const KEEPALIVE = 60000; // bytes that a browser still sends for a page that is closed
const CHOSEN = ["checkbox", "radio", "select-one", "select-multiple"];
const OWN = ["form_key", "draft_version", "draft_reader", "draft_title"];

const textOnly = (form) => form.hasAttribute("data-draft-text");

// The hidden fields of the draft go with the text: which page, on what it rests.
function isKept(form, name) {
  const type = form.elements[name]?.type || "radio"; // several of one name are radio buttons or boxes
  if (name === "csrfmiddlewaretoken" || type === "password") return false;
  return !textOnly(form) || OWN.includes(name) || name === "seen" || !["hidden", ...CHOSEN].includes(type);
}

const kept = (form) =>
  [...new FormData(form)].filter(([name, value]) => typeof value === "string" && isKept(form, name));

const textsOf = (fields) => fields.filter(([name]) => !OWN.includes(name) && name !== "seen");
const typed = (form) => JSON.stringify(textsOf(kept(form)));

// The time of day in the reader's zone, which the page's foot names.
const clockTime = (instant) =>
  new Date(instant).toLocaleTimeString("en-GB", {
    timeZone: document.querySelector("[data-portal-clock]")?.dataset.portalClock,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });

const isFilledByBrowser = (form) =>
  [...form.elements].some((control) => control.type === "textarea" && control.value !== control.defaultValue);

const NOT_RESTORED = ["file", "password", "hidden", "submit", "button"];

function restore(form, fields) {
  const values = new Map();
  for (const [name, value] of fields) values.set(name, [...(values.get(name) || []), value]);
  for (const control of form.elements) {
    if (textOnly(form) && CHOSEN.includes(control.type)) continue;
    if (!control.name || NOT_RESTORED.includes(control.type)) continue;
    const given = values.get(control.name) || [];
    if (control.type === "checkbox" || control.type === "radio") {
      control.checked = given.includes(control.value);
    } else if (control.type === "select-multiple") {
      for (const option of control.options) option.selected = given.includes(option.value);
    } else if (given.length) {
      control.value = given.shift();
    }
    // what grows with its text, or counts it, hears of it
    control.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

// One text behind the other where there is room for several lines; elsewhere the one that stands there.
function join(form, fields) {
  for (const [name, value] of fields) {
    const control = form.elements[name];
    if (control?.type !== "textarea" || !value.trim() || control.value.includes(value.trim())) continue;
    control.value = control.value.trim() ? `${control.value.trimEnd()}\n\n${value}` : value;
    control.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

class Draft {
  constructor(form) {
    this.form = form;
    this.path = form.dataset.draftKey;
    this.timer = this.copying = this.tries = 0;
    this.saved = typed(form);
    this.isFresh = true; // nothing was typed on this page yet
    this.release = copies.hold(this.page);
    this.name();
    if (isFilledByBrowser(form)) this.saved = ""; // a browser that loads a page again keeps what stood in it
    this.takeBack().catch(() => {}); // nobody can say what is done: the copies stay
    form.addEventListener("input", () => this.changed());
    form.addEventListener("change", () => this.changed());
    form.addEventListener("submit", (event) => this.submitted(event));
    window.addEventListener("online", () => this.save());
    window.addEventListener("offline", () => typed(form) !== this.saved && this.sayOffline());
    document.addEventListener("visibilitychange", () => document.hidden && this.save());
    window.addEventListener("pagehide", () => this.left());
    window.addEventListener("pageshow", (event) => this.shown(event)); // back from the page that it led to
  }

  get page() {
    return this.field("form_key")?.value || this.field("draft")?.value || "-";
  }

  get version() {
    return this.field("draft_version")?.value || "";
  }

  set version(value) {
    if (this.field("draft_version")) this.field("draft_version").value = value || "";
  }

  field(name) {
    const found = this.form.elements[name];
    return found?.type === "hidden" ? found : null;
  }

  // What a list of drafts calls it: the page, and what its button does.
  name() {
    const field = this.field("draft_title");
    const act = field?.value || this.form.querySelector("button[type=submit]:not([name=discard])")?.textContent || "";
    const where = document.title.split(" · ")[0];
    if (field) field.value = [where, act.trim().replace(/\s+/g, " ")].filter((part) => part && part !== "–").join(" – ");
  }

  copy(more = {}) {
    const fields = kept(this.form);
    return { path: this.path, page: this.page, url: this.form.dataset.draftUrl, at: domainNow(), fields, ...more };
  }

  // What an earlier visit typed and the server never got.
  async takeBack() {
    const found = await copies.left(this.path, this.page);
    for (const copy of found) {
      const [text, now] = [JSON.stringify(textsOf(copy.fields)), typed(this.form)];
      if (text === now && now === this.saved) {
        copies.drop(copy); // the server showed it here
      } else if (this.holds(copy.fields) && text !== now) {
        copies.drop(copy); // all of it stands here already
      } else if (this.isFresh && this.restsOnSame(copy)) {
        restore(this.form, copy.fields);
        this.say(`Put back what you typed at ${clockTime(copy.at)}, which had not reached us`, false);
        if (copy.page !== this.page && this.writeCopy()) copies.drop(copy);
        this.saved = ""; // the server has not
        this.changed();
      } else {
        this.askAbout({ at: copy.at, fields: copy.fields, copy });
        return;
      }
    }
  }

  // Whether all of another text stands here too.
  holds(fields) {
    const isChosen = (name) => CHOSEN.includes(this.form.elements[name]?.type || "radio");
    return elsewhere.isWithin(textsOf(fields), kept(this.form), isChosen);
  }

  // Whether the copy goes on from what the page shows, so that it can take its place.
  restsOnSame(copy) {
    const on = copy.fields.find(([name]) => name === "draft_version")?.[1] || "";
    return !this.version || on === this.version || copy.page === this.page;
  }

  changed() {
    if (!this.form.isConnected) return this.release();
    this.isFresh = false;
    clearTimeout(this.copying);
    this.copying = setTimeout(() => this.writeCopy(), COPY);
    this.later(QUIET);
  }

  later(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), wait);
  }

  writeCopy(more) {
    clearTimeout(this.copying);
    this.copying = 0;
    return copies.write(this.copy(more));
  }

  submitted(event) {
    if (event.submitter?.matches("[name=discard], [data-draft-discard]")) {
      this.leaving = true;
      this.stopSaving();
      copies.drop(this.copy()); // its writer throws it away
      return;
    }
    if (!navigator.onLine && !this.isSentAnyway) {
      event.preventDefault(); // the page would give way to the browser's own error
      event.stopImmediatePropagation();
      this.writeCopy();
      this.sayOffline("It was not sent.");
      return;
    }
    this.leaving = true;
    this.stopSaving();
    this.writeCopy({ submitted: true });
    this.sent = typed(this.form);
    setTimeout(() => (this.leaving = false), ANSWERED);
  }

  stopSaving() {
    clearTimeout(this.timer);
    this.sending?.abort();
  }

  left() {
    if (this.leaving || typed(this.form) === this.saved) return;
    this.writeCopy();
    if (this.isAsked) this.post({ both: "1" }).catch(() => {}); // nobody chose: the server keeps both
    else this.save();
  }

  async shown(event) {
    this.leaving = false;
    if (!event.persisted) return;
    const body = new FormData();
    body.append("key", this.page);
    const answer = await fetch("/drafts/done/", { method: "POST", body, headers: { "X-CSRFToken": copies.token() } });
    if (answer.ok && (await answer.json()).done.length) location.reload(); // this very form was done
  }

  post(more = {}, fields = kept(this.form)) {
    const body = new FormData();
    let length = 0;
    for (const [name, value] of fields) {
      body.append(name, value);
      length += value.length * 3; // at most so many bytes
    }
    for (const [name, value] of Object.entries(more)) body.append(name, value);
    return fetch(this.form.dataset.draftUrl, {
      method: "POST",
      body,
      headers: { "X-CSRFToken": this.form.elements.csrfmiddlewaretoken?.value || copies.token(), "HX-Request": "true" },
      credentials: "same-origin",
      redirect: "manual",
      keepalive: length < KEEPALIVE, // so that it still arrives when the tab is closed; else the copy is brought later
      signal: this.sending && AbortSignal.any([this.sending.signal, AbortSignal.timeout(15000)]),
    });
  }

  async save(isAgain = false) {
    const now = typed(this.form);
    if (this.leaving || this.busy || this.isAsked || now === this.saved) return;
    if (!this.form.isConnected) return this.release();
    this.writeCopy();
    this.busy = true;
    this.sending = new AbortController();
    clearTimeout(this.timer);
    let again = false;
    try {
      const answer = await this.post();
      again = await this.take(answer, now, isAgain);
    } catch {
      if (!this.leaving) this.sayNotSaved();
    } finally {
      this.busy = false;
    }
    if (again) return this.save(true);
    if (!this.leaving && this.saved === now && typed(this.form) !== now) this.changed();
  }

  // Does what the answer to a save says; returns whether to save once more at once.
  async take(answer, now, isAgain) {
    if (answer.type === "opaqueredirect" || answer.status === 401) {
      this.say("You are signed out. What you typed is kept in this browser: sign in again, then come back.", true);
      this.later(RETRY[1]);
      return false;
    }
    const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
    const said = isJson ? await answer.json() : {};
    if (answer.status === 403 && said.token && !isAgain) {
      for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = said.token;
      return true;
    }
    if (answer.status === 403 && said.reader === false) {
      this.say("Somebody else has signed in here. What you typed stays in this browser for you alone.", true);
      this.later(RETRY[3]);
      return false;
    }
    if (answer.status === 409) return this.differs(said);
    if (answer.status === 413) {
      const sizes = said.most ? `: ${said.length}, at most ${said.most}` : "";
      this.say(`Too long to be kept as a draft${sizes}. It is kept in this browser.`, true);
      return false;
    }
    if (!answer.ok) {
      this.sayNotSaved();
      return false;
    }
    if (said.done) return this.isDone(said, now);
    this.tries = 0;
    this.saved = now;
    if (said.path && said.path !== this.path) this.goOn(said.path);
    if ("version" in said) this.version = said.version;
    if (!this.leaving && typed(this.form) === now) copies.drop(this.copy());
    this.say(this.savedWords(said), said.signed_in === false);
    return false;
  }

  savedWords(said) {
    const at = clockTime(domainNow());
    if (said.signed_in === false) return `You are signed out. What you type is still kept: saved ${at}. Sign in to send it.`;
    if (said.is_anew) return `Draft saved ${at}. Elsewhere you sent or discarded it.`;
    return `Draft saved ${at}`;
  }

  // The draft was discarded elsewhere, or became what it was for: what is typed on here is another one, with its own key.
  goOn(path) {
    const [before, key] = [this.path, path].map((each) => new URLSearchParams(each.split("?")[1]).get("draft"));
    copies.drop(this.copy());
    this.path = path;
    if (!before || !key) return;
    for (const element of document.querySelectorAll("form, form *, [data-place]")) {
      for (const attribute of element.attributes) {
        if (attribute.value.includes(before)) attribute.value = attribute.value.replaceAll(before, key);
      }
    }
    history.replaceState(history.state, "", location.href.replace(before, key));
  }

  // The form of this page was done. What stands here was sent with it, or is the beginning of another.
  isDone(said, now) {
    if (now === this.sent) {
      copies.drop(this.copy());
      this.saved = now;
      this.say(`This was sent at ${clockTime(said.at)}.`, false);
      return false;
    }
    const field = this.field("form_key");
    if (!field || !crypto.randomUUID) return false;
    copies.drop(this.copy());
    this.release();
    field.value = crypto.randomUUID();
    this.version = "";
    this.release = copies.hold(this.page);
    return true;
  }

  differs({ version, at, fields }) {
    const other = Object.entries(fields);
    if (this.holds(other)) {
      this.version = version; // nothing is lost with it
      return true;
    }
    this.askAbout({ at, fields: other, version });
    return false;
  }

  askAbout({ at, fields, version, copy }) {
    this.isAsked = true;
    const time = clockTime(at);
    this.say(`You typed this elsewhere at ${time}. Choose below.`, true);
    const own = textsOf(kept(this.form));
    elsewhere.ask(this.form, {
      at: time,
      other: textsOf(fields),
      own,
      choose: (which) => this.chosen(which, { fields, version, copy }),
    });
  }

  // What is left stays among the drafts, so that a slip of the finger loses nothing.
  async chosen(which, { fields, version, copy }) {
    const left = which === "theirs" ? kept(this.form) : fields;
    if (which !== "both" || fields.some(([name]) => this.isOneLine(name))) {
      const isKept = await this.post({ aside: "1" }, [...left, ["form_key", ""]]).then(
        (answer) => answer.ok,
        () => false,
      );
      if (!isKept) {
        this.askAbout({ at: domainNow(), fields, version, copy });
        this.say("No connection: both texts stay until it is back.", true);
        return;
      }
    }
    this.isAsked = false;
    if (version) this.version = version;
    if (which === "theirs") restore(this.form, fields);
    if (which === "both") join(this.form, textsOf(fields));
    this.saved = which === "theirs" && version ? typed(this.form) : "";
    this.writeCopy();
    if (copy && copy.page !== this.page) copies.drop(copy);
    if (this.saved) copies.drop(this.copy());
    this.say(which === "both" ? "Both texts are here" : "The other text is among your drafts", false);
    this.save();
  }

  isOneLine(name) {
    const control = this.form.elements[name];
    return control && control.type !== "textarea" && !NOT_RESTORED.includes(control.type) && !CHOSEN.includes(control.type);
  }

  sayNotSaved() {
    if (!navigator.onLine) this.sayOffline();
    else this.say("Not saved yet; it is tried again. What you typed is kept in this browser.", true);
    this.later(RETRY[Math.min(this.tries++, RETRY.length - 1)]);
  }

  sayOffline(first = "") {
    const words = "No connection. What you type is kept in this browser, and saved when the connection is back.";
    this.say(`${first} ${words}`.trim(), true);
  }

  say(text, lost) {
    const status = this.form.querySelector("[data-draft-status]") || document.querySelector("[data-draft-status]");
    if (!status) return;
    status.textContent = text;
    status.toggleAttribute("data-lost", lost);
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
  startIn(document);
  document.addEventListener("htmx:load", (event) => startIn(event.detail.elt.parentNode || document));
  if (!document.body.dataset.reader) return; // the sign-in page: nobody's copies
  const here = new Set([...document.querySelectorAll("form[data-draft-key]")].map((form) => form.dataset.draftKey));
  const bring = () => copies.bring(here).catch(() => {}); // tried again with the next page
  bring();
  window.addEventListener("online", bring);
}
