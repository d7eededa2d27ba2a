// The browser's own copies of what is being typed: one for each page of a form, so that two tabs keep two.
//
// A copy stays until the server has what it holds: its text was saved, or the form of its key was done. Sending a form
// is not enough: the connection may break on the way.

const STEM = "portal.draft";
const ALIVE = "portal.draft.page.";
const PRESUMED_OPEN = 120000; // how long a page counts as open where the browser has no locks

const reader = () => document.body.dataset.reader || "-";
const named = (path, page) => `${STEM}.${reader()}.${path}#${page}`;

export const token = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value || "";

export function write(copy) {
  try {
    localStorage.setItem(named(copy.path, copy.page), JSON.stringify({ ...copy, written: Date.now() }));
    return true;
  } catch {
    return false; // storage is refused or full: the server's draft remains
  }
}

export function drop(copy) {
  try {
    localStorage.removeItem(named(copy.path, copy.page));
  } catch {
    // storage is refused: nothing was kept either
  }
}

// The reader's copies, the latest first; of one path, or of all.
export function list(path) {
  const found = [];
  try {
    const stem = path === undefined ? `${STEM}.${reader()}.` : named(path, "");
    for (const name of Object.keys(localStorage)) {
      if (!name.startsWith(stem)) continue;
      const copy = JSON.parse(localStorage.getItem(name) || "null");
      if (copy?.path && copy.page !== undefined && Array.isArray(copy.fields)) found.push(copy);
      else localStorage.removeItem(name);
    }
  } catch {
    // storage is refused
  }
  return found.sort((one, other) => other.written - one.written);
}

// Says, as long as the page is open, that its copy is nobody else's to take. Returns how to stop saying so.
export function hold(page) {
  let stop = () => {};
  navigator.locks
    ?.request(ALIVE + page, { ifAvailable: true }, () => new Promise((resolve) => (stop = resolve)))
    .catch(() => {}); // the page is gone already
  return () => stop();
}

async function open() {
  if (!navigator.locks) return null;
  const { held } = await navigator.locks.query();
  return new Set(held.map((lock) => lock.name));
}

// The copies whose page is not open any more; those whose form was done are let go. None when nobody can say.
export async function left(path, own) {
  const copies = list(path);
  if (!copies.length) return [];
  const held = await open();
  const isLeft = (copy) =>
    copy.page === own || (held ? !held.has(ALIVE + copy.page) : Date.now() - copy.written > PRESUMED_OPEN);
  const gone = copies.filter(isLeft);
  if (!gone.length) return [];
  const body = new FormData();
  for (const copy of gone) body.append("key", copy.page);
  const answer = await fetch("/drafts/done/", {
    method: "POST",
    body,
    headers: { "X-CSRFToken": token(), "HX-Request": "true" },
    redirect: "error",
  });
  if (!answer.ok) return [];
  const done = new Set((await answer.json()).done);
  for (const copy of gone) if (done.has(copy.page)) drop(copy);
  return gone.filter((copy) => !done.has(copy.page));
}

const post = (url, fields) => {
  const body = new FormData();
  for (const [name, value] of fields) body.append(name, value);
  return fetch(url, {
    method: "POST",
    body,
    headers: { "X-CSRFToken": token(), "HX-Request": "true" },
    redirect: "error",
  });
};

// What was left in the browser goes to the server from whichever page is opened next; an open form sees to its own.
// Where another text stands by then, and nobody is there to be asked, it is set aside among the drafts.
export async function bring(paths) {
  for (const copy of await left(undefined)) {
    if (paths.has(copy.path) || !copy.url) continue;
    let answer = await post(copy.url, copy.fields);
    if (answer.status === 409) answer = await post(copy.url, [...copy.fields, ["aside", "1"]]);
    if (answer.ok) drop(copy);
  }
}
