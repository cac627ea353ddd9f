/* "e-mail" stays in one line, and is copied, found and read aloud as it is written: no character is put in. */
(() => {
  "use strict";
  const WORD = /(e-mails?)/i;
  const UNTOUCHED = "script, style, template, option, textarea, svg";
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const broken = [];
  while (texts.nextNode()) {
    const { data, parentElement } = texts.currentNode;
    if (WORD.test(data) && !parentElement.closest(UNTOUCHED)) broken.push(texts.currentNode);
  }
  for (const text of broken) {
    const whole = document.createElement("span"); /* one element, because each would be a box of its own in a flexible one */
    for (const [place, part] of text.data.split(WORD).entries()) {
      if (place % 2) {
        const word = document.createElement("span");
        word.className = "text-nowrap";
        word.textContent = part;
        whole.append(word);
      } else if (part) {
        whole.append(part);
      }
    }
    text.replaceWith(whole);
  }
})();
