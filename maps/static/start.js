// The page is painted before its script is read: on a slow phone that takes longer than everything before.

requestAnimationFrame(() => setTimeout(() => {
  const script = document.createElement("script");
  script.src = document.getElementById("page").dataset.script;
  document.head.append(script);
}));
