// The page is painted before its style sheet and script are read: on a slow phone that takes longer than everything before.

requestAnimationFrame(() => setTimeout(() => {
  const told = document.getElementById("page").dataset, sheet = document.createElement("link"), script = document.createElement("script");
  sheet.rel = "stylesheet";
  sheet.href = told.style;
  script.src = told.script;
  sheet.onload = sheet.onerror = () => document.head.append(script);
  document.querySelector("style").after(sheet); // the page's own rules, the second sheet, go beyond it
}));
