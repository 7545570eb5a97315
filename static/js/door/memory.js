// What this phone keeps: its token, its name, and whether it may make a sound. No guest, no code.

const PAIRED = "bonsoir.door";
const NAME = "bonsoir.door.name";
const QUIET = "bonsoir.door.quiet";

/** {"token", "event", "gate", "expires_at"} of the pairing, or null. */
export function findPairing() {
  try {
    return JSON.parse(localStorage.getItem(PAIRED));
  } catch {
    return null;
  }
}

export const keepPairing = (pairing) => localStorage.setItem(PAIRED, JSON.stringify(pairing));
export const forgetPairing = () => localStorage.removeItem(PAIRED);
export const phoneName = () => localStorage.getItem(NAME) || "";
export const keepPhoneName = (name) => localStorage.setItem(NAME, name);
export const isQuiet = () => localStorage.getItem(QUIET) === "yes";
export const keepQuiet = (quiet) => localStorage.setItem(QUIET, quiet ? "yes" : "no");
