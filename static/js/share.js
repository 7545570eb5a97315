// The link for guests: shared where the telephone can, copied elsewhere. Without a script it can be marked by hand.
for (const place of document.querySelectorAll("[data-share]")) {
  const [link, button] = [place.querySelector("input"), place.querySelector("button")];
  const share = navigator.share && matchMedia("(pointer: coarse)").matches;
  if (!share && !navigator.clipboard) continue;
  button.hidden = false;
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    try {
      if (share) await navigator.share({ title: place.dataset.share, url: link.value });
      else {
        await navigator.clipboard.writeText(link.value);
        button.textContent = button.dataset.copied;
      }
    } catch {
      link.select(); // refused, or called off: the link is there to be copied by hand
    }
  });
  link.addEventListener("focus", () => link.select());
}
