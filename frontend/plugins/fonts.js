// Copies the CJK typeface for pictures and print. Browsers of visitors use their own fonts.
import { copyFileSync, mkdirSync, existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";

const family = resolve(import.meta.dirname, "../node_modules/@expo-google-fonts/noto-sans-sc");
const FILES = ["400Regular/NotoSansSC_400Regular.ttf", "700Bold/NotoSansSC_700Bold.ttf", "LICENSE_FONT"];

export function fonts(target) {
  return {
    name: "heluo-fonts",
    apply: "build",
    closeBundle() {
      mkdirSync(target, { recursive: true });
      for (const file of FILES) {
        const from = join(family, file);
        const to = join(target, file.split("/").pop());
        if (existsSync(to) && statSync(to).size === statSync(from).size) continue;
        copyFileSync(from, to);
      }
    },
  };
}
