// The report that dispatch takes down, by keyboard: a digit chooses the severity of that number while the focus is on one
// of them, and Ctrl+Enter opens the case. Without this script arrows choose, and the button opens.

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.(".call-form");
  if (!form) return;
  const withControl = event.ctrlKey || event.metaKey;
  if (event.key === "Enter" && withControl) {
    event.preventDefault();
    form.requestSubmit();
  } else if (!withControl && !event.altKey && event.target.closest(".severity-cards")) {
    const card = form.querySelector(`[data-severity="${CSS.escape(event.key)}"] input`);
    if (!card) return;
    event.preventDefault();
    card.focus();
    if (!card.checked) card.click();
  }
});
