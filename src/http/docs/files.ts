import type { ReadFile } from '../static.ts'
import dom from './dom.js' with { type: 'text' }
import icon from './icon.svg' with { type: 'text' }
import operation from './operation.js' with { type: 'text' }
import css from './page.css' with { type: 'text' }
import html from './page.html' with { type: 'text' } // Bun's types take it for a bundle
import page from './page.js' with { type: 'text' }
import request from './request.js' with { type: 'text' }
import schema from './schema.js' with { type: 'text' }

const files: Record<string, string> = {
  'page.html': String(html),
  'page.css': css,
  'page.js': page,
  'dom.js': dom,
  'operation.js': operation,
  'request.js': request,
  'schema.js': schema,
  'icon.svg': icon,
}

/** Returns the text of one of the page's files. Workers have `files.worker.ts` instead: see `imports` in package.json. */
export const readFile: ReadFile = async (name) => files[name] ?? ''
