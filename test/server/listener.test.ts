import { expect, test } from 'vitest'
import { message, receive, startBench } from './listener.fixture.ts'

test('a registered client gets an answer', async () => {
  await using bench = await startBench()
  const socket = await bench.connect()
  const sent = message(64, 0x5a)
  socket.write(sent)
  expect(await receive(socket, 64)).toEqual(sent)
  expect(bench.listener.status()).toMatchObject({ connections: 1, handshakes: 1, requests: 1 })
})
