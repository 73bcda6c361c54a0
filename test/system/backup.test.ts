import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createBackup } from '../../src/adapter/backup/create.ts'
import { OutputFile } from '../../src/adapter/backup/output-file.ts'
import { writeBackup } from '../../src/adapter/backup/write.ts'
import { nodeRandom } from '../../src/adapter/random-node.ts'
import type { BackupOpening } from '../../src/cli/backup-opening.ts'
import { backupOf } from '../../src/cli/backup-source.ts'
import { verifyBackup } from '../../src/cli/backup-verification.ts'
import type { Core } from '../../src/cli/core.ts'
import { verifyStore } from '../../src/cli/compose.ts'
import { initialize } from '../../src/cli/initialize.ts'
import { runRestore } from '../../src/cli/restore-command.ts'
import { KmipFault } from '../../src/fault/fault.ts'
import { Secret } from '../../src/secret/secret.ts'
import { silentLog } from '../adapter/fixtures/recording-log.ts'
import { startKmipd } from '../cli/program.ts'
import { serve } from '../cli/serving.ts'
import { NOW, OWNER, destroyed, inUnit, materialOf, named, sha256 } from '../repository/sample.ts'
import { damage, type Originals } from './backup-damage.ts'
import { addKeys, backUp, open, restore } from './backup-sample.ts'
import { Dice } from './dice.ts'

const DAMAGES = Number(process.env['KMIPD_BACKUP_DAMAGE'] ?? 300)
const KILLS = Number(process.env['KMIPD_BACKUP_KILLS'] ?? 10)
const SEED = Number(process.env['KMIPD_BACKUP_SEED'] ?? Date.now() % 1_000_000)
const OBJECTS = 100

let parent: string
let data: string
let core: Core
let opening: BackupOpening
const at = (name: string): string => join(parent, name)

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'kmipd-backups-'))
  data = at('data')
  opening = { 'root-file': join(data, 'root.key') }
  await initialize(data, { root: { kind: 'file' }, hosts: [], log: silentLog })
  core = await open(data)
  await addKeys(core, 0, OBJECTS)
  await backUp(core, at('whole'))
  await backUp(core, at('shared'), at('shares'))
}, 120_000)

afterAll(async () => {
  await core.close()
  await rm(parent, { recursive: true })
})

/** Asks a data directory for everything that was stored before the backup. */
async function expectRestored(directory: string): Promise<void> {
  const restored = await open(directory)
  try {
    expect(restored.generation).toBe(1)
    const unit = restored.objects.begin({ owner: OWNER, now: NOW })
    for (let number = 0; number < OBJECTS; number += 1) {
      const object = await unit.load(`key-${number}`)
      expect(materialOf(object)).toEqual(sha256(`material ${number}`))
    }
    const { uniqueIdentifiers } = await unit.locate(named('name 7'))
    expect(uniqueIdentifiers).toEqual(['key-7'])
    expect((await verifyStore(restored)).findings).toEqual([])
  } finally {
    await restored.close()
  }
}

describe('a backup', () => {
  test('is restored by its root', async () => {
    await restore(at('whole'), opening, at('by-root'))
    await expectRestored(at('by-root'))
    const files = await readdir(at('by-root'))
    expect(files).toEqual(
      expect.arrayContaining(['ca.crt', 'kmipd.json', 'root.key', 'server.crt']),
    )
  })

  test('is restored by any two of three shares, under another root', async () => {
    const share = [2, 3].map((index) => join(at('shares'), `share-${index}-of-3`))
    await restore(at('shared'), { share }, at('by-shares'))
    await expectRestored(at('by-shares'))
    const [before, now] = [join(data, 'root.key'), join(at('by-shares'), 'root.key')]
    expect((await readFile(now)).equals(await readFile(before))).toBe(false)
  })

  test('shows nothing of what it holds', async () => {
    const bytes = await readFile(at('shared'))
    for (const word of ['key-7', 'name 7', OWNER, 'BEGIN CERTIFICATE']) {
      expect(bytes.includes(word), word).toBe(false)
    }
    expect(bytes.includes(Buffer.from(sha256('material 7')))).toBe(false)
    expect(bytes.includes(await readFile(join(data, 'root.key')))).toBe(false)
  })

  test('is of one moment, whatever is written meanwhile', async () => {
    const directory = at('busy')
    await initialize(directory, { root: { kind: 'file' }, hosts: [], log: silentLog })
    const busy = await open(directory)
    await addKeys(busy, 0, 40)
    const before = busy.store.head.contents.entries
    const source = backupOf(busy)
    const file = await OutputFile.begin(at('busy.kmbk'))
    const first = await source.next()
    const writing = addKeys(busy, 40, 80)
    const all = async function* () {
      if (first.done !== true) yield first.value
      yield* source
    }
    const { header } = await writeBackup(all(), file, { progress: () => undefined })
    await writing
    await busy.close()
    expect(header.entries).toBe(before)
    const report = await verifyBackup(at('busy.kmbk'), {
      'root-file': join(directory, 'root.key'),
    })
    expect(report).toMatchObject({ objects: 40, findings: [] })
  })

  test('is not made of a store that fails in the middle, and leaves nothing', async () => {
    const moment = await core.store.moment()
    let pages = 0
    const failing = {
      ...moment,
      snapshot: {
        get: async (key: Uint8Array) => moment.snapshot.get(key),
        getMany: async (keys: readonly Uint8Array[]) => moment.snapshot.getMany(keys),
        scan: async (...range: Parameters<typeof moment.snapshot.scan>) => {
          pages += 1
          if (pages > 2) throw new KmipFault('UNAVAILABLE', 'The store is unavailable')
          return moment.snapshot.scan(...range)
        },
        close: async () => moment.snapshot.close(),
      },
    }
    const pieces = createBackup({
      store: { moment: async () => Promise.resolve(failing) },
      sealing: core.backup,
      settings: new Uint8Array(1),
      files: [],
      time: NOW,
      random: nodeRandom,
      pause: async () => Promise.resolve(),
    })
    const file = await OutputFile.begin(at('failed'))
    await expect(writeBackup(pieces, file, { progress: () => undefined })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    })
    await file.remove()
    expect(existsSync(at('failed'))).toBe(false)
    expect(existsSync(at('failed.new'))).toBe(false)
  })
})

test(
  `each of ${DAMAGES} damaged backups is refused, and nothing of it is restored`,
  async () => {
    console.info(
      `backups: ${DAMAGES} damaged, seed ${SEED} (KMIPD_BACKUP_DAMAGE, KMIPD_BACKUP_SEED)`,
    )
    await addKeys(core, OBJECTS, OBJECTS + 1)
    await backUp(core, at('later'))
    await restore(at('whole'), opening, at('another'))
    const another = await open(at('another'))
    await backUp(another, at('of-another'))
    await another.close()
    const [whole, later, foreign, shared] = await Promise.all(
      ['whole', 'later', 'of-another', 'shared'].map(async (name) => readFile(at(name))),
    )
    if (!whole || !later || !foreign || !shared) throw new Error('they were made')
    const share = [1, 2].map((index) => join(at('shares'), `share-${index}-of-3`))
    const cases: readonly (readonly [Originals, BackupOpening])[] = [
      [{ whole, others: [later, foreign, shared] }, opening],
      [{ whole: shared, others: [later, foreign, whole] }, { share }],
    ]
    const dice = new Dice(SEED)
    const room = at('room')
    await mkdir(room)
    let refused = 0
    while (refused < DAMAGES) {
      const [originals, by] = dice.pick(cases)
      const done = damage(originals, dice)
      if (done === undefined) continue
      await writeFile(at('damaged'), done.bytes)
      const outcome = await restore(at('damaged'), by, join(room, 'data')).catch((e: unknown) => e)
      expect(outcome, done.what).toBeInstanceOf(KmipFault)
      expect(outcome, done.what).toMatchObject({ code: 'UNAVAILABLE' })
      expect(await readdir(room), done.what).toEqual([])
      refused += 1
    }
    console.info(`backups: ${refused} damaged ones refused, 0 restored in part`)
  },
  120_000 + DAMAGES * 2_000,
)

describe('a backup is refused', () => {
  test.each([
    ['a root key that is another', async () => ({ 'root-file': await anotherRoot() })],
    ['one share of two', async () => Promise.resolve({ share: [share('shares', 1)] })],
    [
      'a share of another backup',
      async () => ({
        share: [share('shares', 1), share(await anotherShares(), 2)],
      }),
    ],
    ['a root that is none', async () => Promise.resolve({ 'root-file': join(data, 'ca.crt') })],
  ])('with %s', async (_what, given) => {
    await expect(restore(at('shared'), await given(), at('never'))).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    })
    expect(existsSync(at('never'))).toBe(false)
  })

  const share = (folder: string, index: number) => join(at(folder), `share-${index}-of-3`)

  async function anotherRoot(): Promise<string> {
    const path = at('another.key')
    await writeFile(path, new Uint8Array(32).fill(9), { mode: 0o600 })
    return path
  }

  async function anotherShares(): Promise<string> {
    await backUp(core, at('shared-too'), at('shares-too'))
    return 'shares-too'
  }

  test('on a pipe, at once', async () => {
    const pipe = at('pipe')
    expect(spawnSync('mkfifo', [pipe]).status).toBe(0)
    await expect(restore(pipe, opening, at('never'))).rejects.toThrow('is not a file')
  })
})

test('objects that were destroyed since are told, and destroyed again on request', async () => {
  const directory = at('since')
  await initialize(directory, { root: { kind: 'file' }, hosts: [], log: silentLog })
  const file = at('since.kmbk')
  const live = await open(directory)
  await addKeys(live, 0, 5)
  await backUp(live, file)
  await inUnit(live.objects, async (unit) => unit.save(destroyed(await unit.load('key-1'))))
  await inUnit(live.objects, async (unit) => unit.erase(await unit.load('key-3')))
  await addKeys(live, 5, 6)
  await backUp(live, at('since-later.kmbk'))
  await live.close()
  const base = { 'root-file': join(directory, 'root.key'), json: true, 'dry-run': false }
  const lines: string[] = []
  const write = process.stdout.write.bind(process.stdout)
  const run = async (options: object, from = file): Promise<unknown> => {
    lines.length = 0
    process.stdout.write = (text: string | Uint8Array) => lines.push(String(text)) > 0
    try {
      await runRestore(from, { ...base, 'destroy-again': false, data: '', ...options }, 'same')
    } finally {
      process.stdout.write = write
    }
    return JSON.parse(lines.join(''))
  }
  const both = [
    expect.objectContaining({ id: 'key-3', type: 'SymmetricKey', owner: OWNER }),
    expect.objectContaining({ id: 'key-1', type: 'SymmetricKey', owner: OWNER }),
  ]
  const tried = await run({ data: at('since-1'), 'dry-run': true, since: directory })
  expect(tried).toMatchObject({ restored: false, objects: 5, destroyed: both })
  expect(existsSync(at('since-1'))).toBe(false)
  const told = await run({ data: at('since-1'), since: directory })
  expect(told).toMatchObject({ restored: true, destroyed: both, destroyedAgain: false })
  const later = { 'since-backup': at('since-later.kmbk'), 'destroy-again': true }
  const again = await run({ data: at('since-2'), ...later })
  expect(again).toMatchObject({ restored: true, destroyed: both, destroyedAgain: true })
  const [back, gone] = [await open(at('since-1')), await open(at('since-2'))]
  expect((await back.objects.at('key-1'))?.object.content).toBeDefined()
  expect((await gone.objects.at('key-1'))?.object.content).toBeUndefined()
  expect(await gone.objects.at('key-3')).toBeUndefined()
  expect((await gone.objects.at('key-2'))?.object.content).toBeDefined()
  expect((await verifyStore(gone)).findings).toEqual([])
  await Promise.all([back.close(), gone.close()])
  const older = run({ data: at('since-3'), 'since-backup': file }, at('since-later.kmbk'))
  await expect(older).rejects.toThrow('is older than')
  const foreign = run({ data: at('since-3'), since: at('since-none') })
  await expect(foreign).rejects.toThrow('is not a kmipd data directory')
  const serving = await serve(['--data', directory, '--port', '0'])
  const served = run({ data: at('since-3'), since: directory })
  await expect(served).rejects.toMatchObject({ message: `a server runs on ${directory}` })
  await serving.stop()
  expect(existsSync(at('since-3'))).toBe(false)
}, 120_000)

test(
  `a restore that is killed at ${KILLS} points leaves all of the directory or none of it`,
  async () => {
    console.info(`backups: ${KILLS} kills, seed ${SEED} (KMIPD_BACKUP_KILLS, KMIPD_BACKUP_SEED)`)
    const dice = new Dice(SEED)
    const args = (target: string): readonly string[] => {
      const root = ['--root-file', join(data, 'root.key')]
      return ['backup', 'restore', at('whole'), '--data', target, ...root]
    }
    const started = performance.now()
    const whole = startKmipd(args(at('unkilled')))
    expect((await once(whole, 'close'))[0]).toBe(0)
    const takes = performance.now() - started
    const counts = { none: 0, all: 0 }
    for (let kill = 0; kill < KILLS; kill += 1) {
      const target = at(`killed-${kill}`)
      // Half of them into a directory that is there already.
      if (kill % 2 === 0) await mkdir(target)
      const child = startKmipd(args(target))
      const ended = once(child, 'close')
      await setTimeout(takes * (0.3 + (0.7 * (kill + dice.below(100) / 100)) / KILLS))
      child.kill('SIGKILL')
      await ended
      const isThere = existsSync(join(target, 'kmipd.json'))
      counts[isThere ? 'all' : 'none'] += 1
      if (isThere) await expectRestored(target)
    }
    console.info(`backups: ${counts.none} kills left nothing, ${counts.all} all, 0 a mix`)
    expect(counts.none + counts.all).toBe(KILLS)
  },
  120_000 + KILLS * 20_000,
)

test('a full disk ends both and leaves nothing', async () => {
  const disk = at('disk')
  await mkdir(disk)
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', disk]).status === 0
  if (!mounted) {
    console.warn('backups: NOT TESTED on a full disk, because this user may not mount one')
    return
  }
  try {
    await expect(restore(at('whole'), opening, join(disk, 'data'))).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    })
    expect(await readdir(disk)).toEqual([])
    const fill = join(disk, 'fill')
    const root = { kind: 'passphrase', passphrase: Secret.take(Buffer.from('some words')) } as const
    spawnSync('dd', ['if=/dev/zero', `of=${fill}`, 'bs=4k'])
    const made = initialize(join(disk, 'data'), { root, hosts: [], log: silentLog })
    await expect(made).rejects.toThrow(/No store could be made at .*: the disk is full$/)
    await rm(fill)
    expect(await readdir(disk)).toEqual([])
    const file = await OutputFile.begin(join(disk, 'small'))
    const making = writeBackup(backupOf(core), file, { progress: () => undefined })
    await expect(making).rejects.toThrow('cannot be written (ENOSPC)')
    await file.remove()
    expect(await readdir(disk)).toEqual([])
  } finally {
    spawnSync('umount', [disk])
  }
})

test('a file of others is not written over, nor left half made', async () => {
  await writeFile(at('taken'), 'theirs')
  await expect(OutputFile.begin(at('taken'))).rejects.toThrow('something at')
  await cp(at('taken'), at('free.new'))
  await expect(OutputFile.begin(at('free'))).rejects.toThrow('free.new is there already')
  expect(await readFile(at('free.new'), 'utf8')).toBe('theirs')
  const late = await OutputFile.begin(at('late'))
  await late.write(new Uint8Array(10))
  await writeFile(at('late'), 'theirs')
  await expect(late.finish()).rejects.toThrow('something at')
  await late.remove()
  expect(await readFile(at('late'), 'utf8')).toBe('theirs')
  expect((await stat(at('whole'))).mode & 0o777).toBe(0o600)
})
