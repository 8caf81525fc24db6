/** Why a command did not do what it was asked to; `--json` prints it, so that a script can tell refusals apart. */
export type RefusalCode =
  | 'usage' // the command line makes no sense
  | 'wrong_database' // it names the test database, or one that can't do what is asked
  | 'unreachable' // the database does not answer, or lets nobody in
  | 'broken_folder' // the journal and the files do not fit together
  | 'unknown_revision' // no migration has this name
  | 'edited' // a file changed after it was applied
  | 'missing' // a file that is needed is not there
  | 'unknown_applied' // the database has a migration that the folder has not
  | 'out_of_order' // an older migration came in after a newer one was applied
  | 'unfinished' // a migration without a transaction stopped half way
  | 'own_transaction' // a file begins or ends a transaction
  | 'not_applied' // there is less to take back than was asked for
  | 'still_applied' // a migration can't be dropped while a database has it
  | 'blocked' // rows make the down migration fail
  | 'unconfirmed' // data would be lost, and nobody said yes
  | 'changed_meanwhile' // another migrator moved the database in between
  | 'busy' // another migrator is at work, or somebody holds a lock
  | 'sql' // a statement failed

/** Why a command did not do what it was asked to: a sentence for people, with what to do next, and a code for scripts. */
export class Refusal extends Error {
  override name = 'Refusal'
  readonly code: RefusalCode
  /** 1: it failed. 2: nothing was done, because a person must decide first. */
  readonly exitCode: 1 | 2
  /** What `--json` prints besides code and message, for whoever must decide. */
  readonly details: object

  constructor(code: RefusalCode, message: string, exitCode: 1 | 2 = 1, details: object = {}) {
    super(message)
    this.code = code
    this.exitCode = exitCode
    this.details = details
  }
}

/** Whether an error's message is a sentence for people: a refusal of this tool's, or of a program around it. */
export const isSentence = (error: unknown): error is Error & { exitCode: 1 | 2 } =>
  error instanceof Error && [1, 2].includes((error as { exitCode?: number }).exitCode ?? 0)
