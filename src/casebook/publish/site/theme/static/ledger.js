"use strict";
/* The cards of the ledger: filters whose state stands in the address, an order, and the shown rows as CSV. */
{
  const form = document.querySelector(".ledger-tools");
  const list = document.querySelector("ol.claims");
  const cards = [...list.children];
  const fields = [...form.elements].filter((field) => field.name);
  const facets = fields.filter((field) => field.tagName === "SELECT" && field.name !== "sort");
  const words = new Map();
  const wordsOf = (card) => {
    if (!words.has(card)) words.set(card, (card.id + " " + card.textContent).toLowerCase());
    return words.get(card);
  };

  const fits = (card, asked) => facets.every((facet) => !facet.value || card.dataset[facet.name].split(" ").includes(facet.value))
    && asked.every((word) => wordsOf(card).includes(word));
  const byValue = (a, b) => (a.dataset.base || "￿").localeCompare(b.dataset.base || "￿") || a.dataset.value - b.dataset.value || 0;
  const apply = () => {
    const asked = form.elements.q.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    cards.forEach((card) => {
      const fit = fits(card, asked);
      card.hidden = !fit && "#" + card.id !== location.hash;
      shown += fit;
    });
    form.querySelector("[role=status]").textContent = shown + " of " + cards.length + " claims";
  };
  const arrange = () => list.append(...(form.elements.sort.value ? [...cards].sort(byValue) : cards));

  /* The address: unknown words in it are passed over, and a filter never loses the card it points at */
  const read = () => {
    const told = new URLSearchParams(location.search);
    fields.forEach((field) => {
      field.value = told.get(field.name) || "";
      if (field.value !== (told.get(field.name) || "")) field.value = "";
    });
    arrange();
    apply();
    const card = [...cards].find((each) => "#" + each.id === location.hash);
    if (card) card.scrollIntoView();
    else if (String(told) && !location.hash) form.scrollIntoView();
  };
  const tell = () => {
    const state = new URLSearchParams(fields.filter((field) => field.value).map((field) => [field.name, field.value]));
    const query = String(state) && "?" + state;
    try { history.replaceState(null, "", location.pathname + query + location.hash); } catch (error) { /* not told */ }
  };
  form.addEventListener("input", (event) => {
    if (event.target.name === "sort") arrange();
    apply();
    tell();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => {
    try { history.replaceState(null, "", location.pathname); } catch (error) { /* not told */ }
    arrange();
    apply();
  }));
  addEventListener("hashchange", apply);

  const quoted = (text) => '"' + text.trim().replace(/"/g, '""') + '"';
  form.querySelector("button[type=button]").addEventListener("click", () => {
    const parts = ["words", "what", "value", "kind", "when", "instead span", "compared", "note"];
    const head = ["id", "source", "where", ...parts.map((name) => name.split(" ")[0]), "inside", "outside", "base_value", "base_unit"];
    const textIn = (card, name) => (card.querySelector("." + name) || { textContent: "" }).textContent;
    const rows = cards.filter((card) => !card.hidden).map((card) => [card.id, card.dataset.source, ...["where", ...parts].map((name) => textIn(card, name)),
      ...[card.dataset.inside, card.dataset.outside].map((verdict) => verdict === "none" ? "not compared" : verdict), card.dataset.value || "", card.dataset.base || ""]);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["﻿" + [head, ...rows].map((row) => row.map(quoted).join(",")).join("\n") + "\n"], { type: "text/csv" }));
    link.download = "claims.csv";
    link.click();
  });
  read();
}
