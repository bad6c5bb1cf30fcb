// The phone's side of reports: keeps a form before it is sent, shows what waits, keeps pages to read without network.
(() => {
  const box = document.getElementById("outbox"), account = document.querySelector("meta[name=account]")?.content || "";
  if (!box || !window.indexedDB) return;
  const words = (name, values = {}) => (box.dataset[name] || "").replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
  const $ = (selector) => box.querySelector(selector);
  const vi = document.documentElement.lang === "vi";
  const DRIFT = "hatangso-drift", WARMED = "hatangso-warmed";
  let stopped = "";

  // The day in Vietnam, by the service's clock as far as it is known.
  const drift = () => Number(localStorage.getItem(DRIFT) || 0);
  const day = (ms) => new Date(ms + 7 * 3600e3).toISOString().slice(0, 10);
  const shownDay = (iso) => iso.split("-").reverse().join("/");

  function reasonText(reason) {
    if (!reason) return "";
    if (reason.code === "gone") return words("gone");
    const parts = [vi ? reason.title : reason.title_en, vi ? reason.detail : reason.detail_en];
    if (!parts[1]) for (const wrong of reason.errors || []) parts.push([wrong.label || "", (wrong.allowed || []).join(", ")].filter(Boolean).join(": "));
    return parts.filter(Boolean).join(" ");
  }

  async function draw() {
    const items = await outbox.all().catch(() => []);
    const mending = new Set([...document.querySelectorAll("form[data-mends]")].map((form) => form.dataset.mends));
    const own = items.filter((item) => item.account === account), others = items.length - own.length;
    const mine = own.filter((item) => !mending.has(String(item.n)));
    const refused = mine.filter((item) => item.state === "refused").length;
    box.hidden = !items.length && !box.dataset.done && $("[data-clock-told]").hidden;
    const details = $("details");
    details.hidden = account ? !mine.length && !box.dataset.done : !items.length;
    $("summary").textContent = account
      ? [mine.length && words("waiting", { n: mine.length }), refused && words("refused", { n: refused }), !mine.length && box.dataset.done].filter(Boolean).join(" · ")
      : words("signin", { n: items.length });
    const why = $("[data-why]");
    why.textContent = mine.length || !account ? words(stopped) : "";
    why.hidden = !why.textContent;
    $("[data-enter]").hidden = stopped !== "ended";
    $("[data-send]").hidden = !account || mine.length === refused;
    const told = $("[data-others]");
    told.textContent = account && others ? words("other", { n: others }) : "";
    told.hidden = !told.textContent;
    if (refused) details.open = true;
    $("ol").replaceChildren(...mine.map(row));
    pending(mine);
    waitingEvidence(mine);
  }

  // Beside each service of a village that was reported but not sent.
  function pending(mine) {
    const about = new Set(mine.filter((item) => item.kind === "verification").map((item) => Object.fromEntries(item.fields)).map((told) => `${told.village}/${told.service}/${told.technology || ""}`));
    for (const place of document.querySelectorAll("[data-about]")) {
      place.querySelector(".left")?.remove();
      if (!about.has(place.dataset.about)) continue;
      const mark = document.createElement("span");
      mark.className = "left";
      mark.textContent = words("pending");
      place.append(" ", mark);
    }
  }

  function row(item) {
    const line = document.createElement("li"), name = document.createElement("b"), said = document.createElement("span");
    name.textContent = item.title;
    said.textContent = ` ${new Date(item.at).toLocaleString(vi ? "vi-VN" : "en-GB")}`;
    line.append(name, said);
    if (item.state === "refused") {
      const why = document.createElement("p");
      why.className = "wrong";
      why.textContent = reasonText(item.reason);
      line.append(why, button("mend", () => { location.assign(`${item.page.split("#")[0]}#mend=${item.n}`); if (location.pathname === item.page.split("?")[0]) location.reload(); }));
    }
    line.append(button("delete", async () => { if (confirm(words("really"))) { await outbox.remove(item.n); draw(); } }));
    return line;
  }

  function button(name, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "second small";
    made.textContent = words(name);
    made.addEventListener("click", act);
    return made;
  }

  // A challenge may name a report that was not sent yet.
  function waitingEvidence(mine) {
    for (const list of document.querySelectorAll("[data-evidence]")) {
      for (const old of list.querySelectorAll("[data-queued-item]")) if (!mine.some((item) => item.key === old.dataset.queuedItem)) old.remove();
      for (const item of mine) {
        const told = Object.fromEntries(item.fields), about = list.dataset;
        const fits = item.kind === "verification" && told.village === about.village && told.service === about.service
          && ["", about.technology].includes(told.technology || "") && ["", about.operator].includes(told.operator || "");
        if (!fits || list.querySelector(`[data-queued-item="${item.key}"]`)) continue;
        const label = document.createElement("label"), tick = document.createElement("input"), text = document.createElement("span");
        label.className = "choice";
        label.dataset.queuedItem = item.key;
        Object.assign(tick, { type: "checkbox", name: "evidence[]", value: `queued:${item.key}`, checked: true });
        text.textContent = `${shownDay(told.seen_on || "")} · ${words("queued")}`;
        label.append(tick, text);
        list.append(label);
        list.querySelector("[data-no-evidence]")?.setAttribute("hidden", "");
      }
    }
  }

  async function flush() {
    if (!account) return {};
    const done = await outbox.flush(() => { $("summary").textContent = words("sending"); });
    if (done.stopped !== "busy") stopped = done.account && done.account !== account ? "foreign" : done.stopped || "";
    if (Number.isFinite(done.drift)) { localStorage.setItem(DRIFT, String(done.drift)); clock(done.drift); for (const form of document.querySelectorAll("form[data-queue]")) today(form); }
    if (done.sent) { box.dataset.done = [words("sent", { n: done.sent }), done.beside && words("beside", { n: done.beside })].filter(Boolean).join(" "); warm([location.pathname, "/xa-toi"]); }
    await draw();
    if (stopped === "later") setTimeout(flush, 30e3);
    return done;
  }

  function clock(by) {
    const phone = day(Date.now()), server = day(Date.now() + by), told = $("[data-clock-told]");
    told.textContent = phone === server ? "" : words("clock", { phone: shownDay(phone), server: shownDay(server) });
    told.hidden = !told.textContent;
    if (!told.hidden) box.hidden = false;
  }

  // Before pages.js hears of it: keep first, then send.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("form[action^='/gui/sessions'], form[action^='/gui/me/sessions']") && form.querySelector("[name=_method][value=DELETE]")) forgetPages();
    if (!form.dataset.queue || !account) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!form.dataset.busy) keep(form);
  }, true);

  async function keep(form) {
    form.dataset.busy = "1";
    const told = form.querySelector(".wrong"), kept = form.querySelector("[data-kept]");
    told.hidden = kept.hidden = true;
    const item = outbox.packed(form, account, form.dataset.key ||= crypto.randomUUID());
    try {
      item.n = await outbox.put(item);
    } catch {
      noRoom(form, item, told);
      delete form.dataset.busy;
      return;
    }
    navigator.storage?.persist?.();
    if (form.dataset.mends) { await outbox.remove(Number(form.dataset.mends)); delete form.dataset.mends; history.replaceState(null, "", location.pathname + location.search); }
    await flush();
    const now = await outbox.one(item.n), sent = now ? null : await outbox.sentAs(item.key);
    if (sent) { location.assign(sent.then); return; }
    if (now?.state === "refused") {  // still on the screen: mended here; kept until the mended one is
      form.dataset.mends = String(item.n);
      marked(form, now.reason);
      told.textContent = reasonText(now.reason);
      told.hidden = false;
      told.scrollIntoView({ block: "nearest" });
      delete form.dataset.key;
    } else {
      form.reset();
      delete form.dataset.key;
      delete form.dataset.dated;
      today(form);
      kept.textContent = [words("kept"), words(stopped)].filter(Boolean).join(" ");
      kept.hidden = false;
      kept.scrollIntoView({ block: "nearest" });
    }
    delete form.dataset.busy;
    draw();
  }

  function marked(form, reason) {
    for (const wrong of reason.errors || []) {
      const field = [...form.elements].find((one) => one.name && (one.name === wrong.parameter || one.name.endsWith(`.${wrong.parameter}`)));
      wrong.label = field?.closest("label")?.querySelector("span")?.textContent || "";
      field?.setAttribute("aria-invalid", "true");
      field?.closest("details")?.setAttribute("open", "");
    }
  }

  function noRoom(form, item, told) {
    const now = button("now", async () => {
      now.disabled = true;
      const result = await outbox.send(item, []);
      if (result.outcome === "sent") { location.assign(result.then); return; }
      told.textContent = result.reason ? reasonText(result.reason) : words(result.outcome === "offline" ? "unsent" : result.outcome);
      told.append(" ", now);
      now.disabled = false;
    });
    told.textContent = words("full");
    told.append(" ", now);
    told.hidden = false;
    told.scrollIntoView({ block: "nearest" });
  }

  // A copy of the page may be days old: its day is not today's.
  function today(form) {
    const seen = form.elements.namedItem("seen_on");
    const sure = localStorage.getItem(DRIFT) !== null || !navigator.onLine;
    if (seen && sure && !form.dataset.dated) seen.value = day(Date.now() + drift());
  }

  // A report that was refused, in its form again.
  async function mend() {
    const n = Number((location.hash.match(/^#mend=(\d+)$/) || [])[1]), item = n && await outbox.one(n);
    if (!item || item.account !== account) return;
    const told = Object.fromEntries(item.fields);
    const same = (form) => ["service", "technology", "claim"].every((name) => (form.elements.namedItem(name)?.value || "") === (told[name] || ""));
    const form = [...document.querySelectorAll("form[data-queue]")].find(same);
    if (!form) return;
    for (const field of form.elements) {
      if (!field.name || field.name.startsWith("_")) continue;
      const values = item.fields.filter(([name]) => name === field.name).map(([, value]) => value);
      if (["radio", "checkbox"].includes(field.type)) field.checked = values.includes(field.value);
      else if (field.type === "file") { const held = new DataTransfer(); for (const [name, file, called] of item.files) if (name === field.name) held.items.add(new File([file], called, { type: file.type })); field.files = held.files; }
      else if (field.type !== "hidden" && values.length) field.value = values[0];
    }
    for (let around = form.closest("details"); around; around = around.parentElement.closest("details")) around.open = true;
    for (const part of form.querySelectorAll("details")) part.open = true;
    form.dataset.mends = String(n);
    form.dataset.dated = "1";
    const wrong = form.querySelector(".wrong");
    wrong.textContent = reasonText(item.reason);
    wrong.hidden = false;
    form.scrollIntoView();
  }

  async function forgetPages() {
    if (!window.caches) return;
    localStorage.removeItem(WARMED);
    for (const name of await caches.keys()) if (name.startsWith("pages-") || name === "who") await caches.delete(name);
  }

  async function warm(more = []) {
    const worker = (await navigator.serviceWorker?.ready)?.active;
    if (!worker || !account || !navigator.onLine) return;
    const all = location.pathname === "/xa-toi" && !more.length && Date.now() - Number(localStorage.getItem(WARMED) || 0) > 600e3;
    if (all) localStorage.setItem(WARMED, String(Date.now()));
    const files = [...document.querySelectorAll("link[rel=stylesheet], script[src], link[rel~=icon]")].map((one) => new URL(one.href || one.src).pathname + new URL(one.href || one.src).search);
    const fonts = performance.getEntriesByType("resource").map((one) => new URL(one.name)).filter((url) => url.pathname.startsWith("/static/")).map((url) => url.pathname + url.search);
    const pages = [...document.querySelectorAll("main a[href^='/xa-toi'], .tasks a[href^='/xa-toi']")].map((one) => new URL(one.href).pathname);
    worker.postMessage({ files: [...new Set([...files, ...fonts])], pages: [...new Set([...more, ...(all ? [location.pathname, ...pages] : [])])] });
  }

  function place() {
    for (const asks of document.querySelectorAll("[data-locate]")) {
      if (!navigator.geolocation) continue;
      asks.hidden = false;
      asks.addEventListener("click", () => {
        const form = asks.closest("form"), told = form.querySelector("[data-located]");
        told.textContent = words("locating");
        navigator.geolocation.getCurrentPosition(({ coords }) => {
          form.elements.namedItem("position.latitude").value = coords.latitude.toFixed(5);
          form.elements.namedItem("position.longitude").value = coords.longitude.toFixed(5);
          told.textContent = words("located", { n: Math.round(coords.accuracy) });
        }, () => { told.textContent = words("unlocated"); }, { enableHighAccuracy: true, timeout: 20e3, maximumAge: 60e3 });
      });
    }
  }

  const folded = (text) => text.toLowerCase().replace(/đ/g, "d").normalize("NFD").replace(/[̀-ͯ]/g, "");

  // The list is filtered while it is typed, with and without network.
  function search() {
    const form = document.querySelector("form[data-search]");
    if (!form) return;
    const look = () => {
      const wanted = folded(form.elements.q.value).split(/\s+/).filter(Boolean), left = form.elements.left.checked;
      let shown = 0;
      for (const line of document.querySelectorAll(".checklist li")) {
        line.hidden = !(wanted.every((word) => line.dataset.found.includes(word)) && (!left || "left" in line.dataset));
        shown += !line.hidden;
      }
      document.querySelector("[data-none]").hidden = shown > 0;
    };
    if (!location.search) { form.addEventListener("input", look); look(); }
  }

  $("[data-send]").addEventListener("click", flush);
  addEventListener("online", flush);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) flush(); });
  for (const form of document.querySelectorAll("form[data-queue]")) today(form);
  document.addEventListener("change", (event) => { if (event.target.name === "seen_on") event.target.form.dataset.dated = "1"; });
  if (!location.hash.startsWith("#mend") && location.hash) { const aimed = document.getElementById(location.hash.slice(1)); if (aimed?.matches("details")) aimed.open = true; }
  place();
  search();
  clock(drift());
  navigator.serviceWorker?.register("/sw.js").then(() => warm()).catch(() => undefined);
  draw().then(mend).then(flush);
})();
