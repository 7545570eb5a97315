// How it stands: how many are in, whether the server answers, and what a question that failed means.

import * as api from "./api.js";
import { part, show } from "./page.js";
import { counted, timeOfDay, word } from "./words.js";

const LOOK_AGAIN = 10000; // milliseconds between two looks at the live figure
const KNOCK_AGAIN = 4000; // milliseconds between two tries to reach a server that does not answer

export class Standing {
  #session;
  #network;
  #aside;
  #onEnd;
  #figures = null;
  #steps = 0; // admissions and undoings that were begun here
  #under = 0; // and those that have no answer yet

  /** `aside` is what the line at the top says instead, if anything; `onEnd` hears why this phone has lost its right. */
  constructor(session, network, aside, onEnd) {
    [this.#session, this.#network, this.#aside, this.#onEnd] = [session, network, aside, onEnd];
  }

  /** So many more are in than at the last look. */
  add(admitted) {
    if (this.#figures) this.#count({ ...this.#figures, arrived: this.#figures.arrived + admitted });
  }

  async look() {
    if (!this.#session.isOpen || (document.hidden && this.#network.isOnline)) return;
    try {
      const wasAway = !this.#network.isOnline;
      const now = await this.#asked();
      await this.#network.found(now.now);
      this.#count(wasAway ? await this.#asked() : now); // what was brought counts
    } catch (error) {
      this.failure(error);
    }
  }

  /** Somebody is being let in, or out again: meanwhile no figure of the server's can be told from before or after. */
  async during(act) {
    this.#steps += 1;
    this.#under += 1;
    try {
      return await act();
    } finally {
      this.#under -= 1;
    }
  }

  /** What the server says; our own count stays where guests came in here while the answer was on its way. */
  async #asked() {
    const steps = this.#steps;
    const now = await api.status(this.#session.token);
    const isCertain = steps === this.#steps && !this.#under;
    return isCertain ? now : { ...now, arrived: this.#figures?.arrived ?? now.arrived };
  }

  async keepLooking() {
    await this.look();
    setTimeout(() => this.keepLooking(), this.#network.isOnline ? LOOK_AGAIN : KNOCK_AGAIN);
  }

  /** The line at the top. */
  tell() {
    const [network, open] = [this.#network, this.#session.isOpen];
    for (const mark of part("net").children) show(mark, open && (mark.dataset.net === "online") === network.isOnline);
    const waits = network.queued ? [counted("toSend", network.queued, { n: network.queued })] : [];
    const away = open && !network.isOnline;
    const since = away ? [word("offlineSince", { time: timeOfDay(network.since, this.#session.zone) })] : [];
    const doubts = network.refused ? [counted("doubts", network.refused, { n: network.refused })] : [];
    const aside = this.#aside();
    const told = aside ? [aside] : [...since, ...waits];
    part("offline-words").textContent = told.join(" · ") || doubts.join("");
    show(part("doubts-read"), !told.length && doubts.length > 0);
    show(part("offline"), Boolean(part("offline-words").textContent));
    part("offline").querySelector("svg").toggleAttribute("hidden", network.isOnline || Boolean(aside));
  }

  /** The doubtful admissions were read here; the facts stay with the server and the organiser. */
  forgetDoubts() {
    this.#network.refused = 0;
    this.tell();
  }

  /** The sentence for a failed question; a phone that lost its right forgets everything at once. */
  failure(error) {
    if (error instanceof api.NoAnswer) {
      this.#network.lost();
      return word("unreachable");
    }
    if (!(error instanceof api.Refused)) {
      console.error(error);
      return word("unknownMistake");
    }
    if (error.status === 401 && this.#session.isPaired) this.#end(error.message);
    return error.message || word("unknownMistake");
  }

  async #end(why) {
    await this.#session.end();
    await this.#network.load();
    this.#onEnd(why);
  }

  #count(now) {
    this.#figures = now;
    if (now?.expected === undefined) return;
    const [number, words] = part("count").children;
    number.textContent = now.arrived;
    words.textContent = counted("arrived", now.arrived, now);
    show(part("open-sale"), Boolean(now.sells));
    show(part("practise-now"), now.arrived === 0); // once guests come there is no time for it
  }
}
