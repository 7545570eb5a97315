// Sales that were left before their end: a line for each says how it stands and leads back to it.

import * as api from "./api.js";
import { make } from "./page.js";
import { money, word } from "./selling-words.js";

const WATCH_AGAIN = 5000; // milliseconds between two looks
const KEPT = "bonsoir.door.sales"; // their ids: no name, no ticket
const UNDER_WAY = ["held", "waiting", "processing"];

const told = new Map(); // id -> what the server said last
let session, onFailure, onOpen;
let round = 0;
let timer = 0;

/** `failure` hears of what goes wrong; `open` shows the sale of an id. */
export function wireWaiting(doorSession, failure, open) {
  [session, onFailure, onOpen] = [doorSession, failure, open];
}

export const isUnderWay = (sale) => UNDER_WAY.includes(sale.status);

const kept = () => JSON.parse(sessionStorage.getItem(KEPT) || "[]");

export function keep(id) {
  sessionStorage.setItem(KEPT, JSON.stringify([...new Set([...kept(), id])]));
}

export function drop(id) {
  told.delete(id);
  sessionStorage.setItem(KEPT, JSON.stringify(kept().filter((one) => one !== id)));
}

/** From now on tell of all but the one that is on the screen. */
export async function watch(shown = null) {
  const mine = ++round;
  clearTimeout(timer);
  const ids = session.isOpen ? kept().filter((id) => id !== shown) : [];
  tell(ids);
  let goesOn = false;
  for (const id of ids) {
    try {
      told.set(id, await api.sale(session.token, id));
      goesOn ||= isUnderWay(told.get(id));
    } catch (error) {
      onFailure(error);
      goesOn ||= error instanceof api.NoAnswer;
    }
    if (mine !== round) return;
  }
  tell(ids);
  if (goesOn) timer = setTimeout(() => watch(shown), WATCH_AGAIN);
}

/** A line that says what it said stays as it is: it would be read aloud again. */
function tell(ids) {
  for (const lines of document.querySelectorAll("[data-waiting-sales]")) {
    const said = [...lines.children].map((line) => line.dataset.sale + line.textContent);
    if (said.join() === ids.map((id) => id + sentence(told.get(id))).join()) continue;
    lines.replaceChildren(...ids.map(line));
  }
}

function line(id) {
  const button = make("button", sentence(told.get(id)), "link");
  button.type = "button";
  button.dataset.sale = id;
  button.addEventListener("click", () => onOpen(id));
  return button;
}

function sentence(sale) {
  if (!sale) return word("lineUnsure");
  const ended = sale.status === "paid" ? "linePaid" : "lineOver";
  return word(isUnderWay(sale) ? "lineWaiting" : ended, { amount: money(sale.total, sale) });
}
