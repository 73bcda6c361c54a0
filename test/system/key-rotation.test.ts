import { join } from 'node:path'
import { expect, test } from 'vitest'
import { connectAdmin } from '../../src/admin/client.ts'
import type { AdminService } from '../../src/admin/service.ts'
import { connectClient, type Client, type Credentials } from './client.ts'
import { CrashWriter } from './crash-writer.ts'
import { Dice } from './dice.ts'
import { batchErrorContinuation, create, request } from './request.ts'
import { createSite, type Site } from './server.ts'

const KILLS = Number(process.env['KMIPD_ROTATION_KILLS'] ?? 20)
const SEED = Number(process.env['KMIPD_ROTATION_SEED'] ?? Date.now() % 1_000_000)
const WRITERS = 8
/** Records that lie there, so that moving them takes longer than it takes to kill. */
const OBJECTS = 600

test(
  `nothing is lost when a server is killed ${KILLS} times while it replaces its key-encryption key`,
  async () => {
    console.info(`rotation: ${KILLS} kills, seed ${SEED} (KMIPD_ROTATION_KILLS, _SEED)`)
    const dice = new Dice(SEED)
    using site = await createSite()
    const credentials = await prepare(site)
    const writers = credentials.map((_, at) => new CrashWriter(`writer-${at}`, new Dice(SEED + at)))
    let resumed = 0
    for (let kill = 0; kill < KILLS; kill += 1) {
      const server = await site.start()
      const admin = await adminOf(site)
      const [clients, old] = [await connectAll(server.port, credentials), await oldEpochs(admin)]
      resumed += old > 0 ? 1 : 0
      await each(clients, async (client, at) => writers[at]?.verify(client))
      const writing = each(clients, async (client, at) => writers[at]?.write(client))
      // What the kill before this one has interrupted goes on by itself; else it is begun anew.
      await Promise.race([old > 0 ? sleep(dice.below(400)) : rotate(admin, dice), writing])
      await server.stop('SIGKILL')
      await writing
    }
    const server = await site.start()
    const admin = await adminOf(site)
    await admin['kek.rotate']({ namespace: 'default' })
    for (let turn = 0; turn < 300 && (await oldEpochs(admin)) > 0; turn += 1) await sleep(200)
    const { epochs, problem } = await admin['kek.status']({})
    expect(problem).toBeUndefined()
    expect(epochs).toHaveLength(1)
    const clients = await connectAll(server.port, credentials)
    await each(clients, async (client, at) => writers[at]?.verify(client))
    const { objects, findings } = await admin['store.verify']({})
    expect(findings).toEqual([])
    expect(objects).toBeGreaterThanOrEqual(OBJECTS)
    for (const { socket } of clients) socket.destroy()
    await server.stop()
    const writes = writers.reduce((sum, { acknowledged }) => sum + acknowledged, 0)
    const epoch = epochs.at(-1)?.epoch ?? 0
    console.info(
      `rotation: ${KILLS} kills, ${resumed} in the middle, epoch ${epoch}, ${writes} acknowledged requests and ${objects} objects, all there`,
    )
    // Fewer would mean that the kills came when all was done.
    expect(resumed).toBeGreaterThan(0)
    expect(epoch).toBeGreaterThan(KILLS / 20)
  },
  90_000 + KILLS * 15_000,
)

async function prepare(site: Site): Promise<readonly Credentials[]> {
  const server = await site.start()
  const names = Array.from({ length: WRITERS }, (_, at) => `writer-${at}`)
  const credentials = await Promise.all(names.map(async (name) => site.addClient(name)))
  const [client] = await connectAll(server.port, credentials.slice(0, 1))
  const items = Array.from({ length: 50 }, () => create())
  for (let made = 0; made < OBJECTS; made += items.length) {
    const answer = await client?.ask(request(items, { header: [batchErrorContinuation(1)] }))
    expect(answer?.items.every(({ status }) => status === 0)).toBe(true)
  }
  client?.socket.destroy()
  await server.stop()
  return credentials
}

async function rotate(admin: AdminService, dice: Dice): Promise<void> {
  await admin['kek.rotate']({ namespace: 'default' })
  await sleep(dice.below(400))
}

async function oldEpochs(admin: AdminService): Promise<number> {
  const { epochs } = await admin['kek.status']({})
  return epochs.filter(({ seals }) => !seals).length
}

async function adminOf(site: Site): Promise<AdminService> {
  const admin = await connectAdmin(join(site.data, 'admin.sock'))
  if (admin === undefined) throw new Error('the admin API does not answer')
  return admin
}

async function connectAll(port: number, credentials: readonly Credentials[]) {
  return Promise.all(credentials.map(async (one) => connectClient(port, one)))
}

async function each(
  clients: readonly Client[],
  work: (client: Client, at: number) => Promise<void> | undefined,
): Promise<void> {
  await Promise.all(clients.map(async (client, at) => work(client, at)))
}

async function sleep(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds))
}
