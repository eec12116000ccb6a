// Help while filling forms: errors get the focus, filters apply at once, a second click does not send twice.
export function startForms(): void {
  focusErrors(document);
  showWhatIsAsked(document);
  document.addEventListener("htmx:afterSettle", (event) => {
    focusErrors(event.target as Element);
    showWhatIsAsked(event.target as Element);
  });
  document.addEventListener("change", (event) => {
    const field = event.target as HTMLElement;
    showWhatIsAsked(field.closest("form") ?? document);
    field.closest<HTMLFormElement>("form[data-submit-on-change]")?.requestSubmit();
  });
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    // A form that is answered with a file leaves the page where it is, so nothing would ever end the sending.
    if (event.defaultPrevented || form.method !== "post" || "download" in form.dataset) return;
    if (form.dataset.sending) {
      event.preventDefault();
      return;
    }
    form.dataset.sending = "yes";
    event.submitter?.setAttribute("aria-busy", "true");
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll<HTMLFormElement>("form[data-sending]")) {
      delete form.dataset.sending;
      form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
    }
  });
}

/** Fields marked data-when="name=value" stand there only while that answer is chosen; without scripts, always. */
function showWhatIsAsked(within: ParentNode): void {
  for (const input of within.querySelectorAll<HTMLInputElement>("[data-when]")) {
    const [name, value] = (input.dataset.when ?? "").split("=");
    const chosen = input.form?.querySelector<HTMLInputElement>(`[name="${name}"][value="${value}"]`);
    const field = input.closest<HTMLElement>(".field");
    if (field && chosen) field.hidden = !chosen.checked;
  }
}

function focusErrors(within: ParentNode): void {
  within.querySelector<HTMLElement>("[data-error-summary]")?.focus();
}
