/* Keeps what is typed in a section: with the portal within seconds, in this browser at once and while the portal
   cannot be reached or the session has ended. Kept by person, offered again to that person, erased at sign-out. */
(() => {
  "use strict";
  /* A page may listen on its form: "autosave-kept" has the portal's answer, "autosave-put-back" what will be put back. */

  const texts = JSON.parse(document.getElementById("autosave-texts").textContent);
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

  /* A notice before `place`: when something was typed that did not reach the portal, and what can be done with it. */
  const notice = (place, left, acts) => {
    const box = document.createElement("div");
    box.className = "notice notice--info";
    const when = new Date(left.at).toLocaleString("en-US", { dateStyle: "long", timeStyle: "short" });
    const text = document.createElement("p");
    text.textContent = fill(texts.found, { when });
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

  /* A list page says what was typed on the pages under it, each with an address of its own, and never arrived. */
  const under = document.querySelector("[data-autosave-left]");
  if (under) {
    const start = `portal-draft:${under.dataset.person}:`;
    try {
      for (const key of Object.keys(localStorage)) {
        if (!key.startsWith(start + under.dataset.autosaveLeft)) continue;
        const left = JSON.parse(localStorage.getItem(key));
        if (left.sent) continue;
        notice(under, left, [
          [texts.goOn, "btn-primary", () => location.assign(key.slice(start.length))],
          [texts.forget, "btn-quiet", () => localStorage.removeItem(key)],
        ]);
      }
    } catch { /* storage is switched off: nothing was kept */ }
  }

  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const said = form.querySelector("[data-autosave-said]");
  const version = form.elements.namedItem("version");
  const key = `portal-draft:${form.dataset.person}:${location.pathname}`;
  const WAIT = Number(form.dataset.autosaveWait || 2000);
  let timer = 0;
  let busy = false;
  let again = false;
  let stopped = false;

  const say = (text) => { if (said.textContent !== text) said.textContent = text; };

  const typed = () => [...new FormData(form)].filter(
    ([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken" && name !== "version",
  );

  /* --- in this browser --- */
  const read = () => {
    try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
  };
  const keepHere = (sent) => {
    try {
      localStorage.setItem(key, JSON.stringify({ at: Date.now(), version: version.value, sent, fields: typed() }));
    } catch { /* storage is full or switched off: the portal still keeps it */ }
  };
  const forget = () => { try { localStorage.removeItem(key); } catch { /* nothing was kept */ } };

  /* --- with the portal --- */
  const save = async () => {
    clearTimeout(timer);
    if (stopped) return;
    if (busy) { again = true; return; }
    busy = true;
    const body = new URLSearchParams(typed());
    body.set("version", version.value);
    body.set("csrfmiddlewaretoken", form.elements.namedItem("csrfmiddlewaretoken").value);
    const before = body.toString();
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: "POST", body, credentials: "same-origin", redirect: "manual", headers: { Accept: "application/json" },
      });
      if (answer.ok) {
        const kept = await answer.json();
        version.value = kept.version;
        say(fill(texts.kept, { when: kept.saved_at }));
        form.dispatchEvent(new CustomEvent("autosave-kept", { detail: kept }));
        const now = new URLSearchParams(typed());
        now.set("version", body.get("version"));
        now.set("csrfmiddlewaretoken", body.get("csrfmiddlewaretoken"));
        if (now.toString() === before) forget(); else keepHere(false);
      } else if (answer.status === 409) {
        stopped = true;
        say(fill(texts.colleague, await answer.json()));
      } else if (answer.type === "opaqueredirect" || answer.status === 403) {
        say(texts.signedOut);
      } else if (answer.status === 413) {
        say(texts.tooLong);
      } else {
        say(texts.away);
      }
    } catch {
      say(texts.away);
    } finally {
      busy = false;
      if (again) { again = false; later(); }
    }
  };
  const later = () => { clearTimeout(timer); timer = setTimeout(save, WAIT); };

  const changed = () => { keepHere(false); later(); };
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  window.addEventListener("online", () => { if (read()) later(); });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    stopped = true;
    keepHere(true);
  });

  form.addEventListener("upload-failed", () => { stopped = false; keepHere(false); later(); });

  /* --- what an earlier visit left here --- */
  const putBack = (fields) => {
    const values = new Map();
    for (const [name, value] of fields) values.set(name, [...(values.get(name) || []), value]);
    form.dispatchEvent(new CustomEvent("autosave-put-back", { detail: values }));
    for (const input of form.elements) {
      if (!input.name || input.type === "file" || input.type === "hidden" || input.type === "submit") continue;
      const own = values.get(input.name) || [];
      if (input.type === "radio" || input.type === "checkbox") input.checked = own.includes(input.value);
      else input.value = own[0] ?? "";
    }
    document.dispatchEvent(new Event("change"));
    changed();
  };
  const left = read();
  if (left) {
    const same = JSON.stringify(left.fields) === JSON.stringify(typed());
    const arrived = left.sent && Number(version.value) > Number(left.version);
    if (same || arrived) forget(); else notice(form, left, [
      [texts.putBack, "btn-primary", () => putBack(left.fields)],
      [texts.forget, "btn-quiet", forget],
    ]);
  }
})();
