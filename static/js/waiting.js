/* A page that waits for money: looks every few seconds whether anything changed, and shows it when it did.
   Where payment had to wait, it leads on to the pay page. In line it says how far one has come, and looks as often as
   it is told. Without a script the page reloads itself. */

const box = document.getElementById("waiting");
const { state, address, onward, again } = box.dataset;
const SOON = 3000;
const LATER = 15000;
const PATIENCE = 20; // quick looks before the slow ones

let next = Number(again) * 1000 || SOON;
for (let looks = 1; ; looks += 1) {
  await pause(next);
  const now = await look();
  if (now && (now.status !== state || Boolean(now.line) !== Boolean(again) || now.line?.overdue)) {
    if (onward && (now.status !== state || now.line?.overdue)) location.replace(onward);
    else location.reload();
    break;
  }
  if (now?.line) show(now.line);
  next = now?.line ? now.line.look_again * 1000 : looks < PATIENCE ? SOON : LATER;
}

function show(line) {
  box.querySelector("[data-place]").textContent = line.place;
  box.querySelector("[data-words]").textContent = line.words;
  box.querySelector("progress").value = line.done;
}

async function look() {
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null; // off-line: look again later
  }
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
