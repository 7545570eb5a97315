// The live board: fetches its own page every ten seconds, puts in what is new, and tells of a table that is complete.

const AGAIN = 10000; // milliseconds

async function look() {
  if (document.hidden) return;
  const answer = await fetch(location.href, { cache: "no-store" });
  if (!answer.ok || answer.redirected) return; // signed out meanwhile: the last figures stay
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const before = complete(document);
  document.getElementById("board").replaceWith(page.getElementById("board"));
  tell(complete(document).filter((table) => !before.includes(table)));
}

const complete = (page) => Array.from(page.querySelectorAll("[data-complete]"), (row) => row.dataset.complete);

/** Say it, and leave it there until another table is complete. */
function tell(tables) {
  if (!tables.length) return;
  const place = document.getElementById("completed");
  place.textContent = tables.map((table) => place.dataset.sentence.replace("{table}", table)).join(" · ");
  place.hidden = false;
}

setInterval(() => look().catch((error) => console.warn(error)), AGAIN);
document.addEventListener("visibilitychange", () => look().catch((error) => console.warn(error)));
