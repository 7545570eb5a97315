// Practice: made-up tickets for volunteers. It needs no pairing and no network, asks nobody and keeps nothing.

import { word } from "./words.js";

const KINDS = {
  good: { verdict: "admitted", reason: null },
  again: { verdict: "refused", reason: "already_admitted" },
  other: { verdict: "refused", reason: "other_event" },
  void: { verdict: "refused", reason: "void" },
  ask: { verdict: "needs", reason: "answer_needed" },
};

const seen = new Set();

/** Begin anew. */
export const restart = () => seen.clear();

/** Whatever a camera or a hand shows: good the first time, then already admitted. */
export function answerTo(code) {
  const kind = seen.has(code) ? "again" : "good";
  seen.add(code);
  return answerOf(kind);
}

/** An answer of the server's form: good, again, other, void or ask. */
export function answerOf(kind) {
  const at = new Date();
  const before = new Date(at - 6 * 60000).toISOString();
  return {
    ...KINDS[kind],
    at: at.toISOString(),
    admitted: kind === "good" ? 1 : 0,
    previous: kind === "again" ? { at: before, gate: word("door") } : null,
    guest: guest(kind),
    party: null,
    questions: kind === "ask" ? [question()] : [],
    practice: true,
  };
}

function question() {
  const choices = [word("practiceYes"), word("practiceNo")].map((said) => ({ en: said }));
  return { id: 0, name: word("practiceGuest"), text: { en: word("practiceQuestion") }, choices };
}

function guest(kind) {
  if (kind === "other") return null;
  if (kind === "void") return { ticket: "0000" };
  const type = { en: word("practiceSeat") };
  return { ticket: "0000", name: word("practiceGuest"), booked_by: word("practiceGuest"), type, table: "7", note: word("practiceNote") };
}
