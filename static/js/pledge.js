/* A suggested amount and an own one exclude each other. Without this file the own amount counts. */

const form = document.getElementById("pledging");
const own = document.getElementById("gift");
const suggested = form.querySelectorAll("input[name=suggested]");

own.addEventListener("input", () => {
  if (own.value.trim()) for (const one of suggested) one.checked = false;
});
for (const one of suggested) one.addEventListener("change", () => { own.value = ""; });
document.getElementById("mistakes")?.focus();
