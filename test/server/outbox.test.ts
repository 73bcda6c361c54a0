import { expect, test } from 'vitest'
import { Outbox } from '../../src/server/outbox.ts'

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}

test('answers to what was waited for together go out together, in their order', async () => {
  const outbox = new Outbox()
  const seen: string[] = []
  const told = Promise.resolve()
  for (const name of ['first', 'second']) {
    void told.then(() => {
      seen.push(`${name} ready`)
      outbox.put(() => seen.push(`${name} sent`))
    })
  }
  await turn()
  expect(seen).toEqual(['first ready', 'second ready', 'first sent', 'second sent'])
})

test('an answer that is ready while others go out goes out behind them', async () => {
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
