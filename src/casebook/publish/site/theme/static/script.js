"use strict";
const root = document.documentElement;
const all = (selector, from = document) => [...from.querySelectorAll(selector)];

/* Colours: as the system, light, dark */
const words = { auto: "as the system", light: "light", dark: "dark" };
const themeButton = document.querySelector("button.theme");
const nameTheme = () => themeButton.setAttribute("aria-label", "Colours: " + words[root.dataset.theme || "auto"]);
themeButton.addEventListener("click", () => {
  const next = { auto: "light", light: "dark", dark: "auto" }[root.dataset.theme || "auto"];
  if (next === "auto") delete root.dataset.theme;
  else root.dataset.theme = next;
  try { localStorage.setItem("theme", next); } catch (error) { /* not remembered */ }
  nameTheme();
});
nameTheme();

/* Contents: a panel on narrow screens; on wide ones the current page is scrolled into view */
const menuButton = document.querySelector("button.menu");
const contents = document.getElementById("contents");
const openMenu = (open) => {
  menuButton.setAttribute("aria-expanded", open);
  contents.classList.toggle("open", open);
};
menuButton.addEventListener("click", () => openMenu(menuButton.getAttribute("aria-expanded") !== "true"));
const current = contents.querySelector("[aria-current]");
if (current && current.offsetTop > contents.clientHeight * 0.7) contents.scrollTop = current.offsetTop - 120;

/* A citation names the address of its page; a site that does not know where it stands is told by the browser */
const cited = document.querySelector(".cite .address[hidden]");
if (cited && location.protocol.startsWith("http")) {
  cited.hidden = false;
  cited.href = cited.textContent = location.origin + location.pathname;
  const entry = document.querySelector("a.bibtex");
  entry.href = entry.href.replace(/%0A%7D%0A$/, encodeURIComponent(`,\n  url = {${cited.href}}\n}\n`));
}

/* Boxes that scroll sideways: reached with the keyboard, with a shadow where there is more */
const shade = (box) => box.classList.toggle("more", box.scrollWidth - box.clientWidth - box.scrollLeft > 2);
const boxes = all("pre, .table-box, .math-scroll");
const measure = () => boxes.forEach((box) => {
  if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  else if (!box.hasAttribute("role")) box.removeAttribute("tabindex");
  shade(box);
});
boxes.forEach((box) => box.addEventListener("scroll", () => shade(box), { passive: true }));
measure();
addEventListener("resize", measure);
all("details").forEach((fold) => fold.addEventListener("toggle", measure));

/* The card of a claim: on hover, focus and first tap, placed at its number by CSS; the link itself remains */
let claim = null, wait = 0, touched = false;
const standIn = document.createElement("i"); /* a word of a picture is no anchor: an empty box over it is */
document.body.append(standIn);
const anchorOf = (link) => {
  if (link instanceof HTMLElement) return link;
  const { left, top, width, height } = link.getBoundingClientRect();
  standIn.style = `position:absolute;pointer-events:none;left:${left + scrollX}px;top:${top + scrollY}px;width:${width}px;height:${height}px`;
  return standIn;
};
const cardOf = (link) => document.getElementById(link.getAttribute("aria-describedby"));
const hideCard = () => {
  clearTimeout(wait);
  if (!claim) return;
  cardOf(claim).hidePopover();
  claim.style.anchorName = standIn.style.anchorName = "";
  claim = null;
};
const showCard = (link) => {
  clearTimeout(wait);
  if (claim === link) return;
  hideCard();
  claim = link;
  anchorOf(link).style.anchorName = "--claim";
  cardOf(link).showPopover();
};
const soon = (action, pause) => { clearTimeout(wait); wait = setTimeout(action, pause); };
if (HTMLElement.prototype.showPopover) {
  document.addEventListener("pointerdown", (event) => {
    touched = event.pointerType === "touch";
    if (claim && !claim.contains(event.target) && !cardOf(claim).contains(event.target)) hideCard();
  });
  all("a.claim[aria-describedby]").forEach((link) => {
    link.addEventListener("pointerenter", (event) => { if (event.pointerType !== "touch") soon(() => showCard(link), 90); });
    link.addEventListener("pointerleave", (event) => { if (event.pointerType !== "touch") soon(hideCard, 250); });
    link.addEventListener("focus", () => { if (link.matches(":focus-visible")) showCard(link); });
    link.addEventListener("blur", () => soon(hideCard, 250));
    link.addEventListener("click", (event) => {
      if (!touched || claim === link) return;
      event.preventDefault();
      showCard(link);
    });
  });
  all(".claim-note").forEach((card) => {
    card.addEventListener("pointerenter", () => clearTimeout(wait));
    card.addEventListener("pointerleave", () => soon(hideCard, 250));
  });
}

/* One switch for all code */
const codeSwitch = document.querySelector(".code-switch");
const folds = all("details.hide");
if (codeSwitch && folds.length) {
  codeSwitch.hidden = false;
  codeSwitch.addEventListener("click", () => {
    const open = folds.some((fold) => !fold.open);
    folds.forEach((fold) => { fold.open = open; });
    codeSwitch.textContent = open ? "Hide all code" : "Show all code";
  });
}
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  hideCard();
  if (contents.classList.contains("open")) { openMenu(false); menuButton.focus(); }
});

/* Tables that sort */
const textOf = (row, column) => (row.cells[column] ? row.cells[column].textContent.trim() : "");
const valueOf = (row, column) => {
  const cell = row.cells[column];
  const stated = cell && cell.dataset.value !== undefined ? cell.dataset.value : textOf(row, column);
  const number = parseFloat(stated.replace(/[,\s]/g, "").replace("−", "-"));
  return Number.isNaN(number) ? null : number;
};
const compare = (column) => (a, b) => {
  const x = valueOf(a, column), y = valueOf(b, column);
  if (x !== null && y !== null && x !== y) return x - y;
  if ((x === null) !== (y === null)) return x === null ? 1 : -1;
  return textOf(a, column).localeCompare(textOf(b, column), "en", { numeric: true });
};
all("table.sortable").forEach((table) => all("thead th", table).forEach((head) => {
  const button = document.createElement("button");
  button.type = "button";
  button.append(...head.childNodes);
  head.append(button);
  button.addEventListener("click", () => {
    const down = head.getAttribute("aria-sort") === "ascending";
    all("th[aria-sort]", table).forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const rows = [...table.tBodies[0].rows].sort(compare(head.cellIndex));
    table.tBodies[0].append(...(down ? rows.reverse() : rows));
  });
}));

/* Tables that filter; the row an address points at is never hidden */
const labelled = (text, control) => {
  const label = document.createElement("label");
  const name = document.createElement("span");
  name.textContent = text;
  label.append(name, control);
  return label;
};
const choiceOf = (row, column) => row.cells[column].dataset.choice || textOf(row, column);
const choices = (rows, head) => {
  const select = document.createElement("select");
  const found = [...new Set(rows.map((row) => choiceOf(row, head.cellIndex)))].filter(Boolean).sort();
  select.append(new Option("all", ""), ...found.map((text) => new Option(text, text)));
  select.dataset.column = head.cellIndex;
  return select;
};
const makeFilter = (table, tools) => {
  const rows = [...table.tBodies[0].rows];
  const haystack = new Map(rows.map((row) => [row, (row.id + " " + row.textContent).toLowerCase()]));
  const input = document.createElement("input");
  input.type = "search";
  const heads = all("th[data-filter=select]", table);
  const selects = heads.map((head) => choices(rows, head));
  const status = document.createElement("p");
  status.setAttribute("role", "status");
  const apply = () => {
    const asked = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (row) => asked.every((word) => haystack.get(row).includes(word))
      && selects.every((select) => !select.value || choiceOf(row, +select.dataset.column) === select.value);
    let shown = 0;
    rows.forEach((row) => {
      row.hidden = !fits(row) && !(row.id && "#" + row.id === location.hash);
      shown += !row.hidden;
    });
    status.textContent = shown + " of " + rows.length + " rows";
  };
  tools.append(labelled("Filter", input), ...selects.map((s, k) => labelled(heads[k].textContent.trim(), s)), status);
  tools.addEventListener("input", apply);
  addEventListener("hashchange", apply);
  apply();
};
all("table.filterable").forEach((table) => {
  const box = table.closest(".table-box") || table;
  let tools = box.previousElementSibling;
  if (!tools || !tools.matches(".table-tools")) {
    tools = document.createElement("div");
    tools.className = "table-tools";
    box.before(tools);
  }
  makeFilter(table, tools);
  table.classList.add("ready");
});
