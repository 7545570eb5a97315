/* Another beginning: the end of the evening and of its sale move along, as far as nobody sets them by hand, and the page
   says so. Without this file each is set by itself. */

const words = document.getElementById("moved")?.content.textContent ?? "";

for (const follower of document.querySelectorAll("[data-follows]")) {
  const leader = document.getElementById(follower.dataset.follows);
  const distance = at(follower) - at(leader);
  let own = false;
  follower.addEventListener("input", () => { own = true; });
  leader.addEventListener("input", () => {
    const moved = new Date(at(leader) + distance);
    if (own || Number.isNaN(moved.valueOf())) return; // half a date is none
    follower.value = moved.toISOString().slice(0, 16);
    say(follower);
  });
}

/* The clock on the wall, whatever zone this browser is in: hours are counted as if no zone had a summer. */
function at(input) {
  return input.value ? Date.parse(`${input.value}Z`) : NaN;
}

function say(follower) {
  const id = `${follower.id}-moved`;
  if (document.getElementById(id)) return;
  const note = Object.assign(document.createElement("p"), { id, className: "hint" });
  note.setAttribute("role", "status");
  follower.after(note);
  note.textContent = words;
}
