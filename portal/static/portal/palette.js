// The command palette: Ctrl+K, or the search button, over cases, people, agreements, articles, pages and acts.
//
// What is typed is asked of the server after a short pause; an answer that comes late is thrown away. Enter opens what is
// marked, or else the results page with what is typed, so that nothing typed is lost. Without this script the button
// leads to the search page.

const PAUSE = 120;

let palette = null;

class Palette {
  constructor(dialog, address) {
    this.dialog = dialog;
    this.address = address;
    this.form = dialog.querySelector("form");
    this.field = dialog.querySelector("[role=combobox]");
    this.list = dialog.querySelector("[role=listbox]");
    this.status = dialog.querySelector("[data-palette-status]");
    this.options = [];
    this.active = -1;
    this.field.addEventListener("input", () => this.typed());
    this.field.addEventListener("keydown", (event) => this.pressed(event));
    this.list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    this.list.addEventListener("click", (event) => this.choose(event.target.closest("[role=option]"), event));
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    dialog.addEventListener("close", () => this.from?.focus?.());
  }

  open() {
    if (this.dialog.open) return;
    this.from = document.activeElement;
    this.dialog.showModal();
    this.field.focus();
    this.field.select();
    this.ask();
  }

  typed() {
    clearTimeout(this.waiting);
    this.asked?.abort();
    this.waiting = setTimeout(() => this.ask(), PAUSE);
  }

  async ask() {
    this.asked?.abort();
    const asked = (this.asked = new AbortController());
    const address = new URL(this.address, location.href);
    address.searchParams.set("q", this.field.value.trim());
    address.searchParams.set("at", location.pathname);
    try {
      const answer = await fetch(address, { credentials: "same-origin", redirect: "error", signal: asked.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      const { groups } = await answer.json();
      if (!asked.signal.aborted) this.show(groups);
    } catch {
      if (asked.signal.aborted) return;
      this.show([]);
      this.status.textContent = "No connection. Enter searches as soon as there is one.";
    }
  }

  show(groups) {
    this.options = [];
    this.list.replaceChildren(...groups.map((group, n) => this.group(group, n)));
    this.field.setAttribute("aria-expanded", String(this.options.length > 0));
    this.mark(-1);
    const many = this.options.length;
    const typed = this.field.value.trim();
    if (many) this.status.textContent = `${many} found${typed ? ". Enter shows all results" : ""}`;
    else this.status.textContent = typed ? "Nothing by that name. Enter searches everything" : "";
  }

  group({ title, hits }, n) {
    const part = document.createElement("div");
    part.role = "group";
    const name = document.createElement("div");
    name.className = "palette-group";
    name.id = `palette-group-${n}`;
    name.textContent = title;
    part.setAttribute("aria-labelledby", name.id);
    part.append(name, ...hits.map((hit) => this.option(hit)));
    return part;
  }

  option({ title, note, url }) {
    const line = document.createElement("div");
    line.role = "option";
    line.id = `palette-option-${this.options.length}`;
    line.dataset.url = url;
    line.className = "palette-option";
    line.setAttribute("aria-selected", "false");
    const words = document.createElement("span");
    words.textContent = title;
    line.append(words);
    if (note) {
      const more = document.createElement("span");
      more.className = "palette-note";
      more.textContent = note;
      line.append(" ", more);
    }
    this.options.push(line);
    return line;
  }

  mark(n) {
    this.active = n;
    this.options.forEach((line, at) => line.setAttribute("aria-selected", String(at === n)));
    const line = this.options[n];
    if (!line) return this.field.removeAttribute("aria-activedescendant");
    this.field.setAttribute("aria-activedescendant", line.id);
    line.scrollIntoView({ block: "nearest" });
  }

  pressed(event) {
    const last = this.options.length - 1;
    if (event.key === "ArrowDown") this.mark(this.active < last ? this.active + 1 : 0);
    else if (event.key === "ArrowUp") this.mark(this.active > 0 ? this.active - 1 : last);
    else if (event.key === "Enter" && this.options[this.active]) this.choose(this.options[this.active], event);
    else if (event.key === "Escape") this.dialog.close();
    else return;
    event.preventDefault();
  }

  choose(line, event) {
    if (!line) return;
    if (event.ctrlKey || event.metaKey) window.open(line.dataset.url, "_blank", "noopener");
    else location.assign(line.dataset.url);
  }
}

/** Opens the palette; whether there is one. */
export function open() {
  palette?.open();
  return Boolean(palette);
}

/** Lets the keys and the buttons open it. */
export function start() {
  const dialog = document.getElementById("palette");
  const buttons = document.querySelectorAll("[data-palette]");
  if (!dialog || !buttons.length) return;
  palette = new Palette(dialog, buttons[0].dataset.palette);
  for (const button of buttons) {
    button.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open();
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    if (document.querySelector("dialog[open]:not(#palette)")) return;
    event.preventDefault();
    if (dialog.open) dialog.close();
    else open();
  });
}
