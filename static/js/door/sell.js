// Selling at the door: with a network only. One sale keeps its id until the server has answered, so it is never made twice.

import * as api from "./api.js";
import { newId } from "./checking.js";
import { firstWrong, part, show } from "./page.js";
import { lock, mistake, open } from "./panes.js";
import * as till from "./till.js";
import { word } from "./selling-words.js";
import * as waiting from "./waiting.js";

const LOOK_AGAIN = 2000; // milliseconds between two looks at a guest's payment
const FIELDS = { email_wrong: "guest-email", name_needed: "seller", gift_of_guest: "sale-gift" }; // where a refusal is mended

let session, onFailure, onClose, onAdmit;
let offer = null;
let seller = "";
const drafts = new Map(); // sales that were sent, by their id, until they have ended
let draft = null; // the sale that is being made
let sale = null; // and what the server says of it
let looking = 0;
let isBusy = false; // a question is on its way

/** `onFailure` hears of refusals and returns the sentence to show; `reopen` shows a sale; `admit` lets in the party of a code. */
export function wireSale(doorSession, failure, close, reopen, admit) {
  [session, onFailure, onClose, onAdmit] = [doorSession, failure, close, admit];
  waiting.wireWaiting(session, failure, reopen);
  const on = (id, act) => part(id).addEventListener("click", act);
  part("sale-form").addEventListener("submit", (event) => event.preventDefault());
  part("sale-form").addEventListener("input", () => offer && till.total(offer));
  for (const way of ["cash", "card", "comp"]) on(`sale-${way}-way`, () => choose(way));
  part("cash-form").addEventListener("submit", (event) => (event.preventDefault(), takeCash()));
  part("cash-given").addEventListener("input", () => (till.change(offer, draft.total), mistake("cash", "")));
  on("cash-back", () => back().then(() => part("sale-cash-way").focus()));
  on("comp-give", send);
  on("comp-back", () => back().then(() => part("sale-comp-way").focus()));
  for (const id of ["sale-again", "card-again"]) on(id, again);
  on("card-cancel", cancel);
  on("sale-ask", ask);
  on("sale-admit", () => onAdmit(sale.tickets[0].code));
  on("seller-change", () => name(""));
  for (const button of document.querySelectorAll("[data-close-sale]")) button.addEventListener("click", onClose);
}

/** A new sale, or the one of an id that was left before its end. */
export async function openSale(id = null) {
  show(part("sale"), true);
  till.clear();
  if (!id) return back();
  sale = null;
  draft = drafts.get(id) || { sale_id: id };
  waiting.watch(id);
  return ask();
}

/** The scanner comes back; a card's payment goes on, and a line there leads back to it. */
export function closeSale() {
  clearTimeout(looking);
  document.body.classList.remove("is-go");
  show(part("sale"), false);
  waiting.watch();
}

/** The phone's Back: from the cash to what was chosen, and nowhere while an answer is on its way. Whether it was heard. */
export function stepBack() {
  if (isBusy) return true;
  if (part("sale-cash").hidden && part("sale-comp").hidden) return false;
  back();
  return true;
}

export const isSelling = () => !part("sale").hidden;

// ---- what is sold ----

async function again() {
  till.clear();
  await back();
}

/** To what was chosen: nothing was sold, and the guest need not say it all once more. */
async function back() {
  draft = sale = null;
  pane("choose");
  waiting.watch();
  await load();
}

async function load() {
  mistake("sale", "");
  try {
    offer = await api.offer(session.token);
    till.fill(offer);
    for (const way of ["cash", "card", "comp"]) show(part(`sale-${way}-way`), offer.ways.includes(way));
    for (const status of ["counting", "closed"]) show(part(`cash-${status}`), offer.drawer === status);
  } catch (error) {
    mistake("sale", failed(error));
  }
  name(seller);
}

function name(known) {
  seller = known;
  show(part("seller-field"), !seller);
  show(part("sold-by"), Boolean(seller));
  part("sold-by-name").textContent = word("soldBy", { name: seller });
  if (!seller) part("seller").focus();
}

function choose(way) {
  mistake("sale", "");
  if (!offer) return;
  const wrong = firstWrong(part("sale-form"));
  if (wrong) return mistake("sale", wrong.dataset.wrong, wrong.id);
  const wanted = till.wanted(offer);
  if (wanted.gift === null) return mistake("sale", word("giftWrong"), "sale-gift");
  if (!wanted.count && !wanted.gift) return mistake("sale", word("nothing"));
  name(seller || part("seller").value.trim());
  const { count, ...rest } = wanted;
  draft = { sale_id: newId(), way, seller, ...rest, total: way === "comp" ? 0 : wanted.total };
  if (way === "card") return send();
  if (way === "comp") return till.given(wanted, offer), pane("comp"), part("comp-give").focus();
  pane("cash");
  till.due(offer, draft.total);
}

/** Less than the guest owes is not taken for the whole. */
function takeCash() {
  const lacking = till.lacking(offer, draft.total);
  if (!lacking) return send();
  part("cash-change").textContent = "";
  mistake("cash", lacking, "cash-given");
}

// ---- the sale ----

async function send() {
  drafts.set(draft.sale_id, draft);
  waiting.keep(draft.sale_id);
  waiting.watch(draft.sale_id);
  await question(() => api.sell(session.token, draft));
}

/** How the sale stands that had no answer: if the server never heard of it, it is sent as it was. */
async function ask() {
  await question(async () => {
    try {
      return await api.sale(session.token, draft.sale_id);
    } catch (error) {
      if (error.status !== 404 || !draft.way) throw error;
      return api.sell(session.token, draft);
    }
  });
}

async function question(put) {
  busy(true);
  try {
    tell(await put());
  } catch (error) {
    if (error instanceof api.NoAnswer) return unsure(error);
    ended();
    if (error.status === 404) return again();
    const sentence = failed(error);
    await back();
    mistake("sale", sentence, FIELDS[error.code]);
  } finally {
    busy(false);
  }
}

function tell(answer) {
  const first = sale?.status !== answer.status;
  sale = answer;
  if (sale.status === "paid") return first && done();
  if (waiting.isUnderWay(sale)) return card();
  ended();
  back().then(() => mistake("sale", word("over")));
}

/** Nothing more will become of the sale on the screen. */
function ended() {
  drafts.delete(draft.sale_id);
  waiting.drop(draft.sale_id);
}

function done() {
  const given = part("cash-change").textContent;
  till.tickets(sale, sale.way === "cash" && draft.total === sale.total ? given : "");
  show(part("sale-admit"), sale.tickets.length > 0);
  ended();
  pane("done");
}

function card() {
  till.card(sale);
  if (part("sale-card").hidden) pane("card");
  clearTimeout(looking);
  looking = setTimeout(look, LOOK_AGAIN);
}

async function look() {
  const asked = sale;
  const isShown = () => isSelling() && !part("sale-card").hidden && sale === asked;
  if (!isShown()) return;
  try {
    const now = await api.sale(session.token, asked.sale_id);
    if (!isShown()) return; // the volunteer scans or sells again meanwhile
    tell(now);
    show(part("card-offline"), false);
  } catch (error) {
    failed(error);
    if (!isShown()) return;
    show(part("card-offline"), true);
    looking = setTimeout(look, LOOK_AGAIN);
  }
}

async function cancel() {
  busy(true);
  mistake("card", "");
  try {
    tell(await api.cancelSale(session.token, sale.sale_id));
  } catch (error) {
    mistake("card", failed(error));
    card();
  } finally {
    busy(false);
  }
}

function unsure(error) {
  onFailure(error);
  pane("unsure");
}

function pane(which) {
  clearTimeout(looking);
  open(which);
}

function failed(error) {
  const sentence = onFailure(error);
  return error instanceof api.NoAnswer ? word("offline") : sentence;
}

function busy(yes) {
  isBusy = yes;
  lock(yes);
}
