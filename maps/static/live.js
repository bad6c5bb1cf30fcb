// The served map: the same page as the offline file, its data fetched from the site it stands on.

const shell = document.getElementById("page").dataset;

async function fetched() {
  const answer = await fetch(shell.source);
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

async function live() {
  const notice = document.getElementById("notice"), retry = document.getElementById("retry");
  let told;
  try { told = await fetched(); } catch {
    notice.textContent = shell.failed;
    notice.setAttribute("role", "alert");
    retry.hidden = false;
    return;
  }
  const { content, shapes: topology } = told;
  content.lang = document.documentElement.lang === "en" ? "en" : "vi";
  const query = content.lang === "en" ? "?lang=en" : "";
  content.site = { commune: "/xa/", village: "/thon/", query };
  for (const layer of content.points) if (layer.file) layer.file = `/ban-do?lop=${layer.name}${query.replace("?", "&")}`;
  begin(L.map("map_gap", {
    center: [0, 0], zoom: 9, zoomSnap: 0.25, zoomDelta: 0.5, minZoom: 6, maxZoom: 18,
    preferCanvas: true, zoomControl: false, attributionControl: false,
  }), content, topology);
  carryHash();
}

// The other language, and signing in, come back to the same view.
function carryHash() {
  const links = document.querySelectorAll(".site a[data-view]");
  const carry = () => { for (const link of links) link.hash = location.hash; };
  for (const link of links) link.addEventListener("click", carry);
}

document.getElementById("retry").addEventListener("click", () => location.reload());
live();
