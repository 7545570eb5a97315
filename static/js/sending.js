/* Forms on a bad line. Without a network nothing is sent, so what was typed stays where it is, and the page says so;
   a button that is pressed again while its answer is on the way is not sent a second time. Without this file the
   browser does as it always did. */

const words = document.getElementById("no-network").content;
const PATIENCE = 10000; // milliseconds after which a second press is meant

let said = [];
let pressed = null;

addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  quiet();
  const button = event.submitter;
  if (!navigator.onLine) {
    event.preventDefault();
    say(button ?? event.target);
  } else if (button && pressed === button) {
    event.preventDefault();
  } else {
    pressed = button;
    setTimeout(() => { if (pressed === button) pressed = null; }, PATIENCE);
  }
});
addEventListener("online", quiet);
addEventListener("pageshow", () => { pressed = null; }); // back from a page that did not open

function say(place) {
  const note = words.cloneNode(true).firstElementChild;
  note.setAttribute("role", "alert");
  (place.closest("p.row, .ways, .row") ?? place).after(note);
  said = [note];
}

function quiet() {
  for (const note of said) note.remove();
  said = [];
}
