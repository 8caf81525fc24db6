import type { ReadFile } from '../http/static.ts'
import css from './page.css' with { type: 'text' }
import html from './page.html' with { type: 'text' } // Bun's types take it for a bundle
import page from './page.js' with { type: 'text' }

const files: Record<string, string> = { 'page.html': String(html), 'page.css': css, 'page.js': page }

/** Returns the text of one of the page's files. Workers have `files.worker.ts` instead: see `imports` in package.json. */
export const readFile: ReadFile = async (name) => files[name] ?? ''
