// Destructive deeds ask first, naming the thing, and send the answer along. Without scripts nothing is sent along, and
// the server asks on a page of its own (heluo.kernel.pages.questions).
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
          const answer = Object.assign(document.createElement("input"), { type: "hidden", name: "confirmed", value: "1" });
          form.append(answer);
          form.requestSubmit(submitter);
          answer.remove();
          delete form.dataset.confirmed;
        },
        { once: true },
      );
    },
    { capture: true },
  );
}
