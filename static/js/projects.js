/* The page of one project: rows are added without a reload, HUD's rules speak while typing, the typing is kept. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-project]");
  if (!form) return;

  const wrapperOf = (field) => document.getElementById(`id_${field}_field`) || document.getElementById(field);
  const inputOf = (field) => wrapperOf(field)?.querySelector("input:not([type=hidden]), select, textarea");
  const texts = JSON.parse(document.getElementById("project-texts").textContent);

  /* What does not apply to the answers so far is put away; the server leaves it out as well. */
  let hidden = [];
  const hide = (fields) => {
    hidden.filter((field) => !fields.includes(field)).forEach((field) => wrapperOf(field)?.removeAttribute("data-put-away"));
    fields.forEach((field) => wrapperOf(field)?.setAttribute("data-put-away", ""));
    hidden = fields;
  };

  /* Findings: those about an answer stand at the field and in the list, those about a gap only in the second list. */
  const list = document.querySelector("[data-advice-list]");
  const line = (finding) => {
    const item = document.createElement("li");
    const input = inputOf(finding.field);
    const words = document.createElement(input ? "a" : "span");
    words.textContent = finding.message;
    if (input) words.href = `#${input.id}`;
    item.append(words);
    if (!finding.missing) {
      const rule = document.createElement("span");
      rule.className = "muted";
      rule.textContent = ` (${texts.rule} R${finding.rule}${finding.level === "warning" ? `, ${texts.advice}` : ""})`;
      item.append(rule);
    }
    return item;
  };
  const fill = (element, findings) => element.replaceChildren(...findings.map(line));
  const mark = (findings) => {
    form.querySelectorAll("[data-finding]").forEach((one) => one.remove());
    for (const finding of findings) {
      const place = wrapperOf(finding.field);
      if (!place || !place.classList.contains("field") || place.classList.contains("field--error")) continue;
      const words = document.createElement("p");
      words.className = "finding";
      words.dataset.finding = "";
      words.textContent = finding.message;
      place.append(words);
    }
  };
  const show = (advice) => {
    hide(advice.hidden);
    const said = advice.findings.filter((finding) => !finding.missing);
    const missing = advice.findings.filter((finding) => finding.missing);
    fill(list.querySelector("[data-said]"), said);
    fill(list.querySelector("[data-missing]"), missing);
    list.querySelector("[data-nothing]").hidden = said.length > 0;
    list.querySelector("[data-gaps]").hidden = missing.length === 0;
    list.querySelector("[data-gap-count]").textContent = String(missing.length);
    mark(said);
    for (const [key, total] of Object.entries(advice.totals)) {
      const output = form.querySelector(`[data-total="${CSS.escape(key)}"]`);
      if (output) output.textContent = String(total);
    }
  };
  show(JSON.parse(document.getElementById("project-advice").textContent));

  /* Ask the server a moment after the last key; one question at a time, the newest wins. */
  const saved = form.querySelector("[data-saved]");
  let timer = 0;
  let asking = false;
  let again = false;
  let leaving = false;
  const ask = async () => {
    if (asking) {
      again = true;
      return;
    }
    asking = true;
    try {
      const answer = await fetch(form.dataset.checkUrl, {
        method: "POST",
        body: new FormData(form),
        headers: { Accept: "application/json" },
        redirect: "error",
      });
      const found = await answer.json();
      if (leaving) return;
      if (answer.ok) {
        form.elements.version.value = found.version;
        saved.textContent = `${texts.kept} ${found.saved_at}`;
        show(found);
      } else if (answer.status === 409) {
        saved.textContent = texts.conflict.replace("{who}", found.who).replace("{when}", found.when);
      } else {
        saved.textContent = texts.lost;
      }
    } catch {
      saved.textContent = texts.lost;
    } finally {
      asking = false;
      if (again) {
        again = false;
        later();
      }
    }
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 700);
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("submit", () => {
    leaving = true;
    clearTimeout(timer);
  });
  window.addEventListener("pageshow", () => {
    leaving = false;
  });

  /* Rows: the buttons also work by sending the page. */
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add], [data-remove]");
    if (!button) return;
    event.preventDefault();
    if (button.dataset.add) {
      const kind = button.dataset.add;
      const count = form.elements[`${kind}-rows`];
      const index = Number(count.value);
      const html = document.querySelector(`template[data-empty="${kind}"]`).innerHTML;
      button.parentElement.insertAdjacentHTML(
        "beforebegin",
        html.replaceAll("__prefix__", String(index)).replaceAll("__number__", String(index + 1)),
      );
      count.value = String(index + 1);
      document.getElementById(`${kind}-${index}`).focus();
    } else {
      const row = document.getElementById(button.dataset.remove);
      row.querySelector("[data-delete]").value = "1";
      row.hidden = true;
      row.closest("section").focus();
    }
    form.dispatchEvent(new Event("change", { bubbles: true }));
  });
})();
