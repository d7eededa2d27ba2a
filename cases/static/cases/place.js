// On a case page: back to the list that this tab came from, the case before and the next one of it.
//
// The list's address is kept by the list's page (cases/queue.js), so that no link carries it and no act loses it.

const nav = document.querySelector("[data-place]");

async function show() {
  let list = null;
  try {
    list = sessionStorage.getItem("portal.list");
  } catch {
    return;
  }
  if (!list) return;
  const answer = await fetch(`${nav.dataset.place}?${new URLSearchParams({ list })}`, {
    credentials: "same-origin",
    redirect: "manual",
  });
  if (!answer.ok) return;
  nav.innerHTML = await answer.text();
  nav.hidden = false;
}

if (nav) show().catch(() => {});
