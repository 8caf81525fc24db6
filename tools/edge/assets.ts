import { cpSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'

// What wrangler.toml's build command does: it minifies the files of the docs page, which are static assets of the Worker.
const ROOT = resolve(import.meta.dir, '../..')
const SOURCE = join(ROOT, 'src/http/docs')
const TARGET = join(ROOT, 'dist/assets/docs')

rmSync(join(ROOT, 'dist/assets'), { recursive: true, force: true })
await Bun.build({
  entrypoints: [...new Bun.Glob('*.{js,css}').scanSync({ cwd: SOURCE, absolute: true })],
  outdir: TARGET,
  minify: true,
  external: ['./*.js'],
})
for (const file of ['page.html', 'icon.svg']) cpSync(join(SOURCE, file), join(TARGET, file))
