import type { Blueprint } from './blueprint.ts'
import { build } from './build.ts'
import { type AnyDatabase, type Connect, send } from './drizzle.ts'
import { nameOf, quoted, siblingUrl, urlOf } from './names.ts'
import { createDatabase, databasesLike, dropSibling } from './siblings.ts'

/** The databases that are copied from one template: their blueprint, and the URL that their names begin with. */
export type Family = { url: string; blueprint: Blueprint; fingerprint: string; connect: Connect }

/** Makes the database that `url` names a copy of the template, which is built first when it is not current. */
export async function copyTemplate(base: AnyDatabase, family: Family, url: string): Promise<void> {
  const template = siblingUrl(family.url, 'template')
  const databases = await databasesLike(base, nameOf(template))
  const found = databases.find(({ name }) => name === nameOf(template))
  if (found?.comment !== family.fingerprint) await buildTemplate(base, family, template)
  await dropSibling(base, url, family.connect)
  await createDatabase(base, nameOf(url), nameOf(template))
}

async function buildTemplate(base: AnyDatabase, family: Family, url: string): Promise<void> {
  await dropSibling(base, url, family.connect)
  await createDatabase(base, nameOf(url))
  const { db, close } = family.connect(url)
  await build(db, family.blueprint, family.fingerprint, false).finally(close)
  await send(base, `comment on database ${quoted(nameOf(url))} is '${family.fingerprint}'`)
}

/** The URL of a scratch database that does not exist yet. */
export const newScratchUrl = (url: string) => siblingUrl(url, `scratch_${crypto.randomUUID().slice(0, 8)}`)

/** Drops the scratch databases that killed runs left: nobody is connected to them, since the living connect under the lock. */
export async function dropOrphans(base: AnyDatabase, { url, connect }: Family): Promise<void> {
  for (const { name, inUse } of await databasesLike(base, nameOf(siblingUrl(url, 'scratch_')))) {
    if (inUse || !/_scratch_[0-9a-f]{8}$/.test(name)) continue
    await dropSibling(base, urlOf(url, name), connect)
  }
}
