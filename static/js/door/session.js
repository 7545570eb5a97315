// This phone's pairing, as the rest of the page needs it.

import * as api from "./api.js";
import * as memory from "./memory.js";
import { local } from "./words.js";

export class Session {
  #pairing = memory.findPairing();

  get isPaired() {
    return this.#pairing !== null;
  }

  get token() {
    return this.#pairing.token;
  }

  get zone() {
    return this.#pairing.event.time_zone;
  }

  get gate() {
    return this.#pairing.gate;
  }

  get title() {
    return local(this.#pairing.event.title);
  }

  /** Raises what the server says of a wrong code. */
  async pair(code, name) {
    memory.keepPhoneName(name);
    this.#pairing = await api.pair(code, name);
    memory.keepPairing(this.#pairing);
  }

  /** The server has ended it: nothing stays on the phone. */
  end() {
    this.#pairing = null;
    memory.forgetPairing();
  }
}
