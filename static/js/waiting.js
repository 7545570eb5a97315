/* A page that waits for money: looks every few seconds whether anything changed, and shows it when it did.
   Where payment had to wait, it leads on to the pay page. Without a script the page reloads itself. */

const { state, address, onward } = document.getElementById("waiting").dataset;
const SOON = 3000;
const LATER = 15000;
const PATIENCE = 20; // quick looks before the slow ones

for (let looks = 0; ; looks += 1) {
  await pause(looks < PATIENCE ? SOON : LATER);
  if (await changed()) {
    if (onward) location.replace(onward);
    else location.reload();
    break;
  }
}

async function changed() {
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    return answer.ok && (await answer.json()).status !== state;
  } catch {
    return false; // off-line: look again later
  }
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
