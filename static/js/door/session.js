// This phone's pairing: kept wrapped under the PIN, open in memory only. Without a PIN, or https, it lasts as long as its tab.

import * as api from "./api.js";
import { canDerive } from "./codes.js";
import { unwrap, wrap } from "./lock.js";
import * as memory from "./memory.js";
import * as store from "./store.js";
import { local } from "./words.js";

const TRIES = 10;
const ENTRANCE = "entrance";

export class Session {
  #pairing = null; // {"event", "gate", "expires_at"}, and the token wrapped
  #token = null;

  /** How many wrong PINs are still forgiven, after the last one. */
  triesLeft = TRIES;

  /** Whether this phone can go on without a network. */
  carries = canDerive;

  async load() {
    this.#pairing = memory.findForTab() || (canDerive && (await store.recall("pairing"))) || null;
    this.#token = this.#pairing?.token || null;
  }

  get isPaired() {
    return this.#pairing !== null;
  }

  get isOpen() {
    return this.isPaired && Boolean(this.#token);
  }

  get token() {
    return this.#token;
  }

  get zone() {
    return this.#pairing.event.time_zone;
  }

  get slug() {
    return this.#pairing.event.slug;
  }

  /** The check list this phone stands for: "entrance", or the key of another. */
  get list() {
    return this.#pairing.check_list?.key || ENTRANCE;
  }

  get isEntrance() {
    return this.list === ENTRANCE;
  }

  /** Whose queue this phone carries: the event's, and of one check list. */
  get book() {
    return this.isEntrance ? this.slug : `${this.slug} ${this.list}`;
  }

  /** Under which name a ticket counts as seen: once on each check list. */
  mark(hash) {
    return this.isEntrance ? hash : `${hash} ${this.list}`;
  }

  get gate() {
    return this.#pairing.gate;
  }

  get title() {
    const title = local(this.#pairing.event.title);
    return this.isEntrance ? title : `${this.#pairing.check_list.name} · ${title}`;
  }

  /** Raises what the server says of a wrong code. */
  async pair(code, name, pin) {
    memory.keepPhoneName(name);
    const { token, ...pairing } = await api.pair(code, name);
    memory.forgetTab();
    if (canDerive) await store.wipe(["tickets", "asking", "meta"]);
    if (canDerive && pin) await this.#keep(pairing, await wrap(token, pin));
    else memory.keepForTab({ ...pairing, token });
    this.#pairing = pairing;
    this.#token = token;
  }

  async #keep(pairing, wrapped) {
    await store.keep("pairing", { ...pairing, wrapped, wrong: 0 });
    await navigator.storage?.persist?.().catch(() => false);
  }

  /** Whether the PIN was right; after too many wrong ones the phone is no longer paired. */
  async unlock(pin) {
    const kept = await store.recall("pairing");
    await store.keep("pairing", { ...kept, wrong: kept.wrong + 1 }); // counted before it is known: no reload undoes it
    this.#token = await unwrap(kept.wrapped, pin);
    this.triesLeft = TRIES - (this.#token ? 0 : kept.wrong + 1);
    if (this.#token) await store.keep("pairing", { ...kept, wrong: 0 });
    else if (this.triesLeft <= 0) await this.forget();
    return this.isOpen;
  }

  /** Pair anew: what waits for the network stays. */
  async forget() {
    this.#close();
    await store.wipe(["tickets", "asking", "meta"]);
  }

  /** The server has ended it: nothing stays on the phone. */
  async end() {
    this.#close();
    if (canDerive) await store.wipe();
  }

  #close() {
    this.#pairing = null;
    this.#token = null;
    memory.forgetTab();
  }
}
