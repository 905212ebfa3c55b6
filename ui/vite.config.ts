import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'
import packageJson from './package.json' with { type: 'json' }

/** Fonts are wanted before the style sheet says so; their hashed names are known only here. */
function preloadFonts(): Plugin {
  return {
    name: 'preload-fonts',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle }) {
        const fonts = Object.keys(bundle ?? {}).filter((file) => /(inter|jetbrains-mono)-latin-wght-normal.*\.woff2$/.test(file))
        return fonts.map((file) => ({
          tag: 'link',
          attrs: { rel: 'preload', href: `./${file}`, as: 'font', type: 'font/woff2', crossorigin: '' },
          injectTo: 'head-prepend' as const,
        }))
      },
    },
  }
}

// Tests build the pages too, and say `test` here: React would come in its development build, which does everything twice.
process.env.NODE_ENV = 'production'

// Relative URLs everywhere: the same files work under any prefix, see src/route/base.ts.
export default defineConfig({
  base: './',
  plugins: [react(), preloadFonts()],
  define: { __UI_VERSION__: JSON.stringify(packageJson.version) },
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 400,
    rolldownOptions: {
      output: {
        // What every page needs comes in two files; a page then needs one more.
        codeSplitting: {
          groups: [
            { name: 'vendor', test: /node_modules[\\/](react|react-dom|scheduler|@tanstack)[\\/]/, priority: 2 },
            {
              name: 'shell',
              test: /[\\/]ui[\\/]src[\\/](api|format|kind|look|part|query|route|shell)[\\/]|lucide-react/,
              priority: 1,
              minShareCount: 2,
            },
          ],
        },
      },
    },
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/api/v1': process.env.FEAST_REGISTRY ?? 'http://127.0.0.1:6572' },
  },
})
