/* The guest list: one box ticks the whole page, and says how many are ticked. Without a script one chooses below the
   list whom an action is for. */

const form = document.getElementById("many");

if (form) {
  const boxes = [...form.querySelectorAll("input[name=ticket]")];
  const whole = document.getElementById("whole");
  const said = form.querySelector("output");
  const mine = form.querySelector("input[name=whom][value=ticked]");

  const tell = () => {
    const count = boxes.filter((box) => box.checked).length;
    whole.checked = count === boxes.length;
    whole.indeterminate = count > 0 && count < boxes.length;
    said.textContent = count ? said.dataset.words.replace("{count}", count) : "";
  };

  whole.addEventListener("change", () => {
    for (const box of boxes) box.checked = whole.checked;
    mine.checked = true;
    tell();
  });
  for (const box of boxes) {
    box.addEventListener("change", () => {
      mine.checked = true;
      tell();
    });
  }
  whole.closest("[hidden]").hidden = false;
  tell(); // going back in a browser keeps what was ticked
}
