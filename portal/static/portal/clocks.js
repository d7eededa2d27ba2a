// Counts the page's clocks on, in the portal's own time.
//
// The server says its domain time and how fast it runs (<html data-now data-wall data-speed>); the words are those
// of portal/ui/words.py. States and absolute times stay as the server wrote them: only what follows from
// the passing of time changes here.

const root = document.documentElement;

// What the icons of portal/ui/clock.py are for the tones that a running clock can have.
const ICONS = { calm: "clock", soon: "hourglass-high", overdue: "alert-triangle" };

let anchor = readAnchor();

// The domain time that held at a moment of this browser's steady clock.
function readAnchor() {
  const now = Date.parse(root.dataset.now || "");
  const wall = Date.parse(root.dataset.wall || "");
  const speed = Number(root.dataset.speed || 1);
  if (Number.isNaN(now)) return { now: Date.now(), at: performance.now(), speed: 1 };
  const loaded = performance.getEntriesByType("navigation")[0];
  const fromHistory = loaded && loaded.type === "back_forward";
  if (fromHistory && !Number.isNaN(wall)) {
    // An old copy of the page: how far this computer's clock is off was noted when a page last came fresh.
    const skew = Number(sessionStorage.getItem("portal.skew") || 0);
    return { now: now + speed * (Date.now() + skew - wall), at: performance.now(), speed };
  }
  const at = loaded ? loaded.responseStart : 0;
  try {
    sessionStorage.setItem("portal.skew", String(wall - (performance.timeOrigin + at)));
  } catch {
    // storage is refused: pages from the history may be off by this computer's error
  }
  return { now, at, speed };
}

/** The portal's present time, in milliseconds since 1970. */
export function domainNow() {
  return anchor.now + (performance.now() - anchor.at) * anchor.speed;
}

/** Takes the portal's time anew, from a response that has just arrived. */
export function setDomainNow(instant) {
  const now = Date.parse(instant || "");
  if (!Number.isNaN(now)) anchor = { ...anchor, now, at: performance.now() };
}

/** A length of time in words, rounded down. */
export function span(seconds) {
  const minutes = Math.floor(Math.abs(seconds) / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(minutes / 1440);
  if (minutes < 1) return "under 1 min";
  if (hours < 1) return `${minutes} min`;
  if (days < 1) {
    return minutes % 60 ? `${hours} h ${String(minutes % 60).padStart(2, "0")} min` : `${hours} h`;
  }
  if (days < 14) return hours - 24 * days ? `${days} d ${hours - 24 * days} h` : `${days} d`;
  return `${days} days`;
}

/** How far off something due is. */
export function until(due, now) {
  const left = (due - now) / 1000;
  if (left > 0) return `in ${span(left)}`;
  return left > -60 ? "due now" : `overdue by ${span(left)}`;
}

/** Where an instant lies. */
export function fromNow(instant, now) {
  const left = (instant - now) / 1000;
  if (Math.abs(left) < 60) return "just now";
  return left > 0 ? `in ${span(left)}` : `${span(left)} ago`;
}

function toneOf(due, now, soonSeconds) {
  if (now > due) return "overdue";
  return due - now < soonSeconds * 1000 ? "soon" : "calm";
}

function write(node, text) {
  if (node && node.textContent !== text) node.textContent = text;
}

function showClock(clock, now) {
  const due = Date.parse(clock.dataset.due);
  if (clock.dataset.state === "missed") {
    write(clock.querySelector("[data-clock-words]"), `missed, ${span((now - due) / 1000)} late so far`);
    return;
  }
  write(clock.querySelector("[data-clock-words]"), until(due, now));
  const tone = toneOf(due, now, Number(clock.dataset.soon || 0));
  if (clock.dataset.tone === tone) return;
  clock.dataset.tone = tone;
  const use = clock.querySelector("use");
  if (use) use.setAttribute("href", use.getAttribute("href").replace(/#.*$/, `#${ICONS[tone]}`));
}

function showPortalClock(node, now) {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: node.dataset.portalClock,
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).formatToParts(now);
  const part = (type) => parts.find((found) => found.type === type)?.value ?? "";
  const month = part("month").slice(0, 3);
  write(node, `${part("weekday")} ${part("day")} ${month} ${part("year")} ${part("hour")}:${part("minute")}`);
}

/** Brings every clock below `scope` to the present. */
export function refresh(scope = document) {
  const now = domainNow();
  for (const clock of scope.querySelectorAll("[data-clock]")) showClock(clock, now);
  for (const node of scope.querySelectorAll("[data-when]")) {
    const instant = node.closest("time").dateTime;
    write(node, fromNow(Date.parse(instant), now));
  }
  for (const node of scope.querySelectorAll("[data-portal-clock]")) showPortalClock(node, now);
}

/** Starts the counting; it rests while nobody looks. */
export function start() {
  refresh();
  setInterval(() => document.hidden || refresh(), 1000);
  document.addEventListener("visibilitychange", () => document.hidden || refresh());
  document.addEventListener("htmx:afterSettle", () => refresh());
}
