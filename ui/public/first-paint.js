// Before the first paint: the colour scheme and language that were chosen, so that nothing flashes. A file of its own, since
// the content security policy allows no inline script.
(function () {
  var root = document.documentElement;
  try {
    var chosen = localStorage.getItem("mantine-color-scheme-value");
    var dark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
    root.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
    var language = localStorage.getItem("genesis:language") || navigator.language || "en";
    root.lang = language.indexOf("zh") === 0 ? "zh-CN" : "en";
  } catch (error) {
    root.setAttribute("data-mantine-color-scheme", "light");
  }
})();
