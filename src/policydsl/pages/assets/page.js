"use strict";
(() => {
  const root = document.documentElement;
  const on = (selector, what, act) =>
    document.querySelectorAll(selector).forEach((node) => node.addEventListener(what, act));

  on("[data-switch]", "click", () => {
    const now = root.dataset.lang === "zh" ? "en" : "zh";
    root.dataset.lang = now;
    root.lang = now === "zh" ? "zh-CN" : "en";
  });
  on("[data-print]", "click", () => window.print());
  on("[data-more]", "click", (event) => {
    event.currentTarget.parentNode.classList.add("unfolded");
    event.currentTarget.remove();
  });

  // click on a heading: sort by the column, empty cells last; again: the other way round
  on("th[data-sort]", "click", (event) => {
    if (event.target.closest("a")) return;
    const head = event.currentTarget;
    const at = head.cellIndex;
    const body = head.closest("table").tBodies[0];
    const numeric = !head.classList.contains("text");
    const down = head.getAttribute("aria-sort") === (numeric ? null : "ascending") ||
      (numeric && head.getAttribute("aria-sort") !== "descending");
    const sign = down ? -1 : 1;
    head.parentNode.querySelectorAll("th").forEach((th) => th.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const key = (row) => numeric ? row.cells[at].dataset.v : row.cells[at].innerText;
    [...body.rows].sort((a, b) => {
      const x = key(a), y = key(b);
      if (x === "" || y === "") return (x === "") - (y === "");
      return sign * (numeric ? Number(x) - Number(y) : x.localeCompare(y, "zh"));
    }).forEach((row) => body.append(row));
    head.closest("figure").classList.add("unfolded");
  });

  const tip = document.getElementById("tip");
  const show = (event) => {
    const term = event.currentTarget;
    tip.innerHTML = document.getElementById(`def-${term.dataset.def}`).innerHTML;
    tip.hidden = false;
    const at = term.getBoundingClientRect();
    const left = Math.max(8, Math.min(at.left, innerWidth - tip.offsetWidth - 12));
    const below = at.bottom + 6;
    tip.style.left = `${left}px`;
    tip.style.top = `${below + tip.offsetHeight > innerHeight ? at.top - tip.offsetHeight - 6 : below}px`;
  };
  for (const what of ["mouseenter", "focus"]) on(".term", what, show);
  for (const what of ["mouseleave", "blur"]) on(".term", what, () => { tip.hidden = true; });

  if ("IntersectionObserver" in window) {
    const links = new Map([...document.querySelectorAll("nav a")].map((a) => [a.hash.slice(1), a]));
    const seen = new IntersectionObserver((entries) => entries.forEach((entry) => {
      if (!entry.isIntersecting) return;
      links.forEach((a) => a.classList.remove("here"));
      links.get(entry.target.id)?.classList.add("here");
    }), { rootMargin: "0px 0px -75% 0px" });
    document.querySelectorAll("main > section").forEach((part) => seen.observe(part));
  }
  root.dataset.ready = "";
})();
