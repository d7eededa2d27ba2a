// On the page that says the portal is away: asks every five seconds, and comes back when it is there again.
(() => {
  "use strict";
  async function ask() {
    try {
      const answer = await fetch(location.href, { cache: "no-store", credentials: "same-origin" });
      if (answer.status !== 503) return location.reload();
    } catch {
      // not even the web server answers: ask again
    }
    setTimeout(ask, 5000);
  }
  setTimeout(ask, 5000);
})();
