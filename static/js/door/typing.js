// Scanners that type: they send the code as keystrokes and end with Enter, wherever the cursor is.

const GAP = 1000; // milliseconds; the strokes of even a slow scanner, on a busy phone, come closer together
const SHORTEST = 6;

/** Call `onCode` for a code typed while no field has the cursor. */
export function listen(onCode) {
  let typed = "";
  let last = 0;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || isField(event.target)) return;
    if (event.timeStamp - last > GAP) typed = "";
    last = event.timeStamp;
    if (event.key === "Enter" && typed.length >= SHORTEST) {
      event.preventDefault(); // else the button with the focus would be pressed too
      onCode(typed);
      typed = "";
    } else if (event.key.length === 1 && event.key !== " ") {
      typed += letter(event);
    }
  });
}

const isField = (target) => target instanceof HTMLInputElement;

/** What is printed on the key: under a Thai layout the scanner's A arrives as another letter. */
function letter(event) {
  if (/[!-~]/.test(event.key)) return event.key;
  return /^(?:Key([A-Z])|Digit([0-9]))$/.exec(event.code)?.slice(1).find(Boolean) || event.key;
}
