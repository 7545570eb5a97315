// Pairing codes: typed, scanned, or brought by the link that the telephone's own camera has opened.

import { part, show } from "./page.js";
import { word } from "./words.js";

const LINK = /#pair=([0-9A-Za-z-]{4,20})$/;

/** The pairing code in a link as an organiser's page shows it, or nothing. */
export const codeIn = (text) => LINK.exec(text)?.[1] || "";

/** The code behind this page's own address, or nothing; it stands there no longer, neither does the browser's history. */
export function invitation() {
  const code = codeIn(location.hash);
  if (code) history.replaceState(null, "", location.pathname + location.search);
  return code;
}

/** What pairing is about: the first time, with a code at hand, or in place of the pairing `now` (the evening's title). */
export function showInvitation(code, now) {
  const said = !code ? "pairingIntro" : now ? "pairingInstead" : "pairingInvited";
  part("pairing-intro").textContent = word(said, { event: now });
  show(part("keep-pairing"), Boolean(code && now));
  show(part("practise-first"), !code);
}

/** A code that opens nothing any more: one tap says where the next one comes from. */
export function showDeadCode(dead) {
  part("new-code").open = false;
  show(part("new-code"), dead);
}
