// Reports that were filled in and are not sent yet: kept in IndexedDB before anything is sent, removed only when the
// service has taken them. Each has its own key, so that sent twice it counts once; none is sent for another account.
(() => {
  const QUEUE = "queue", SENT = "sent", MONTH_MS = 30 * 86400e3, LONGEST_MS = 900e3;
  let opening, busy = false;

  function database() {
    opening ||= new Promise((resolve, reject) => {
      const asked = indexedDB.open("hatangso", 1);
      asked.onupgradeneeded = () => {
        asked.result.createObjectStore(QUEUE, { keyPath: "n", autoIncrement: true });
        asked.result.createObjectStore(SENT, { keyPath: "key" });
      };
      asked.onsuccess = () => { asked.result.onversionchange = () => asked.result.close(); resolve(asked.result); };
      asked.onerror = () => { opening = undefined; reject(asked.error); };
    });
    return opening;
  }

  // One transaction; done when it is on disk. `work` is given the stores and may return a request, whose result it is.
  async function within(mode, work) {
    const db = await database();
    return new Promise((resolve, reject) => {
      const options = mode === "readwrite" ? { durability: "strict" } : {};
      const change = db.transaction([QUEUE, SENT], mode, options);
      let asked;
      change.oncomplete = () => resolve(asked && asked.result);
      change.onabort = change.onerror = () => reject(change.error || new DOMException("aborted", "AbortError"));
      try { asked = work(change.objectStore(QUEUE), change.objectStore(SENT)); } catch (error) { change.abort(); reject(error); }
    });
  }

  const all = () => within("readonly", (queue) => queue.getAll());
  const one = (n) => within("readonly", (queue) => queue.get(n));
  const put = (item) => within("readwrite", (queue) => queue.put(item));
  const remove = (n) => within("readwrite", (queue) => queue.delete(n));
  const sentAs = (key) => within("readonly", (_, sent) => sent.get(key));

  // Fields and files of a form under a key of their own; texts stay as typed.
  function packed(form, account, key = crypto.randomUUID()) {
    const fields = [], files = [];
    for (const [name, value] of new FormData(form)) {
      if (value instanceof File) { if (value.size) files.push([name, value, value.name]); }
      else fields.push([name, name === "_key" ? key : value]);
    }
    const page = location.pathname + location.search.replace(/[?&](xm|said)=[^&]*/g, "").replace(/^&/, "?");
    return { key, account, action: form.getAttribute("action"), kind: form.dataset.queue, title: form.dataset.title, page,
             fields, files, at: new Date().toISOString(), state: "waiting", reason: "" };
  }

  // The body to send. A report that is evidence and was queued is named by its event now; undefined while it has none.
  async function body(item, waiting) {
    const made = new FormData();
    for (const [name, value] of item.fields) {
      const key = name === "evidence[]" && value.startsWith("queued:") ? value.slice(7) : "";
      if (!key) { made.append(name, value); continue; }
      const known = await sentAs(key);
      if (known) made.append(name, known.event);
      else return waiting.some((other) => other.key === key && other.state === "waiting") ? undefined : null;
    }
    for (const [name, file, called] of item.files) made.append(name, file, called);
    return made;
  }

  // Send one; "sent", "refused", "first" (waits for another), "later" (try again), or why nothing can be sent now.
  async function send(item, waiting) {
    const made = await body(item, waiting);
    if (made === undefined) return { outcome: "first" };
    if (made === null) return { outcome: "refused", reason: { code: "gone" } };
    let answer;
    try {
      answer = await fetch(item.action, { method: "POST", body: made, headers: { accept: "application/json" }, signal: AbortSignal.timeout(LONGEST_MS) });
    } catch { return { outcome: "offline" }; }
    let said = null;
    try { said = await answer.json(); } catch { /* not from the service itself */ }
    if (answer.ok && said && said.then) return { outcome: "sent", then: said.then, beside: said.beside };
    if (answer.status === 401) return { outcome: "ended" };
    if (said && said.code === "other_account") return { outcome: "foreign" };
    if (!said || !said.code || [408, 425, 429].includes(answer.status) || answer.status >= 500) return { outcome: "later" };
    return { outcome: "refused", reason: said };
  }

  async function settle(item, result) {
    if (result.outcome === "sent") {
      const event = new URL(result.then, location.origin).searchParams.get("xm") || "";
      await within("readwrite", (queue, sent) => { sent.put({ key: item.key, event, then: result.then, at: Date.now() }); return queue.delete(item.n); });
    } else if (result.outcome === "refused") {
      await put({ ...item, state: "refused", reason: result.reason });
    }
  }

  // Who is signed in, and how the phone's clock differs from the service's (ms).
  async function asked() {
    try {
      const answer = await fetch("/api/v1/me", { cache: "no-store", headers: { accept: "application/json" } });
      const drift = Date.parse(answer.headers.get("date")) - Date.now();
      if (answer.ok) return { account: (await answer.json()).account, drift };
      return { stopped: answer.status === 401 ? "ended" : "later", drift };
    } catch { return { stopped: "offline" }; }
  }

  // Send what waits, in order. Another page of this browser that is sending does it for all.
  async function flush(tell) {
    if (!navigator.locks) return busy ? { stopped: "busy" } : alone(tell);
    return navigator.locks.request("hatangso-outbox", { ifAvailable: true }, (lock) => lock ? alone(tell) : { stopped: "busy" });
  }

  async function alone(tell = () => undefined) {
    busy = true;
    try {
      const me = await asked();
      if (me.stopped) return me;
      const done = { ...me, sent: 0, beside: 0 };
      for (const { n } of await all()) {
        const item = await one(n);  // deleted or mended meanwhile by the person
        if (!item || item.state !== "waiting" || item.account !== me.account) continue;
        tell(item);
        const result = await send(item, await all());
        await settle(item, result);
        if (result.outcome === "sent") { done.sent += 1; done.beside += result.beside > 0; }
        if (result.outcome === "later") done.stopped = "later";
        if (["offline", "ended", "foreign"].includes(result.outcome)) return { ...done, stopped: result.outcome };
      }
      await forget();
      return done;
    } finally { busy = false; }
  }

  async function forget() {
    const old = (await within("readonly", (_, sent) => sent.getAll())).filter((one) => one.at < Date.now() - MONTH_MS);
    if (old.length) await within("readwrite", (_, sent) => { for (const one of old) sent.delete(one.key); });
  }

  window.outbox = { all, one, put, remove, sentAs, packed, send, flush, database };
})();
