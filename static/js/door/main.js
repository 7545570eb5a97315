// The door: pair this phone once, then one ticket after the other.

import * as api from "./api.js";
import { Camera, cameras } from "./camera.js";
import { Held } from "./held.js";
import * as memory from "./memory.js";
import { complain, keepIcons, part, show } from "./page.js";
import { openSearch, wireSearch } from "./search.js";
import { Session } from "./session.js";
import { signal, wake } from "./signals.js";
import { listen } from "./typing.js";
import { clearVerdict, kindOf, showAnswer, showNoAnswer, showPlain } from "./verdict.js";
import { counted, word } from "./words.js";

const PAIRING_SYMBOL = "BONSOIRPAIRINGCODE"; // how an organiser's code begins in its QR symbol
const LOOK_AGAIN = 10000; // milliseconds between two looks at the live figure
const ASK_AGAIN = 3000; // milliseconds before an unanswered scan is sent again

const session = new Session();
const held = new Held();
const camera = new Camera(part("video"), onCode);
const unanswered = new Map(); // code -> scan_id: a lost answer is asked for again, never a second admission
let current = null; // the scan on the screen: {"scan_id", "code", "party"}
let asking = false;
let figures = null;

// ---- a code comes in ----

function onCode(code) {
  if (asking || !part("search").hidden || !held.isNew(code, performance.now())) return;
  if (!session.isPaired) pairByCamera(code);
  else if (!code.startsWith(PAIRING_SYMBOL)) check(code);
}

function check(code, wholeParty = false) {
  const key = `${code} ${wholeParty}`;
  if (!unanswered.has(key)) unanswered.set(key, newId());
  current = { key, code, party: wholeParty, scan_id: unanswered.get(key), at: new Date().toISOString() };
  return send(current);
}

/** A random UUID; crypto.randomUUID exists on secure pages only. */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

async function send(scan) {
  asking = true;
  try {
    const { scan_id, code, party, at } = scan;
    const answer = await api.scan(session.token, { scan_id, code: code.slice(0, 200), party, at });
    unanswered.delete(scan.key);
    online(true);
    if (current === scan) tell(answer);
  } catch (error) {
    if (current === scan) notChecked(scan, error);
  } finally {
    asking = false;
  }
}

function tell(answer) {
  showAnswer(answer, session.zone);
  if (!memory.isQuiet()) signal(kindOf(answer));
  if (figures && answer.admitted) count({ ...figures, arrived: figures.arrived + answer.admitted });
  part("next").focus({ preventScroll: true });
}

function notChecked(scan, error) {
  if (error instanceof api.Refused) {
    unanswered.delete(scan.key);
    showPlain(word("noAnswer"), failure(error));
    return;
  }
  online(false);
  if (!document.body.classList.contains("has-verdict") || part("retry").hidden) {
    showNoAnswer();
    if (!memory.isQuiet()) signal("wait");
  }
  setTimeout(() => current === scan && !asking && send(scan), ASK_AGAIN);
}

// ---- after the verdict ----

function next() {
  current = null;
  clearVerdict();
  held.release();
  if (matchMedia("(pointer: fine)").matches) part("code").focus({ preventScroll: true });
}

async function undo() {
  const scan = current;
  try {
    const answer = await api.undo(session.token, scan.scan_id);
    showPlain(word("undone"), word("undoneWhy"));
    if (figures) count({ ...figures, arrived: figures.arrived - answer.undone });
  } catch (error) {
    showPlain(word("noAnswer"), failure(error));
  }
}

// ---- figures and the network ----

function count(now) {
  figures = now;
  if (now?.expected === undefined) return;
  const [number, words] = part("count").children;
  number.textContent = now.arrived;
  words.textContent = counted("arrived", now.arrived, now);
}

async function look() {
  if (!session.isPaired || document.hidden) return;
  try {
    count(await api.status(session.token));
    online(true);
  } catch (error) {
    if (error instanceof api.Refused) failure(error);
    else online(false);
  }
}

function online(yes) {
  for (const mark of part("net").children) show(mark, (mark.dataset.net === "online") === yes);
}

/** The sentence for a failed question; a phone that lost its right is unpaired at once. */
function failure(error) {
  if (error instanceof api.NoAnswer) {
    online(false);
    return word("unreachable");
  }
  if (!(error instanceof api.Refused)) {
    console.error(error);
    return word("unknownMistake");
  }
  if (error.status === 401 && session.isPaired) {
    session.end();
    arrange();
    complain("pairing-mistake", error.message);
  }
  return error.message || word("unknownMistake");
}

// ---- pairing ----

async function pair(code, name) {
  complain("pairing-mistake", "");
  try {
    await session.pair(code, name);
    part("pairing-code").value = "";
    arrange();
  } catch (error) {
    complain("pairing-mistake", failure(error));
  }
}

function pairByCamera(code) {
  part("pairing-code").value = code.startsWith(PAIRING_SYMBOL) ? code : "";
  if (code.startsWith(PAIRING_SYMBOL) && part("pairing-form").reportValidity()) part("pairing-form").requestSubmit();
}

// ---- the page ----

function arrange() {
  clearVerdict();
  show(part("search"), false);
  show(part("scanner"), true);
  show(part("pairing"), !session.isPaired);
  show(part("checking"), session.isPaired);
  if (session.isPaired) {
    part("gate").textContent = session.gate;
    part("event").textContent = session.title;
    look();
  } else {
    show(part("net").firstElementChild, false);
  }
  part("aim").textContent = word(session.isPaired ? "aimTicket" : "aimPairing");
}

async function startCamera() {
  wake();
  try {
    await camera.start();
    part("eye").classList.add("is-on");
    show(part("start"), false);
    show(part("video"), true);
    show(part("torch"), camera.hasTorch);
    show(part("flip"), (await cameras()) > 1);
    part("aim").textContent = word(session.isPaired ? "aimTicket" : "aimPairing");
  } catch (error) {
    console.warn(error);
    part("aim").textContent = word(window.isSecureContext ? "noCamera" : "noHttps");
  }
}

function wire() {
  const on = (id, act, event = "click") => part(id).addEventListener(event, act);
  on("start", startCamera);
  on("flip", () => camera.flip().catch((error) => console.warn(error)));
  on("torch", async () => {
    const lit = await camera.light(part("torch").ariaPressed !== "true").catch(() => false);
    part("torch").ariaPressed = String(lit);
  });
  on("sound", () => {
    wake();
    memory.keepQuiet(!memory.isQuiet());
    part("sound").ariaPressed = String(!memory.isQuiet());
  });
  on("code-form", (event) => {
    event.preventDefault();
    wake();
    const typed = part("code").value.trim();
    part("code").value = "";
    if (typed && !asking) check(typed);
  }, "submit");
  on("pairing-form", (event) => {
    event.preventDefault();
    pair(part("pairing-code").value, part("device-name").value);
  }, "submit");
  on("next", next);
  on("undo", undo);
  on("party", () => current && check(current.code, true));
  on("retry", () => current && !asking && send(current));
  for (const id of ["open-search", "search-instead"]) on(id, search);
  document.addEventListener("visibilitychange", look);
}

function search() {
  current = null;
  clearVerdict();
  show(part("scanner"), false);
  openSearch();
}

wire();
keepIcons().catch((error) => console.warn(error));
wireSearch(session, failure, arrange);
listen((code) => session.isPaired && !asking && part("search").hidden && check(code));
part("sound").ariaPressed = String(!memory.isQuiet());
part("device-name").value = memory.phoneName();
part("pairing-code").value = location.hash.slice(1, 41);
arrange();
setInterval(look, LOOK_AGAIN);
