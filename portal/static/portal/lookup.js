// Search fields that choose one of many: <div class="lookup" data-lookup="/lookups/resellers/"> around an <input>.
//
// Matches are offered while one types. Choosing one sends its key in the field's place; what is typed without choosing
// is sent as it is, and the server resolves it. Without this script that is all there is.
//
// With data-lookup-free the field is a text field that suggests: choosing one only writes it there, the arrow down
// suggests before anything is typed, and Tab takes the marked one along. data-lookup-beside="id_product" names the field
// whose value the suggestions are within.

const PAUSE = 150;

class Lookup {
  constructor(part) {
    this.part = part;
    this.free = part.hasAttribute("data-lookup-free");
    this.input = part.querySelector("input");
    this.name = this.input.name;
    this.options = [];
    this.active = -1;
    this.list = document.createElement("ul");
    this.list.className = "lookup-list";
    this.list.id = `${this.input.id}-options`;
    this.list.role = "listbox";
    this.list.hidden = true;
    this.status = document.createElement("span");
    this.status.className = "visually-hidden";
    this.status.role = "status";
    part.append(this.list, this.status);
    this.input.role = "combobox";
    this.input.setAttribute("aria-autocomplete", "list");
    this.input.setAttribute("aria-expanded", "false");
    this.input.setAttribute("aria-controls", this.list.id);
    if (this.input.dataset.lookupValue) this.hold(this.input.dataset.lookupValue);
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("keydown", (event) => this.pressed(event));
    this.input.setAttribute("autocomplete", "off");
    // typing takes the place of what was chosen
    if (!this.free) this.input.addEventListener("focus", () => this.input.select());
    this.input.addEventListener("blur", () => this.close());
    this.list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    this.list.addEventListener("click", (event) => {
      const line = event.target.closest("[role=option]");
      if (line) this.choose(this.options[[...this.list.children].indexOf(line)]);
    });
  }

  /** Sends a key in place of the text. */
  hold(value) {
    this.held ??= Object.assign(document.createElement("input"), { type: "hidden" });
    this.held.name = this.name;
    this.held.value = value;
    this.input.removeAttribute("name");
    this.part.append(this.held);
  }

  release() {
    this.held?.remove();
    this.input.name = this.name;
  }

  typed() {
    if (this.choosing) return;
    this.release();
    clearTimeout(this.waiting);
    this.asked?.abort();
    const text = this.input.value.trim();
    if (!text) return this.close();
    this.waiting = setTimeout(() => this.ask(text), PAUSE);
  }

  async ask(text) {
    this.asked = new AbortController();
    const address = new URL(this.part.dataset.lookup, location.href);
    address.searchParams.set("q", text);
    const beside = document.getElementById(this.part.dataset.lookupBeside);
    if (beside) address.searchParams.set("within", beside.value);
    try {
      const answer = await fetch(address, { credentials: "same-origin", redirect: "error", signal: this.asked.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      this.show(await answer.json());
    } catch {
      this.close(); // the form still takes what is typed
    }
  }

  show({ options, more }) {
    if (document.activeElement !== this.input) return;
    this.options = options;
    this.active = -1;
    this.list.replaceChildren(
      ...options.map((option, n) => {
        const line = document.createElement("li");
        line.id = `${this.list.id}-${n}`;
        line.role = "option";
        line.textContent = option.text;
        if (option.note) {
          const note = document.createElement("span");
          note.className = "lookup-note";
          note.textContent = option.note;
          line.append(" ", note);
        }
        return line;
      }),
    );
    this.open(options.length > 0);
    const counted = { 0: "No match", 1: "1 match" }[options.length] ?? `${options.length} matches`;
    this.status.textContent = more ? `${counted} shown: type more to narrow them` : counted;
    this.status.className = options.length || this.free ? "visually-hidden" : "lookup-nothing";
  }

  open(shown) {
    this.list.hidden = !shown;
    this.input.setAttribute("aria-expanded", String(shown));
    this.mark(-1);
  }

  close() {
    clearTimeout(this.waiting);
    this.asked?.abort();
    this.status.className = "visually-hidden";
    this.open(false);
  }

  mark(n) {
    this.active = n;
    [...this.list.children].forEach((line, at) => line.setAttribute("aria-selected", String(at === n)));
    const line = this.list.children[n];
    if (line) {
      this.input.setAttribute("aria-activedescendant", line.id);
      line.scrollIntoView({ block: "nearest" });
    } else this.input.removeAttribute("aria-activedescendant");
  }

  pressed(event) {
    if (this.list.hidden) {
      if (!this.free || event.key !== "ArrowDown") return;
      event.preventDefault();
      this.ask(this.input.value.trim());
      return;
    }
    if (this.free && event.key === "Tab" && this.active >= 0) {
      this.choose(this.options[this.active]); // and on to the next field
      return;
    }
    const last = this.options.length - 1;
    if (event.key === "ArrowDown") this.mark(this.active < last ? this.active + 1 : 0);
    else if (event.key === "ArrowUp") this.mark(this.active > 0 ? this.active - 1 : last);
    else if (event.key === "Enter" && this.active >= 0) this.choose(this.options[this.active]);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
  }

  choose(option) {
    this.input.value = option.text;
    if (this.free) {
      this.choosing = true; // it was chosen, not typed: nothing more is suggested
      heard(this.input);
      this.choosing = false;
    } else this.hold(option.value);
    this.close();
    this.status.textContent = `${option.text} chosen`;
    this.part.querySelector(".lookup-choices")?.remove();
    this.input.closest("form[data-auto-submit]")?.requestSubmit();
  }
}

/** Lets what listens to the field hear that its text is another. */
function heard(input) {
  for (const name of ["input", "change"]) input.dispatchEvent(new Event(name, { bubbles: true }));
}

/** Serves every search field of the page. */
export function start() {
  for (const part of document.querySelectorAll("[data-lookup]")) new Lookup(part);
}
