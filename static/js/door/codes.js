// What follows from a ticket's code (docs/door.md): its hash, a proof that it was seen, and the key of its box.

const utf8 = new TextEncoder();
const STEP = 128; // bytes: lengths are rounded up, so that they tell nothing
const SPACING = /[\s\u200b\u00ad\u2010-\u2015_.-]+/g;

/** Browsers offer cryptography on secure pages only. */
export const canDerive = Boolean(globalThis.isSecureContext && globalThis.crypto?.subtle);

/** A code as the server reads it. */
export const plain = (code) => code.slice(0, 256).replace(SPACING, "").toUpperCase();

/**
 * {"hash", "proof", "open", "seal"}: `open(box)` gives what is in this ticket's box and raises on another's;
 * `seal(answers, scanId)` locks answers so that this phone can never read them again.
 */
export async function derive(code) {
  const text = utf8.encode(plain(code));
  const hash = hex(await crypto.subtle.digest("SHA-256", text));
  const secret = await crypto.subtle.importKey("raw", text, "HKDF", false, ["deriveBits", "deriveKey"]);
  const proof = hex(await crypto.subtle.deriveBits(recipe("admit"), secret, 256));
  const open = async (box) => {
    const key = await crypto.subtle.deriveKey(recipe("box"), secret, { name: "AES-GCM", length: 256 }, false, ["decrypt"]);
    return unlocked(key, box, hash);
  };
  const seal = async (answers, scanId) => {
    const key = await crypto.subtle.deriveKey(recipe("answers"), secret, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
    return locked(key, answers, scanId);
  };
  return { hash, proof, open, seal };
}

async function locked(key, content, boundTo) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plain = JSON.stringify(content);
  const padded = utf8.encode(plain.padEnd(Math.ceil(plain.length / STEP) * STEP)); // numbers and ASCII only
  const how = { name: "AES-GCM", iv, additionalData: utf8.encode(boundTo) };
  const sealed = new Uint8Array(await crypto.subtle.encrypt(how, key, padded));
  return base64(new Uint8Array([...iv, ...sealed]));
}

async function unlocked(key, box, hash) {
  const raw = bytes(box);
  const how = { name: "AES-GCM", iv: raw.subarray(0, 12), additionalData: utf8.encode(hash) };
  return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(how, key, raw.subarray(12))));
}

const recipe = (info) => ({ name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: utf8.encode(info) });
const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

export const bytes = (base64) => Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
export const base64 = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));
