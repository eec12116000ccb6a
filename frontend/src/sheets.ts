// Menus (<details data-menu>) close on Escape and outside clicks; sheets (:target) close on Escape.
export function startSheets(): void {
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll<HTMLDetailsElement>("details[data-menu][open]")) {
      if (!menu.contains(event.target as Node)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll<HTMLDetailsElement>("details[data-menu][open]")) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
    const sheet = document.querySelector<HTMLElement>(".sheet:target");
    sheet?.querySelector<HTMLAnchorElement>(".sheet-close")?.click();
  });
}
