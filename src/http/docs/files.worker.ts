import { AppError } from '../../errors.ts'
import type { Services } from '../env.ts'

/** Returns the text of one of the page's files, which are static assets of the Worker, and no part of its bundle. */
export async function readFile(name: string, { asset }: Services): Promise<string> {
  const response = await asset?.(`/docs/${name}`)
  if (!response?.ok) throw new AppError('unavailable', 'The page is not deployed.')
  return response.text()
}
