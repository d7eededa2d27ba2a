// An open case page stays true: it asks for the pulse of its case, and for itself again once that has changed.
//
// What came is merged into the page by its parts ([data-fresh]): scroll place, focus, open disclosures and what is typed
// stay. A new message out of sight is told by a button that leads to it. What the reader has had in sight counts as
// known: what they send then is not asked about it (the hidden field "known" of a form, ADR 64). The same question tells
// the server who reads and who is writing an answer.

import { setDomainNow } from "../portal/clocks.js";
import { comparable, isIdle, merge, say } from "../portal/live.js";

const EVERY = 1200; // ms, while somebody sits before the page: what is new is there within two seconds
const IDLE_EVERY = 5000;
const HIDDEN_EVERY = 15000;
const SLOWEST = 60000;
const TYPING = 2 * 60000; // an answer left alone for so long is not being written
const SEEN_AFTER = 700; // ms in sight

const strip = document.querySelector("[data-pulse]");
const composer = document.querySelector("[data-composer]");
const title = document.title;

let version = strip?.dataset.version;
let people = null;
let etag = null;
let pass = null;
let wait = EVERY;
let timer = 0;
let asking = false;
let typed = null; // the form of an answer that is being written, and since when nobody typed on
const served = new Map(); // part or line, by its id -> as the server wrote it last
const unseen = new Map(); // line -> whether it is a message
let answers = 0;
let known = null; // what the reader knows once they have seen what is unseen

const linesOf = (root) => [...root.querySelectorAll("#conversation > li[id]")];
// Without what counts on by itself, and the numbers of pop-overs, which each answer begins anew.
const without = (html) =>
  comparable(html)
    .replace(/(<time\b[^>]*>|<span data-when>)[^<]*/g, "$1")
    .replace(/(popovertarget|id)="(clause|term)-[\w-]*"/g, "");
const isInSight = (element) => {
  const box = element.getBoundingClientRect();
  return box.height > 0 && box.bottom > 0 && box.top < window.innerHeight;
};

function remember(root) {
  for (const part of root.querySelectorAll("[data-fresh]")) served.set(part.id, without(part.innerHTML));
  for (const line of linesOf(root)) served.set(line.id, without(line.outerHTML));
}

function doing() {
  if (document.hidden || isIdle()) return "";
  const writes = typed && typed.form.isConnected && performance.now() - typed.at < TYPING;
  const text = writes && [...typed.form.querySelectorAll("textarea")].some((field) => field.value.trim());
  return text ? "answering" : "reading";
}

async function get(address, headers) {
  const answer = await fetch(address, {
    headers,
    credentials: "same-origin",
    redirect: "manual",
    cache: "no-store",
    signal: AbortSignal.timeout(15000),
  });
  setDomainNow(answer.headers.get("X-Portal-Now"));
  return answer;
}

const isSignedOut = (answer) => answer.type === "opaqueredirect" || answer.status === 401;

async function turn() {
  if (asking) return;
  asking = true;
  clearTimeout(timer);
  const begun = performance.now();
  try {
    await ask();
    wait = Math.max(wait, 5 * (performance.now() - begun)); // a server that is slow is asked less
  } catch {
    wait = Math.min(wait * 2, SLOWEST);
    say("presence", "Connection lost: what you see may be old. Trying again.", true);
  } finally {
    asking = false;
    timer = setTimeout(turn, wait * (0.9 + 0.2 * Math.random())); // pages that lost it together come back apart
  }
}

async function ask() {
  const headers = {};
  if (etag) headers["If-None-Match"] = etag;
  if (pass) headers["X-Portal-Pass"] = pass; // good for some seconds: the server then need not ask who this is
  const answer = await get(`${strip.dataset.pulse}?doing=${doing()}`, headers);
  pass = answer.headers.get("X-Portal-Pass") || pass;
  if (isSignedOut(answer)) {
    wait = SLOWEST;
    return say("presence", "You are signed out. Reload the page to sign in again.", true);
  }
  if (answer.status === 404) {
    wait = SLOWEST;
    return say("presence", "This case is not yours to see any more.", true);
  }
  if (answer.status !== 304) {
    if (!answer.ok) throw new Error(String(answer.status));
    const said = await answer.json();
    showPeople(said.people);
    showBell(said.bell);
    if (said.version !== version) await refresh();
    if (said.version === version) etag = answer.headers.get("ETag"); // else it is asked again
  }
  wait = document.hidden ? HIDDEN_EVERY : isIdle() ? IDLE_EVERY : EVERY;
  say("presence", "", false);
}

function showPeople(html) {
  if (html === people) return;
  people = html;
  still(() => (strip.querySelector("[data-people]").innerHTML = html));
}

function showBell(html) {
  for (const id of ["bell-top", "bell-side"]) {
    const bell = document.getElementById(id);
    if (bell && bell.innerHTML !== html) bell.innerHTML = html;
  }
}

// The page without its acts: of its address only what chooses the part of the conversation counts.
function address() {
  const wanted = new URLSearchParams();
  const here = new URLSearchParams(location.search);
  for (const name of ["page", "at", "order"]) if (here.has(name)) wanted.set(name, here.get(name));
  return `${strip.dataset.page}?${wanted}`;
}

async function refresh() {
  const answer = await get(address(), {
    "X-Portal-Live": doing() ? "reading" : "idle",
    "HX-Target": `live${++answers}`, // pop-overs are numbered under it, apart from those that stay
  });
  if (!answer.ok) throw new Error(String(answer.status));
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("presence");
  if (!fresh) throw new Error("no case page");
  const before = new Map(linesOf(document).map((line) => [line.id, served.get(line.id)]));
  let isBehind = false;
  still(() => {
    for (const part of document.querySelectorAll("[data-fresh]")) {
      const other = page.getElementById(part.id);
      if (!other || served.get(part.id) === without(other.innerHTML)) continue;
      if (part.querySelector(":popover-open, [data-more][open]")) isBehind = true;
      else merge(part, other.innerHTML, isUnchanged);
    }
  });
  showMode();
  if (isBehind) return; // once what is open there is closed
  remember(page);
  version = fresh.dataset.version;
  showPeople(fresh.querySelector("[data-people]").innerHTML);
  came(before, fresh.dataset.known);
}

function isUnchanged(old, node) {
  return Boolean(old.id && old.matches?.("#conversation > li") && served.get(old.id) === without(node.outerHTML));
}

// Does what changes the page without moving what the reader looks at.
function still(change) {
  const focused = document.activeElement;
  const marks = [...document.querySelectorAll("main h1, .composer, #conversation > li, #report")];
  const held =
    focused && focused !== document.body && isInSight(focused)
      ? focused
      : marks.find((mark) => isInSight(mark) && mark.getBoundingClientRect().top >= 0);
  const top = held?.getBoundingClientRect().top;
  document.documentElement.classList.add("holds-still");
  change();
  if (held?.isConnected) {
    const by = held.getBoundingClientRect().top - top;
    if (by) window.scrollBy({ top: by, behavior: "instant" });
  }
  document.documentElement.classList.remove("holds-still");
}

// Which mode of the composer is open, this page knows.
function showMode() {
  const open = composer?.querySelector(":scope > [data-panel]:not([hidden])")?.dataset.panel;
  for (const mode of composer?.querySelectorAll(".composer-mode") || []) {
    if (mode.dataset.act === open) mode.setAttribute("aria-current", "true");
    else mode.removeAttribute("aria-current");
  }
}

const sight = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (entry.isIntersecting) setTimeout(() => saw(entry.target), SEEN_AFTER);
  }
});

function saw(line) {
  if (!unseen.has(line) || document.hidden || (line.isConnected && !isInSight(line))) return;
  unseen.delete(line);
  sight.unobserve(line);
  tell();
}

function came(before, last) {
  known = last;
  const isNewest = document.querySelector("#conversation[data-newest]");
  for (const line of linesOf(document)) {
    if (before.get(line.id) === served.get(line.id) || line.matches(".new-mark")) continue;
    if (!before.has(line.id)) line.classList.add("just-came");
    unseen.set(line, line.matches(".event-message"));
    sight.observe(line);
  }
  if (!isNewest) unseen.set(strip, false); // it came on another page of the conversation
  for (const line of unseen.keys()) if (!line.isConnected) unseen.delete(line);
  tell();
}

// What is new and out of sight, on the button that leads there; announced as it changes.
function tell() {
  const lines = [...unseen.keys()].filter((line) => line !== strip);
  const isElsewhere = unseen.has(strip);
  if (!unseen.size && known) {
    for (const field of document.querySelectorAll("input[name=known]")) field.value = known;
  }
  const messages = lines.filter((line) => unseen.get(line)).length;
  const count = messages || lines.length;
  const what = messages ? "message" : "event";
  document.title = document.hidden && count ? `(${count}) ${title}` : title;
  const box = document.querySelector("[data-came]");
  const outOfSight = lines.filter((line) => !isInSight(line));
  box.hidden = !isElsewhere && !outOfSight.length;
  if (box.hidden) return;
  const link = box.querySelector("a");
  link.textContent = isElsewhere ? "New on this case: show it" : `${count} new ${what}${count > 1 ? "s" : ""}`;
  link.href = isElsewhere ? strip.dataset.page : `#${outOfSight[0].id}`;
  link.dataset.way = !isElsewhere && outOfSight[0].getBoundingClientRect().top < 0 ? "up" : "down";
}

function start() {
  document.querySelector("[data-came] a").addEventListener("click", (event) => {
    const line = document.getElementById(event.currentTarget.hash.slice(1));
    if (!line) return;
    event.preventDefault();
    line.scrollIntoView({ block: "center", behavior: "instant" });
    line.setAttribute("tabindex", "-1");
    line.focus({ preventScroll: true });
  });
  composer?.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-act]");
    if (!event.isTrusted || !form || form.dataset.act === "note") return;
    const begins = doing() === "reading";
    typed = { form, at: performance.now() };
    if (begins) turn(); // the others see it at once
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    for (const line of unseen.keys()) if (isInSight(line)) setTimeout(() => saw(line), SEEN_AFTER);
    tell();
    turn();
  });
  window.addEventListener("online", turn);
  window.addEventListener("pagehide", () => {
    clearTimeout(timer);
    fetch(`${strip.dataset.pulse}?doing=left`, { keepalive: true, credentials: "same-origin" }).catch(() => {});
  });
  window.addEventListener("pageshow", (event) => event.persisted && turn());
  remember(document);
  timer = setTimeout(turn, 300);
}

if (strip) start();
