// Keeps the shell (hashed files) and at most thirty last-read pages that said `data-keep-offline`; otherwise a plain
// page that says we are offline. Pages are kept only on request of the page itself, never because they passed by.
/// <reference lib="webworker" />
export {};
declare const self: ServiceWorkerGlobalScope;

const SHELL = "heluo-shell-1";
const PAGES = "heluo-pages-1";
const OFFLINE = "/offline/";
const MOST_PAGES = 30;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => cache.add(OFFLINE)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const known = new Set([SHELL, PAGES]);
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => !known.has(name)).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("message", (event) => {
  const path: unknown = event.data?.keep;
  if (typeof path === "string") event.waitUntil(keep(path));
});

async function keep(path: string): Promise<void> {
  const answer = await fetch(path, { credentials: "same-origin" });
  if (!answer.ok || answer.redirected) return;
  const pages = await caches.open(PAGES);
  await pages.delete(path);
  await pages.put(path, answer);
  const kept = await pages.keys();
  for (const old of kept.slice(0, Math.max(0, kept.length - MOST_PAGES))) await pages.delete(old);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith("/static/app/")) event.respondWith(fromShell(request));
  else if (request.mode === "navigate") event.respondWith(page(request));
});

async function fromShell(request: Request): Promise<Response> {
  const shell = await caches.open(SHELL);
  const kept = await shell.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok && answer.status === 200) await shell.put(request, answer.clone());
  return answer;
}

async function page(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch {
    const { pathname, search } = new URL(request.url);
    return (
      (await (await caches.open(PAGES)).match(pathname + search)) ??
      (await (await caches.open(SHELL)).match(OFFLINE)) ??
      Response.error()
    );
  }
}
