// Copy buttons: <button data-copy="id of the element with the text">.
const SHOWN_FOR = 2_000;

export function startCopyButtons(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLButtonElement>("[data-copy]");
    const text = button && document.getElementById(button.dataset.copy!)?.textContent?.trim();
    if (!button || !text || !navigator.clipboard) return;
    void navigator.clipboard.writeText(text).then(() => {
      const said = button.dataset.copied;
      if (!said) return;
      const label = button.lastChild!;
      const before = label.textContent;
      label.textContent = said;
      setTimeout(() => (label.textContent = before), SHOWN_FOR);
    });
  });
}
