/* What was typed and did not reach the portal: kept in this browser by person, offered to that person again, erased at
   sign-out. Forms that are kept while one types (autosave.js) use the notice; of all others what was sent is kept here
   until the next page shows that it arrived: the page to sign in shows that it did not. */
(() => {
  "use strict";
  const texts = JSON.parse(document.getElementById("kept-texts").textContent);
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

  /* In the state's zone, as the portal writes it: November 22, 2026 at 3:05 p.m. Eastern Time. */
  const when = (at) => {
    const part = (style) => new Date(at).toLocaleString(document.documentElement.lang, { ...style, timeZone: texts.zone });
    const time = part({ timeStyle: "short" }).replace(/\s([AP])M$/, (_whole, half) => ` ${half.toLowerCase()}.m.`);
    return fill(texts.when, { date: part({ dateStyle: "long" }), time, zone: texts.zoneName });
  };

  /* A notice before `place`: when something was typed that did not reach the portal, and what can be done with it. */
  const notice = (place, left, acts) => {
    const box = document.createElement("div");
    box.className = "notice notice--info";
    const text = document.createElement("p");
    text.textContent = fill(texts.found, { when: when(left.at) });
    const row = document.createElement("div");
    row.className = "form-actions";
    for (const [label, look, act] of acts) {
      const made = document.createElement("button");
      made.type = "button";
      made.className = `btn ${look}`;
      made.textContent = label;
      made.addEventListener("click", () => { act(); box.remove(); });
      row.append(made);
    }
    box.append(text, row);
    place.before(box);
  };

  /* Says in an element of the page that the session has ended, with the way back to this very page. */
  const sayEnded = (region) => {
    if (region.querySelector("a")) return;
    const link = document.createElement("a");
    link.href = `${texts.signIn}?next=${encodeURIComponent(location.pathname + location.search)}`;
    link.textContent = texts.signInAgain;
    region.replaceChildren(`${texts.ended} `, link);
  };

  window.portalKept = { texts, fill, notice, sayEnded };

  const PREFIX = /^portal-draft:[^:]+:form:/;
  const each = (act) => {
    for (const key of Object.keys(localStorage)) if (PREFIX.test(key)) act(key, JSON.parse(localStorage.getItem(key)));
  };
  const inputsOf = (form) => [...form.elements].filter(
    (input) => input.name && !["hidden", "password", "file", "submit", "button"].includes(input.type) && input.autocomplete !== "one-time-code",
  );
  try {
    const ended = location.pathname === texts.signIn;
    each((key, copy) => {
      if (!copy.sent) return;
      if (ended) localStorage.setItem(key, JSON.stringify({ ...copy, sent: false })); else localStorage.removeItem(key);
    });
    if (ended && location.search.includes("next=") && Object.keys(localStorage).some((key) => key.startsWith("portal-draft:"))) {
      const told = document.createElement("p");
      told.textContent = texts.kept;
      document.getElementById("main").querySelector("form")?.before(told);
    }
    const key = `portal-draft:${texts.person}:form:${location.pathname}`;
    const left = texts.person && JSON.parse(localStorage.getItem(key));
    const names = new Set(left ? left.fields.map(([name]) => name) : []);
    const form = left && [...document.querySelectorAll("main form[method=post]")].find(
      (form) => inputsOf(form).some((input) => names.has(input.name)),
    );
    const putBack = () => {
      for (const input of inputsOf(form)) {
        const own = left.fields.filter(([name]) => name === input.name).map(([, value]) => value);
        if (input.type === "radio" || input.type === "checkbox") input.checked = own.includes(input.value);
        else input.value = own[0] ?? "";
      }
      document.dispatchEvent(new Event("change"));
      localStorage.removeItem(key);
    };
    if (form) {
      notice(form, left, [
        [texts.putBack, "btn-primary", putBack],
        [texts.forget, "btn-quiet", () => localStorage.removeItem(key)],
      ]);
    }
  } catch { /* storage is switched off: nothing was kept */ }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !texts.person || form.method !== "post" || !form.closest("main") || form.dataset.autosave) return;
    const names = new Set(inputsOf(form).map((input) => input.name));
    const fields = [...new FormData(form)].filter(([name, value]) => names.has(name) && value);
    if (!fields.length) return;
    try {
      const key = `portal-draft:${texts.person}:form:${location.pathname}`;
      localStorage.setItem(key, JSON.stringify({ at: Date.now(), sent: true, fields }));
    } catch { /* storage is full or switched off */ }
  });
})();
