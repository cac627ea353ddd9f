/* On the review page: remarks, marks and closings are sent without leaving it, and only what they changed is put in
   anew. Every act is a page or a form of its own, which is what happens without this script. */
(() => {
  "use strict";
  const page = document.querySelector("[data-review]");
  if (!page) return;
  const template = document.getElementById("remark-form");
  const bar = () => document.getElementById("decision-bar");
  const opened = () => page.querySelector(".remark-form");
  const typed = () => opened()?.elements.text.value.trim();
  const say = (words) => { bar().querySelector("[data-said]").textContent = words; };

  const show = (id) => {
    const target = document.getElementById(id);
    for (let part = target; part; part = part.parentElement) if (part.matches("details")) part.open = true;
    target?.scrollIntoView({ block: "nearest" });
  };
  window.addEventListener("hashchange", () => show(location.hash.slice(1)));
  show(location.hash.slice(1));

  const fold = page.querySelector("[data-fold]");
  const sections = () => [...page.querySelectorAll(".review-section, .rows > details")].filter((part) => part.matches("details"));
  fold.hidden = false;
  fold.addEventListener("click", () => {
    const open = fold.textContent.trim() === fold.dataset.open;
    sections().forEach((part) => { part.open = open; });
    fold.textContent = open ? fold.dataset.close : fold.dataset.open;
  });

  /* Put in what another answer of the portal says, each part in its place; what was open stays open. */
  const renew = (fresh) => {
    page.querySelectorAll("[data-part]").forEach((part) => {
      const other = fresh.getElementById(part.id);
      if (!other || part.querySelector(".remark-form:not([data-sending])")) return; // with words that are not sent yet
      [part, ...part.querySelectorAll("details[id]")].forEach((old) => {
        const same = old === part ? other : fresh.getElementById(old.id);
        if (same?.matches("details")) same.open = old.open;
      });
      part.replaceWith(document.adoptNode(other));
    });
    say([...(fresh.querySelector(".messagelist")?.children || [])].map((one) => one.textContent.trim()).join(" "));
  };

  const post = async (form, button) => {
    const data = new FormData(form, button);
    const answer = await fetch(form.action, { method: "POST", body: data });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (answer.ok && fresh.querySelector("[data-review]")) return renew(fresh) || "";
    const problem = fresh.querySelector("[data-error-summary] li, .field-error");
    return problem ? problem.textContent.trim() : bar().dataset.lost;
  };

  /* Whether it was done. The view stays where it is: what is put in above moves the page, not what is looked at. */
  const send = async (form, button) => {
    if (form.dataset.sending) return false;
    form.dataset.sending = "yes";
    form.querySelector("textarea")?.setAttribute("readonly", ""); // what is typed now would not be sent
    const href = form.dataset.of;
    const at = form.getBoundingClientRect().top;
    const part = form.closest("[data-part]").id;
    let problem = bar().dataset.lost;
    try { problem = await post(form, button); } catch { /* the network: said below */ }
    delete form.dataset.sending;
    form.querySelector("textarea")?.removeAttribute("readonly");
    if (problem) {
      const place = form.querySelector(".field-error");
      if (place) { place.textContent = problem; place.hidden = false; form.elements.text.focus(); } else say(problem);
      return false;
    }
    const back = [...page.querySelectorAll("[data-remark]")].find((link) => link.href === href)
      || document.querySelector(`#${part} > summary`);
    if (back) {
      const row = back.closest(".summary-row") || back;
      window.scrollBy(0, row.getBoundingClientRect().top - Math.max(0, at - 40));
      back.focus({ preventScroll: true });
    }
    return true;
  };

  const write = (link) => {
    const form = template.content.firstElementChild.cloneNode(true);
    form.action = form.dataset.of = link.href;
    const label = form.querySelector("label");
    label.textContent = `${label.dataset.label} (${link.dataset.remark})`;
    const row = link.closest(".summary-row");
    row ? row.querySelector("dd").append(form) : link.closest(".section-head").after(form);
    form.elements.text.focus();
  };

  page.addEventListener("click", async (event) => {
    const cancel = event.target.closest("[data-cancel]");
    if (cancel) {
      const { of } = cancel.form.dataset;
      cancel.form.remove();
      [...page.querySelectorAll("[data-remark]")].find((link) => link.href === of)?.focus();
      return;
    }
    const link = event.target.closest("a[data-remark], .decision-bar a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const { href } = link;
    const remark = template && link.matches("[data-remark]");
    if (!remark && !typed()) return;
    event.preventDefault();
    /* A remark that was begun is saved before the next one, and before a decision. */
    if (typed() && !(await send(opened()))) return;
    opened()?.remove();
    if (remark) write([...page.querySelectorAll("[data-remark]")].find((one) => one.href === href)); else location.href = href;
  });

  page.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-in-place]")) return;
    event.preventDefault();
    send(event.target, event.submitter);
  });

  page.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.target.closest(".remark-form")?.requestSubmit();
    const more = event.target.closest(".decision-more[open]");
    if (event.key === "Escape" && more) { more.open = false; more.querySelector("summary").focus(); }
  });

  window.addEventListener("beforeunload", (event) => { if (typed()) event.preventDefault(); });
})();
