import { expect, test } from 'vitest'
import { connectClient, type Client, type Credentials } from './client.ts'
import { CrashWriter } from './crash-writer.ts'
import { Dice } from './dice.ts'
import { createSite, type Site } from './server.ts'

const CYCLES = Number(process.env['KMIPD_CRASH_CYCLES'] ?? 20)
const SEED = Number(process.env['KMIPD_CRASH_SEED'] ?? Date.now() % 1_000_000)
const WRITERS = 8

test(
  `what was acknowledged is there after each of ${CYCLES} kills under ${WRITERS} writing clients`,
  async () => {
    console.info(`crash: ${CYCLES} kills, seed ${SEED} (KMIPD_CRASH_CYCLES, KMIPD_CRASH_SEED)`)
    const dice = new Dice(SEED)
    using site = await createSite()
    const credentials = await addClients(site)
    const writers = credentials.map((_, at) => new CrashWriter(`writer-${at}`, new Dice(SEED + at)))
    for (let cycle = 0; cycle <= CYCLES; cycle += 1) {
      const server = await site.start()
      const clients = await connectAll(server.port, credentials)
      // Each start first shows what the kill before it has left.
      await each(clients, async (client, at) => writers[at]?.verify(client))
      const writing = each(clients, async (client, at) => writers[at]?.write(client))
      await Promise.race([someWork(writers, dice), writing])
      await server.stop('SIGKILL')
      await writing
      if (cycle % 50 === 0) console.info(`crash: ${cycle} kills, ${total(writers)} acknowledged`)
    }
    console.info(`crash: ${CYCLES} kills, ${total(writers)} acknowledged requests, all there`)
    // Fewer would mean that the kills came before the writers had begun.
    expect(total(writers)).toBeGreaterThan(CYCLES * WRITERS)
  },
  60_000 + CYCLES * 15_000,
)

async function addClients(site: Site): Promise<readonly Credentials[]> {
  const server = await site.start()
  const names = Array.from({ length: WRITERS }, (_, at) => `writer-${at}`)
  const credentials = await Promise.all(names.map(async (name) => site.addClient(name)))
  await server.stop()
  return credentials
}

async function connectAll(port: number, credentials: readonly Credentials[]) {
  return Promise.all(credentials.map(async (each) => connectClient(port, each)))
}

async function each(
  clients: readonly Client[],
  work: (client: Client, at: number) => Promise<void> | undefined,
): Promise<void> {
  await Promise.all(clients.map(async (client, at) => work(client, at)))
}

/** Waits for some answers, at most so long, and for a moment more: kills are to hit requests, not the start. */
async function someWork(writers: readonly CrashWriter[], dice: Dice): Promise<void> {
  const wanted = total(writers) + 1 + dice.below(150)
  for (let turn = 0; turn < 500 && total(writers) < wanted; turn += 1) await sleep(4)
  await sleep(dice.below(8))
}

async function sleep(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds))
}

function total(writers: readonly CrashWriter[]): number {
  return writers.reduce((sum, { acknowledged }) => sum + acknowledged, 0)
}
