import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import Components from 'unplugin-vue-components/vite'
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers'
import { defineConfig } from 'vitest/config'

// Where `./dev web` sends what is not a page: a running `godwit serve`.
const server = process.env.GODWIT_SERVER ?? 'http://127.0.0.1:8765'

const components = fileURLToPath(new URL('./node_modules/element-plus/es/components', import.meta.url))
const styles = readdirSync(components)
  .filter((name) => existsSync(`${components}/${name}/style/css.mjs`))
  .map((name) => `element-plus/es/components/${name}/style/css`)

export default defineConfig({
  plugins: [
    vue(),
    // Only Element Plus comes by itself, with the styles of what is used; components of our own are imported by name.
    Components({ dirs: [], dts: false, resolvers: [ElementPlusResolver({ importStyle: 'css' })] }),
  ],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    target: 'es2022',
    // The Content-Security-Policy allows neither inline scripts nor data: fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
    manifest: true, // for scripts/check_size.mjs
  },
  // Element Plus' parts at once: otherwise each new one that a page uses makes the development server begin anew.
  optimizeDeps: { include: ['element-plus', 'element-plus/es', ...styles, '@element-plus/icons-vue'] },
  server: {
    proxy: {
      '/api': { target: server, ws: true, changeOrigin: true, headers: { origin: server } },
    },
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts'],
  },
})
