import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { budget } from "./build/budget.ts";
import { precompress } from "./build/precompress.ts";

/** The server while developing: `council serve`. */
const server = process.env.COUNCIL_URL ?? "http://127.0.0.1:9000";
const proxied = ["/v1", "/api", "/health", "/openapi.json", "/budget", "/metrics", "/ws"];

export default defineConfig(({ mode }) => ({
  plugins: [react(), tailwindcss(), precompress(), budget()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  // The server puts a fresh nonce in this place of each page that it sends (crates/council-server/src/ui.rs).
  // Vite's own development server sends no policy.
  html: mode === "production" ? { cspNonce: "__COUNCIL_NONCE__" } : {},
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: {
    // Without `changeOrigin` the server sees the page's own host and takes the writes for its own.
    proxy: Object.fromEntries(proxied.map((path) => [path, { target: server, ws: path === "/ws" }])),
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["./src/shared/test/setup.ts"],
    testTimeout: 20_000,
    restoreMocks: true,
    unstubGlobals: true,
  },
}));
