import { expect, test } from 'vitest'
import { flowsOf } from '@/features/runs/flows'
import { run } from '@/testing/fake-service'

const at = (second: number) => `2026-11-19T20:00:${String(second).padStart(2, '0')}.000000Z`
const whole = (id: string, from: number, to: number | null) => run({ run_id: id, started_at: at(from), ended_at: to === null ? null : at(to) })
const part = (id: string, from: number) => run({ run_id: id, step: 'clean', source: 'bank', started_at: at(from), ended_at: at(from + 1) })
const told = (flows: ReturnType<typeof flowsOf>) => flows.map((flow) => [flow.run.run_id, ...flow.parts.map((one) => one.run_id)])

test('a step belongs to the flow it began in, in the order of time', () => {
  const runs = [part('p4', 42), whole('open', 40, null), part('alone', 30), part('p2', 13), part('p1', 12), whole('over', 10, 20)]
  expect(told(flowsOf(runs))).toEqual([['open', 'p4'], ['alone'], ['over', 'p1', 'p2']])
})

test('of a list that is full, steps whose flow fell off its end are left out', () => {
  const cut = Array.from({ length: 49 }, (_, place) => part(`cut_${String(place)}`, 5))
  expect(told(flowsOf([whole('over', 10, 20), ...cut]))).toEqual([['over']])
  expect(flowsOf([whole('over', 10, 20), ...cut.slice(1)])).toHaveLength(49)
})
