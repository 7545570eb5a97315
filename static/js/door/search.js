// Looking a guest up by name or number, and letting in who has no code: with a network only, and the server notes it.

import * as api from "./api.js";
import { complain, line, make, part, show } from "./page.js";
import { timeOfDay, word } from "./words.js";

/** `session` gives token and zone; `onFailure` hears of refusals and returns the sentence to show; `onAdmit` and `onUndo` a guest. */
export function wireSearch(session, onFailure, onClose, onAdmit, onUndo) {
  part("search-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    complain("search-mistake", "");
    try {
      list(await api.guests(session.token, part("query").value), session.zone, { onAdmit, onUndo });
    } catch (error) {
      list([], session.zone);
      show(part("found-none"), false);
      const sentence = onFailure(error);
      complain("search-mistake", error instanceof api.NoAnswer ? word("searchAway") : sentence);
    }
  });
  part("close-search").addEventListener("click", onClose);
}

/** With a ticket's number at hand it is searched for at once. */
export function openSearch(number = "") {
  part("found").replaceChildren();
  part("query").value = number;
  complain("search-mistake", "");
  part("search-why").textContent = word("searchWhy");
  show(part("found-none"), false);
  show(part("search"), true);
  if (number) part("search-form").requestSubmit();
  else part("query").focus();
}

function list(guests, zone, acts) {
  part("found").replaceChildren(...guests.map((guest) => row(guest, zone, acts)));
  show(part("found-none"), guests.length === 0);
}

function row(guest, zone, { onAdmit, onUndo }) {
  const item = make("li", "");
  const table = guest.table ? [word("table", { table: guest.table })] : [];
  const about = [...table, word("ticket", { number: guest.ticket })].join(" · ");
  const name = guest.name || word("guestOf", { name: guest.booked_by });
  item.append(make("b", name), make("span", about), state(guest, zone));
  if (guest.status !== "unpaid" && !guest.arrived_at) item.append(button("admitNamed", "button plain", name, () => onAdmit(guest)));
  if (guest.arrived_at && guest.scan_id) item.append(button("undoNamed", "link", name, () => onUndo(guest, name)));
  return item;
}

function button(said, look, name, act) {
  const button = make("button", word(said), look);
  button.type = "button";
  button.ariaLabel = word(`${said}Who`, { name });
  button.addEventListener("click", act);
  return button;
}

function state(guest, zone) {
  const marks = make("ul", "");
  if (guest.status === "unpaid") marks.append(line("warn", word("notPaid")));
  else if (guest.arrived_at) marks.append(line("check", word("here", { time: timeOfDay(guest.arrived_at, zone), gate: guest.gate })));
  else marks.append(line("people", word("notHere")));
  return marks;
}
