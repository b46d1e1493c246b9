/// <reference types="vitest/config" />
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import vue from "@vitejs/plugin-vue";
import { defineConfig, type Plugin } from "vite";

/** Writes .gz and .br beside every text file of the build, so that the service compresses nothing itself. */
function packed(folder: string): Plugin {
  const walk = (at: string): string[] =>
    readdirSync(at).flatMap((name) => (statSync(join(at, name)).isDirectory() ? walk(join(at, name)) : [join(at, name)]));
  return {
    name: "packed",
    apply: "build",
    closeBundle() {
      for (const path of walk(folder).filter((one) => /\.(js|css|html|svg|json)$/.test(one))) {
        const plain = readFileSync(path);
        writeFileSync(`${path}.gz`, gzipSync(plain, { level: 9 }));
        writeFileSync(`${path}.br`, brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
      }
    },
  };
}

/** Takes addresses out of the libraries' messages: nothing that is shipped names another computer. */
function addressless(): Plugin {
  return {
    name: "addressless",
    apply: "build",
    renderChunk: (code) => ({ code: code.replace(/https?:\/\/(?:[a-z]+\.)?(?:vuejs|openlayers|github)\.(?:org|com)\/[\w./#-]*/g, ""), map: null }),
  };
}

const service = process.env.CITYGRID_SERVICE ?? "http://127.0.0.1:8000";

export default defineConfig({
  base: "/ui/",
  plugins: [vue(), addressless(), packed(join(import.meta.dirname, "../console_dist"))],
  define: { __VUE_OPTIONS_API__: "false" },
  build: { outDir: "../console_dist", emptyOutDir: true, target: "chrome100", modulePreload: { polyfill: false }, reportCompressedSize: false, assetsInlineLimit: 0 },
  worker: { format: "es" },
  server: { proxy: { "/api": service, "/tiles": service, "/maps": service } },
  test: { include: ["src/**/*.test.ts"] },
});
