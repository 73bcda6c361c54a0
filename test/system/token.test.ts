import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openToken } from '../../src/adapter/pkcs11/index.ts'
import { CRYPTOKI_ATTRIBUTES as CKA } from '../../src/spec/pkcs11/attribute.ts'
import { ResultStatus } from '../../src/spec/enum/result-status.ts'
import { Tag } from '../../src/spec/tag.ts'
import { encode } from '../../src/ttlv/encode.ts'
import { ItemType } from '../../src/ttlv/item.ts'
import { silentLog } from '../adapter/fixtures/recording-log.ts'
import { createSoftHsm, NO_SOFTHSM, PIN, type SoftHsm } from '../adapter/pkcs11/softhsm.ts'
import { serve, type Serving } from '../cli/serving.ts'
import { find, messageOf, textOf, uid } from '../operation/harness.ts'
import { bytes, createKey, parameters } from '../operation/resident/request.ts'
import { connectClient, type Credentials } from './client.ts'
import { createSite, type Site } from './server.ts'

// Servers are started one after another, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const CBC = parameters({ BlockCipherMode: 'CBC', PaddingMethod: 'PKCS5' })
const IV = bytes('IVCounterNonce', '00'.repeat(16))

describe.skipIf(NO_SOFTHSM !== undefined)('A server with a token', () => {
  const home = mkdtempSync(join(tmpdir(), 'kmipd-token-'))
  const config = join(home, 'config.yaml')
  let softHsm: SoftHsm
  let site: Site

  beforeAll(async () => {
    softHsm = createSoftHsm()
    const pinFile = join(home, 'pin')
    writeFileSync(pinFile, `${PIN}\n`, { mode: 0o600 })
    const { module, label } = softHsm.settings
    const hsm = { module, label, pinFile, deadlineMs: 20_000 }
    writeFileSync(config, JSON.stringify({ hsm }))
    site = await createSite()
  })
  afterAll(() => {
    site[Symbol.dispose]()
    softHsm.remove()
    rmSync(home, { recursive: true, force: true })
  })

  async function start(): Promise<Serving> {
    return serve(['--data', site.data, '--port', '0', '--config', config], {
      env: softHsm.environment,
    })
  }

  async function ask(
    { port }: Serving,
    credentials: Credentials,
    [operation, payload]: readonly [string, string],
  ) {
    const client = await connectClient(port, credentials)
    try {
      const { items } = await client.ask(encode(messageOf('2.1', [{ operation, payload }], {})))
      const [item] = items
      const data = find(item?.payload, Tag.Data)
      return {
        status: item?.status,
        identifier: textOf(find(item?.payload, Tag.UniqueIdentifier)) ?? '',
        data: data?.type === ItemType.ByteString ? Buffer.from(data.value).toString('hex') : '',
      }
    } finally {
      client.close()
    }
  }

  test('keeps keys there that outlive it, and tells of those without an object', async () => {
    const first = await start()
    const alice = await site.addClient('alice')
    const made = await ask(first, alice, ['Create', createKey()])
    const key = uid(made.identifier)
    const plain = bytes('Data', '636c656172')
    const sealed = await ask(first, alice, ['Encrypt', key + CBC + plain + IV])
    expect((await ask(first, alice, ['Get', key])).status).toBe(ResultStatus.OperationFailed)
    expect(await first.stop()).toBe(0)

    await plantStray()
    const second = await start()
    const data = bytes('Data', sealed.data)
    const opened = await ask(second, alice, ['Decrypt', key + CBC + data + IV])
    expect(opened).toMatchObject({ status: ResultStatus.Success, data: '636c656172' })
    expect(await second.stop()).toBe(0)
    expect(second.stderr()).toMatch(/"first":\["stray-1"\],"event":"keys without an object/)
  })

  /** Makes a key in the token as a server that was killed between the key and its object. */
  async function plantStray(): Promise<void> {
    const { settings, environment } = softHsm
    const token = await openToken({ settings, environment, log: silentLog })
    try {
      const [own] = await token.find([], 10)
      if (own === undefined) throw new TypeError('the token is empty')
      await token.generate({ type: 0x1080 }, [
        { type: CKA.TOKEN[0], value: true },
        { type: CKA.LABEL[0], value: own.label },
        { type: CKA.ID[0], value: Buffer.from('stray-1') },
        { type: CKA.VALUE_LEN[0], value: 32 },
      ])
    } finally {
      await token.close()
    }
  }
})
