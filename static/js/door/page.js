// The parts of the page, and small things done to them.

export const part = (id) => document.getElementById(id);

export function show(element, visible) {
  element.hidden = !visible;
}

/** An element with text in it. */
export function make(tag, text, className = "") {
  const element = document.createElement(tag);
  element.textContent = text;
  if (className) element.className = className;
  return element;
}

/** A copy of the drawing in <template id="...">. */
export const drawing = (id) => part(id).content.firstElementChild.cloneNode(true);

/** A line of a list, with its icon. */
export function line(icon, text) {
  const item = make("li", "");
  item.append(drawing(`icon-${icon}`), make("span", text));
  return item;
}

/** Fetch the icons once and keep them in the page: they must be there when the network is not. */
export async function keepIcons() {
  const answer = await fetch(part("words").dataset.icons);
  const icons = new DOMParser().parseFromString(await answer.text(), "image/svg+xml").documentElement;
  icons.classList.add("vh");
  icons.ariaHidden = "true";
  document.body.append(icons);
  const drawn = [document, ...Array.from(document.querySelectorAll("template"), (template) => template.content)];
  for (const use of drawn.flatMap((tree) => [...tree.querySelectorAll("use")])) {
    use.setAttribute("href", use.getAttribute("href").replace(/^.*#/, "#"));
  }
}

/** The first field of a form that is not filled in as it should be: it gets the focus. What to say of it is `data-wrong`. */
export function firstWrong(form) {
  const field = [...form.elements].find((one) => one.willValidate && !one.validity.valid);
  field?.focus();
  return field;
}

/** A mistake of a form, in sight, or none. */
export function complain(id, sentence) {
  part(id).textContent = sentence;
  show(part(id), Boolean(sentence));
  if (sentence) part(id).scrollIntoView({ block: "nearest" });
}
