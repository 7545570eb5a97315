// Passkeys: asks the device to make or use one, puts its answer into the form, and sends that. Where the browser cannot,
// the forms stay hidden and the other ways are there.
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const named = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

async function asked(form) {
  const token = form.elements.namedItem("csrf_token").value;
  const answer = await fetch(form.dataset.options, { method: "POST", headers: { "X-CSRFToken": token, Accept: "application/json" } });
  if (answer.status === 401 || answer.status === 403) location.reload(); // signed out, or a while ago: the page asks
  if (!answer.ok) throw new Error(`no options: ${answer.status}`);
  const options = await answer.json();
  return { ...options, challenge: bytes(options.challenge), allowCredentials: named(options.allowCredentials) };
}

async function make(form) {
  const { allowCredentials, ...publicKey } = await asked(form);
  publicKey.user = { ...publicKey.user, id: bytes(publicKey.user.id) };
  publicKey.excludeCredentials = named(publicKey.excludeCredentials);
  const made = await navigator.credentials.create({ publicKey });
  return {
    clientDataJSON: text(made.response.clientDataJSON),
    attestationObject: text(made.response.attestationObject),
    of: made,
  };
}

async function use(form) {
  const shown = await navigator.credentials.get({ publicKey: await asked(form) });
  return {
    clientDataJSON: text(shown.response.clientDataJSON),
    authenticatorData: text(shown.response.authenticatorData),
    signature: text(shown.response.signature),
    userHandle: shown.response.userHandle ? text(shown.response.userHandle) : null,
    of: shown,
  };
}

async function send(form) {
  const [failed, button] = [form.querySelector("[data-failed]"), form.querySelector("button")];
  failed.hidden = true;
  button.disabled = true;
  try {
    const { of, ...response } = await (form.dataset.passkey === "make" ? make(form) : use(form));
    form.querySelector("[data-answer]").value = JSON.stringify({ id: of.id, rawId: text(of.rawId), type: of.type, response });
    form.submit();
  } catch {
    failed.hidden = false; // closed, timed out, or nothing that fits: said in the page, and the button is there again
    button.disabled = false;
  }
}

if (window.PublicKeyCredential && navigator.credentials) {
  for (const form of document.querySelectorAll("[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(form);
    });
  }
  for (const words of document.querySelectorAll("[data-without-passkeys]")) words.hidden = true;
}
