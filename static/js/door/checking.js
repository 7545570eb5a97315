// One ticket after the other: the server is asked, and where it does not answer this phone decides.

import * as api from "./api.js";
import { undo as undoHere } from "./carrying.js";
import { derive } from "./codes.js";
import { decide } from "./deciding.js";
import * as store from "./store.js";

/**
 * One ticket shown: its code stays in memory, and what is kept of it opens nothing. `answers` are what the guest said to
 * the questions of the scan before, which this one follows as a new one.
 */
export async function begin(session, code, wholeParty, answers) {
  const at = new Date().toISOString();
  if (!session.carries) return { key: `${code} ${wholeParty}`, code, party: wholeParty, at, answers, scan_id: sameId(code, wholeParty, answers) };
  const derived = await derive(code);
  const key = wholeParty ? `${derived.hash} party` : derived.hash;
  const before = answers ? null : await store.get("asking", key); // asked, and never answered: the same question again
  const scan_id = before?.scan_id || newId();
  if (!before) await store.write(["asking"], ({ asking }) => asking.put({ key, scan_id }));
  return { key, code, party: wholeParty, at, scan_id, answers, mark: session.mark(derived.hash), ...derived };
}

/** Ask the server. Raises api.NoAnswer or api.Refused. */
export async function askServer(session, scan) {
  const { scan_id, code, party, at, answers } = scan;
  const answer = await api.scan(session.token, { scan_id, code: code.slice(0, 200), party, at, answers });
  unanswered.delete(scan.key);
  if (session.carries) await remember(session, scan, answer);
  return answer;
}

/** A guest without a code, found by name ({"ticket", "name", "booked_by"}): with a network only. */
export function beginNamed(guest, answers) {
  const at = new Date().toISOString();
  return { named: guest, key: `${guest.ticket} named`, at, answers, scan_id: sameId(guest.ticket, "named", answers) };
}

/** Ask the server for them. Raises api.NoAnswer or api.Refused. */
export async function admitNamed(session, { named, scan_id, at, answers, key }) {
  const answer = await api.admitNamed(session.token, { scan_id, ticket: named.ticket, name: named.name || named.booked_by, at, answers });
  unanswered.delete(key);
  return answer;
}

/** Decide without the server. */
export async function decideHere(network, scan) {
  return decide(scan, await network.place());
}

/**
 * Take back whom this scan let in, or, where its guest was in already, that earlier admission of the one guest; how many.
 * Raises api.NoAnswer or api.Refused.
 */
export async function takeBack(session, scan, answer) {
  const earlier = answer.previous?.scan_id;
  if (answer.offline) {
    await undoHere(session.book, { scan_id: earlier || scan.scan_id, mark: scan.mark });
    return 1;
  }
  const { undone } = await api.undo(session.token, earlier || scan.scan_id, earlier && answer.guest.ticket);
  if (session.carries && scan.mark) await store.write(["seen"], ({ seen }) => seen.delete(scan.mark));
  return undone;
}

/** Take back the admission of a guest found by name; how many. Raises api.NoAnswer or api.Refused. */
export async function takeBackNamed(session, { scan_id, ticket }) {
  const { undone } = await api.undo(session.token, scan_id, ticket);
  if (session.carries) await forgetSeen(scan_id);
  return undone;
}

/** Of a whole party only one code was shown, perhaps another guest's: that one stays as seen. */
async function forgetSeen(scanId) {
  const marks = (await store.all("seen")).filter((one) => one.scan_id === scanId && !one.party).map((one) => one.hash);
  await store.write(["seen"], ({ seen }) => marks.forEach((mark) => seen.delete(mark)));
}

const ENDED = ["void", "replaced", "unpaid"]; // of the ticket itself, and not of the hour

/** Answered: the next showing is a new question; and the time without a network shall know who is in, and who is not. */
async function remember(session, scan, answer) {
  await store.write(["asking", "seen", "tickets"], ({ asking, seen, tickets }, ask) => {
    asking.delete(scan.key);
    if (ENDED.includes(answer.reason)) {
      ask(tickets.get(scan.hash), (line) => line && tickets.put({ ...line, status: answer.reason }));
    }
    if (answer.admitted) seen.put({ hash: scan.mark, scan_id: scan.scan_id, at: answer.at, gate: session.gate, party: scan.party });
  });
}

const unanswered = new Map(); // without https, or without a code: what was shown -> scan_id, while the page is open

function sameId(code, wholeParty, answers) {
  const key = `${code} ${wholeParty}`;
  if (answers || !unanswered.has(key)) unanswered.set(key, newId());
  return unanswered.get(key);
}

/** A random UUID; crypto.randomUUID exists on secure pages only. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
