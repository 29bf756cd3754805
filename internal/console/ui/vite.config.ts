import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// Assets are referred to relative to <base href>, which the server writes into
// the page, so that the console works under any sub-path.
export default defineConfig({
  base: "./",
  plugins: [react()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0, // the policy allows no data: scripts or styles
    chunkSizeWarningLimit: 400,
  },
  server: { proxy: { "/api": "http://localhost:8080" } },
});
