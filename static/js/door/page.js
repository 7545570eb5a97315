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

/** A mistake under a form, or none. */
export function complain(id, sentence) {
  part(id).textContent = sentence;
  show(part(id), Boolean(sentence));
}
