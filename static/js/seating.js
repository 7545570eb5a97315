/* The plan with a script: guests are dragged to tables, or picked up with a key and set down; tables are pushed.
   Every step is one of the page's own forms, and the page that answers replaces this one: nothing is decided here. */

const FAR = 6; // pixels that a finger may tremble
const STEP = 10; // the plan's units for one press of an arrow key
const ARROWS = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };

let picked = null; // { guest, seen, name } that the keyboard or a tap took up
let drag = null; // what the pointer holds
let arranging = false;
let busy = false;
let pushing; // the timer after which a table pushed by keys is put down

dress();
document.addEventListener("pointerdown", take);
document.addEventListener("pointermove", carry);
document.addEventListener("pointerup", drop);
document.addEventListener("pointercancel", letGo);
document.addEventListener("click", choose, true);
document.addEventListener("keydown", press);
document.addEventListener("change", (change) => change.target.id === "arrange" && arrange(change.target.checked));

/** Make a new page of the plan ready: what only a script can do is shown. */
function dress() {
  for (const part of document.querySelectorAll(".scripted")) part.hidden = false;
  arrange(arranging);
  show();
}

function arrange(on) {
  arranging = on;
  document.getElementById("arrange").checked = on;
  document.getElementById("plan-page").classList.toggle("is-arranging", on);
  const how = document.getElementById("how");
  how.textContent = on ? how.dataset.tables : how.dataset.guests;
}

// ---- with a pointer ----

function take(down) {
  if (down.button !== 0 || busy) return;
  const table = down.target.closest(".rt");
  const held = arranging ? table : down.target.closest("[data-guest]");
  if (!held || down.target.closest("a.move, button, input")) return;
  if (down.pointerType === "touch" && !arranging) return; // a finger scrolls; guests are picked up by their link
  drag = { held, x: down.clientX, y: down.clientY, moved: false, table: arranging };
}

function carry(moved) {
  if (!drag) return;
  const [x, y] = [moved.clientX - drag.x, moved.clientY - drag.y];
  if (!drag.moved && Math.hypot(x, y) < FAR) return;
  if (!drag.moved) begin();
  if (drag.table) {
    const scale = 1 / drag.held.ownerSVGElement.getScreenCTM().a;
    drag.by = [Math.round(x * scale), Math.round(y * scale)];
    drag.held.setAttribute("transform", `translate(${drag.by})`);
  } else {
    drag.ghost.style.transform = `translate(${moved.clientX + 12}px, ${moved.clientY + 12}px)`;
    light(under(moved));
  }
  moved.preventDefault();
}

function begin() {
  drag.moved = true;
  document.getSelection().removeAllRanges();
  if (drag.table) return;
  drag.ghost = document.createElement("div");
  drag.ghost.className = "ghost";
  drag.ghost.textContent = nameOf(drag.held);
  document.body.append(drag.ghost);
}

function drop(up) {
  const ended = drag;
  const target = ended?.moved && !ended.table ? under(up) : null;
  letGo();
  if (!ended?.moved) return;
  swallow();
  if (ended.table) shift(ended.held, ended.by);
  else if (target) set(guestOf(ended.held), target);
}

function letGo() {
  drag?.ghost?.remove();
  light(null);
  drag = null;
}

/** The click that ends a drag is no click. */
function swallow() {
  const stop = (click) => { click.preventDefault(); click.stopPropagation(); };
  addEventListener("click", stop, { capture: true, once: true });
  setTimeout(() => removeEventListener("click", stop, { capture: true }), 50);
}

function under(moved) {
  return document.elementFromPoint(moved.clientX, moved.clientY)?.closest(".rt, .seat[data-guest]") ?? null;
}

function light(target) {
  for (const table of document.querySelectorAll(".rt.over")) table.classList.remove("over");
  target?.closest(".rt")?.classList.add("over");
}

// ---- with keys, or with taps: Move takes a guest up, a table (or another guest's place) takes them ----

function choose(click) {
  const link = click.target.closest("a.move");
  if (click.target.closest("#carried button")) {
    lay();
  } else if (link) {
    click.preventDefault();
    pick(link.parentElement.querySelector("[data-guest]"));
  } else if (picked && click.target.closest(".rt")) {
    click.preventDefault();
    const guest = picked;
    lay();
    set(guest, click.target.closest(".seat[data-guest]") ?? click.target.closest(".rt"));
  } else if (arranging && click.target.closest(".rt")) {
    click.preventDefault();
  }
}

function press(key) {
  const table = document.activeElement?.closest?.(".rt");
  if (key.key === "Escape" && (picked || drag)) {
    lay();
    letGo();
  } else if (arranging && table && ARROWS[key.key]) {
    key.preventDefault();
    push(table, ARROWS[key.key]);
  } else if (!arranging && table && ARROWS[key.key]) {
    key.preventDefault();
    beside(table, ARROWS[key.key])?.focus();
  }
}

function pick(held) {
  picked = guestOf(held);
  show();
  say(document.getElementById("how").dataset.guests, picked.name);
  (document.querySelector(".rt.chosen") ?? document.querySelector(".rt"))?.focus({ preventScroll: false });
}

function lay() {
  picked = null;
  show();
}

function show() {
  document.querySelector(".room")?.classList.toggle("picking", Boolean(picked));
  for (const held of document.querySelectorAll(".held")) held.classList.remove("held");
  if (picked) for (const held of document.querySelectorAll(`[data-guest="${picked.guest}"]`)) held.classList.add("held");
  const bar = document.getElementById("carried");
  bar.hidden = !picked;
  if (picked) bar.querySelector("strong").textContent = picked.name;
}

/** The nearest table in a direction, so that arrow keys walk through the room. */
function beside(table, [right, down]) {
  const at = (other) => [Number(other.dataset.x) - Number(table.dataset.x), Number(other.dataset.y) - Number(table.dataset.y)];
  let [best, least] = [null, Infinity];
  for (const other of document.querySelectorAll(".rt")) {
    const [x, y] = at(other);
    const ahead = (x * right + y * down) / STEP;
    const away = Math.abs(right ? y : x);
    if (other !== table && ahead > 0 && ahead + 2 * away < least) [best, least] = [other, ahead + 2 * away];
  }
  return best;
}

/** Several presses are one move, sent when the keys rest. */
function push(table, [x, y]) {
  const by = (table.dataset.by ?? "0,0").split(",").map(Number);
  const now = [by[0] + x, by[1] + y];
  table.dataset.by = now;
  table.setAttribute("transform", `translate(${now})`);
  clearTimeout(pushing);
  pushing = setTimeout(() => shift(table, now), 700);
}

// ---- what is asked of the server ----

function guestOf(held) {
  return { guest: held.dataset.guest, seen: held.dataset.seen, name: nameOf(held) };
}

function nameOf(held) {
  return (held.querySelector("title, span") ?? held).textContent.trim();
}

function set(guest, target) {
  const seat = target.closest(".seat[data-guest]");
  if (seat && seat.dataset.guest !== guest.guest) {
    send("script-swap", { guest: guest.guest, seen: guest.seen, other: seat.dataset.guest, other_seen: seat.dataset.seen });
  } else if (target.closest(".rt").dataset.table !== guest.seen) {
    send("script-move", { guest: guest.guest, seen: guest.seen, table: target.closest(".rt").dataset.table });
  }
}

function shift(table, by) {
  const seen = [Number(table.dataset.x), Number(table.dataset.y)];
  const [x, y] = seen.map((now, axis) => Math.max(0, now + by[axis]));
  const form = document.getElementById("script-shift");
  const action = form.action.replace(/\/0\/position$/, `/${table.dataset.table}/position`);
  send("script-shift", { x, y, seen_x: seen[0], seen_y: seen[1] }, action);
}

async function send(id, values, action) {
  if (busy) return;
  busy = true;
  const form = document.getElementById(id);
  const body = new URLSearchParams(new FormData(form));
  for (const [name, value] of Object.entries(values)) body.set(name, value);
  try {
    const answer = await fetch(action ?? form.action, { method: "POST", body });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("plan-page");
    if (!page) throw new Error(`the plan was not answered: ${answer.status}`);
    replace(page, answer);
  } catch (error) {
    console.warn(error);
    location.reload(); // signed out, or no network: the server says which
  } finally {
    busy = false;
  }
}

function replace(page, answer) {
  const wrap = document.querySelector(".room-wrap");
  const [left, top] = [wrap.scrollLeft, wrap.scrollTop];
  const focus = document.activeElement?.closest?.(".rt")?.dataset.table;
  document.getElementById("plan-page").replaceWith(page);
  if (answer.redirected) history.replaceState(null, "", answer.url);
  document.querySelector(".room-wrap").scrollTo(left, top);
  dress();
  if (focus) document.querySelector(`.rt[data-table="${focus}"]`)?.focus({ preventScroll: true });
}

function say(sentence, name) {
  document.getElementById("said").textContent = `${name} · ${sentence}`;
}
