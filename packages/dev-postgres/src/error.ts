/** An obstacle that the person at the keyboard can remove. The message is a sentence for that person. */
export class DevPostgresError extends Error {
  override name = 'DevPostgresError'
}
