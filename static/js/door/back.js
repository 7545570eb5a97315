// The phone's own Back, button or gesture: it closes what is open, and leaves the door only when pressed twice.

import { codeIn } from "./pairing.js";

const WHILE = 4000; // milliseconds in which a second Back leaves
const HERE = { door: true }; // the entry of the history that Back takes away while the page stays

let closeOne, onLeaving;
let warned = 0;

/** `close` closes one thing and returns whether there was one; `told` hears whether the next Back leaves. */
export function wireBack(close, told) {
  [closeOne, onLeaving] = [close, told];
  window.addEventListener("popstate", () => {
    if (history.state?.door || codeIn(location.hash)) return; // forwards again, or an organiser's link
    if (closeOne()) return stay();
    onLeaving(true);
    warned = setTimeout(stay, WHILE);
  });
}

/** The next Back does not leave: something is open, or the door is. */
export function stay() {
  clearTimeout(warned);
  if (!history.state?.door) history.pushState(HERE, "");
  onLeaving(false);
}
