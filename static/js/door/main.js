// The door: pair this phone once, then one ticket after the other, with a network or without.

import * as api from "./api.js";
import { stay, wireBack } from "./back.js";
import { Camera, cameras } from "./camera.js";
import * as checking from "./checking.js";
import { keepFocusInSight } from "./footer.js";
import { Held } from "./held.js";
import * as memory from "./memory.js";
import { Network } from "./network.js";
import { codeIn, invitation, showDeadCode, showInvitation } from "./pairing.js";
import { complain, keepIcons, part, show } from "./page.js";
import * as practice from "./practice.js";
import { openSearch, wireSearch } from "./search.js";
import { closeSale, isSelling, openSale, stepBack, wireSale } from "./sell.js";
import { Session } from "./session.js";
import { keepAwake, signal, wake } from "./signals.js";
import { listen } from "./typing.js";
import { clearVerdict, kindOf, showAnswer, showNoAnswer, showPlain, showQuestion } from "./verdict.js";
import { counted, timeOfDay, word } from "./words.js";

const NUMBER = /^[0-9]{1,4}$/; // a ticket's number, as people read it out: whose it is must be looked at
const LOOK_AGAIN = 10000; // milliseconds between two looks at the live figure
const KNOCK_AGAIN = 4000; // milliseconds between two tries to reach a server that does not answer
const ASK_AGAIN = 3000; // milliseconds before a scan that only the server can answer is sent again

const session = new Session();
const network = new Network(session, tellNetwork);
const held = new Held();
const camera = new Camera(part("video"), part("words").dataset.second, onCode);
let current = null; // the scan on the screen
let answered = null; // and its answer
let asking = false;
let figures = null;
let practising = false;
let leaving = false; // the phone's Back was pressed with nothing open: once more, and the page is gone
let invited = ""; // the pairing code that came with the page's address

// ---- a code comes in ----

function onCode(code) {
  if (asking || !part("search").hidden || isSelling() || !held.isNew(code, performance.now())) return;
  if (practising) return practise(practice.answerTo(code));
  if (!session.isPaired) pairByCamera(codeIn(code));
  else if (session.isOpen && !invited && !codeIn(code)) check(code);
}

async function check(code, wholeParty = false, answers = undefined) {
  asking = true;
  stay();
  try {
    answered = null;
    current = await checking.begin(session, code, wholeParty, answers);
    await settle(current);
  } catch (error) {
    showPlain(word("noAnswer"), failure(error));
  } finally {
    asking = false;
  }
}

/** A guest without a code: the volunteer has found the name, and looked at who stands there. */
async function admit(guest, answers = undefined) {
  asking = true;
  try {
    arrange();
    answered = null;
    current = checking.beginNamed(guest, answers);
    tell(current, await checking.admitNamed(session, current));
    show(part("party"), false); // the others are found by their own names, or by a ticket
  } catch (error) {
    showPlain(word("noAnswer"), failure(error));
  } finally {
    asking = false;
  }
}

/** The server's answer, or, where there is none, this phone's own. */
async function settle(scan) {
  const mayDecide = !scan.party && (await network.canDecide());
  try {
    if (network.isOnline || !mayDecide) return tell(scan, await checking.askServer(session, scan));
  } catch (error) {
    if (error instanceof api.Refused) throw error;
    await network.lost();
    if (!mayDecide) return notChecked(scan);
  }
  tell(scan, await checking.decideHere(network, scan));
  return network.lost(); // tells how many wait now
}

function tell(scan, answer) {
  if (current !== scan) return;
  answered = answer;
  if (!memory.isQuiet()) signal(kindOf(answer));
  if (answer.verdict === "needs") return ask(scan, answer.questions, scan.answers || []);
  showAnswer(answer, session.zone);
  if (figures && answer.admitted) count({ ...figures, arrived: figures.arrived + answer.admitted });
  part("next").focus({ preventScroll: true });
}

/** One question after the other; then the ticket is shown again, with all that was said. */
function ask(scan, questions, said, place = 0) {
  if (current !== scan || asking && place > 0) return;
  if (place === questions.length) return scan.named ? admit(scan.named, said) : check(scan.code, scan.party, said);
  const { id, ticket } = questions[place];
  showQuestion(questions[place], place + 1, questions.length, (choice) => {
    const answer = { question: id, choice, ...(ticket ? { ticket } : {}) };
    ask(scan, questions, [...said, answer], place + 1);
  });
}

function notChecked(scan) {
  if (current !== scan) return;
  if (!document.body.classList.contains("has-verdict") || part("retry").hidden) {
    showNoAnswer();
    if (!memory.isQuiet()) signal("wait");
  }
  setTimeout(() => current === scan && !asking && again(scan), ASK_AGAIN);
}

async function again(scan) {
  asking = true;
  try {
    await settle(scan);
  } catch (error) {
    showPlain(word("noAnswer"), failure(error));
  } finally {
    asking = false;
  }
}

function practise(answer) {
  current = answered = answer;
  if (answer.verdict === "needs") {
    if (!memory.isQuiet()) signal(kindOf(answer));
    return showQuestion(answer.questions[0], 1, 1, () => practise(practice.answerOf("good")));
  }
  showAnswer(answer, session.isPaired ? session.zone : Intl.DateTimeFormat().resolvedOptions().timeZone);
  if (!memory.isQuiet()) signal(kindOf(answer));
  part("next").focus({ preventScroll: true });
}

function setPractice(on) {
  practising = on;
  practice.restart();
  arrange();
  window.scrollTo(0, 0);
}

// ---- after the verdict ----

function next() {
  if (answered?.verdict === "needs") return putOff(answered.guest);
  current = null;
  clearVerdict();
  held.release();
  if (matchMedia("(pointer: fine)").matches) part("code").focus({ preventScroll: true });
}

/** A question stays open, and so does the door: whoever pressed the button must not think that the guest is in. */
function putOff(guest) {
  current = answered = null;
  const name = guest && (guest.name || (guest.booked_by ? word("guestOf", { name: guest.booked_by }) : ""));
  showPlain(word("notIn"), word("whyAnswerNeeded"), name);
  part("next").focus({ preventScroll: true });
}

function undo() {
  if (practising) return showPlain(word("undone"), counted("undoneWhy", 1));
  return takeOut(() => checking.takeBack(session, current, answered));
}

/** `back` says how many guests count as outside again; of `name`, where it is one who was looked for. */
async function takeOut(back, name = "") {
  try {
    const undone = await back();
    showPlain(word("undone"), counted("undoneWhy", undone, { n: undone }), name);
    if (figures) count({ ...figures, arrived: figures.arrived - undone });
    if (!network.isOnline) await network.lost();
  } catch (error) {
    showPlain(word("noAnswer"), failure(error));
  }
}

/** Back: one thing after the other closes, down to the scanner. Whether there was one, or an answer is on its way. */
function closeOpened() {
  if (asking || (isSelling() && stepBack())) return true;
  if (document.body.classList.contains("has-verdict")) next();
  else if (isSelling() || !part("search").hidden) arrange();
  else if (practising) setPractice(false);
  else if (invited && session.isPaired) keepPairing();
  else return false;
  return true;
}

// ---- figures and the network ----

function count(now) {
  figures = now;
  if (now?.expected === undefined) return;
  const [number, words] = part("count").children;
  number.textContent = now.arrived;
  words.textContent = counted("arrived", now.arrived, now);
  show(part("open-sale"), Boolean(now.sells));
  show(part("practise-now"), now.arrived === 0); // once guests come there is no time for it
}

async function look() {
  if (!session.isOpen || (document.hidden && network.isOnline)) return;
  try {
    const wasAway = !network.isOnline;
    const now = await api.status(session.token);
    await network.found(now.now);
    count(wasAway ? await api.status(session.token) : now); // what was brought counts
  } catch (error) {
    failure(error);
  }
}

async function keepLooking() {
  await look();
  setTimeout(keepLooking, network.isOnline ? LOOK_AGAIN : KNOCK_AGAIN);
}

function tellNetwork() {
  const open = session.isOpen;
  for (const mark of part("net").children) show(mark, open && (mark.dataset.net === "online") === network.isOnline);
  const waits = network.queued ? [counted("toSend", network.queued, { n: network.queued })] : [];
  const since = network.isOnline || !open ? [] : [word("offlineSince", { time: timeOfDay(network.since, session.zone) })];
  const doubts = network.refused ? [counted("doubts", network.refused, { n: network.refused })] : [];
  const told = leaving ? [word("leaving")] : practising ? [word("practising")] : [...since, ...waits];
  part("offline-words").textContent = told.join(" · ") || doubts.join("");
  show(part("doubts-read"), !told.length && doubts.length > 0);
  show(part("offline"), Boolean(part("offline-words").textContent));
  part("offline").querySelector("svg").toggleAttribute("hidden", network.isOnline || practising || leaving);
}

/** The sentence for a failed question; a phone that lost its right forgets everything at once. */
function failure(error) {
  if (error instanceof api.NoAnswer) {
    network.lost();
    return word("unreachable");
  }
  if (!(error instanceof api.Refused)) {
    console.error(error);
    return word("unknownMistake");
  }
  if (error.status === 401 && session.isPaired) {
    session.end().then(async () => {
      await network.load();
      arrange();
      complain("pairing-mistake", error.message);
    });
  }
  return error.message || word("unknownMistake");
}

// ---- pairing and unlocking ----

async function pair(code, name, pin) {
  complain("pairing-mistake", "");
  showDeadCode(false);
  try {
    await session.pair(codeIn(code) || code, name, pin);
    part("pairing-code").value = part("new-pin").value = invited = "";
    await arrive();
  } catch (error) {
    const isDead = error instanceof api.Refused && error.code === "pairing_code_invalid";
    if (isDead && !session.isPaired) invited = ""; // the camera shows again, for the next code
    if (isDead) arrange();
    complain("pairing-mistake", failure(error)); // what was typed stays: often a single letter is wrong
    showDeadCode(isDead);
  }
}

function pairByCamera(code) {
  if (!code) return;
  part("pairing-code").value = code;
  if (part("pairing-form").reportValidity()) part("pairing-form").requestSubmit();
}

/** The telephone's own camera has opened our address with an organiser's code behind it. */
function invite() {
  invited = invitation() || invited;
  if (!invited) return;
  part("pairing-code").value = invited;
  arrange();
  part(session.carries ? "new-pin" : "device-name").focus({ preventScroll: true });
}

function keepPairing() {
  invited = part("pairing-code").value = "";
  arrange();
}

async function unlock(pin) {
  const opened = await session.unlock(pin);
  part("present-pin").value = "";
  complain("unlock-mistake", opened ? "" : word("pinWrong"));
  if (!session.isPaired) complain("pairing-mistake", word("pinForgotten"));
  if (opened) await arrive();
  else arrange();
}

async function arrive() {
  await network.load();
  arrange();
  await look();
}

// ---- the page ----

function arrange() {
  clearVerdict();
  current = null;
  show(part("search"), false);
  closeSale();
  show(part("scanner"), true);
  show(part("practice"), practising);
  show(part("pairing"), (!session.isPaired || invited) && !practising);
  show(part("unlock"), session.isPaired && !session.isOpen && !invited && !practising);
  show(part("checking"), session.isOpen && !invited && !practising);
  show(part("eye"), (!invited && (!session.isPaired || session.isOpen)) || practising);
  showInvitation(invited, session.isPaired ? session.title : "");
  part("gate").textContent = session.isPaired ? session.gate : word("door");
  part("event").textContent = session.isPaired ? session.title : "Bonsoir";
  part("aim").textContent = word(session.isPaired || practising ? "aimTicket" : "aimPairing");
  tellNetwork();
  if (session.isOpen || practising) stay();
}

async function startCamera() {
  wake();
  try {
    await camera.start();
    keepAwake();
    part("eye").classList.add("is-on");
    show(part("start"), false);
    show(part("video"), true);
    tellLight(false);
    show(part("flip"), (await cameras()).length > 1);
    part("aim").textContent = word(session.isPaired || practising ? "aimTicket" : "aimPairing");
  } catch (error) {
    console.warn(error);
    part("aim").textContent = word(window.isSecureContext ? "noCamera" : "noHttps");
  }
}

/** Each camera has its own light, or none. */
function tellLight(lit) {
  show(part("torch"), camera.hasTorch);
  part("torch").ariaPressed = String(lit);
}

function wire() {
  const on = (id, act, event = "click") => part(id).addEventListener(event, act);
  const submitted = (id, act) => on(id, (event) => (event.preventDefault(), act()), "submit");
  on("start", startCamera);
  on("flip", () => camera.flip().then(() => tellLight(false)).catch((error) => console.warn(error)));
  on("torch", async () => tellLight(await camera.light(part("torch").ariaPressed !== "true").catch(() => false)));
  on("sound", () => {
    wake();
    memory.keepQuiet(!memory.isQuiet());
    part("sound").ariaPressed = String(!memory.isQuiet());
  });
  submitted("code-form", () => {
    wake();
    const typed = part("code").value.trim();
    part("code").value = "";
    if (NUMBER.test(typed)) search(typed.padStart(4, "0"));
    else if (typed && !asking) check(typed);
  });
  submitted("pairing-form", () => pair(part("pairing-code").value, part("device-name").value, part("new-pin").value));
  submitted("unlock-form", () => unlock(part("present-pin").value));
  on("forget", () => session.forget().then(arrange));
  on("keep-pairing", keepPairing);
  for (const button of document.querySelectorAll("[data-practice]")) {
    button.addEventListener("click", () => (wake(), practise(practice.answerOf(button.dataset.practice))));
  }
  for (const button of document.querySelectorAll("[data-practise]")) button.addEventListener("click", () => setPractice(true));
  on("practice-end", () => setPractice(false));
  on("next", next);
  on("doubts-read", () => ((network.refused = 0), tellNetwork())); // the facts stay with the server and the organiser
  on("undo", undo);
  on("party", () => current && !asking && check(current.code, true));
  on("retry", () => current && !asking && again(current));
  for (const id of ["open-search", "search-instead"]) on(id, () => search());
  document.addEventListener("visibilitychange", look);
  document.addEventListener("visibilitychange", () => camera.revive().catch((error) => console.warn(error)));
  window.addEventListener("hashchange", invite);
  window.addEventListener("online", look);
}

function search(number = "") {
  current = null;
  clearVerdict();
  show(part("scanner"), false);
  stay();
  openSearch(number);
}

function sell(id) {
  show(part("scanner"), false);
  stay();
  openSale(id);
}

async function begin() {
  wire();
  wireBack(closeOpened, (yes) => ((leaving = yes && session.isOpen), tellNetwork()));
  keepFocusInSight();
  keepIcons().catch((error) => console.warn(error));
  const takeOutNamed = (guest, name) => (arrange(), takeOut(() => checking.takeBackNamed(session, guest), name));
  wireSearch(session, failure, arrange, (guest) => !asking && admit(guest), (guest, name) => !asking && takeOutNamed(guest, name));
  wireSale(session, failure, arrange, sell, (code) => (arrange(), check(code, true)));
  part("open-sale").addEventListener("click", () => sell());
  listen((code) => session.isOpen && !invited && !practising && !asking && part("search").hidden && !isSelling() && check(code));
  part("sound").ariaPressed = String(!memory.isQuiet());
  if (memory.phoneName()) part("device-name").value = memory.phoneName();
  show(part("pin-field"), session.carries);
  await session.load();
  if (session.isOpen) await network.load();
  arrange();
  invite();
  keepLooking();
  keepApp().catch((error) => console.warn(error));
}

/** Let the app open without a network; what is large and may come later, later. */
async function keepApp() {
  if (!navigator.serviceWorker) return;
  await navigator.serviceWorker.register(part("words").dataset.worker, { scope: "/door" });
  (await navigator.serviceWorker.ready).active.postMessage("fetch the rest");
}

begin();
