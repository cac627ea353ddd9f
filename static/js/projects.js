/* One page of a project: rows are added without a reload, HUD's rules speak while typing, the typing is kept. */
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
      const parts = [finding.where, `${texts.rule} R${finding.rule}`, finding.level === "warning" && texts.advice];
      rule.textContent = ` (${parts.filter(Boolean).join(", ")})`;
      item.append(rule);
    }
    return item;
  };
  const fill = (element, findings) => element.replaceChildren(...findings.map(line));
  const mark = (findings) => {
    form.querySelectorAll("[data-finding]").forEach((old) => old.remove());
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
  /* What the town of a site tells is filled in where nothing stands yet but what the page came with, once, and said to be from there. */
  const offered = new Set();
  const isAnswered = (input) => {
    if (input.type === "radio") return input.checked && !input.defaultChecked;
    return input.value !== "" && !input.querySelector("option:checked")?.defaultSelected;
  };
  const propose = (proposals) => {
    for (const [name, value] of Object.entries(proposals)) {
      const inputs = [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
      if (offered.has(`${name}=${value}`) || inputs.some(isAnswered)) continue;
      offered.add(`${name}=${value}`);
      for (const input of inputs) {
        if (input.type !== "radio") input.value = value;
        else input.checked = input.value === value;
      }
      const words = document.createElement("p");
      words.className = "hint";
      words.textContent = texts.proposed;
      wrapperOf(name).append(words);
      inputs[0].dispatchEvent(new Event("change", { bubbles: true }));
    }
  };
  const show = (advice) => {
    hide(advice.hidden);
    propose(advice.proposals);
    const said = advice.findings.filter((finding) => !finding.missing);
    const missing = advice.findings.filter((finding) => finding.missing);
    fill(list.querySelector("[data-said]"), said);
    fill(list.querySelector("[data-missing]"), missing);
    list.querySelector("[data-nothing]").hidden = said.length > 0;
    list.querySelector("[data-gaps]").hidden = missing.length === 0;
    list.querySelector("[data-gap-count]").textContent = String(missing.length);
    const bar = document.querySelector("[data-advice-bar]");
    bar.querySelector("[data-said-count]").textContent = String(said.length);
    bar.querySelector("[data-missing-count]").textContent = String(missing.length);
    bar.hidden = said.length + missing.length === 0;
    mark(said);
    for (const [key, total] of Object.entries(advice.totals)) {
      const output = form.querySelector(`[data-total="${CSS.escape(key)}"]`);
      if (output) output.textContent = String(total);
    }
  };
  show(JSON.parse(document.getElementById("project-advice").textContent));

  /* Rows: the buttons also work by sending the page. */
  const addRow = (kind) => {
    const count = form.elements[`${kind}-rows`];
    const index = Number(count.value);
    const html = document.querySelector(`template[data-empty="${kind}"]`).innerHTML;
    form
      .querySelector(`[data-add="${kind}"]`)
      .parentElement.insertAdjacentHTML(
        "beforebegin",
        html.replaceAll("__prefix__", String(index)).replaceAll("__number__", String(index + 1)),
      );
    count.value = String(index + 1);
    return document.getElementById(`${kind}-${index}`);
  };
  const isFull = (kind) => {
    const section = document.getElementById(kind);
    return Number(form.elements[`${kind}-rows`].value) >= Number(section.dataset.most);
  };
  const copyRow = (row) => {
    const made = addRow(row.closest("[data-rows]").dataset.rows);
    for (const input of row.querySelectorAll("[name]")) {
      const rest = input.name.slice(row.id.length);
      if (rest === "-id" || rest === "-DELETE") continue;
      for (const other of made.querySelectorAll(`[name="${CSS.escape(made.id + rest)}"]`)) {
        if (other.type !== "radio" && other.type !== "checkbox") other.value = input.value;
        else if (other.value === input.value) other.checked = input.checked;
      }
    }
    /* Days of its own are seen where they were copied. */
    const days = made.querySelector(".row-days");
    if (days) days.open = Boolean(row.querySelector(".row-days")?.open);
    return made;
  };
  const removeRow = (row) => {
    row.querySelector("[data-delete]").value = "1";
    (row.closest("[data-row-fold]") || row).hidden = true;
  };
  /* autosave.js keeps the typing a moment after the last key; the portal's answer says what the rules find in it, and
     which rows a colleague took out meanwhile. */
  form.addEventListener("autosave-saved", ({ detail }) => {
    detail.gone.forEach((row) => removeRow(document.getElementById(row)));
    show(detail);
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add], [data-copy], [data-remove]");
    /* No room for another row: the page is sent, and the portal says so. */
    if (!button || (!button.dataset.remove && isFull(button.closest("[data-rows]").dataset.rows))) return;
    event.preventDefault();
    if (button.dataset.copy) {
      copyRow(document.getElementById(button.dataset.copy)).focus();
    } else if (button.dataset.add) {
      addRow(button.dataset.add).focus();
    } else {
      const row = document.getElementById(button.dataset.remove);
      removeRow(row);
      row.closest("section").focus();
    }
    form.dispatchEvent(new Event("change", { bubbles: true }));
  });
  /* What is put back goes to the row it was typed in, wherever that stands now; a row that is not here is added. */
  const identityOf = (name) => form.elements[`${name}-id`]?.value || "";
  const rowHere = (kind, name, identity) => {
    const rows = [...document.getElementById(kind).querySelectorAll("[data-row]")].map((row) => row.dataset.row);
    return rows.find((one) => (identity ? identityOf(one) === identity : one === name && !identityOf(one))) || "";
  };
  const rowFor = (kind, name, identity) => rowHere(kind, name, identity) || (isFull(kind) ? "" : addRow(kind).id);
  form.addEventListener("autosave-put-back", (event) => {
    const { values, touched } = event.detail;
    const moved = [];
    for (const section of form.querySelectorAll("[data-rows]")) {
      const kind = section.dataset.rows;
      const rows = Math.min(Number(values.get(`${kind}-rows`)?.[0] || 0), Number(section.dataset.most));
      for (let index = 0; index < rows; index += 1) {
        const was = `${kind}-${index}`;
        const own = [...touched].filter((name) => name.startsWith(`${was}-`));
        if (!own.length) continue;
        const identity = values.get(`${was}-id`)?.[0] || "";
        const removed = Boolean(values.get(`${was}-DELETE`)?.[0]);
        const now = removed ? rowHere(kind, was, identity) : rowFor(kind, was, identity);
        for (const name of own) {
          touched.delete(name);
          if (now) moved.push([`${now}${name.slice(was.length)}`, values.get(name)]);
        }
        if (now && removed) removeRow(document.getElementById(now));
      }
    }
    for (const [name, own] of moved) {
      touched.add(name);
      values.set(name, own || []);
    }
  });
})();
