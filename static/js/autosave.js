/* Keeps what is typed in a section: with the portal within seconds, in this browser at once and while the portal
   cannot be reached or the session has ended. Kept by person, offered again to that person, erased at sign-out. */
(() => {
  "use strict";
  /* A page may listen on its form: "autosave-saved" has the portal's answer, "autosave-put-back" what will be put back:
     `values` by the name of the input, and `touched`, the names that the person changed. */

  const texts = JSON.parse(document.getElementById("autosave-texts").textContent);
  const { fill, notice, sayEnded, texts: common } = window.portalKept;

  /* The portal names in a cookie what arrived of what was sent: only that is forgotten. That somebody saved is no proof. */
  const ARRIVED = /(?:^|; )((?:__Host-)?portal-arrived)=([0-9a-f.]*)/;
  const [, cookie, names = ""] = document.cookie.match(ARRIVED) || [];
  const arrived = names.split(".");
  if (cookie) document.cookie = `${cookie}=; path=/; max-age=0; samesite=lax${cookie.startsWith("__Host-") ? "; secure" : ""}`;
  try {
    for (const key of Object.keys(localStorage)) {
      if (!key.startsWith("portal-draft:")) continue;
      const { sent } = JSON.parse(localStorage.getItem(key));
      if (sent && arrived.includes(sent)) localStorage.removeItem(key);
    }
  } catch { /* storage is switched off: nothing was kept */ }

  /* A list page says what was typed on the pages under it, each with an address of its own, and never arrived. */
  const under = document.querySelector("[data-autosave-left]");
  if (under) {
    const start = `portal-draft:${under.dataset.person}:`;
    try {
      for (const key of Object.keys(localStorage)) {
        if (!key.startsWith(start + under.dataset.autosaveLeft)) continue;
        const left = JSON.parse(localStorage.getItem(key));
        if (left.sent === true) continue; /* of an earlier release, which did not know what arrived */
        notice(under, left, [
          [texts.goOn, "btn-primary", () => location.assign(key.slice(start.length))],
          [common.forget, "btn-quiet", () => localStorage.removeItem(key)],
        ]);
      }
    } catch { /* storage is switched off: nothing was kept */ }
  }

  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const region = form.querySelector("[data-autosave-said]");
  const version = form.elements.namedItem("version");
  /* Digests of what stood when the page was opened: by them the portal knows who changed which answer. */
  const seen = form.elements.namedItem("merge-seen");
  const key = `portal-draft:${form.dataset.person}:${location.pathname}`;
  const WAIT = Number(form.dataset.autosaveWait || 2000);
  let timer = 0;
  let busy = false;
  let again = false;
  let stopped = false;

  const say = (text) => { if (region.textContent !== text) region.textContent = text; };

  /* The name of this sending, which the portal's cookie gives back. */
  const arrival = document.createElement("input");
  arrival.type = "hidden";
  arrival.name = "arrival";
  arrival.value = [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  form.append(arrival);

  const NOT_TYPED = ["csrfmiddlewaretoken", "version", "arrival"];
  const typed = () => [...new FormData(form)].filter(
    ([name, value]) => typeof value === "string" && !NOT_TYPED.includes(name) && !name.startsWith("merge-"),
  );
  const byName = (fields) => {
    const values = new Map();
    for (const [name, value] of fields) values.set(name, [...(values.get(name) || []), value]);
    return values;
  };
  /* The names whose values differ from what the portal last had or showed. */
  let base = typed();
  const touched = () => {
    const was = byName(base);
    const now = byName(typed());
    const same = (name) => JSON.stringify(was.get(name) || []) === JSON.stringify(now.get(name) || []);
    return [...new Set([...was.keys(), ...now.keys()])].filter((name) => !same(name));
  };

  /* In this browser */
  const read = () => {
    try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
  };
  const write = (copy) => {
    try {
      if (copy) localStorage.setItem(key, JSON.stringify(copy)); else localStorage.removeItem(key);
    } catch { /* storage is full or switched off: the portal still keeps it */ }
  };
  /* What an earlier visit left is kept beside what is typed now, until the person has chosen. */
  let undecided = null;
  /* Names touched on a page before this one, where what was typed is shown but is not with the portal yet. */
  let before = [];
  const keepHere = (sent) => {
    const names = [...new Set([...before, ...touched()])];
    write({ at: Date.now(), version: since, seen: sinceSeen, sent, fields: typed(), touched: names, left: undecided });
  };
  const forget = () => write(undecided);
  /* The version from which the typing started: a colleague who saved since is asked about, never overwritten. */
  let since = version.value;
  let sinceSeen = seen?.value;

  const put = (input, values) => {
    if (input.type === "radio" || input.type === "checkbox") input.checked = values.includes(input.value);
    else input.value = values[0] ?? "";
  };
  /* What only a colleague changed takes its place, unless it was touched while this was on its way: then both did. */
  const takeOver = (taken, sending) => {
    if (!taken || !Object.keys(taken).length) return sending;
    const sent = byName(sending);
    const now = byName(typed());
    for (const [field, inputs] of Object.entries(taken)) {
      const names = Object.keys(inputs);
      if (names.some((name) => JSON.stringify(sent.get(name) || []) !== JSON.stringify(now.get(name) || []))) {
        const ask = document.createElement("input");
        ask.type = "hidden";
        ask.name = "merge-ask";
        ask.value = field;
        form.append(ask);
        continue;
      }
      for (const input of form.elements) if (names.includes(input.name)) put(input, inputs[input.name]);
      for (const name of names) sent.set(name, inputs[name]);
    }
    document.dispatchEvent(new Event("change"));
    return [...sent].flatMap(([name, values]) => values.map((value) => [name, value]));
  };

  /* With the portal */
  const save = async () => {
    clearTimeout(timer);
    if (stopped) return;
    if (busy) { again = true; return; }
    busy = true;
    const sending = typed();
    const body = new URLSearchParams(sending);
    body.set("version", version.value);
    for (const [name, value] of new FormData(form)) if (name.startsWith("merge-")) body.append(name, value);
    body.set("csrfmiddlewaretoken", form.elements.namedItem("csrfmiddlewaretoken").value);
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: "POST", body, credentials: "same-origin", redirect: "manual", headers: { Accept: "application/json" },
      });
      if (answer.ok) {
        const saved = await answer.json();
        version.value = since = saved.version;
        if (seen) seen.value = sinceSeen = saved.seen;
        base = takeOver(saved.taken, sending);
        before = [];
        say([fill(texts.saved, { when: saved.saved_at }), saved.told].filter(Boolean).join(" "));
        form.dispatchEvent(new CustomEvent("autosave-saved", { detail: saved }));
        if (touched().length) keepHere(false); else forget();
      } else if (answer.status === 409) {
        stopped = true;
        const theirs = await answer.json();
        say(fill(theirs.fields ? texts.clash : texts.colleague, theirs));
      } else if (answer.type === "opaqueredirect" || answer.status === 403) {
        sayEnded(region);
      } else if (answer.status === 404) {
        stopped = true;
        say((await answer.json()).error);
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
    if (before.length || touched().length) keepHere(arrival.value); else forget();
  });

  form.addEventListener("upload-failed", () => { stopped = false; keepHere(false); later(); });

  /* Who else has this page open: asked while it is looked at, by the page itself and not by its person. */
  const here = form.querySelector("[data-here]");
  const look = async () => {
    if (document.visibilityState !== "visible") return;
    const body = new URLSearchParams({ page: here.dataset.page });
    body.set("csrfmiddlewaretoken", form.elements.namedItem("csrfmiddlewaretoken").value);
    try {
      const answer = await fetch(here.dataset.here, {
        method: "POST", body, credentials: "same-origin", redirect: "manual", headers: { "Portal-By-Itself": "1" },
      });
      if (answer.type === "opaqueredirect") sayEnded(region);
      if (!answer.ok) { if (answer.status < 500) clearInterval(looking); return; }
      const words = (await answer.json()).here;
      if (here.textContent !== words) here.textContent = words;
    } catch { /* asked again with the next turn */ }
  };
  const looking = here ? setInterval(look, 25_000) : 0;

  /* What an earlier visit left here */
  const putBack = (left) => {
    const values = byName(left.fields);
    const names = new Set(left.touched || [...form.elements].map((input) => input.name));
    version.value = since = left.version;
    if (seen) seen.value = sinceSeen = left.seen || "";
    form.dispatchEvent(new CustomEvent("autosave-put-back", { detail: { values, touched: names } }));
    for (const input of form.elements) {
      if (!names.has(input.name) || ["file", "hidden", "submit"].includes(input.type)) continue;
      put(input, values.get(input.name) || []);
    }
    document.dispatchEvent(new Event("change"));
    changed();
  };
  const decide = (left, act) => {
    undecided = left.left || null;
    act();
    if (undecided) offer(undecided);
  };
  const offer = (left) => {
    undecided = left;
    notice(form, left, [
      [common.putBack, "btn-primary", () => decide(left, () => putBack(left))],
      [common.forget, "btn-quiet", () => decide(left, () => (touched().length ? keepHere(false) : forget()))],
    ]);
  };
  const left = read();
  const choosing = form.querySelector("[data-conflict]");
  /* Where a colleague's answers stand beside mine, mine are those that I touched. */
  const isHere = () => {
    const now = byName(typed());
    const then = byName(left.fields);
    return (left.touched || []).every((name) => JSON.stringify(now.get(name)) === JSON.stringify(then.get(name)));
  };
  if (left && (JSON.stringify(left.fields) === JSON.stringify(typed()) || (choosing && isHere()))) {
    undecided = left.left || null;
    if (choosing) {
      /* While the person chooses between it and a colleague's answers it is nowhere else. */
      before = left.touched || [];
      since = left.version;
      sinceSeen = left.seen;
    } else {
      forget();
    }
    if (undecided) offer(undecided);
  } else if (left) {
    offer(left);
  }
  /* Nothing takes a colleague's place before the person has chosen. */
  if (choosing) stopped = true;
})();
