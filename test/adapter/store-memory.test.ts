import { memoryStore } from '../../src/adapter/store-memory.ts'
import { storeContract } from '../contract/store.ts'

storeContract('memory', async () => {
  const store = memoryStore()
  return Promise.resolve({ store, dispose: async () => store.close() })
})
