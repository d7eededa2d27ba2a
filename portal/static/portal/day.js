// A calendar beside a field for a day or an instant: <input data-day="day">, <input data-day="instant">.
//
// The field is typed in any way that names one day, and says it as all pages do: "17 Feb 2003 14:05". The button beside
// it opens a calendar (cally, loaded when it is first opened). Without this script the field is typed.

import { domainNow } from "./clocks.js";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const zone = () => document.querySelector("[data-portal-clock]")?.dataset.portalClock;
const iso = (instant) => new Date(instant).toLocaleDateString("sv-SE", { timeZone: zone() });
const time = (instant) => new Date(instant).toLocaleTimeString("sv-SE", { timeZone: zone() }).slice(0, 5);

const WRITTEN = /^\s*(\d{1,2})[ .-]*([a-z]{3})[a-z]*\.?[ ,-]*(\d{4})(?=\D|$)/i;
const NUMBERED = /^\s*(\d{4})-(\d{1,2})-(\d{1,2})(?=\D|$)/;
const DOTTED = /^\s*(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})(?=\D|$)/;

// The day that stands in a field, as the calendar has it; "" for none that is written in one of the usual ways.
function dayIn(text) {
  const numbered = text.match(NUMBERED)?.slice(1) || text.match(DOTTED)?.slice(1).reverse();
  const written = text.match(WRITTEN);
  const month = written && MONTHS.findIndex((name) => name.toLowerCase() === written[2].toLowerCase()) + 1;
  const parts = numbered || (month ? [written[3], month, written[1]] : null);
  return parts ? parts.map((part) => String(part).padStart(2, "0")).join("-") : "";
}

const timeIn = (text) => text.match(/(\d{1,2}:\d{2}(?::\d{2})?(?: ?[ap]\.?m\.?)?)\s*$/i)?.[1];

function icon(name) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  made.setAttribute("class", "icon");
  made.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${document.body.dataset.icons}#${name}`);
  made.append(use);
  return made;
}

class Day {
  constructor(input) {
    this.input = input;
    this.hasTime = input.dataset.day === "instant";
    const part = document.createElement("div");
    part.className = "day-field";
    const label = input.labels?.[0]?.textContent.replace("*", "").trim() || "day";
    input.before(part);
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.className = "icon-button day-open";
    this.button.setAttribute("aria-haspopup", "dialog");
    this.button.setAttribute("aria-label", `Calendar: ${label}`);
    this.button.append(icon("calendar"));
    part.append(input, this.button);
    this.button.addEventListener("click", () => (this.isOpen ? this.close() : this.open()));
    part.addEventListener("focusout", (event) => {
      if (this.isOpen && !part.contains(event.relatedTarget)) this.close(false);
    });
    part.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.isOpen) {
        event.stopPropagation();
        this.close();
      } else if (event.key === "ArrowDown" && event.altKey && event.target === this.input) {
        event.preventDefault();
        this.open();
      }
    });
  }

  get isOpen() {
    return Boolean(this.pop?.isConnected && !this.pop.hidden);
  }

  async open() {
    if (!this.pop) await this.make();
    const day = dayIn(this.input.value);
    this.calendar.value = day;
    this.calendar.focusedDate = day || this.calendar.today;
    this.pop.hidden = false;
    this.pop.classList.toggle("day-above", this.input.getBoundingClientRect().bottom > innerHeight - 360);
    this.button.setAttribute("aria-expanded", "true");
    for (const part of [this.calendar, this.calendar.querySelector("calendar-month")]) await part.updated;
    this.calendar.focus({ target: "day" });
  }

  close(toField = true) {
    this.pop.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
    if (toField) this.input.focus();
  }

  async make() {
    await import(document.body.dataset.calendar);
    this.pop = document.createElement("div");
    this.pop.className = "day-pop";
    this.pop.role = "dialog";
    this.pop.setAttribute("aria-label", this.button.getAttribute("aria-label"));
    this.pop.tabIndex = -1; // a press on its edge keeps the focus in it
    this.calendar = document.createElement("calendar-date");
    this.calendar.locale = "en-GB";
    this.calendar.firstDayOfWeek = 1;
    this.calendar.today = iso(domainNow());
    for (const bound of ["min", "max"]) if (this.input.dataset[bound]) this.calendar[bound] = this.input.dataset[bound];
    for (const [slot, name] of [["previous", "chevron-left"], ["next", "chevron-right"]]) {
      const arrow = document.createElement("span");
      arrow.slot = slot;
      arrow.append(icon(name));
      this.calendar.append(arrow);
    }
    this.calendar.append(document.createElement("calendar-month"));
    this.calendar.addEventListener("change", () => this.chosen());
    this.pop.append(this.calendar);
    this.button.after(this.pop);
    await customElements.whenDefined("calendar-date");
  }

  chosen() {
    const [year, month, day] = this.calendar.value.split("-").map(Number);
    const words = `${day} ${MONTHS[month - 1]} ${year}`;
    this.input.value = this.hasTime ? `${words} ${timeIn(this.input.value) || time(domainNow())}` : words;
    this.close();
    for (const event of ["input", "change"]) this.input.dispatchEvent(new Event(event, { bubbles: true }));
  }
}

const known = new WeakSet();

function find() {
  for (const input of document.querySelectorAll("input[data-day]")) {
    if (known.has(input) || input.disabled || input.readOnly) continue;
    known.add(input);
    new Day(input);
  }
}

/** Puts a calendar beside each field for a day, also in parts that come later. */
export function start() {
  find();
  document.addEventListener("htmx:afterSettle", find);
}
