// Looking a guest up by name: with a network only, and the server notes it.

import * as api from "./api.js";
import { complain, line, make, part, show } from "./page.js";
import { timeOfDay, word } from "./words.js";

/** `session` gives token and zone; `onFailure` hears of refusals and returns the sentence to show. */
export function wireSearch(session, onFailure, onClose) {
  part("search-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    complain("search-mistake", "");
    try {
      list(await api.guests(session.token, part("query").value), session.zone);
    } catch (error) {
      list([], session.zone);
      show(part("found-none"), false);
      complain("search-mistake", onFailure(error));
    }
  });
  part("close-search").addEventListener("click", onClose);
}

export function openSearch() {
  part("found").replaceChildren();
  part("query").value = "";
  complain("search-mistake", "");
  show(part("found-none"), false);
  show(part("search"), true);
  part("query").focus();
}

function list(guests, zone) {
  part("found").replaceChildren(...guests.map((guest) => row(guest, zone)));
  show(part("found-none"), guests.length === 0);
}

function row(guest, zone) {
  const item = make("li", "");
  const table = guest.table ? [word("table", { table: guest.table })] : [];
  const about = [...table, word("ticket", { number: guest.ticket })].join(" · ");
  item.append(make("b", guest.name || word("guestOf", { name: guest.booked_by })), make("span", about), state(guest, zone));
  return item;
}

function state(guest, zone) {
  const marks = make("ul", "");
  if (guest.status === "unpaid") marks.append(line("warn", word("notPaid")));
  else if (guest.arrived_at) marks.append(line("check", word("here", { time: timeOfDay(guest.arrived_at, zone), gate: guest.gate })));
  else marks.append(line("people", word("notHere")));
  return marks;
}
