// Refreshes parts of a page by themselves: <section id="rows" data-live="/queue/rows/" data-live-every="5">.
//
// The answer is merged into the part (by idiomorph) only when it differs, so that focus, scroll place, open
// disclosures and ticked boxes stay. A lost connection is said in [data-live-status] and tried again, more slowly.

import * as clocks from "./clocks.js";

const SLOWEST = 60;
const IDLE_EVERY = 5;
const IDLE = 5 * 60000; // ms without a move of hand: nobody sits before the page

let moved = performance.now();
for (const name of ["pointermove", "pointerdown", "keydown", "scroll", "visibilitychange"]) {
  document.addEventListener(name, () => (moved = performance.now()), { passive: true, capture: true });
}

/** Whether nobody has moved a hand on the page for minutes. */
export function isIdle() {
  return performance.now() - moved > IDLE;
}

/** What was written, without what differs each time it is. */
export function comparable(html) {
  return html.replace(/name="csrfmiddlewaretoken" value="[^"]*"/g, "").trim();
}

/** Merges `html` into `part`, keeping what the reader opened, ticked, typed or focused, and nodes that `isKept`. */
export function merge(part, html, isKept = () => false) {
  window.Idiomorph.morph(part, html, {
    morphStyle: "innerHTML",
    ignoreActiveValue: true,
    restoreFocus: true,
    callbacks: {
      beforeNodeMorphed: (old, node) => !isKept(old, node),
      beforeAttributeUpdated(attribute, node) {
        if (attribute === "open" && node.matches("details, dialog")) return false;
        if (attribute === "checked") return node.checked === node.defaultChecked;
        if (attribute === "value" && node.matches("input, textarea")) return node.value === node.defaultValue;
        return true;
      },
    },
  });
  window.htmx?.process(part);
  clocks.refresh(part);
}

/** Says how it stands with what refreshes itself, in the places for the part of that id. */
export function say(id, text, lost) {
  for (const status of document.querySelectorAll(`[data-live-status="${id}"], [data-live-status=""]`)) {
    if (status.textContent !== text) status.textContent = text;
    status.toggleAttribute("data-lost", lost);
  }
}

// Merges what comes beside a part, in <template data-live-for="id">, into the elements of those ids; returns the part.
function takeOthers(html) {
  const answer = document.createElement("template");
  answer.innerHTML = html;
  for (const other of answer.content.querySelectorAll("template[data-live-for]")) {
    const place = document.getElementById(other.dataset.liveFor);
    if (place && comparable(place.innerHTML) !== comparable(other.innerHTML)) merge(place, other.innerHTML);
    other.remove();
  }
  return answer.innerHTML;
}

class LivePart {
  constructor(part) {
    this.part = part;
    this.every = Number(part.dataset.liveEvery || 5);
    this.wait = this.every;
    this.seen = comparable(part.innerHTML);
    this.etag = null;
    this.schedule();
    document.addEventListener("visibilitychange", () => document.hidden || this.turn()); // what it missed, at once
  }

  schedule() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.turn(), this.wait * 1000 * (0.9 + 0.2 * Math.random()));
  }

  async turn() {
    if (!this.part.isConnected || this.isAsking) return;
    this.isAsking = true;
    if (!document.hidden && !this.part.contains(document.querySelector(":popover-open"))) await this.fetch();
    this.isAsking = false;
    this.schedule();
  }

  async fetch() {
    const headers = { "HX-Request": "true", "HX-Target": this.part.id };
    if (this.etag) headers["If-None-Match"] = this.etag;
    const begun = performance.now();
    try {
      const answer = await fetch(this.part.dataset.live, {
        headers,
        credentials: "same-origin",
        redirect: "manual",
        cache: "no-store",
        signal: AbortSignal.timeout(15000),
      });
      clocks.setDomainNow(answer.headers.get("X-Portal-Now"));
      if (answer.type === "opaqueredirect" || answer.status === 401) {
        return this.say("You are signed out. Reload the page to sign in again.", true);
      }
      if (answer.status !== 304) {
        if (!answer.ok) throw new Error(String(answer.status));
        const html = takeOthers(await answer.text());
        this.etag = answer.headers.get("ETag");
        if (comparable(html) !== this.seen) {
          this.seen = comparable(html);
          merge(this.part, html);
        }
      }
      // Nobody there is asked for less, and so is a server that is slow.
      this.wait = Math.min(Math.max(this.every, isIdle() ? IDLE_EVERY : 0, (performance.now() - begun) / 200), SLOWEST);
      this.say("Live", false);
    } catch {
      this.wait = Math.min(this.wait * 2, SLOWEST);
      this.say("Connection lost: what you see may be old. Trying again.", true);
    }
  }

  say(text, lost) {
    say(this.part.id, text, lost);
  }
}

/** Starts refreshing every [data-live] part of the page. */
export function start() {
  for (const part of document.querySelectorAll("[data-live]")) new LivePart(part);
}
