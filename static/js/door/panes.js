// The panes of a sale, one in sight at a time, and what is wrong in them.

import { complain, part, show } from "./page.js";

const PANES = ["choose", "cash", "comp", "card", "done", "unsure"];
const FIELDS = ["cash-given", "guest-email", "seller", "sale-gift"];

export function open(which) {
  for (const one of PANES) show(part(`sale-${one}`), one === which);
  document.body.classList.toggle("is-go", which === "done");
  for (const where of ["cash", "card"]) mistake(where, "");
  window.scrollTo(0, 0);
}

/** A mistake above the buttons of a pane, or none; with the field to mend it in. */
export function mistake(where, sentence, field = "") {
  complain(`${where}-mistake`, sentence);
  for (const id of FIELDS) part(id).ariaInvalid = sentence && id === field ? "true" : null;
  if (!sentence || !field) return;
  unfold(field);
  part(field).focus();
}

/** Open what hides a field. */
function unfold(field) {
  const fold = part(field).closest("details");
  if (fold) fold.open = true;
}

/** No button is pressed while an answer is on its way. */
export function lock(yes) {
  for (const button of part("sale").querySelectorAll("button")) button.disabled = yes;
}
