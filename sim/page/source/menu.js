// A small menu under a button, for pointer and arrow keys.
import { el } from "./dom.js";

/**
 * @typedef {{text: string, act: () => void, checked?: boolean} | null} Item  null is a line between
 */

/** Open a menu under a button when it is pressed. @param {HTMLElement} button @param {() => Item[]} items */
export function menuOf(button, items) {
  button.setAttribute("aria-haspopup", "menu");
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", () => (button.getAttribute("aria-expanded") === "true" ? undefined : show(button, items())));
}

function show(button, items) {
  let open = true;
  const close = (focus) => {
    // taking the list away moves the focus out of it, which closes it again
    if (!open) return;
    open = false;
    list.remove();
    button.setAttribute("aria-expanded", "false");
    if (focus) button.focus();
  };
  const list = el("ul", { className: "menu", role: "menu", "aria-label": button.getAttribute("aria-label") ?? button.textContent });
  list.append(...items.map((item) => (item ? entry(item, close) : el("li", { className: "line", role: "separator" }))));
  list.addEventListener("keydown", (event) => walk(event, list, close));
  list.addEventListener("focusout", ({ relatedTarget }) => list.contains(relatedTarget) || close(false));
  document.body.append(list);
  const at = button.getBoundingClientRect();
  list.style.top = `${at.bottom + 4 + scrollY}px`;
  list.style.left = `${Math.max(8, Math.min(innerWidth - list.offsetWidth - 8, at.left))}px`;
  button.setAttribute("aria-expanded", "true");
  list.querySelector("button").focus();
}

function entry({ text, act, checked }, close) {
  const role = checked === undefined ? "menuitem" : "menuitemradio";
  const press = () => {
    close(true);
    act();
  };
  const button = el("button", { role, tabIndex: -1, textContent: text, onclick: press });
  if (checked !== undefined) button.setAttribute("aria-checked", String(checked));
  return el("li", { role: "none" }, button);
}

function walk(event, list, close) {
  const buttons = [...list.querySelectorAll("button")], at = buttons.indexOf(document.activeElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape" || event.key === "Tab") close(true);
  else if (step) buttons[(at + step + buttons.length) % buttons.length].focus();
  else if (event.key === "Home" || event.key === "End") buttons.at(event.key === "Home" ? 0 : -1).focus();
  else return;
  event.preventDefault();
  event.stopPropagation();
}
