// Light, dark or as the device says. Kept in a cookie, so that the server paints the right one at once.
const YEAR = 31_536_000;

export function startTheme(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-set-theme]");
    if (!button) return;
    const choice = button.dataset.setTheme ?? "auto";
    document.cookie = `theme=${choice};path=/;max-age=${choice === "auto" ? 0 : YEAR};samesite=lax`;
    if (choice === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = choice;
    for (const other of document.querySelectorAll<HTMLElement>("[data-set-theme]")) {
      other.setAttribute("aria-pressed", String(other === button));
    }
  });
}
