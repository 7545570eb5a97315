/* The order form with a script: buttons beside the numbers, suggested gifts, and the bill as the server computes it.
   Nothing is computed here. Without this file the form works by the button "Show the total". */

const form = document.getElementById("order");
const bill = document.getElementById("bill");
const SVG = "http://www.w3.org/2000/svg";
const PAUSE = 250; // milliseconds of silence after the last change
const AGAIN = 5000; // milliseconds until a sum that did not come is asked for again
const refreshed = []; // what shows a field's value a second time

for (const box of form.querySelectorAll("[data-stepper]")) addStepper(box);
for (const box of form.querySelectorAll("[data-amounts]")) addAmounts(box);
for (const button of form.querySelectorAll("[data-without-script]")) button.hidden = true;
document.getElementById("mistakes")?.focus();

let timer;
let asking;
form.addEventListener("input", askSoon);
form.addEventListener("change", askSoon);
addEventListener("online", askSoon);
addEventListener("pageshow", () => {
  for (const refresh of refreshed) refresh();
  // Back from another page a browser keeps what was typed; the bill is the one that the page came with.
  if ([...form.querySelectorAll("input")].some((input) => input.value !== input.defaultValue)) askSoon();
});

function addStepper(box) {
  const input = box.querySelector("input");
  const less = stepButton("−", box.dataset.less, () => step(-1));
  const more = stepButton("+", box.dataset.more, () => step(1));
  box.prepend(less);
  box.append(more);
  input.addEventListener("input", refresh);
  refreshed.push(refresh);
  refresh();

  function step(by) {
    input.value = Math.min(Math.max((parseInt(input.value, 10) || 0) + by, 0), Number(input.max));
    refresh();
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function refresh() {
    const value = parseInt(input.value, 10) || 0;
    less.disabled = value <= 0;
    more.disabled = value >= Number(input.max);
  }
}

function stepButton(sign, name, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = sign;
  button.setAttribute("aria-label", name);
  button.addEventListener("click", act);
  return button;
}

function addAmounts(box) {
  const input = document.getElementById("gift");
  for (const button of box.querySelectorAll("button")) {
    button.addEventListener("click", (event) => {
      event.preventDefault(); // without a script the server fills in the field
      input.value = button.getAttribute("aria-pressed") === "true" ? "" : button.value;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
  input.addEventListener("input", refresh);
  refreshed.push(refresh);
  refresh();

  function refresh() {
    const typed = input.value.replace(/[\s\u00a0]/g, "");
    for (const button of box.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(typed !== "" && typed === button.value));
    }
  }
}

function askSoon() {
  clearTimeout(timer);
  timer = setTimeout(ask, PAUSE);
}

async function ask() {
  asking?.abort();
  asking = new AbortController();
  try {
    const answer = await fetch(form.dataset.quote, { method: "POST", body: new FormData(form), signal: asking.signal });
    if (answer.ok) show(await answer.json());
    else if (answer.status === 429 || answer.status >= 500) wait();
  } catch (error) {
    if (error.name !== "AbortError") wait();
  }
}

/* A sum that no longer fits what is chosen is not left standing. The server computes again on submission in any case. */
function wait() {
  sayOfCode(null);
  if (!bill.querySelector(".away")) bill.replaceChildren(element("p", JSON.parse(bill.dataset.words).away, "away quiet"));
  clearTimeout(timer);
  timer = setTimeout(ask, AGAIN);
}

function show(quote) {
  const words = JSON.parse(bill.dataset.words);
  sayOfCode(quote.discount);
  document.getElementById("go").textContent = quote.is_free ? words.free : words.pay;
  document.getElementById("on-stripe").hidden = Boolean(quote.is_free);
  if (!quote.total) {
    const said = Object.keys(quote.mistakes).length ? words.unclear : words.empty;
    bill.replaceChildren(element("p", said, "quiet"));
    return;
  }
  const list = document.createElement("dl");
  for (const [name, amount] of quote.lines) list.append(element("dt", name), element("dd", amount));
  list.append(element("dt", words.total, "sum"), element("dd", quote.total, "sum"));
  const legend = document.createElement("ul");
  if (quote.gift) legend.append(legendItem("key", words.gift.replace("{}", quote.gift)));
  if (quote.benefit) legend.append(legendItem("key meal", words.meal.replace("{}", quote.benefit)));
  if (quote.fee) legend.append(legendItem("key fee", words.fee.replace("{}", quote.fee)));
  const discount = quote.discount ? [element("p", quote.discount, "small")] : [];
  bill.replaceChildren(list, ...discount, bar(quote.gift_share, quote.meal_share), legend);
}

/* Beside the code, too: on a telephone the bill is far below. */
function sayOfCode(words) {
  const said = document.getElementById("code-counts");
  said.hidden = !words;
  said.querySelector("span").textContent = words ?? "";
}

function legendItem(kind, text) {
  const item = document.createElement("li");
  item.append(element("span", "", kind), text);
  return item;
}

function bar(gift, meal) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("class", "bar");
  drawing.setAttribute("aria-hidden", "true");
  drawing.append(part("fill-gift", 0, gift), part("fill-meal", gift, meal));
  if (meal > 0) drawing.append(part("rail", gift, meal));
  return drawing;
}

function part(kind, from, width) {
  const rect = document.createElementNS(SVG, "rect");
  rect.setAttribute("class", kind);
  rect.setAttribute("x", `${from * 100}%`);
  rect.setAttribute("width", `${width * 100}%`);
  rect.setAttribute("height", "100%");
  return rect;
}

function element(name, text, kind) {
  const made = document.createElement(name);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}
