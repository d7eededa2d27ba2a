// Files of a form: chosen, dropped or pasted, they go to the server at once, by the tus protocol; the form then sends
// their keys. A lost connection is picked up where it broke. Without this script the form sends the files itself.

const RETRIES = [0, 500, 1000, 2000, 4000, 8000, 15000, 30000];
const FINAL = [400, 403, 404, 410, 413, 415];
const UNITS = ["bytes", "kB", "MB", "GB", "TB"];

function size(count) {
  let unit = 0;
  let value = count;
  for (; value >= 1024 && unit < UNITS.length - 1; unit += 1) value /= 1024;
  return `${value < 10 && unit ? value.toFixed(1).replace(/\.0$/, "") : Math.round(value)} ${UNITS[unit]}`;
}

function token() {
  return JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";
}

let library;
function tus(address) {
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve(window.tus);
    script.onerror = () => {
      library = undefined;
      reject(new Error("the script did not load"));
    };
    document.head.append(script);
  });
  return library;
}

function button(words, css, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = `link-button ${css}`;
  made.textContent = words;
  made.addEventListener("click", act);
  return made;
}

// One file on its way.
class Item {
  constructor(field, file) {
    this.field = field;
    this.file = file;
    this.line = document.createElement("li");
    this.line.className = "files-item";
    this.name = document.createElement("span");
    this.name.className = "files-name";
    this.name.textContent = file.name;
    this.said = document.createElement("span");
    this.said.className = "files-size";
    this.bar = document.createElement("progress");
    this.bar.max = 100;
    this.bar.setAttribute("aria-label", `${file.name}: sent`);
    this.turn = button("Pause", "files-turn", () => (this.state === "going" ? this.pause() : this.go()));
    this.off = button("Remove", "files-remove", () => this.remove());
    this.off.setAttribute("aria-label", `Remove ${file.name}`);
    this.line.append(this.name, this.said, this.bar, this.turn, this.off);
    field.list.append(this.line);
    this.show("waiting", size(file.size));
  }

  show(state, words) {
    this.state = state;
    this.line.dataset.state = state;
    this.said.textContent = words;
    this.bar.hidden = !["going", "paused", "waiting"].includes(state);
    this.turn.hidden = !["going", "paused", "failed"].includes(state);
    this.turn.textContent = { going: "Pause", failed: "Try again" }[state] || "Resume";
    this.turn.setAttribute("aria-label", `${this.turn.textContent} ${this.file.name}`);
  }

  async go() {
    this.show("going", "starting");
    try {
      if (!this.upload) await this.begin();
      this.upload.start();
    } catch {
      this.show("failed", "It could not be started.");
    }
  }

  async begin() {
    const { Upload } = await tus(this.field.place.dataset.tus);
    const { url, place, chunk } = this.field.place.dataset;
    this.upload = new Upload(this.file, {
      endpoint: url,
      chunkSize: Number(chunk),
      retryDelays: RETRIES,
      metadata: { filename: this.file.name, place, key: crypto.randomUUID?.() ?? "" }, // a lost answer begins no second one
      removeFingerprintOnSuccess: true,
      fingerprint: async (file) =>
        ["portal", document.body.dataset.reader, place, file.name, file.size, file.lastModified].join(" "),
      onBeforeRequest: (request) => request.setHeader("X-CSRFToken", token()),
      onShouldRetry: (error) => {
        this.said.textContent = "The connection is lost; trying again.";
        return !FINAL.includes(error.originalResponse?.getStatus() ?? 0);
      },
      onProgress: (sent, all) => {
        this.bar.value = (100 * sent) / all;
        if (this.state === "going") this.said.textContent = `${size(sent)} of ${size(all)}`;
      },
      onSuccess: () => this.done(),
      onError: (error) => this.failed(error),
    });
    const [before] = await this.upload.findPreviousUploads();
    if (before) this.upload.resumeFromPreviousUpload(before);
  }

  pause() {
    this.upload?.abort();
    this.show("paused", `paused at ${Math.floor(this.bar.value)} %`);
  }

  done() {
    const key = document.createElement("input");
    key.type = "hidden";
    key.name = this.field.name;
    key.value = this.upload.url.replace(/\/$/, "").split("/").pop();
    this.line.prepend(key);
    this.show("done", size(this.file.size));
    this.field.say(`${this.file.name} is here.`);
    this.field.settled();
  }

  failed(error) {
    const status = error.originalResponse?.getStatus() ?? 0;
    let words = "The connection is lost: it goes on where it broke.";
    if (status) {
      try {
        const told = JSON.parse(error.originalResponse.getBody());
        words = [told.detail, told.way_out].filter(Boolean).join(" ");
      } catch {
        words = "The server could not take it.";
      }
    }
    this.show(FINAL.includes(status) ? "refused" : "failed", words);
    this.field.say(`${this.file.name}: ${words}`);
    this.field.settled();
  }

  remove() {
    const { upload } = this;
    upload?.abort();
    if (upload?.url) drop(upload.url);
    this.line.remove();
    this.field.items.delete(this);
    this.field.settled();
    this.field.input.focus();
  }
}

function drop(address) {
  fetch(address, {
    method: "DELETE",
    headers: { "X-CSRFToken": token(), "Tus-Resumable": "1.0.0" },
    keepalive: true,
  }).catch(() => {}); // what stays there goes when its time is over
}

class Field {
  constructor(place) {
    this.place = place;
    this.name = place.dataset.files;
    this.list = place.querySelector("[data-files-list]");
    this.input = place.querySelector("input[type=file]");
    this.status = place.querySelector("[data-files-said]");
    this.form = place.closest("form");
    this.items = new Set();
    this.wanted = null;
    this.input.removeAttribute("name");
    this.input.addEventListener("change", () => {
      this.take(this.input.files);
      this.input.value = "";
    });
    place.querySelector("[data-files-hint]").prepend("Drop files here, or paste a screenshot. ");
    if (this.input.files.length) {
      this.take(this.input.files); // chosen before this script was here
      this.input.value = "";
    }
    for (const line of this.list.querySelectorAll("[data-upload]")) this.known(line);
    if (!this.list.children.length) this.before();
  }

  // A file that the page was shown with.
  known(line) {
    line.querySelector(".files-off").replaceWith(
      button("Remove", "files-remove", () => {
        drop(`${this.place.dataset.url}${line.dataset.upload}/`);
        line.remove();
      }),
    );
  }

  // Files that came before, and were not sent.
  async before() {
    const { url, place } = this.place.dataset;
    const answer = await fetch(`${url}?place=${encodeURIComponent(place)}`).catch(() => null);
    if (!answer?.ok) return;
    for (const each of await answer.json()) {
      if (each.offset < each.size) continue;
      const line = document.createElement("li");
      line.className = "files-item";
      line.dataset.state = "kept";
      const words = document.createElement("span");
      words.className = "files-name";
      words.textContent = each.name;
      const said = document.createElement("span");
      said.className = "files-size";
      said.textContent = `${size(each.size)}, sent before and not used`;
      line.append(
        words,
        said,
        button("Use it", "files-turn", (event) => {
          const key = document.createElement("input");
          Object.assign(key, { type: "hidden", name: this.name, value: each.id });
          line.prepend(key);
          line.dataset.state = "done";
          said.textContent = size(each.size);
          event.target.remove();
        }),
        button("Discard", "files-remove", () => {
          drop(`${url}${each.id}/`);
          line.remove();
        }),
      );
      this.list.append(line);
    }
  }

  take(files) {
    for (const file of files) {
      const item = new Item(this, file);
      this.items.add(item);
      if (file.size > Number(this.place.dataset.most)) {
        item.show("refused", `It has ${size(file.size)}; one file may have ${size(Number(this.place.dataset.most))}.`);
      } else item.go();
    }
  }

  get going() {
    return [...this.items].filter((item) => !["done", "refused"].includes(item.state));
  }

  say(words) {
    this.status.textContent = words;
  }

  // A form that was sent while files were on their way goes by itself once they are here.
  settled() {
    if (!this.wanted || this.going.length) return;
    const submitter = this.wanted;
    this.wanted = null;
    this.form.querySelector("[data-files-waits]")?.remove();
    if ([...this.items].some((item) => item.state === "refused")) return;
    this.form.requestSubmit(submitter.form === this.form ? submitter : undefined);
  }

  waits(submitter) {
    this.wanted = submitter || this.form;
    if (this.form.querySelector("[data-files-waits]")) return;
    const words = document.createElement("p");
    words.className = "notice-line";
    words.dataset.filesWaits = "";
    words.setAttribute("role", "status");
    words.textContent = "It is sent by itself once its files are here.";
    this.place.after(words);
  }
}

const fields = new WeakMap();

function fieldsIn(root) {
  return [...root.querySelectorAll("[data-files]")].map((place) => fields.get(place)).filter(Boolean);
}

function find(root = document) {
  for (const place of root.querySelectorAll("[data-files]")) {
    if (!fields.has(place)) fields.set(place, new Field(place));
  }
}

function nearest(target) {
  const form = target.closest?.("form");
  return form ? fieldsIn(form)[0] : undefined;
}

export function start() {
  find();
  document.addEventListener("htmx:afterSettle", () => find());
  document.addEventListener(
    "submit",
    (event) => {
      if (event.submitter?.name === "save") return;
      const waiting = fieldsIn(event.target).filter((field) => field.going.length);
      if (!waiting.length) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      for (const field of waiting) field.waits(event.submitter);
    },
    true,
  );
  document.addEventListener("paste", (event) => {
    const field = nearest(event.target);
    const files = [...(event.clipboardData?.files || [])];
    if (!field || !files.length) return;
    event.preventDefault();
    const at = new Date().toISOString().slice(0, 19).replaceAll(":", "-");
    field.take(
      files.map((file, index) =>
        file.name === "image.png" ? new File([file], `screenshot-${at}${index ? `-${index}` : ""}.png`, { type: file.type }) : file,
      ),
    );
  });
  document.addEventListener("dragover", (event) => {
    const field = event.dataTransfer?.types.includes("Files") ? nearest(event.target) : undefined;
    if (!field) return;
    event.preventDefault();
    field.place.dataset.over = "";
  });
  document.addEventListener("dragleave", (event) => {
    const field = nearest(event.target);
    if (field && !field.form.contains(event.relatedTarget)) delete field.place.dataset.over;
  });
  document.addEventListener("drop", (event) => {
    const field = nearest(event.target);
    if (!field || !event.dataTransfer?.files.length) return;
    event.preventDefault();
    delete field.place.dataset.over;
    field.take(event.dataTransfer.files);
  });
  window.addEventListener("online", () => {
    for (const field of fieldsIn(document)) {
      for (const item of field.items) if (item.state === "failed") item.go();
    }
  });
  window.addEventListener("beforeunload", (event) => {
    if (fieldsIn(document).some((field) => field.items.size && [...field.items].some((item) => item.state === "going"))) {
      event.preventDefault();
    }
  });
}
