/* Small helps on top of pages that work without them: focus, double sending, questions that depend on an answer. */
(() => {
  "use strict";

  /* A second click on a form that is on its way does nothing; buttons stay enabled. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    const now = Date.now();
    if (now - Number(form.dataset.sentAt || 0) < 3000) {
      event.preventDefault();
      return;
    }
    form.dataset.sentAt = String(now);
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent-at]").forEach((form) => delete form.dataset.sentAt);
  });

  /* A passkey that was not used says so on the page; the button can be pressed again. */
  document.addEventListener("allauth.error", (event) => {
    const notice = document.querySelector("[data-passkey-failed]");
    if (!notice) return;
    event.preventDefault();
    notice.hidden = false;
    notice.scrollIntoView({ block: "center" });
  });

  /* Signing out erases the typing that was kept in this browser. */
  document.addEventListener("submit", (event) => {
    if (!/\/logout\/$/.test(event.target.getAttribute("action") || location.pathname)) return;
    try {
      Object.keys(localStorage).filter((key) => key.startsWith("portal-draft:")).forEach((key) => localStorage.removeItem(key));
    } catch { /* storage is switched off: nothing was kept */ }
  });

  /* Questions asked only after an answer: data-shown-when="field" data-shown-values="yes|maybe". */
  const refresh = () => {
    for (const field of document.querySelectorAll("[data-shown-when]")) {
      const values = field.dataset.shownValues.split("|");
      const scope = field.closest("form") || document;
      /* A question that is hidden itself counts as not answered. */
      const inputs = [...scope.querySelectorAll(`[name="${CSS.escape(field.dataset.shownWhen)}"]`)].filter((input) => !input.closest("[data-hidden]"));
      const answers = inputs.flatMap((input) => {
        if (input.type === "checkbox" || input.type === "radio") {
          if (!input.checked) return [];
          return input.hasAttribute("value") ? [input.value] : ["yes", "True"];
        }
        return input.multiple ? [...input.selectedOptions].map((option) => option.value) : [input.value];
      });
      field.toggleAttribute("data-hidden", !answers.some((answer) => values.includes(answer)));
    }
  };
  if (document.querySelector("[data-shown-when]")) {
    document.addEventListener("change", refresh);
    window.addEventListener("pageshow", refresh);
    refresh();
  }

  /* Options that go with another answer: data-allowed-by="role" data-allowed='{"value": ["option", …]}'. What is chosen
     already stays until that answer changes; without scripts the portal says what is allowed. */
  const limit = (event) => {
    for (const select of document.querySelectorAll("select[data-allowed-by]")) {
      const by = select.form.elements.namedItem(select.dataset.allowedBy);
      const allowed = JSON.parse(select.dataset.allowed)[by?.value];
      const out = (option) => Boolean(allowed && option.value && !allowed.includes(option.value));
      if (event?.target === by && allowed && (out(select.selectedOptions[0]) || !select.value)) {
        select.value = allowed.length === 1 ? allowed[0] : "";
      }
      for (const option of select.options) option.hidden = option.disabled = out(option) && !option.selected;
    }
  };
  if (document.querySelector("select[data-allowed-by]")) {
    document.addEventListener("change", limit);
    window.addEventListener("pageshow", limit);
    limit();
  }

  /* Menus close with Escape, and when one goes elsewhere. */
  document.querySelectorAll("details.menu").forEach((menu) => {
    document.addEventListener("click", (event) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
    menu.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && menu.open) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
    });
    menu.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
    });
  });

  /* What is folded away is printed: it is opened for the paper, and closed again as it was. */
  const folded = () => document.querySelectorAll("details[data-print-open]:not([open])");
  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = [...folded()];
    opened.forEach((details) => { details.open = true; });
  });
  window.addEventListener("afterprint", () => {
    opened.forEach((details) => { details.open = false; });
    opened = [];
  });

  /* A button that prints the page. */
  document.querySelectorAll("[data-print]").forEach((button) => button.addEventListener("click", () => window.print()));
})();
