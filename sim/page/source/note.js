// A sentence at the foot of the page, for a while.

const A_WHILE = 3200, TO_READ = 60; // ms, and ms a letter

export class Note {
  /** @param {HTMLElement} box */
  constructor(box) {
    this.box = box;
    box.addEventListener("click", () => (box.hidden = true));
  }

  /** @param {string} text @param {boolean} [stays]  until it is pressed */
  say(text, stays = false) {
    this.box.textContent = text;
    this.box.hidden = false;
    clearTimeout(this.timer);
    if (!stays) this.timer = setTimeout(() => (this.box.hidden = true), A_WHILE + TO_READ * text.length);
  }
}
