/* On the pages of agencies and on the desk alike: the error summary takes focus; its links put the cursor into the field. */
(() => {
  "use strict";
  const summary = document.querySelector("[data-error-summary]");
  if (summary) {
    summary.focus();
    summary.addEventListener("click", (event) => {
      const link = event.target.closest("a[href^='#']");
      const field = link && document.getElementById(link.getAttribute("href").slice(1));
      if (!field) return;
      event.preventDefault();
      const label = field.closest("fieldset")?.querySelector("legend") || document.querySelector(`label[for="${CSS.escape(field.id)}"]`) || field;
      label.scrollIntoView();
      field.focus({ preventScroll: true });
    });
  }
})();
