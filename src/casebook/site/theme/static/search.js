"use strict";
/* Finds every word asked for in the sections and ledger rows of the book; loads the index when it is first needed. */
const field = document.getElementById("search-words");
const list = document.getElementById("search-results");
const statusLine = document.getElementById("search-status");
const fold = (text) => text.normalize("NFKD").replace(/[̀-ͯ]/g, "").toLowerCase();
const SHOWN = 50;
let index = null;
let waiting = false;

window.searchIndex = (data) => {
  index = data.records.map(([page, anchor, heading, text]) => {
    const [uri, title] = data.pages[page];
    return { uri: uri + (anchor ? "#" + anchor : ""), title, heading, text,
      high: fold(title + " " + heading + " " + anchor), low: fold(text) };
  });
  run();
};

const load = () => {
  if (index || waiting) return;
  waiting = true;
  const script = document.createElement("script");
  script.src = "_static/search-index.js";
  script.onerror = () => { statusLine.textContent = "The index of the book could not be read."; };
  document.head.append(script);
};

const score = (record, asked) => {
  let total = 0;
  for (const word of asked) {
    const starts = (text) => text.startsWith(word) || text.includes(" " + word);
    if (record.high.includes(word)) total += starts(record.high) ? 12 : 6;
    if (record.low.includes(word)) total += starts(record.low) ? 3 : 1;
    else if (!record.high.includes(word)) return 0;
  }
  const phrase = asked.join(" ");
  if (asked.length > 1) total += (record.high.includes(phrase) ? 12 : 0) + (record.low.includes(phrase) ? 6 : 0);
  return total + (record.heading ? 0 : 1);
};

const marked = (text, asked) => {
  const node = document.createDocumentFragment();
  const low = fold(text);
  const same = low.length === text.length;
  let at = 0;
  while (same && at < text.length) {
    const hits = asked.map((word) => [low.indexOf(word, at), word.length]).filter(([place]) => place >= 0);
    if (!hits.length) break;
    const [place, length] = hits.sort((a, b) => a[0] - b[0] || b[1] - a[1])[0];
    const mark = document.createElement("mark");
    mark.textContent = text.slice(place, place + length);
    node.append(text.slice(at, place), mark);
    at = place + length;
  }
  node.append(text.slice(at));
  return node;
};

const excerpt = (text, asked) => {
  const low = fold(text);
  const places = asked.map((word) => low.indexOf(word)).filter((place) => place >= 0);
  const start = Math.max(0, Math.min(...places, text.length) - 60);
  if (!places.length || start === 0) return text.length > 180 ? text.slice(0, 180).replace(/\s\S*$/, "") + " …" : text;
  const cut = text.slice(start, start + 190).replace(/^\S*\s/, "").replace(/\s\S*$/, "");
  return "… " + cut + (start + 190 < text.length ? " …" : "");
};

const show = (record, asked) => {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = record.uri;
  link.append(marked(record.heading || record.title, asked));
  item.append(link);
  const where = document.createElement("span");
  where.className = "where";
  where.textContent = record.heading ? record.title : "";
  if (record.heading) item.append(where);
  if (record.text) {
    const text = document.createElement("p");
    text.append(marked(excerpt(record.text, asked), asked));
    item.append(text);
  }
  return item;
};

const run = () => {
  const asked = fold(field.value).split(/\s+/).filter(Boolean);
  if (!asked.length) { list.replaceChildren(); statusLine.textContent = ""; return; }
  if (!index) { statusLine.textContent = "Searching …"; load(); return; }
  const found = index.map((record) => [score(record, asked), record]).filter(([points]) => points > 0);
  found.sort((a, b) => b[0] - a[0]);
  list.replaceChildren(...found.slice(0, SHOWN).map(([, record]) => show(record, asked)));
  statusLine.textContent = found.length === 0 ? "Nothing found. Try fewer or shorter words."
    : found.length === 1 ? "One place found."
    : found.length > SHOWN ? `${found.length} places found, the best ${SHOWN} shown.` : `${found.length} places found.`;
};

field.value = new URLSearchParams(location.search).get("q") || "";
field.addEventListener("input", run);
field.addEventListener("focus", load);
field.form.addEventListener("submit", (event) => {
  event.preventDefault();
  run();
  try { history.replaceState(null, "", "?q=" + encodeURIComponent(field.value)); } catch (error) { /* not from a file */ }
});
run();
if (!field.value) field.focus();
