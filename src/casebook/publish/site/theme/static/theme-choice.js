// Runs before the first paint: a remembered choice of colours, and a mark that scripts run.
(function (root) {
  "use strict";
  root.classList.add("js");
  try {
    var choice = localStorage.getItem("theme");
    if (choice === "light" || choice === "dark") root.dataset.theme = choice;
  } catch (error) { /* storage may be forbidden: the system's colours stay */ }
})(document.documentElement);
