"use strict";
/* Finds claims, then chapters: the exact phrase before loose words. Loads the index when it is first needed. */
const field = document.getElementById("search-words");
const list = document.getElementById("search-results");
const statusLine = document.getElementById("search-status");
const address = document.currentScript.dataset.index;
/* Small letters without accents, one for one, so that what is found in the folded text is marked in the text itself */
const bare = (letter) => letter.replace("’", "'").normalize("NFD").replace(/[\u0300-\u036f]/g, "") || letter;
const fold = (text) => text.normalize("NFC").replace(/[^\x00-\x7f]/g, (letter) => bare(letter)[0]).toLowerCase();
const SHOWN = 30;
let index = null;
let waiting = false;

window.searchIndex = (data) => {
  const claims = data.claims.map(([id, words, says, where, inside, outside, instead, whose]) => ({
    uri: data.ledger + "#" + id, heading: "“" + words + "”", title: where, text: says, inside, outside, instead,
    claim: true, high: fold(words + " " + says + " " + whose), low: fold(id + " " + where + " " + inside + " " + outside + " " + instead) }));
  const places = data.records.map(([page, anchor, heading, text]) => {
    const [uri, title] = data.pages[page];
    return { uri: uri + (anchor ? "#" + anchor : ""), title, heading, text,
      high: fold(title + " " + heading + " " + anchor), low: fold(text), wide: /\/(across|reference)\//.test(uri) };
  });
  index = [claims, places];
  run();
};

const load = () => {
  if (index || waiting) return;
  waiting = true;
  const script = document.createElement("script");
  script.src = address;
  script.onerror = () => { statusLine.textContent = "The index of the book could not be read."; };
  document.head.append(script);
};

/* One word that is whole counts more, the phrase as it was typed more than any loose words, a chapter more than a survey */
const stem = (word) => word.length > 3 ? word.replace(/s$/, "") : word;
const score = (record, asked, every = true) => {
  const phrase = asked.join(" ");
  let total = record.high.includes(phrase) ? 200 : record.low.includes(phrase) ? 100 : 0;
  for (const word of asked.map(stem)) {
    const starts = (text) => text.startsWith(word) || text.includes(" " + word);
    if (record.high.includes(word)) total += starts(record.high) ? 12 : 6;
    if (record.low.includes(word)) total += starts(record.low) ? 3 : 1;
    else if (every && !record.high.includes(word)) return 0;
  }
  return (total + (record.heading ? 0 : 1)) * (record.wide ? 0.4 : 1);
};

const element = (name, looks, ...content) => {
  const made = document.createElement(name);
  if (looks) made.className = looks;
  made.append(...content);
  return made;
};

const marked = (text, asked) => {
  const node = document.createDocumentFragment();
  const low = fold(text);
  const sought = [asked.join(" "), ...asked.map(stem)];
  let at = 0;
  while (low.length === text.length && at < text.length) {
    const hits = sought.map((word) => [low.indexOf(word, at), word.length]).filter(([place]) => place >= 0);
    if (!hits.length) break;
    const [place, length] = hits.sort((a, b) => a[0] - b[0] || b[1] - a[1])[0];
    node.append(text.slice(at, place), element("mark", "", text.slice(place, place + length)));
    at = place + length;
  }
  node.append(text.slice(at));
  return node;
};

const excerpt = (text, asked) => {
  const low = fold(text);
  const whole = low.indexOf(asked.join(" "));
  const places = whole >= 0 ? [whole] : asked.map((word) => low.indexOf(stem(word))).filter((place) => place >= 0);
  const start = Math.max(0, Math.min(...places, text.length) - 60);
  if (!places.length || start === 0) return text.length > 180 ? text.slice(0, 180).replace(/\s\S*$/, "") + " …" : text;
  const cut = text.slice(start, start + 190).replace(/^\S*\s/, "").replace(/\s\S*$/, "");
  return "… " + cut + (start + 190 < text.length ? " …" : "");
};

const badge = (verdict) => element("span", "verdict verdict-" + verdict.split(" ")[0], verdict);
const show = (record, asked) => {
  const link = element("a", "", marked(record.heading || record.title, asked));
  link.href = record.uri;
  const item = element("li", record.claim ? "claim-card" : "", link);
  const verdicts = [record.inside, record.outside].filter(Boolean);
  if (record.claim) item.append(" ", ...(verdicts.length ? verdicts.flatMap((verdict) => [badge(verdict), " "]) : [element("span", "where", "not compared")]));
  if (record.text) item.append(element("p", "", marked(excerpt(record.text, asked), asked)));
  if (record.instead) item.append(element("p", "", element("b", "", "Write instead: "), record.instead));
  if (record.heading) item.append(element("span", "where", record.title));
  return item;
};

const section = (name, records, asked, every) => {
  const found = records.map((record) => [score(record, asked, every), record]).filter(([points]) => points > (every ? 0 : 12));
  found.sort((a, b) => b[0] - a[0]);
  const shown = element("ol", "", ...found.slice(0, SHOWN).map(([, record]) => show(record, asked)));
  const more = found.length > SHOWN ? `, the best ${SHOWN} shown` : "";
  return [found.length, ...(found.length ? [element("h2", "", `${name}: ${found.length}${more}`), shown] : [])];
};

const run = () => {
  const asked = fold(field.value).split(/\s+/).filter(Boolean);
  if (!asked.length) { list.replaceChildren(); statusLine.textContent = ""; return; }
  if (!index) { statusLine.textContent = "Searching …"; load(); return; }
  const every = index.flat().some((record) => score(record, asked) > 0);
  const [claims, ...cards] = section("Claims", index[0], asked, every);
  const [places, ...pages] = section("Chapters and pages", index[1], asked, every);
  list.replaceChildren(...cards, ...pages);
  const count = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;
  statusLine.textContent = claims + places ? `${count(claims, "claim")} and ${count(places, "place")} ${every ? "found" : "have some of these words, none has all"}.`
    : "Nothing found. Try fewer or shorter words.";
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
