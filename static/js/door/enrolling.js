// This phone is paired, by a code that is typed, scanned or brought by a link, and opened by its PIN.

import * as api from "./api.js";
import { complain, firstWrong, part } from "./page.js";
import { codeIn, invitation, showDeadCode } from "./pairing.js";
import { counted, word } from "./words.js";

const FEW = 5; // tries, from which on they are counted aloud

export class Enrolling {
  #session;
  #standing;
  #onOpen;
  #arrange;

  invited = ""; // the pairing code that came with the page's address

  /** `open` is called once the phone is open, `arrange` when the page must be set out anew. */
  constructor(session, standing, open, arrange) {
    [this.#session, this.#standing, this.#onOpen, this.#arrange] = [session, standing, open, arrange];
  }

  async pair(code, name, pin) {
    const wrong = firstWrong(part("pairing-form"));
    complain("pairing-mistake", wrong?.dataset.wrong ?? "");
    showDeadCode(false);
    if (wrong) return;
    try {
      await this.#session.pair(codeIn(code) || code, name, pin);
      part("pairing-code").value = part("new-pin").value = this.invited = "";
      await this.#onOpen();
    } catch (error) {
      const isDead = error instanceof api.Refused && error.code === "pairing_code_invalid";
      if (isDead && !this.#session.isPaired) this.invited = ""; // the camera shows again, for the next code
      if (isDead) this.#arrange();
      complain("pairing-mistake", this.#standing.failure(error)); // what was typed stays: often a single letter is wrong
      showDeadCode(isDead);
    }
  }

  byCamera(code) {
    if (!code) return;
    part("pairing-code").value = code;
    part("pairing-form").requestSubmit();
  }

  /** The telephone's own camera has opened our address with an organiser's code behind it. */
  invite() {
    this.invited = invitation() || this.invited;
    if (!this.invited) return;
    part("pairing-code").value = this.invited;
    this.#arrange();
    part(this.#session.carries ? "new-pin" : "device-name").focus({ preventScroll: true });
  }

  /** The pairing there is stays. */
  keep() {
    this.invited = part("pairing-code").value = "";
    this.#arrange();
  }

  async unlock(pin) {
    const wrong = firstWrong(part("unlock-form"));
    if (wrong) return complain("unlock-mistake", wrong.dataset.wrong);
    const opened = await this.#session.unlock(pin);
    part("present-pin").value = "";
    const left = this.#session.triesLeft;
    const warning = left <= FEW ? ` ${counted("triesLeft", left, { n: left })}` : "";
    complain("unlock-mistake", opened ? "" : word("pinWrong") + warning);
    if (!this.#session.isPaired) complain("pairing-mistake", word("pinForgotten"));
    if (opened) await this.#onOpen();
    else this.#arrange();
  }
}
