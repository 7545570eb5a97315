/* On a phone the pages of a group are one line that scrolls: the page one is on is scrolled to. Without a script the line
   begins with its first page. */

const line = document.querySelector(".staff-nav .here .pages");
const here = line?.querySelector("[aria-current]");

if (here) line.scrollLeft = here.offsetLeft - line.offsetLeft - (line.clientWidth - here.offsetWidth) / 2;
