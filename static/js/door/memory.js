// Small things this phone keeps: its name, its camera, and whether it may make a sound. No guest, no code.

const NAME = "bonsoir.door.name";
const QUIET = "bonsoir.door.quiet";
const CAMERA = "bonsoir.door.camera";
const TAB = "bonsoir.door.tab";

export const phoneName = () => localStorage.getItem(NAME) || "";
export const keepPhoneName = (name) => localStorage.setItem(NAME, name);
export const isQuiet = () => localStorage.getItem(QUIET) === "yes";
export const keepQuiet = (quiet) => localStorage.setItem(QUIET, quiet ? "yes" : "no");
export const camera = () => localStorage.getItem(CAMERA) || "";
export const keepCamera = (id) => localStorage.setItem(CAMERA, id);

/** A pairing that nothing wraps, for want of a PIN or of https: until the tab is closed. */
export const findForTab = () => JSON.parse(sessionStorage.getItem(TAB) || "null");
export const keepForTab = (pairing) => sessionStorage.setItem(TAB, JSON.stringify(pairing));
export const forgetTab = () => sessionStorage.removeItem(TAB);
