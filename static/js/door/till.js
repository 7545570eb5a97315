// The parts of a sale on the screen: what there is, what it costs, the change, the tickets.

import { make, part, show } from "./page.js";
import { minor, money, word } from "./selling-words.js";
import { language, local } from "./words.js";

const counts = new Map(); // public id of the ticket type -> how many

export function clear() {
  counts.clear();
  for (const id of ["sale-gift", "guest-name", "guest-email", "cash-given"]) part(id).value = "";
  part("cash-change").textContent = "";
  for (const option of part("guest-language").options) option.selected = option.defaultSelected;
}

/** The list of what is sold, with the counts that were chosen before. */
export function fill(offer) {
  part("sale-types").replaceChildren(...offer.types.map((type) => row(type, offer)));
  if (!part("guest-language").options.length) {
    const usual = language in offer.languages ? language : Object.keys(offer.languages)[0];
    for (const [code, name] of Object.entries(offer.languages)) part("guest-language").add(new Option(name, code, code === usual));
  }
  total(offer);
}

function row(type, offer) {
  const item = make("li", "");
  const name = local(type.name);
  const about = make("span", "", "about");
  about.append(make("b", name), make("span", `${money(type.price, offer)} · ${type.left ? word("left", { n: type.left }) : word("gone")}`));
  const number = make("output", "");
  const step = (sign, by, label) => {
    const button = make("button", sign, "round");
    button.type = "button";
    button.ariaLabel = word(label, { name });
    button.addEventListener("click", () => set((counts.get(type.id) || 0) + by));
    return button;
  };
  const most = Math.min(offer.most, type.left);
  const [fewer, more] = [step("−", -1, "fewer"), step("+", 1, "more")];
  const set = (count) => {
    const now = Math.max(0, Math.min(count, most));
    counts.set(type.id, now);
    number.textContent = now;
    fewer.ariaDisabled = String(now === 0);
    more.ariaDisabled = String(now === most); // it keeps the focus, and says that it can do no more
    total(offer);
  };
  set(counts.get(type.id) || 0);
  const steps = make("span", "", "steps");
  steps.append(fewer, number, more);
  item.append(about, steps);
  return item;
}

/** What is asked for, as the server wants it; `gift` is null when it is no amount. */
export function wanted(offer) {
  const gift = minor(part("sale-gift").value, offer);
  const chosen = offer.types.filter((type) => counts.get(type.id));
  return {
    tickets: Object.fromEntries(chosen.map((type) => [type.id, counts.get(type.id)])),
    count: chosen.reduce((sum, type) => sum + counts.get(type.id), 0),
    gift,
    total: chosen.reduce((sum, type) => sum + type.price * counts.get(type.id), gift || 0),
    name: part("guest-name").value,
    email: part("guest-email").value,
    language: part("guest-language").value,
  };
}

export function total(offer) {
  part("sale-total").textContent = money(wanted(offer).total, offer);
}

/** What would be given away: a press too many costs the charity a seat. */
export function given({ tickets }, offer) {
  const lines = offer.types.filter((type) => tickets[type.id]);
  part("comp-what").replaceChildren(...lines.map((type) => make("li", `${tickets[type.id]} × ${local(type.name)}`)));
}

export function due(offer, amount) {
  part("cash-due").textContent = money(amount, offer);
  part("cash-given").value = "";
  change(offer, amount);
  part("cash-given").focus();
}

/** What goes back to the guest, of what was given. */
export function change(offer, amount) {
  const given = minor(part("cash-given").value, offer);
  const back = () => word("change", { amount: money(given - amount, offer) });
  part("cash-change").textContent = part("cash-given").value.trim() ? lacking(offer, amount) || back() : "";
}

/** Why what was given does not do; nothing typed does: not everybody counts on the phone. */
export function lacking(offer, amount) {
  const given = minor(part("cash-given").value, offer);
  if (!part("cash-given").value.trim()) return "";
  if (given === null) return word("giftWrong");
  return given < amount ? word("missing", { amount: money(amount - given, offer) }) : "";
}

/** A guest pays by card: the code of the pay page, or why there is none yet. */
export function card(sale) {
  const states = { held: sale.pay ? "cardHeld" : "cardSoon", waiting: "cardWaiting", processing: "cardProcessing" };
  if (part("card-state").textContent !== word(states[sale.status])) part("card-state").textContent = word(states[sale.status]);
  part("card-due").textContent = money(sale.total, sale);
  show(part("card-code"), Boolean(sale.pay));
  if (sale.pay) picture(part("card-code"), sale.pay.qr);
  show(part("card-cancel"), sale.status !== "processing");
}

/** The tickets of a sale that is paid, to be photographed. */
export function tickets(sale, change) {
  part("done-change").textContent = change;
  const isGift = sale.way === "comp";
  part("done-title").textContent = word(isGift ? "given" : "sold");
  part("done-total").textContent = isGift ? "" : money(sale.total, sale);
  show(part("done-mailed"), sale.mailed);
  part("done-tickets").replaceChildren(
    ...sale.tickets.map((ticket) => {
      const item = make("li", "");
      const image = make("img", "");
      image.alt = word("ticket", { number: ticket.number });
      picture(image, ticket.qr);
      item.append(image, make("span", word("ticket", { number: ticket.number })));
      return item;
    }),
  );
}

function picture(image, svg) {
  const address = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  if (image.src !== address) image.src = address;
}
