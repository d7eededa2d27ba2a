// A text that is too long is said to be so at its field, and kept: a browser would cut a pasted log off in silence.

const BOUNDED = ["textarea", "input[type=text]", "input[type=email]", "input[type=tel]", "input:not([type])"];
const among = (state) => BOUNDED.map((field) => field + state).join();

// As it is sent: each line ends with two characters.
const lengthOf = (text) => text.length + text.split("\n").length - 1;

// The field says so once, when it becomes too long, and when it is sent: not with each key, which would stand still.
function say(field) {
  const most = Number(field.dataset.most);
  const text = field.value;
  const length = 2 * text.length > most ? lengthOf(text) : text.length;
  const was = field.validity.customError;
  field.setCustomValidity(
    length > most
      ? `These are ${length.toLocaleString("en-US")} characters; the most is ${most.toLocaleString("en-US")}. ` +
          (field.matches("textarea") ? "Shorten the text, or send the rest as another one or as a file." : "Shorten it.")
      : "",
  );
  if (length > most && !was) field.reportValidity();
}

export function start() {
  document.addEventListener("focusin", (event) => {
    const field = event.target;
    if (!field.matches?.(among("[maxlength]"))) return;
    field.dataset.most = field.getAttribute("maxlength");
    field.removeAttribute("maxlength");
  });
  document.addEventListener("input", (event) => {
    if (event.target.matches?.(among("[data-most]"))) say(event.target);
  });
}
