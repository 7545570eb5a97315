// One guest after the other: what is shown is checked, the answer is told, and what was done can be taken back.

import * as api from "./api.js";
import * as checking from "./checking.js";
import { Held } from "./held.js";
import * as memory from "./memory.js";
import { part, show } from "./page.js";
import { answerOf } from "./practice.js";
import { signal } from "./signals.js";
import { clearVerdict, kindOf, showAnswer, showNoAnswer, showPlain, showQuestion } from "./verdict.js";
import { counted, word } from "./words.js";

const ASK_AGAIN = 3000; // milliseconds before a scan that only the server can answer is sent again

export class Turn {
  #session;
  #network;
  #standing;
  #held = new Held();
  #scan = null; // on the screen
  #answer = null; // and what was said of it

  isBusy = false; // an answer is on its way

  constructor(session, network, standing) {
    [this.#session, this.#network, this.#standing] = [session, network, standing];
  }

  /** Whether the camera sees this code for the first time, or again after a while. */
  isNew(code) {
    return this.#held.isNew(code, performance.now());
  }

  /** A code was shown. */
  check(code, wholeParty = false, answers = undefined) {
    return this.#under(async () => {
      this.#answer = null;
      this.#scan = await checking.begin(this.#session, code, wholeParty, answers);
      await this.#settle(this.#scan);
    });
  }

  /** A guest without a code: the volunteer has found the name, and looked at who stands there. */
  admit(guest, answers = undefined) {
    return this.#under(async () => {
      this.#answer = null;
      this.#scan = checking.beginNamed(guest, answers);
      this.#tell(this.#scan, await checking.admitNamed(this.#session, this.#scan));
      show(part("party"), false); // the others are found by their own names, or by a ticket
    });
  }

  /** All who came on the same order. */
  checkParty() {
    if (this.#scan && !this.isBusy) this.check(this.#scan.code, true);
  }

  /** The same question, which had no answer. */
  again() {
    if (this.#scan && !this.isBusy) this.#ask(this.#scan);
  }

  practise(answer) {
    this.#scan = this.#answer = answer;
    if (!memory.isQuiet()) signal(kindOf(answer));
    if (answer.verdict === "needs") return showQuestion(answer.questions[0], 1, 1, () => this.practise(answerOf("good")));
    showAnswer(answer, this.#session.isPaired ? this.#session.zone : Intl.DateTimeFormat().resolvedOptions().timeZone);
    part("next").focus({ preventScroll: true });
  }

  next() {
    if (this.#answer?.verdict === "needs") return this.#putOff(this.#answer.guest);
    this.clear();
    this.#held.release();
    if (matchMedia("(pointer: fine)").matches) part("code").focus({ preventScroll: true });
  }

  /** Nobody stands there any more. */
  clear() {
    this.#scan = null;
    clearVerdict();
  }

  undo() {
    if (this.#answer.practice) return showPlain(word("undone"), counted("undoneWhy", 1));
    return this.#takeOut(() => checking.takeBack(this.#session, this.#scan, this.#answer));
  }

  /** A guest who was looked for, and is in, is not. */
  takeOut(guest, name) {
    return this.#takeOut(() => checking.takeBackNamed(this.#session, guest), name);
  }

  #ask(scan) {
    return this.#under(() => this.#settle(scan));
  }

  async #under(act) {
    this.isBusy = true;
    try {
      await this.#standing.during(act);
    } catch (error) {
      showPlain(word("noAnswer"), this.#standing.failure(error));
    } finally {
      this.isBusy = false;
    }
  }

  /** The server's answer, or, where there is none, this phone's own. */
  async #settle(scan) {
    const mayDecide = !scan.party && (await this.#network.canDecide());
    try {
      if (this.#network.isOnline || !mayDecide) return this.#tell(scan, await checking.askServer(this.#session, scan));
    } catch (error) {
      if (error instanceof api.Refused) throw error;
      await this.#network.lost();
      if (!mayDecide) return this.#notChecked(scan);
    }
    this.#tell(scan, await checking.decideHere(this.#network, scan));
    return this.#network.lost(); // tells how many wait now
  }

  #tell(scan, answer) {
    if (this.#scan !== scan) return;
    this.#answer = answer;
    if (!memory.isQuiet()) signal(kindOf(answer));
    if (answer.verdict === "needs") return this.#question(scan, answer.questions, scan.answers || []);
    showAnswer(answer, this.#session.zone);
    if (answer.admitted) this.#standing.add(answer.admitted);
    part("next").focus({ preventScroll: true });
  }

  /** One question after the other; then the ticket is shown again, with all that was said. */
  #question(scan, questions, said, place = 0) {
    if (this.#scan !== scan || (this.isBusy && place > 0)) return;
    if (place === questions.length) return scan.named ? this.admit(scan.named, said) : this.check(scan.code, scan.party, said);
    const { id, ticket } = questions[place];
    showQuestion(questions[place], place + 1, questions.length, (choice) => {
      const answer = { question: id, choice, ...(ticket ? { ticket } : {}) };
      this.#question(scan, questions, [...said, answer], place + 1);
    });
  }

  #notChecked(scan) {
    if (this.#scan !== scan) return;
    if (!document.body.classList.contains("has-verdict") || part("retry").hidden) {
      showNoAnswer();
      if (!memory.isQuiet()) signal("wait");
    }
    setTimeout(() => this.#scan === scan && !this.isBusy && this.#ask(scan), ASK_AGAIN);
  }

  /** A question stays open, and so does the door: whoever pressed the button must not think that the guest is in. */
  #putOff(guest) {
    this.#scan = this.#answer = null;
    const name = guest && (guest.name || (guest.booked_by ? word("guestOf", { name: guest.booked_by }) : ""));
    showPlain(word("notIn"), word("whyAnswerNeeded"), name);
    part("next").focus({ preventScroll: true });
  }

  /** `back` says how many guests count as outside again; of `name`, where it is one who was looked for. */
  async #takeOut(back, name = "") {
    try {
      await this.#standing.during(async () => {
        const undone = await back();
        showPlain(word("undone"), counted("undoneWhy", undone, { n: undone }), name);
        this.#standing.add(-undone);
      });
      if (!this.#network.isOnline) await this.#network.lost();
    } catch (error) {
      showPlain(word("noAnswer"), this.#standing.failure(error));
    }
  }
}
