import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { runKmipd } from '../cli/program.ts'
import type { Serving } from '../cli/serving.ts'
import { memoryOf } from './memory.ts'
import { Search } from './planted.ts'
import { Planter, WAYS, type Way } from './planting.ts'
import { createSite, type Site } from './server.ts'

/** How many secrets are planted; KMIPD_CANARIES=10000 for the whole lane. */
const COUNT = Number(process.env['KMIPD_CANARIES'] ?? 300)

vi.setConfig({ testTimeout: 120_000 + COUNT * 60, hookTimeout: 120_000 + COUNT * 60 })

const hasGcore = spawnSync('gcore', ['-v'], { stdio: 'ignore' }).error === undefined
if (!hasGcore) console.warn('gcore is not here (Debian: gdb): cores are not searched')

describe('secrets that were planted in every way', () => {
  let site: Site
  let server: Serving
  let planter: Planter
  let search: Search

  beforeAll(async () => {
    site = await createSite()
    server = await site.start({ debug: true })
    planter = await Planter.connect(server.port, await site.addClient('planter'))
    await planter.plant(COUNT)
    search = new Search(planter.plants.map(({ bytes }) => bytes))
    const ways = new Set(planter.plants.map(({ way }) => way))
    expect([...ways]).toEqual([...WAYS])
    expect(planter.plants.length).toBeGreaterThanOrEqual(COUNT)
  })

  afterAll(() => {
    planter.close()
    site[Symbol.dispose]()
  })

  /** What was found in something, as a list for people. */
  function found(where: string, content: Buffer): readonly string[] {
    return search
      .find(content)
      .map(
        ({ plant, form, at }) => `${where}: ${planter.plants[plant]?.way ?? ''}, ${form} at ${at}`,
      )
  }

  function filesOf(folder: string): readonly string[] {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
  }

  test('are in no file of the data directory: store, anchor, settings, certificates', () => {
    const files = filesOf(site.data)
    expect(files.length).toBeGreaterThan(5)
    expect(files.flatMap((file) => found(file, readFileSync(file)))).toEqual([])
  })

  test('are in nothing that the server says at its most talkative', () => {
    const said = server.stdout() + server.stderr()
    expect(said.split('\n').length).toBeGreaterThan(5)
    expect(found('output', Buffer.from(said))).toEqual([])
  })

  test('are in nothing that is shown to those who run it', async () => {
    const [first = ''] = planter.objects
    const commands = [
      ['status', '--json'],
      ['client', 'list', '--json'],
      ['object', 'list', '--json'],
      ['object', 'show', first],
      ['object', 'show', first, '--json'],
      ['store', 'verify', '--json'],
    ]
    for (const command of commands) {
      const { code, stdout, stderr } = await runKmipd([...command, '--data', site.data])
      expect(code, stderr).toBe(0)
      expect(stdout).not.toBe('')
      expect(found(command.join(' '), Buffer.from(stdout + stderr))).toEqual([])
    }
  })

  test('are in no backup, nor in what is said of it', async () => {
    const file = `${site.data}.kmbk`
    const said = await runKmipd(['backup', 'create', file, '--data', site.data, '--json'])
    try {
      expect(said.code, said.stderr).toBe(0)
      const backup = readFileSync(file)
      expect(backup.length).toBeGreaterThan(COUNT * 100)
      expect(found('backup', backup)).toEqual([])
      expect(found('output', Buffer.from(said.stdout + said.stderr))).toEqual([])
    } finally {
      rmSync(file, { force: true })
    }
  })

  test.runIf(hasGcore)('are in no core of the process', () => {
    const { pid = 0 } = server.process
    const path = `${site.data}.core`
    spawnSync('gcore', ['-o', path, String(pid)], { stdio: 'ignore', timeout: 100_000 })
    const core = `${path}.${pid}`
    const content = readFileSync(core)
    rmSync(core)
    expect(content.length).toBeGreaterThan(1_000)
    expect(found('core', content)).toEqual([])
  })

  test.runIf(process.platform === 'linux')(
    'leave memory, nearly all, once they are destroyed and nobody is connected',
    async () => {
      const { pid = 0 } = server.process
      const alive = inMemory(pid)
      // The search finds what is there: keys of objects that are kept opened.
      expect(alive.get('register in TTLV')?.plants ?? 0).toBeGreaterThan(0)
      await planter.destroy()
      await planter.stir(100)
      planter.close()
      await new Promise((resolve) => setTimeout(resolve, 5_000))
      const gone = inMemory(pid)
      const left = new Map<Way, number>()
      for (const way of WAYS) {
        const planted = planter.plants.filter((plant) => plant.way === way).length
        const [before, after] = [alive.get(way), gone.get(way)]
        left.set(way, after?.plants ?? 0)
        console.log(`${way}: ${planted} planted, alive ${told(before)}, destroyed ${told(after)}`)
      }
      // What OpenSSL and the system's sockets held of the last messages lies in memory that they gave back as it was.
      const sum = [...left.values()].reduce((total, each) => total + each, 0)
      expect(sum / planter.plants.length).toBeLessThan(0.05)
    },
  )

  interface Count {
    plants: Set<number>
    forms: Map<string, number>
  }

  function told(count: Tally | undefined): string {
    if (count === undefined) return '0'
    const forms = [...count.forms].map(([form, times]) => `${form} ${times}`)
    return `${count.plants} (${forms.join(', ')})`
  }

  interface Tally {
    readonly plants: number
    readonly forms: ReadonlyMap<string, number>
  }

  function inMemory(pid: number): ReadonlyMap<Way, Tally> {
    const counts = new Map<Way, Count>()
    for (const piece of memoryOf(pid)) {
      for (const { plant, form } of search.find(piece, 1_000_000)) {
        const way = planter.plants[plant]?.way ?? 'wrap'
        const count = counts.get(way) ?? {
          plants: new Set<number>(),
          forms: new Map<string, number>(),
        }
        counts.set(way, count)
        count.plants.add(plant)
        count.forms.set(form, (count.forms.get(form) ?? 0) + 1)
      }
    }
    return new Map(
      [...counts].map(([way, { plants, forms }]) => [way, { plants: plants.size, forms }]),
    )
  }
})
