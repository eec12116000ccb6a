// Destructive deeds ask first, naming the thing. Without scripts the button leads to a page that asks.
//   <form method="post" … data-confirm="confirm-withdraw">  with  <dialog id="confirm-withdraw">
export function startConfirmations(): void {
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target as HTMLFormElement;
      const id = form.dataset.confirm;
      if (!id || form.dataset.confirmed) return;
      const dialog = document.getElementById(id);
      if (!(dialog instanceof HTMLDialogElement)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const submitter = event.submitter;
      dialog.returnValue = "";
      dialog.showModal();
      dialog.addEventListener(
        "close",
        () => {
          if (dialog.returnValue !== "confirm") return;
          form.dataset.confirmed = "yes";
          form.requestSubmit(submitter);
          delete form.dataset.confirmed;
        },
        { once: true },
      );
    },
    { capture: true },
  );
}
