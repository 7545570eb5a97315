// The service worker. SHELL ({"version", "languages", "files", "later"}) is written before this text by the server.
// It keeps the app and nothing else: what the app says to the server and hears from it never passes a cache.

const CACHE = `bonsoir-door-${SHELL.version}`;
const OURS = new Set([...SHELL.files, ...SHELL.later]);
const PATIENCE = 3000; // milliseconds

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("message", (event) => event.data === "fetch the rest" && event.waitUntil(fetchTheRest()));
self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== location.origin) return;
  if (address.pathname === "/door") event.respondWith(page(address));
  else if (OURS.has(address.pathname)) event.respondWith(file(event.request, address.pathname));
});

async function install() {
  const cache = await caches.open(CACHE);
  await cache.addAll(SHELL.files.map((address) => new Request(address, { cache: "reload", credentials: "omit" })));
  await self.skipWaiting();
}

/** What the app can do without at first; one after the other, so that a network that goes away takes only the last. */
async function fetchTheRest() {
  const cache = await caches.open(CACHE);
  for (const address of SHELL.later) {
    if (!(await cache.match(address))) await cache.add(new Request(address, { credentials: "omit" })).catch(() => null);
  }
}

async function activate() {
  const old = (await caches.keys()).filter((name) => name.startsWith("bonsoir-door-") && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** A page in a named language is at hand; which language /door alone means, the server knows best. */
async function page(address) {
  const wanted = address.searchParams.get("lang");
  if (SHELL.languages.includes(wanted)) return file(`/door?lang=${wanted}`, `/door?lang=${wanted}`);
  try {
    return await fetch("/door", { signal: AbortSignal.timeout(PATIENCE) });
  } catch {
    return kept(`/door?lang=${likeliest()}`);
  }
}

function likeliest() {
  const spoken = navigator.languages.map((name) => name.slice(0, 2));
  return spoken.find((name) => SHELL.languages.includes(name)) || "en";
}

const file = async (request, address) => (await kept(address)) || fetch(request);
const kept = async (address) => (await caches.open(CACHE)).match(address);
