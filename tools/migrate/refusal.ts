import { ToolError } from '../error.ts'

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
  | 'blocked' // rows make the way back fail
  | 'unconfirmed' // data would be lost, and nobody said yes
  | 'changed_meanwhile' // another migrator moved the database in between
  | 'busy' // another migrator is at work, or somebody holds a lock
  | 'sql' // a statement failed

/** A `ToolError` with a code. */
export class Refusal extends ToolError {
  override name = 'Refusal'
  readonly code: RefusalCode
  /** What `--json` prints beside code and message, for whoever must decide. */
  readonly details: object

  constructor(code: RefusalCode, message: string, exitCode: 1 | 2 = 1, details: object = {}) {
    super(message, exitCode)
    this.code = code
    this.details = details
  }
}
