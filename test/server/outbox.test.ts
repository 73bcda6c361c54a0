import { expect, test } from 'vitest'
import { Outbox } from '../../src/server/outbox.ts'

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}

test('answers that are ready in one turn go out together, in their order, behind it', async () => {
  const outbox = new Outbox()
  const sent: string[] = []
  outbox.put(() => sent.push('first'))
  await Promise.resolve()
  outbox.put(() => sent.push('second'))
  expect(sent).toEqual([])
  await turn()
  expect(sent).toEqual(['first', 'second'])
})

test('an answer that is ready while others go out goes out in the next turn', async () => {
  const outbox = new Outbox()
  const sent: string[] = []
  outbox.put(() => {
    sent.push('first')
    outbox.put(() => sent.push('second'))
  })
  await turn()
  await turn()
  expect(sent).toEqual(['first', 'second'])
})
