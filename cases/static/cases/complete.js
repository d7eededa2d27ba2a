// What may be meant is offered while one types a sign and the beginning of a word into a text: "@" and a name, or "/" at
// the beginning of a line and words of a canned answer.
//
// The field stays a text field: arrows walk the list, Enter or Tab takes what is marked, Escape closes it. Without this
// script the server resolves what was typed.

const PAUSE = 120;
const REACH = 200; // characters before the cursor in which a sign is looked for

class Completing {
  /** `signs`: for each sign, what before the cursor is a beginning (`begin`, a pattern with the sign and the words as its
   *  groups), where matches are asked for (`address`), and what a chosen one puts in their place (`put`). */
  constructor(field, signs) {
    this.field = field;
    this.signs = signs;
    this.options = [];
    this.active = -1;
    const box = field.parentElement;
    box.classList.add("completes");
    this.list = document.createElement("ul");
    this.list.className = "lookup-list";
    this.list.id = `${field.id}-completions`;
    this.list.role = "listbox";
    this.list.hidden = true;
    this.status = document.createElement("span");
    this.status.className = "visually-hidden";
    this.status.role = "status";
    field.after(this.list, this.status);
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-haspopup", "listbox");
    field.setAttribute("aria-controls", this.list.id);
    field.addEventListener("input", () => this.typed());
    field.addEventListener("click", () => this.typed());
    field.addEventListener("keydown", (event) => this.pressed(event));
    field.addEventListener("blur", () => this.close());
    this.list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    this.list.addEventListener("click", (event) => {
      const line = event.target.closest("[role=option]");
      if (line) this.choose(this.options[[...this.list.children].indexOf(line)]);
    });
  }

  /** Writes a sign at the cursor, on a line of its own, as if it had been typed; Escape takes it away again. */
  begin(sign) {
    const { field } = this;
    field.focus();
    const before = field.value.slice(0, field.selectionStart);
    this.written = before && !before.endsWith("\n") ? `\n${sign}` : sign;
    field.setRangeText(this.written, field.selectionStart, field.selectionEnd, "end");
    this.typed();
  }

  takeBack() {
    const { field, written } = this;
    const end = field.selectionStart;
    if (written && field.value.slice(0, end).endsWith(written)) field.setRangeText("", end - written.length, end, "end");
    this.written = "";
  }

  /** The sign and the words that stand before the cursor, if they are a beginning. */
  beginning() {
    if (this.field.selectionStart !== this.field.selectionEnd) return null;
    const end = this.field.selectionStart;
    const before = this.field.value.slice(Math.max(0, end - REACH), end); // a pasted log is not searched with each key
    for (const sign of this.signs) {
      const found = sign.begin.exec(before);
      if (found) return { sign, words: found[2], at: end - found[1].length - found[2].length };
    }
    return null;
  }

  typed() {
    clearTimeout(this.waiting);
    this.asked?.abort();
    const begun = this.beginning();
    if (!begun) return this.close();
    this.waiting = setTimeout(() => this.ask(begun), PAUSE);
  }

  async ask(begun) {
    this.asked = new AbortController();
    const address = new URL(begun.sign.address, location.href);
    address.searchParams.set("q", begun.words);
    try {
      const headers = { Accept: "application/json" };
      const answer = await fetch(address, { redirect: "error", signal: this.asked.signal, headers });
      if (!answer.ok) throw new Error(String(answer.status));
      this.show(begun, (await answer.json()).options);
    } catch {
      this.close(); // what is typed is sent as it is
    }
  }

  show(begun, options) {
    if (document.activeElement !== this.field) return;
    this.begun = begun;
    this.options = options;
    this.list.setAttribute("aria-label", begun.sign.label);
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
    this.list.hidden = options.length === 0;
    this.mark(options.length ? 0 : -1);
    const none = this.written ? `${begun.sign.label}: none fits` : "";
    this.status.className = options.length || !none ? "visually-hidden" : "lookup-nothing";
    this.status.textContent = options.length
      ? `${options.length} offered: arrows choose, Enter takes ${options[0].text}`
      : none;
  }

  close() {
    clearTimeout(this.waiting);
    this.asked?.abort();
    this.list.hidden = true;
    this.status.className = "visually-hidden";
    this.status.textContent = "";
    this.mark(-1);
  }

  mark(n) {
    this.active = n;
    [...this.list.children].forEach((line, at) => line.setAttribute("aria-selected", String(at === n)));
    const line = this.list.children[n];
    if (line && !this.list.hidden) {
      this.field.setAttribute("aria-activedescendant", line.id);
      line.scrollIntoView({ block: "nearest" });
    } else this.field.removeAttribute("aria-activedescendant");
  }

  pressed(event) {
    if (this.list.hidden || event.isComposing) return;
    const last = this.options.length - 1;
    if (event.key === "ArrowDown") this.mark(this.active < last ? this.active + 1 : 0);
    else if (event.key === "ArrowUp") this.mark(this.active > 0 ? this.active - 1 : last);
    else if (event.key === "Escape") {
      this.close();
      this.takeBack();
    } else if (["Enter", "Tab"].includes(event.key) && this.active >= 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey)
      this.choose(this.options[this.active]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  choose(option) {
    const { sign, at } = this.begun;
    this.close();
    this.field.setRangeText(sign.put(option), at, this.field.selectionStart, "end");
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
    this.field.focus();
    this.status.textContent = `${option.text} taken`;
  }
}

/** Lets a text field of an act on a case complete what it may name. `page` is the address of the case; `button` offers
 *  the canned answers, where the act takes some. */
export function completes(field, page, act, button) {
  if (field.hasAttribute("aria-autocomplete")) return;
  const answers = {
    label: "Canned answers",
    begin: /(?:^|\n)(\/)([\p{L}\p{N}][^\n/]{0,60}|)$/u,
    address: `${page}answers/?act=${encodeURIComponent(act)}`,
    put: (option) => option.value,
  };
  const completing = new Completing(field, [
    ...(button ? [answers] : []),
    {
      label: "People",
      begin: /(?:^|[\s([{"'*_>])(@)([\p{L}\p{N}][\p{L}\p{N}.'’-]*(?: [\p{L}\p{N}.'’-]*)?|)$/u,
      address: `${page}people/?act=${encodeURIComponent(act)}`,
      put: (option) => `@${option.value} `,
    },
  ]);
  button?.addEventListener("click", (event) => {
    event.preventDefault();
    completing.begin("/");
  });
}
