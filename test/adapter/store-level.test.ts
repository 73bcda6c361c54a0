import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLevelStore } from '../../src/adapter/store-level/index.ts'
import { unlockPlain } from './fixtures/plain-unlock.ts'
import { storeContract } from '../contract/store.ts'
import { silentLog } from './fixtures/recording-log.ts'

storeContract('LevelDB', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'kmipd-store-'))
  const store = await openLevelStore({
    directory: join(parent, 'store'),
    create: true,
    unlock: unlockPlain,
    log: silentLog,
  })
  const dispose = async (): Promise<void> => {
    await store.close()
    await rm(parent, { recursive: true })
  }
  return { store, dispose }
})
