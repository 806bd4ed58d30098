import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// The server puts a nonce for each answer where the placeholder stands (server/portal.go).
export default defineConfig({
  base: '/admin/',
  plugins: [react()],
  html: { cspNonce: 'symbolon-nonce' },
  build: { target: 'es2022', emptyOutDir: true, assetsInlineLimit: 0, chunkSizeWarningLimit: 800 },
});
