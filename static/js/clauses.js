/* A link to a clause of the time when the text was one page (#fees, #clause-7) opens the page of that clause. */
(() => {
  "use strict";
  const contents = document.querySelector("[data-clauses]");
  const name = decodeURIComponent(location.hash.slice(1));
  if (!contents || !name) return;
  const number = /^clause-(\d+)$/.exec(name)?.[1];
  const rows = [...contents.querySelectorAll("[id][value]")];
  const row = rows.find((clause) => clause.id === name) ?? rows.find((clause) => clause.getAttribute("value") === number);
  if (row) location.replace(row.querySelector("a").href);
})();
