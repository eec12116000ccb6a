// Resumable upload for <div data-upload="/files/uploads/"> with a file input inside: see components/upload.html.
import { Upload } from "tus-js-client";

export { Upload };
