// A long form in steps: each card folds, says what stands in it, and leads to the next. Without scripts they fold too.

const TOLD = 3;

// What stands in a step, in short: the level that is chosen, then the first texts.
function told(step) {
  const found = [];
  for (const control of step.querySelectorAll("input, select, textarea")) {
    if (control.type === "hidden" || control.type === "checkbox" || !control.value.trim()) continue;
    if (control.type === "radio") {
      if (control.checked) found.push(control.closest("label")?.querySelector("strong")?.textContent || control.value);
    } else {
      found.push(control.type === "select-one" ? control.selectedOptions[0].textContent : control.value);
    }
  }
  return found.slice(0, TOLD).map((text) => text.trim()).join(" · ");
}

function tell(step) {
  const place = step.querySelector("[data-step-said]");
  const words = told(step);
  if (place && words) place.textContent = words;
}

for (const form of document.querySelectorAll("form[data-steps]")) {
  const steps = [...form.querySelectorAll("details.paper-step")];
  for (const [index, step] of steps.entries()) {
    step.addEventListener("input", () => tell(step));
    step.addEventListener("change", () => tell(step));
    const next = steps[index + 1];
    if (!next) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-outline-primary step-next";
    button.textContent = `Next: ${next.querySelector("[data-step-name]").textContent}`;
    button.addEventListener("click", () => {
      tell(step);
      step.open = false;
      next.open = true;
      next.scrollIntoView({ block: "nearest" });
      next.querySelector("input:not([type=hidden]), select, textarea")?.focus({ preventScroll: true });
    });
    (step.querySelector(".card-body") || step).append(button);
  }
  // A field that wants attention is never hidden in a folded step.
  form.addEventListener("invalid", (event) => (event.target.closest("details").open = true), true);
}
