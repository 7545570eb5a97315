// The PIN: what wraps this phone's token while the app is closed (docs/door.md).

import { base64, bytes } from "./codes.js";

const ROUNDS = 600000;
const utf8 = new TextEncoder();

/** {"salt", "nonce", "token"} in base64, to be kept. */
export async function wrap(token, pin) {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const locked = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await key(pin, salt), utf8.encode(token));
  return { salt: base64(salt), nonce: base64(iv), token: base64(locked) };
}

/** The token, or null when the PIN is wrong. */
export async function unwrap(kept, pin) {
  const opener = await key(pin, bytes(kept.salt));
  try {
    const opened = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(kept.nonce) }, opener, bytes(kept.token));
    return new TextDecoder().decode(opened);
  } catch {
    return null;
  }
}

async function key(pin, salt) {
  const base = await crypto.subtle.importKey("raw", utf8.encode(pin), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS };
  return crypto.subtle.deriveKey(how, base, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}
