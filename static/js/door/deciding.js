// May this ticket come in, as far as this phone knows? For the time without a network; online the server decides.

import * as store from "./store.js";

const REFUSED = { void: "void", replaced: "replaced", unpaid: "unpaid" };

/** An answer of the same form as the server's; a green light stands in the queue before it is told. */
export async function decide(scan, place) {
  const line = await store.get("tickets", scan.hash);
  const content = line?.box ? await scan.open(line.box).catch(() => null) : null;
  let reason = reasonToRefuse(line, place);
  let first = null;
  if (!reason) {
    first = line.status === "admitted" ? content?.previous || {} : await letIn(scan, place);
    if (first) reason = "already_admitted";
  }
  return {
    scan_id: scan.scan_id,
    verdict: reason ? "refused" : "admitted",
    reason,
    at: scan.at,
    admitted: reason ? 0 : 1,
    previous: first?.at ? first : null,
    guest: content,
    party: null,
    offline: true,
  };
}

/** Everything that speaks against a ticket but its having been used; in the server's order. */
function reasonToRefuse(line, { event, now }) {
  if (!line) return "unknown";
  if (REFUSED[line.status]) return REFUSED[line.status];
  const early = event.opens_at && now < Date.parse(event.opens_at);
  const late = event.closes_at && now >= Date.parse(event.closes_at);
  return early || late ? "outside_hours" : null;
}

/** Queue the green light unless this phone gave one before: {"at", "gate"} of that one, or null. */
async function letIn(scan, { event, gate }) {
  let first = null;
  const { hash, proof, scan_id, at, key } = scan;
  await store.write(["seen", "queue", "asking"], ({ seen, queue, asking }, ask) => {
    ask(seen.get(hash), (known) => {
      if (known) {
        first = { at: known.at, gate: known.gate };
        return;
      }
      seen.put({ hash, scan_id, at, gate });
      queue.add({ event: event.slug, scan_id, hash, proof, at });
      asking.delete(key);
    });
  });
  return first;
}
