import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { createTestAuthority } from '../test/fixtures/authority.ts'
import type { Credentials } from '../test/system/client.ts'
import { startEcho } from './echo.ts'

const ECHO = 'echo of the sizes that come as arguments'

export interface EchoApart {
  readonly port: number
  readonly process: ChildProcess
  readonly credentials: Credentials
}

/** Starts an echo in a process of its own: it has to share the machine as the server does. */
export async function startEchoApart(bytes: readonly [number, number]): Promise<EchoApart> {
  const child = fork(fileURLToPath(import.meta.url), [ECHO], { serialization: 'advanced' })
  const authority = createTestAuthority('Bench authority')
  const server = authority.issue({ name: 'server' })
  const client = authority.issue({ name: 'client' })
  child.send({ server: { ...server, ca: authority.cert }, bytes })
  const [port] = (await once(child, 'message')) as [number]
  return { port, process: child, credentials: { ...client, ca: authority.cert } }
}

interface EchoOrder {
  readonly server: Credentials
  readonly bytes: readonly [number, number]
}

// The process that startEchoApart starts runs this same file.
if (process.argv[2] === ECHO) {
  process.once('message', ({ server, bytes }: EchoOrder) => {
    const tls = { ...server, requestCert: true, rejectUnauthorized: true }
    void startEcho(tls, ...bytes).then(({ port }) => process.send?.(port))
  })
}
