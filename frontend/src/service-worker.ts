// Keeps the shell (hashed files), the page that says we are offline, and at most thirty last-read pages that said
// `data-keep-offline`. Pages are kept only on request of the page itself, never because they passed by. The server puts
// the mark of the build before this file, so that each build is a new worker, which takes over at once.
/// <reference lib="webworker" />
export {};
declare const self: ServiceWorkerGlobalScope;

const SHELL = "heluo-shell-2";
const PAGES = "heluo-pages-2";
const OFFLINE = "/offline/";
const STATIC = "/static/app/";
const MOST_PAGES = 30;

self.addEventListener("install", (event) => event.waitUntil(keepOfflinePage().then(() => self.skipWaiting())));

self.addEventListener("activate", (event) => event.waitUntil(tidy().then(() => self.clients.claim())));

self.addEventListener("message", (event) => {
  const path: unknown = event.data?.keep;
  if (typeof path === "string") event.waitUntil(keep(path));
});

/** Asked for without cookies: it is shown to whoever uses the device, and must not carry anybody's name. */
async function keepOfflinePage(): Promise<void> {
  const answer = await fetch(OFFLINE, { credentials: "omit", cache: "no-store" });
  if (!answer.ok) throw new Error(`${OFFLINE}: ${answer.status}`);
  const shell = await caches.open(SHELL);
  await addParts(shell, answer.clone());
  await shell.put(OFFLINE, answer);
}

/** Paths of the hashed files that a page is made of. */
async function partsOf(page: Response): Promise<string[]> {
  return [...(await page.text()).matchAll(/(?:href|src)="(\/static\/app\/[^"#]+)/g)].map(([, path]) => path!);
}

async function addParts(shell: Cache, page: Response): Promise<void> {
  for (const part of new Set(await partsOf(page))) if (!(await shell.match(part))) await shell.add(part);
}

/** Drops caches of earlier workers, and files of earlier builds that no kept page needs any more. */
async function tidy(): Promise<void> {
  const known = [SHELL, PAGES];
  for (const name of await caches.keys()) if (!known.includes(name)) await caches.delete(name);
  const shell = await caches.open(SHELL);
  const pages = await caches.open(PAGES);
  const kept = [await shell.match(OFFLINE), ...(await pages.matchAll())];
  const needed = new Set([OFFLINE]);
  for (const page of kept) if (page) for (const part of await partsOf(page)) needed.add(part);
  for (const file of await shell.keys()) if (!needed.has(new URL(file.url).pathname)) await shell.delete(file);
}

async function keep(path: string): Promise<void> {
  const answer = await fetch(path, { credentials: "same-origin" });
  if (!answer.ok || answer.redirected) return;
  await addParts(await caches.open(SHELL), answer.clone());
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
  if (url.pathname.startsWith(STATIC)) event.respondWith(fromShell(request));
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
