// Sets light or dark before the first paint (loaded blocking in the head), and keeps the reader's choice.
(() => {
  "use strict";
  const KEY = "portal.theme";
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;

  function choice() {
    try {
      return localStorage.getItem(KEY) || "system";
    } catch {
      return "system"; // storage is refused: follow the system
    }
  }

  function show() {
    const chosen = choice();
    root.dataset.bsTheme = chosen === "dark" || (chosen === "system" && dark.matches) ? "dark" : "light";
    for (const button of document.querySelectorAll("[data-theme-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === chosen));
    }
  }

  show();
  dark.addEventListener("change", show);
  window.addEventListener("storage", (event) => event.key === KEY && show());
  document.addEventListener("DOMContentLoaded", () => {
    for (const group of document.querySelectorAll("[data-theme-switch]")) group.hidden = false;
    show();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-choice]");
    if (!button) return;
    try {
      localStorage.setItem(KEY, button.dataset.themeChoice);
    } catch {
      // not kept; the page at hand still changes
    }
    show();
  });
})();
