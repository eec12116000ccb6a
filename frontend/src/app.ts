// What every page loads: styles, htmx, and small helps that pages can do without.
import "./styles/app.scss";
import htmx from "htmx.org";
import { startConfirmations } from "./confirm";
import { startCopyButtons } from "./copy";
import { startForms } from "./forms";
import { startLiveParts } from "./live";
import { startOffline } from "./offline";
import { startSheets } from "./sheets";
import { startTheme } from "./theme";
import { startTypedForms } from "./typed";

declare global {
  interface Window {
    htmx: typeof htmx;
  }
}
window.htmx = htmx;

startTheme();
startSheets();
startForms();
startTypedForms();
startConfirmations();
startCopyButtons();
startLiveParts();
startOffline();
