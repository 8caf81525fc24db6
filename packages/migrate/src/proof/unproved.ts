import { hazardsOf } from '../plan/hazards.ts'
import { modelOf } from '../plan/model.ts'
import { plan } from '../plan/plan.ts'
import { inverted } from '../plan/renames.ts'
import type { Proof, Step } from './prove.ts'

/** A step as planned, for whoever forgoes the proof. */
export function unproved({ from, to, renames }: Step): Proof {
  const [before, after] = [modelOf(from), modelOf(to)]
  const [up, down] = [plan(before, after, renames), plan(after, before, inverted(renames), true)]
  return {
    up: { ...up, ...hazardsOf(up.comparison) },
    down: { ...down, ...hazardsOf(down.comparison) },
    rows: 0,
    failure: null,
    differences: [],
    columnOrder: [],
    impacts: [],
    empty: [],
  }
}
