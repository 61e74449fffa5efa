import { expect, test } from 'vitest'
import { Problem } from '@/api/problem'
import type { RunEvent } from '@/api/run-events'
import { emptyFeed, share, stageState, turned, type Feed } from '@/features/runs/feed'

const event = (seq: number, step: string, kind: string, over: Partial<RunEvent> = {}): RunEvent => ({
  seq,
  step,
  kind,
  source: 'bank',
  done_n: 0,
  total_n: null,
  note: '',
  ...over,
})
const heard = (...events: RunEvent[]): Feed =>
  events.reduce((feed, told) => turned(feed, { type: 'event', event: told }), emptyFeed)
const states = (feed: Feed) => feed.stages.map((stage) => `${stage.step} ${stageState(stage)}`)

test('steps not begun are shown waiting', () => {
  expect(states(emptyFeed)).toEqual(['generate waiting', 'clean waiting', 'analyze waiting'])
})

test('an event heard twice after a reconnect changes nothing', () => {
  const feed = heard(event(1, 'generate', 'started'), event(2, 'generate', 'done'))
  expect(turned(feed, { type: 'event', event: event(1, 'generate', 'started') })).toBe(feed)
})

test('a step is done only when every source is', () => {
  const half = [event(1, 'clean', 'done'), event(2, 'clean', 'started', { source: 'gst' })]
  expect(states(heard(...half))[1]).toBe('clean running')
  expect(states(heard(...half, event(3, 'clean', 'unchanged', { source: 'gst' })))[1]).toBe('clean done')
  expect(states(heard(...half, event(3, 'clean', 'failed', { source: 'gst' })))[1]).toBe('clean failed')
})

test('a step unknown here takes its place at the end', () => {
  expect(states(heard(event(1, 'score', 'unchanged'))).at(-1)).toBe('score unchanged')
})

test('a part without a total has no share until it is done', () => {
  expect(share(event(1, 'clean', 'progress', { done_n: 5 }))).toBeNull()
  expect(share(event(1, 'clean', 'progress', { done_n: 5, total_n: 20 }))).toBe(0.25)
  expect(share(event(1, 'clean', 'progress', { done_n: 25, total_n: 20 }))).toBe(1)
  expect(share(event(1, 'clean', 'done'))).toBe(1)
})

test('a run that breaks leaves nothing looking busy', () => {
  const feed = heard(event(1, 'generate', 'done'), event(2, 'clean', 'progress', { done_n: 5 }))
  const problem = new Problem(500, 'INTERNAL', '', '')
  expect(states(turned(feed, { type: 'end', end: { status: 'failed', problem } }))).toEqual([
    'generate done',
    'clean failed',
    'analyze waiting',
  ])
})

test('a lost stream is not lost once the end was heard', () => {
  const ended = turned(emptyFeed, { type: 'end', end: { status: 'done', problem: null } })
  expect(turned(ended, { type: 'lost' }).isLost).toBe(false)
  expect(turned(emptyFeed, { type: 'lost' }).isLost).toBe(true)
})
