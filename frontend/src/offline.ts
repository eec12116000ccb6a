// The installed app: keeps the shell and the last-read pages that allow it; forgets them when the account changes.
const ACCOUNT = "heluo-account";

async function forgetPages(): Promise<void> {
  for (const name of await caches.keys()) if (name.startsWith("heluo-pages")) await caches.delete(name);
}

export function startOffline(): void {
  if (!("serviceWorker" in navigator) || !("caches" in window)) return;
  // The page that says we are offline knows nobody's account, which is no change of account.
  if (document.body.hasAttribute("data-of-nobody")) return;
  const account = document.documentElement.dataset.account ?? "";
  // Private windows refuse workers and caches: then there is simply no offline copy.
  settle(account).catch(() => undefined);
  document.addEventListener("submit", (event) => {
    if ((event.target as HTMLElement).matches("[data-sign-out]")) void forgetPages();
  });
}

async function settle(account: string): Promise<void> {
  if (localStorage.getItem(ACCOUNT) !== account) {
    await forgetPages();
    localStorage.setItem(ACCOUNT, account);
  }
  const registration = await navigator.serviceWorker.register("/service-worker.js");
  const worker = registration.active ?? (await navigator.serviceWorker.ready).active;
  if (document.body.hasAttribute("data-keep-offline")) {
    worker?.postMessage({ keep: location.pathname + location.search });
  }
}
