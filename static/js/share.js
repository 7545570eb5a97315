// Words and links for guests: shared where the telephone can, copied elsewhere. Without a script they can be marked by hand.
const share = navigator.share && matchMedia("(pointer: coarse)").matches;
const possible = share || navigator.clipboard;

for (const place of possible ? document.querySelectorAll("[data-share]") : []) {
  const [field, button] = [place.querySelector("input, textarea"), place.querySelector("button")];
  if (share) button.textContent = button.dataset.shares;
  const what = field.matches("textarea") ? { text: field.value } : { url: field.value };
  offer(button, field.value, { title: place.dataset.share, ...what }, () => field.select());
  field.addEventListener("focus", () => field.select());
}

for (const button of possible ? document.querySelectorAll("[data-link]") : []) {
  offer(button, button.dataset.link, { title: button.dataset.title, url: button.dataset.link }, () => {});
}

function offer(button, text, what, otherwise) {
  button.hidden = false;
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    try {
      if (share) await navigator.share(what);
      else {
        await navigator.clipboard.writeText(text);
        button.textContent = button.dataset.copied;
        button.removeAttribute("aria-label");
      }
    } catch {
      otherwise(); // refused, or called off: it is there to be copied by hand
    }
  });
}
