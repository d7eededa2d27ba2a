// What the same person typed into the same form elsewhere: told beside the form, with a choice. Nothing is lost by it.

const LONGEST = 160;

const button = (words, act) => {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn btn-sm btn-outline-primary";
  made.textContent = words;
  made.addEventListener("click", act);
  return made;
};

const texts = (fields) => new Map(fields.filter(([, value]) => typeof value === "string"));

/** Whether everything of the other text stands in this one too: then nothing is lost with the other. */
export function isWithin(other, own, isChosen = () => false) {
  const mine = texts(own);
  const isSame = (name, value) => (isChosen(name) ? mine.get(name) === value : mine.get(name)?.includes(value.trim()));
  return [...texts(other)].every(([name, value]) => !value.trim() || isSame(name, value));
}

// The beginning of what differs, by which its writer knows it.
function beginning(other, own) {
  const mine = texts(own);
  const differing = [...texts(other)].filter(([name, value]) => value.trim() && value !== mine.get(name));
  const [, text = ""] = differing.sort(([, one], [, two]) => two.length - one.length)[0] || [];
  const line = text.trim().replace(/\s+/g, " ");
  return line.length > LONGEST ? `${line.slice(0, LONGEST)} …` : line;
}

/** Shows the choice in the form; `choose` is told "theirs", "mine" or "both". Returns its element. */
export function ask(form, { at, other, own, choose }) {
  form.querySelector(".draft-elsewhere")?.remove();
  const box = document.createElement("div");
  box.className = "draft-elsewhere";
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", "Two texts");
  const said = document.createElement("p");
  const words = document.createElement("q");
  words.textContent = beginning(other, own);
  said.append(`You typed this elsewhere at ${at}: `, words);
  const take = (which) => () => {
    box.remove();
    choose(which);
  };
  const buttons = document.createElement("div");
  buttons.className = "draft-elsewhere-ways";
  buttons.append(
    button("Keep both", take("both")),
    button("Use that text", take("theirs")),
    button("Keep this text", take("mine")),
  );
  const note = document.createElement("p");
  note.className = "form-hint";
  note.textContent = "Whichever you leave stays among your drafts.";
  box.append(said, buttons, note);
  const line = form.querySelector(".draft-line-status");
  (line?.closest(".act-foot, .card-footer") || line || form.lastElementChild).after(box);
  return box;
}
