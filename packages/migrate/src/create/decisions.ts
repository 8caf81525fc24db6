import { type Model, modelOf } from '../plan/model.ts'
import { applyRenames, type Rename } from '../plan/renames.ts'
import { Refusal } from '../refusal.ts'
import type { Snapshot } from '../snapshot.ts'
import { type Question, questionsOf, STAGES } from './questions.ts'

/** What was said beforehand of what is gone: new names as `users.name:username`, and what was dropped as `users.name`. */
export type Answers = {
  renames: string[]
  drops: string[]
  /** Whether all else that is gone was dropped. */
  noRename: boolean
}

/** Answers a question with one of its renames, or with null where it was dropped; undefined leaves it open. */
export type Ask = (question: Question) => Promise<Rename | null | undefined>

/** The renames that lead from one snapshot to another, and the questions that stay open. Throws `usage` for an answer that fits no question. */
export async function decideRenames(
  from: Snapshot,
  to: Snapshot,
  answers: Answers,
  ask: Ask,
): Promise<{ renames: Rename[]; open: Question[] }> {
  const after = modelOf(to)
  const unused = new Set([...answers.renames, ...answers.drops])
  const renames: Rename[] = []
  const asked: Question[] = []
  const open: Question[] = []
  let before: Model = modelOf(from)
  for (const stage of STAGES) {
    const next = () =>
      questionsOf(stage, before, after).find(
        ({ gone }) => !asked.some((it) => it.kind === stage && it.gone === gone),
      )
    for (let question = next(); question; question = next()) {
      asked.push(question)
      const given = givenAnswer(question, answers, unused)
      const answer = given === undefined ? await ask(question) : given
      if (answer === undefined) open.push(question)
      if (!answer) continue
      renames.push(answer)
      before = applyRenames(before, [answer]).model
    }
    // All that is in such a schema would be in question too.
    if (stage === 'schema' && open.length > 0) return { renames, open }
  }
  if (unused.size > 0) throw misfit([...unused], asked)
  return { renames, open }
}

function givenAnswer(question: Question, answers: Answers, unused: Set<string>): Rename | null | undefined {
  for (const { rename, names } of question.renames) {
    const given = answers.renames.find((it) => names.includes(it))
    if (given === undefined) continue
    unused.delete(given)
    return rename
  }
  const dropped = answers.drops.find((it) => question.names.includes(it))
  if (dropped === undefined) return answers.noRename ? null : undefined
  unused.delete(dropped)
  return null
}

function misfit(unused: string[], asked: Question[]): Refusal {
  const possible = asked.flatMap(({ renames, names }) => [...renames.map((it) => it.names[0]), names[0]])
  const hint = possible.length > 0 ? `What can be said is ${possible.join(', ')}.` : 'Nothing is in question.'
  return new Refusal('usage', `${unused.join(' and ')} does not fit how the models have changed. ${hint}`)
}
