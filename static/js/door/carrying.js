// What this phone carries for the time without a network: the manifest it fetches, and the queue it brings back.

import * as api from "./api.js";
import * as store from "./store.js";

const MOST = 200; // scans in one request

/** Fetch what changed; {"opens_at", ...} of the event as it is now. */
export async function refresh(token) {
  const since = (await store.recall("cursor")) || 0;
  const told = await api.manifest(token, since);
  await store.write(["tickets", "meta"], ({ tickets, meta }) => {
    if (told.cursor < since) tickets.clear(); // the server was restored from an older copy: this is the whole
    for (const line of told.tickets) tickets.put(line);
    meta.put({ key: "cursor", value: told.cursor });
    meta.put({ key: "event", value: told.event });
    meta.put({ key: "fetched", value: new Date().toISOString() });
  });
  return told.event;
}

/** The scans and undoings of this event and list that wait, oldest first. */
export async function waiting(book) {
  return (await store.all("queue")).filter((one) => one.event === book);
}

/**
 * Bring everything to the server, in order. After each request `onProgress` hears how many green lights of it the server
 * would not have given: at once, because the next request may fail.
 */
export async function bring(token, book, onProgress) {
  for (let rest = await waiting(book); rest.length; rest = await waiting(book)) {
    const batch = rest[0].undo ? rest.slice(0, 1) : leading(rest);
    const refused = batch[0].undo ? await takeBack(token, batch[0]) : await send(token, batch);
    await store.write(["queue"], ({ queue }) => batch.forEach((one) => queue.delete(one.n)));
    await onProgress(refused);
  }
}

function leading(rest) {
  const end = rest.findIndex((one) => one.undo);
  return rest.slice(0, Math.min(MOST, end < 0 ? rest.length : end));
}

async function send(token, batch) {
  const scans = batch.map(({ event: _, n: __, ...scan }) => ({ ...scan, offline: true }));
  const results = await api.scans(token, scans);
  if (results.length !== scans.length) throw new api.NoAnswer("cut off");
  return results.filter((one) => one.verdict !== "admitted").length;
}

async function takeBack(token, { scan_id }) {
  try {
    await api.undo(token, scan_id);
  } catch (error) {
    if (!(error instanceof api.Refused) || error.status !== 404) throw error; // 404: it had not let anybody in
  }
  return 0;
}

/** An admission made without a network is taken back: the server will hear of both. */
export async function undo(book, scan) {
  await store.write(["queue", "seen"], ({ queue, seen }) => {
    queue.add({ event: book, scan_id: scan.scan_id, undo: true });
    seen.delete(scan.mark);
  });
}
