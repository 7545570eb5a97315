/* The thermometer keeps itself true: it fetches its own page and takes over words and lengths. Without a network it
   shows what it last knew, says so, and asks on, a little less often each time. */

const SOON = 3000; // milliseconds between two looks
const LATEST = 15000;
const WORDS = ["paid", "goal", "legend", "names"];
const away = document.getElementById("away");

for (let wait = SOON; ;) {
  await new Promise((resolve) => setTimeout(resolve, wait));
  const seen = await look();
  away.hidden = seen;
  wait = seen ? SOON : Math.min(wait * 1.5, LATEST);
}

async function look() {
  try {
    const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(10000) });
    if (!answer.ok) return false;
    take(new DOMParser().parseFromString(await answer.text(), "text/html"));
    return true;
  } catch {
    return false;
  }
}

function take(page) {
  for (const id of WORDS) {
    const [old, fresh] = [document.getElementById(id), page.getElementById(id)];
    if (fresh && old.innerHTML !== fresh.innerHTML) old.replaceChildren(...fresh.childNodes);
  }
  for (const bar of document.querySelectorAll("[data-live-bar]")) {
    const fresh = page.getElementById(bar.id);
    for (const side of fresh ? ["x", "width"] : []) bar.setAttribute(side, fresh.getAttribute(side));
  }
}

navigator.wakeLock?.request("screen").catch(() => {}); // a projector's computer must not fall asleep; where it may not, it does
