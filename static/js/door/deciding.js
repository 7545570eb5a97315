// May this ticket come in, as far as this phone knows? For the time without a network; online the server decides.

import * as store from "./store.js";

const REFUSED = { void: "void", replaced: "replaced", unpaid: "unpaid" };

/** An answer of the same form as the server's; a green light stands in the queue before it is told. */
export async function decide(scan, place) {
  const line = await store.get("tickets", scan.hash);
  const content = line?.box ? await scan.open(line.box).catch(() => null) : null;
  let reason = reasonToRefuse(line, place);
  let first = null;
  if (!reason && !place.event.repeats) {
    first = line.status === "admitted" ? content?.previous || {} : await store.get("seen", scan.mark);
    if (first) reason = "already_admitted";
  }
  const questions = reason ? [] : unanswered(content, scan.answers);
  if (!reason && questions.length) reason = "answer_needed";
  if (!reason) {
    first = await letIn(scan, place);
    if (first) reason = "already_admitted";
  }
  return {
    scan_id: scan.scan_id,
    verdict: reason === "answer_needed" ? "needs" : reason ? "refused" : "admitted",
    reason,
    at: scan.at,
    admitted: reason ? 0 : 1,
    previous: first?.at ? before(first) : null,
    guest: content,
    party: null,
    table: null,
    questions,
    ...(reason === "outside_hours" ? { hours: { opens_at: place.event.opens_at, closes_at: place.event.closes_at } } : {}),
    offline: true,
  };
}

/** When and where the guest was let in; by which scan, where this phone let in nobody else with it. */
function before({ at, gate, scan_id, party }) {
  return scan_id && !party ? { at, gate, scan_id } : { at, gate };
}

/** Everything that speaks against a ticket but its having been used; in the server's order. */
function reasonToRefuse(line, { event, now }) {
  if (!line) return "unknown";
  if (REFUSED[line.status]) return REFUSED[line.status];
  const early = event.opens_at && now < Date.parse(event.opens_at);
  const late = event.closes_at && now >= Date.parse(event.closes_at);
  return early || late ? "outside_hours" : null;
}

/** The questions in the ticket's box that nobody has answered yet. */
function unanswered(content, answers) {
  const said = new Set((answers || []).map((one) => one.question));
  return (content?.questions || []).filter((one) => !said.has(one.id)).map((one) => ({ ...one, name: content.name }));
}

/** Queue the green light unless this phone gave one before: {"at", "gate"} of that one, or null. */
async function letIn(scan, { event, book, gate }) {
  let first = null;
  const { hash, mark, proof, scan_id, at, key } = scan;
  const answers = scan.answers ? { answers: await scan.seal(scan.answers, scan_id) } : {};
  await store.write(["seen", "queue", "asking"], ({ seen, queue, asking }, ask) => {
    ask(seen.get(mark), (known) => {
      if (known && !event.repeats) {
        first = known;
        return;
      }
      seen.put({ hash: mark, scan_id, at, gate });
      queue.add({ event: book, scan_id, hash, proof, at, ...answers });
      asking.delete(key);
    });
  });
  return first;
}
