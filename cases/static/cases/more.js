// "More": a menu of links that is searched as one types. It opens and closes as details do; Escape and a press elsewhere
// close it, the arrows walk it.

/** Makes the menu searchable. */
export function searchable(menu) {
  const label = menu.querySelector(".more-search");
  const search = label.querySelector("input");
  const groups = [...menu.querySelectorAll(".more-group")];
  const none = menu.querySelector(".more-none");
  label.hidden = false;

  const links = () => [...menu.querySelectorAll(".more-group a")].filter((link) => link.checkVisibility());

  function narrow() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const group of groups) {
      const title = group.querySelector(".more-title").textContent.toLowerCase();
      let some = false;
      for (const line of group.querySelectorAll("li")) {
        const text = `${title} ${line.textContent.toLowerCase()}`;
        line.hidden = !words.every((word) => text.includes(word));
        some ||= !line.hidden;
      }
      group.hidden = !some;
    }
    none.hidden = groups.some((group) => !group.hidden);
  }

  function close(back) {
    menu.removeAttribute("open");
    if (back) menu.querySelector("summary").focus();
  }

  search.addEventListener("input", narrow);
  menu.addEventListener("toggle", () => {
    if (!menu.open) return;
    search.value = "";
    narrow();
    search.focus();
  });
  menu.addEventListener("keydown", (event) => {
    if (!menu.open) return;
    const all = links();
    const at = all.indexOf(document.activeElement);
    if (event.key === "Escape") close(true);
    else if (event.key === "ArrowDown") all[Math.min(at + 1, all.length - 1)]?.focus();
    else if (event.key === "ArrowUp") (at > 0 ? all[at - 1] : search).focus();
    else if (event.key === "Enter" && document.activeElement === search) all[0]?.click();
    else return;
    event.preventDefault();
  });
  document.addEventListener("pointerdown", (event) => {
    if (menu.open && !menu.contains(event.target)) close(false);
  });
}
