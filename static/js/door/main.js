// The door: pair this phone once, then one ticket after the other, with a network or without.

import { stay, wireBack } from "./back.js";
import { Camera, cameras } from "./camera.js";
import { Enrolling } from "./enrolling.js";
import { keepFocusInSight } from "./footer.js";
import * as memory from "./memory.js";
import { Network } from "./network.js";
import { complain, keepIcons, part, show } from "./page.js";
import { codeIn, showInvitation } from "./pairing.js";
import * as practice from "./practice.js";
import { openSearch, wireSearch } from "./search.js";
import { closeSale, isSelling, openSale, stepBack, wireSale } from "./sell.js";
import { Session } from "./session.js";
import { keepAwake, wake } from "./signals.js";
import { Standing } from "./standing.js";
import { Turn } from "./turn.js";
import { listen } from "./typing.js";
import { speakOf, word } from "./words.js";

const NUMBER = /^[0-9]{1,4}$/; // a ticket's number, as people read it out: whose it is must be looked at

let practising = false;
let leaving = false; // the phone's Back was pressed with nothing open: once more, and the page is gone

const session = new Session();
const network = new Network(session, () => standing.tell());
const standing = new Standing(session, network, aside, ended);
const turn = new Turn(session, network, standing);
const enrolling = new Enrolling(session, standing, arrive, arrange);
const camera = new Camera(part("video"), part("words").dataset.second, onCode);

function aside() {
  return leaving ? word("leaving") : practising ? word("practising") : "";
}

/** Whether the scanner is what is seen, and ready for the next code. */
function isFree() {
  return !turn.isBusy && part("search").hidden && !isSelling();
}

function onCode(code) {
  if (!isFree() || !turn.isNew(code)) return;
  if (practising) turn.practise(practice.answerTo(code));
  else if (!session.isPaired) enrolling.byCamera(codeIn(code));
  else if (session.isOpen && !enrolling.invited && !codeIn(code)) check(code);
}

function check(code, wholeParty = false) {
  stay();
  turn.check(code, wholeParty);
}

function search(number = "") {
  turn.clear();
  show(part("scanner"), false);
  stay();
  openSearch(number);
}

function sell(id) {
  show(part("scanner"), false);
  stay();
  openSale(id);
}

function setPractice(on) {
  practising = on;
  practice.restart();
  arrange();
  window.scrollTo(0, 0);
}

async function arrive() {
  await network.load();
  arrange();
  await standing.look();
}

/** The server has ended this phone's pairing. */
function ended(why) {
  arrange();
  complain("pairing-mistake", why);
}

/** Back: one thing after the other closes, down to the scanner. Whether there was one, or an answer is on its way. */
function closeOpened() {
  if (turn.isBusy || (isSelling() && stepBack())) return true;
  if (document.body.classList.contains("has-verdict")) turn.next();
  else if (isSelling() || !part("search").hidden) arrange();
  else if (practising) setPractice(false);
  else if (enrolling.invited && session.isPaired) enrolling.keep();
  else return false;
  return true;
}

// ---- the page ----

function arrange() {
  const { invited } = enrolling;
  turn.clear();
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
  speakOf(!session.isPaired || session.isEntrance || practising);
  standing.tell();
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
    else if (typed && !turn.isBusy) check(typed);
  });
  const pairing = ["pairing-code", "device-name", "new-pin"].map(part);
  submitted("pairing-form", () => enrolling.pair(...pairing.map((field) => field.value)));
  submitted("unlock-form", () => enrolling.unlock(part("present-pin").value));
  on("forget", () => session.forget().then(arrange));
  on("keep-pairing", () => enrolling.keep());
  for (const button of document.querySelectorAll("[data-practice]")) {
    button.addEventListener("click", () => (wake(), turn.practise(practice.answerOf(button.dataset.practice))));
  }
  for (const button of document.querySelectorAll("[data-practise]")) button.addEventListener("click", () => setPractice(true));
  on("practice-end", () => setPractice(false));
  on("next", () => turn.next());
  on("doubts-read", () => standing.forgetDoubts());
  on("undo", () => turn.undo());
  on("party", () => turn.checkParty());
  on("retry", () => turn.again());
  for (const id of ["open-search", "search-instead"]) on(id, () => search());
  on("open-sale", () => sell());
  document.addEventListener("visibilitychange", () => standing.look());
  document.addEventListener("visibilitychange", () => camera.revive().catch((error) => console.warn(error)));
  window.addEventListener("hashchange", () => enrolling.invite());
  window.addEventListener("online", () => standing.look());
}

async function begin() {
  const failure = (error) => standing.failure(error);
  wire();
  wireBack(closeOpened, (yes) => ((leaving = yes && session.isOpen), standing.tell()));
  keepFocusInSight();
  keepIcons().catch((error) => console.warn(error));
  const named = (act) => (...who) => !turn.isBusy && (arrange(), act(...who));
  wireSearch(session, failure, arrange, named((guest) => turn.admit(guest)), named((guest, name) => turn.takeOut(guest, name)));
  wireSale(session, failure, arrange, sell, (code) => (arrange(), check(code, true)));
  listen((code) => session.isOpen && !enrolling.invited && !practising && isFree() && check(code));
  part("sound").ariaPressed = String(!memory.isQuiet());
  if (memory.phoneName()) part("device-name").value = memory.phoneName();
  show(part("pin-field"), session.carries);
  await session.load();
  if (session.isOpen) await network.load();
  arrange();
  enrolling.invite();
  standing.keepLooking();
  keepApp().catch((error) => console.warn(error));
}

/** Let the app open without a network; what is large and may come later, later. */
async function keepApp() {
  if (!navigator.serviceWorker) return;
  await navigator.serviceWorker.register(part("words").dataset.worker, { scope: "/door" });
  (await navigator.serviceWorker.ready).active.postMessage("fetch the rest");
}

begin();
