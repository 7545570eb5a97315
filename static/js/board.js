// The live board: fetches its own page every ten seconds and puts in what is new.

const AGAIN = 10000; // milliseconds

async function look() {
  if (document.hidden) return;
  const answer = await fetch(location.href, { cache: "no-store" });
  if (!answer.ok || answer.redirected) return; // signed out meanwhile: the last figures stay
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.getElementById("board").replaceWith(page.getElementById("board"));
}

setInterval(() => look().catch((error) => console.warn(error)), AGAIN);
document.addEventListener("visibilitychange", () => look().catch((error) => console.warn(error)));
