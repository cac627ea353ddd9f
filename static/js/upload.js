/* Shows how far a file has got while a form with one is being sent. Of one that is too large only the size is sent: the
   answer is the same, and comes at once. Without scripts, or without a file, the form is sent as any other; what comes
   back is shown as it would have been. */
(() => {
  "use strict";
  const place = document.querySelector("[data-upload]");
  const form = place?.closest("form");
  if (!form || !window.XMLHttpRequest) return;
  const bar = place.querySelector("progress");
  const said = place.querySelector("[data-upload-said]");
  const problem = place.querySelector("[data-upload-problem]");
  let busy = false;
  let heard = -1;

  /* The words follow in steps of a quarter, so that a screen reader is not interrupted all the time. */
  const advance = (part) => {
    const percent = Math.floor(part * 100);
    bar.value = percent;
    bar.textContent = `${percent} %`;
    const step = Math.floor(percent / 25);
    if (step === heard) return;
    heard = step;
    said.textContent = percent < 100 ? place.dataset.sending.replace("{percent}", String(percent)) : place.dataset.arrived;
  };
  const failed = () => {
    busy = false;
    bar.hidden = true;
    said.textContent = "";
    problem.textContent = place.dataset.failed;
    problem.hidden = false;
    delete form.dataset.sentAt;
    form.dispatchEvent(new Event("upload-failed"));
  };
  /* The same page with what is to be mended, or one that says what went wrong: it takes the place of what stood here,
     and the scripts that look after what stands in it begin anew. */
  const show = (html) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    document.title = page.title;
    document.querySelector("main").replaceWith(page.querySelector("main"));
    document.dispatchEvent(new Event("change"));
    window.scrollTo(0, 0);
    document.querySelector("main").focus();
    for (const before of document.querySelectorAll("script[data-page]")) {
      const script = document.createElement("script");
      script.src = before.src;
      script.async = false;
      script.dataset.page = "";
      before.replaceWith(script);
    }
  };
  const answered = (request) => {
    const isPage = (request.getResponseHeader("Content-Type") || "").startsWith("text/html");
    if (request.status === 204) location.assign(request.getResponseHeader("Location"));
    else if (request.status && isPage) show(request.responseText);
    else failed();
  };

  const tooLarge = (input) => [...input.files].some((file) => file.size > Number(input.dataset.mostBytes || Infinity));
  const saySize = (input) => {
    const id = `${input.id}_size`;
    document.getElementById(id)?.remove();
    const described = (input.getAttribute("aria-describedby") || "").split(" ").filter((one) => one && one !== id);
    if (tooLarge(input)) {
      const words = document.createElement("p");
      words.id = id;
      words.className = "field-error";
      words.setAttribute("role", "alert");
      words.textContent = place.dataset.tooLarge.replace("{limit}", String(Math.floor(input.dataset.mostBytes / 1048576)));
      input.before(words);
      described.push(id);
    }
    if (described.length) input.setAttribute("aria-describedby", described.join(" "));
    else input.removeAttribute("aria-describedby");
  };
  form.addEventListener("change", (event) => { if (event.target.matches("input[type=file]")) saySize(event.target); });

  form.addEventListener("submit", (event) => {
    if (busy) {
      event.preventDefault();
      return;
    }
    const chosen = [...form.querySelectorAll("input[type=file]")].some((input) => input.files.length && !input.closest("[data-hidden]"));
    if (!chosen || event.defaultPrevented) return;
    event.preventDefault();
    busy = true;
    heard = -1;
    const body = new FormData(form);
    for (const input of form.querySelectorAll("input[type=file]")) {
      if (!input.files.length || !tooLarge(input)) continue;
      body.delete(input.name);
      body.append(`${input.name}-bytes`, String(input.files[0].size));
    }
    if (event.submitter?.name) body.append(event.submitter.name, event.submitter.value);
    place.hidden = false;
    bar.hidden = false;
    problem.hidden = true;
    advance(0);
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", (step) => { if (step.lengthComputable) advance(step.loaded / step.total); });
    request.addEventListener("load", () => answered(request));
    for (const end of ["error", "abort", "timeout"]) request.addEventListener(end, failed);
    request.open("POST", form.getAttribute("action") || location.href);
    request.setRequestHeader("Accept", "text/html");
    request.setRequestHeader("X-Requested-With", "upload");
    request.send(body);
  });
})();
