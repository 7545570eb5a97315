// Whether the server answers; since when not; and what is brought to it when it does again.

import { bring, refresh, waiting } from "./carrying.js";
import * as store from "./store.js";

const FRESH = 30000; // milliseconds between two looks at the manifest

export class Network {
  #session;
  #onChange;
  #since = null; // ISO 8601, while the server does not answer
  #fetched = 0;
  #busy = false;
  #ahead = 0; // milliseconds by which the server's clock is ahead of this phone's

  queued = 0;
  refused = 0; // green lights given here that the server would not have given

  constructor(session, onChange) {
    this.#session = session;
    this.#onChange = onChange;
  }

  /** After pairing or unlocking: what is left of the time before. */
  async load() {
    this.#fetched = 0;
    this.refused = 0;
    if (!this.#session.carries) return;
    this.#since = (await store.recall("offline since")) || null;
    this.#ahead = (await store.recall("ahead")) || 0;
    await this.#recount();
  }

  get isOnline() {
    return this.#since === null;
  }

  get since() {
    return this.#since;
  }

  /** Whether this phone may decide by itself. */
  async canDecide() {
    return this.#session.carries && (await store.recall("cursor")) !== undefined;
  }

  /** Where and when a ticket is shown, as `decide` wants it. */
  async place() {
    return { event: await store.recall("event"), book: this.#session.book, gate: this.#session.gate, now: Date.now() + this.#ahead };
  }

  async lost() {
    if (this.#since === null) {
      this.#since = new Date().toISOString();
      if (this.#session.carries) await store.keep("offline since", this.#since);
    }
    await this.#recount();
  }

  /** The server has answered. Raises what goes wrong with the queue or the manifest. */
  async found(serverTime) {
    if (this.#busy) return;
    this.#busy = true;
    try {
      if (this.#session.carries) await this.#exchange(serverTime);
      this.#since = null;
    } finally {
      this.#busy = false;
      await this.#recount();
    }
  }

  async #exchange(serverTime) {
    await this.#bring();
    if (!this.isOnline || performance.now() - this.#fetched > FRESH || !this.#fetched) {
      await refresh(this.#session.token);
      this.#fetched = performance.now();
      if (serverTime) this.#ahead = Date.parse(serverTime) - Date.now();
      await store.keep("ahead", this.#ahead);
      await this.#bring(); // what came while we fetched
    }
    if (!this.isOnline) await store.keep("offline since", null);
  }

  async #bring() {
    await bring(this.#session.token, this.#session.book, (refused) => {
      this.refused += refused;
      return this.#recount();
    });
  }

  async #recount() {
    const paired = this.#session.carries && this.#session.isOpen;
    this.queued = paired ? (await waiting(this.#session.book)).length : 0;
    this.#onChange();
  }
}
