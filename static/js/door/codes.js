// What follows from a ticket's code (docs/door.md): its hash, a proof that it was seen, and the key of its box.

const utf8 = new TextEncoder();
const SPACING = /[\s\u200b\u00ad\u2010-\u2015_.-]+/g;

/** Browsers offer cryptography on secure pages only. */
export const canDerive = Boolean(globalThis.isSecureContext && globalThis.crypto?.subtle);

/** A code as the server reads it. */
export const plain = (code) => code.slice(0, 256).replace(SPACING, "").toUpperCase();

/** {"hash", "proof", "open"}: `open(box)` gives what is in this ticket's box and raises on another's. */
export async function derive(code) {
  const text = utf8.encode(plain(code));
  const hash = hex(await crypto.subtle.digest("SHA-256", text));
  const secret = await crypto.subtle.importKey("raw", text, "HKDF", false, ["deriveBits", "deriveKey"]);
  const proof = hex(await crypto.subtle.deriveBits(recipe("admit"), secret, 256));
  const open = async (box) => {
    const key = await crypto.subtle.deriveKey(recipe("box"), secret, { name: "AES-GCM", length: 256 }, false, ["decrypt"]);
    return unlocked(key, box, hash);
  };
  return { hash, proof, open };
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
