// The service worker of one ticket: its scope is that ticket's own address. It keeps this page and the files it is drawn
// with, nothing else: not the guest's wishes, not the order, no other guest. The server says until when ("Ticket-Kept-
// Until"); a ticket that opens no door any more is forgotten as soon as a network says so.

const PAGE = new URL(self.registration.scope).pathname;
const CACHE = `bonsoir-ticket ${PAGE}`;
const UNTIL = "Ticket-Kept-Until"; // milliseconds since 1970; 0: no longer
const PATIENCE = 4000; // milliseconds
const OPEN_TO_ALL = ["/static/", "/accent/"];

self.addEventListener("install", (event) => event.waitUntil(self.skipWaiting()));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => event.waitUntil(keep(event.data, event.source)));
self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== location.origin) return;
  if (event.request.mode === "navigate" && address.pathname === PAGE) event.respondWith(page(event));
  else if (OPEN_TO_ALL.some((place) => address.pathname.startsWith(place))) event.respondWith(file(event.request));
});

async function keep({ page, files }, client) {
  if (new URL(page, location.origin).pathname !== PAGE) return;
  await learn(await fetch(page));
  if (!(await known())) return;
  const cache = await caches.open(CACHE);
  const wanted = files.filter((one) => OPEN_TO_ALL.some((place) => new URL(one).pathname.startsWith(place)));
  await Promise.all(wanted.map((one) => cache.add(one)));
  client.postMessage("kept");
}

/** The server's page where it comes soon enough, else the kept one. */
async function page(event) {
  const asked = fetch(event.request).then(learn);
  event.waitUntil(asked.catch(() => null));
  const kept = await known();
  if (!kept) return asked;
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  const answer = await Promise.race([asked.catch(() => null), late]);
  return answer && isTold(answer) ? answer : kept;
}

/** Keep or forget, as an answer says; one that says nothing (a hotel's own page, a fault) changes nothing. */
async function learn(answer) {
  if (isTold(answer)) {
    if (answer.ok && Number(answer.headers.get(UNTIL)) > Date.now()) await (await caches.open(CACHE)).put(PAGE, answer.clone());
    else await forget();
  }
  return answer;
}

const isTold = (answer) => answer.headers.has(UNTIL) || answer.status === 404 || answer.status === 410;

async function known() {
  const kept = await caches.match(PAGE, { cacheName: CACHE });
  if (kept && Number(kept.headers.get(UNTIL)) <= Date.now()) await forget();
  else return kept;
}

async function forget() {
  await caches.delete(CACHE);
  await self.registration.unregister();
}

const file = async (request) => (await caches.match(request, { cacheName: CACHE })) || fetch(request);
