// The guest's ticket: the screen stays on while the code fills it, and the page is kept for a hall without a network.
// Without a script the code opens and closes all the same, by its address.

const path = location.pathname;
let lamp = null;

addEventListener("hashchange", shine);
document.addEventListener("visibilitychange", shine);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && shown()) location.hash = "main";
});
shine();
if ("serviceWorker" in navigator && "caches" in window) keepOrForget();

function shown() {
  return location.hash === "#code" && document.getElementById("code");
}

async function shine() {
  const code = shown();
  if (code) code.focus();
  for (const part of document.querySelectorAll("body > .skip, body > header, main > :not(.code-full)")) part.inert = Boolean(code);
  if (code && document.visibilityState === "visible") {
    lamp ??= await navigator.wakeLock?.request("screen").catch(() => null); // an empty battery may refuse
    lamp?.addEventListener("release", () => (lamp = null));
  } else {
    await lamp?.release();
    lamp = null;
  }
}

async function keepOrForget() {
  const place = document.getElementById("kept");
  try {
    if (place) await keep(place);
    else await forget();
  } catch {
    // a browser that keeps nothing (a private window) shows the ticket as well
  }
}

async function keep(place) {
  navigator.serviceWorker.addEventListener("message", (event) => {
    if (event.data === "kept") place.firstElementChild.hidden = false;
  });
  navigator.serviceWorker.startMessages();
  await navigator.serviceWorker.register("/t/sw.js", { scope: path });
  const registration = await navigator.serviceWorker.ready;
  registration.active.postMessage({ page: `${path}?lang=${document.documentElement.lang}`, files: files() });
}

/** What this page is made of beside itself: sheets, faces, signs, this script. */
function files() {
  const loaded = performance.getEntriesByType("resource").map((one) => one.name);
  return [...new Set(loaded)].filter((address) => new URL(address).origin === location.origin);
}

async function forget() {
  await caches.delete(`bonsoir-ticket ${path}`);
  for (const one of await navigator.serviceWorker.getRegistrations()) {
    if (new URL(one.scope).pathname === path) await one.unregister();
  }
}
