/* Confirming a clause as read without loading the page again; without this script each button sends its form. */
(() => {
  "use strict";
  const progress = document.querySelector("[data-reading]");
  if (!progress) return;
  const status = progress.querySelector("p");
  status.setAttribute("role", "status");

  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-read-clause]");
    if (!form) return;
    event.preventDefault();
    let answer;
    try {
      const response = await fetch(form.action, {
        method: "POST", body: new FormData(form), headers: { "X-Requested-With": "fetch" }, credentials: "same-origin",
      });
      if (!response.ok || response.redirected) throw new Error(String(response.status));
      answer = await response.json();
    } catch {
      form.submit();
      return;
    }
    const done = document.createElement("p");
    done.className = "clause-read";
    done.textContent = answer.read;
    const section = form.closest(".clause");
    form.replaceWith(done);
    status.textContent = answer.words;
    const bar = progress.querySelector("progress");
    bar.value = answer.count;
    bar.setAttribute("aria-label", answer.words);
    const next = answer.next ? document.querySelector(`#${CSS.escape(answer.next)} h3`) : document.getElementById("done");
    if (!answer.next) next.hidden = false;
    next.tabIndex = -1;
    next.focus();
  });
})();
