// Keeps a commune's pages and their files on the phone, to be read without network. Network first; one account at a time.
// Forms are not its matter: outbox.js keeps them until they are sent.
const FILES = "files", WHO = "who", PAGES = "pages-", SLOW_MS = 8000;
const OFFLINE = "<!DOCTYPE html><html lang=\"vi\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>Không có mạng</title><h1>Không có mạng</h1><p>Trang này chưa được lưu trong máy. Báo cáo đang chờ gửi vẫn được giữ. <a href=\"/xa-toi\">Về trang của xã</a></p><p lang=\"en\">No network, and this page is not kept on the phone. Reports that wait to be sent are still kept.</p></html>";

self.addEventListener("install", (event) => event.waitUntil(self.skipWaiting()));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith("/static/")) event.respondWith(file(request, url));
  else if (request.mode === "navigate") event.respondWith(page(event, request, url));
});

self.addEventListener("message", (event) => {
  const { pages = [], files = [] } = event.data || {};
  event.waitUntil(warm(pages, files));
});

const isOurs = (url) => url.pathname === "/xa-toi" || url.pathname.startsWith("/xa-toi/");
const plain = (url) => url.search === "" || url.search === "?lang=en";
const named = (url) => url.pathname + (url.searchParams.get("lang") === "en" ? "?lang=en" : "");

async function page(event, request, url) {
  const copy = isOurs(url) ? kept(url) : Promise.resolve(undefined);
  const asked = fetch(request).then((answer) => { event.waitUntil(noted(url, answer.clone())); return answer; });
  asked.catch(() => undefined);
  try {
    return await Promise.race([asked, copy.then((found) => late(found))]);
  } catch {
    return (await copy) || new Response(OFFLINE, { status: 503, headers: { "content-type": "text/html; charset=utf-8" } });
  }
}

// The copy after a while, where there is one; else never, so that the network decides.
function late(found) {
  return new Promise((resolve) => { if (found) setTimeout(resolve, SLOW_MS, found); });
}

async function file(request, url) {
  const files = await caches.open(FILES);
  const found = await files.match(request);
  if (found && url.searchParams.has("v")) return found;
  try {
    const answer = await fetch(request);
    if (answer.ok) await files.put(request, answer.clone());
    return answer;
  } catch (error) {
    const other = found || await files.match(request, { ignoreSearch: true });
    if (other) return other;
    throw error;
  }
}

// Whose answer it is decides what may stay: another account's pages go as soon as one answer is for somebody else.
async function noted(url, answer) {
  const account = answer.headers.get("x-account");
  if (!account) return;
  const who = await caches.open(WHO);
  if (await present() !== account) {
    for (const name of await caches.keys()) if (name.startsWith(PAGES) && name !== PAGES + account) await caches.delete(name);
    await who.put("/who", new Response(account));
  }
  if (answer.ok && !answer.redirected && isOurs(url) && plain(url)) {
    await (await caches.open(PAGES + account)).put(named(url), answer);
  }
}

async function present() {
  const found = await (await caches.open(WHO)).match("/who");
  return found ? found.text() : "";
}

async function kept(url) {
  const account = await present();
  return account ? (await caches.open(PAGES + account)).match(named(url)) : undefined;
}

async function warm(pages, files) {
  const held = await caches.open(FILES);
  for (const path of files) {
    if (await held.match(path)) continue;
    try { const answer = await fetch(path); if (answer.ok) await held.put(path, answer); } catch { return; }
  }
  for (const path of pages) {
    try { const answer = await fetch(path, { cache: "no-store", headers: { accept: "text/html" } }); await noted(new URL(path, self.location.origin), answer); } catch { return; }
  }
}
