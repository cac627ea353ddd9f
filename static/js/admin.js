/* Mends what Django's own scripts leave without a role, so that assistive technology may read it. */
(() => {
  "use strict";
  const mend = () => document.querySelectorAll("span.help-tooltip[aria-label]:not([role])").forEach((span) => span.setAttribute("role", "img"));
  window.addEventListener("load", mend);
})();
