/* Where one is, on every staff page. Without a script the page begins at its top, and the line with its first page. */

/* On a phone the pages of a group are one line that scrolls: the page one is on is scrolled to. */
const line = document.querySelector(".staff-nav .here .pages");
const here = line?.querySelector("[aria-current]");

if (here) line.scrollLeft = here.offsetLeft - line.offsetLeft - (line.clientWidth - here.offsetWidth) / 2;

/* A form far down the page that comes back with a mistake, and no summary of them at the top. */
const wrong = document.querySelector("[autofocus]") ? null : document.querySelector("main [aria-invalid=true]");

if (wrong) {
  wrong.focus({ preventScroll: true });
  wrong.scrollIntoView({ block: "center" });
}
