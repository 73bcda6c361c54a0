import { execFileSync } from 'node:child_process'
import { openToken } from '../src/adapter/pkcs11/index.ts'
import type { Token, TokenAttribute, TokenObject, TokenTask } from '../src/port/token.ts'
import { Secret } from '../src/secret/secret.ts'
import { CRYPTOKI_ATTRIBUTES as CKA } from '../src/spec/pkcs11/attribute.ts'
import { Mechanism, ObjectClass } from '../src/spec/pkcs11/constant.ts'
import { silentLog } from '../test/adapter/fixtures/recording-log.ts'
import { createSoftHsm, NO_SOFTHSM, PIN, type SoftHsm } from '../test/adapter/pkcs11/softhsm.ts'
import { table } from './figures.ts'

/** Uses of a token in a second: by the binding alone, and through the process that holds the library. */
export interface TokenRow {
  readonly work: string
  readonly bare: number
  readonly alone: number
  /** With eight at the same time. */
  readonly together: number
}

const SESSIONS = 8

/** Measures SoftHSM. Nothing where there is none. */
export async function measureToken(milliseconds = 2_000): Promise<readonly TokenRow[]> {
  if (NO_SOFTHSM !== undefined) return []
  const hsm = createSoftHsm()
  const settings = { ...hsm.settings, sessions: SESSIONS }
  const token = await openToken({ ...hsm, settings, log: silentLog })
  try {
    const tasks = await tasksOf(token)
    const bare = bareRates(hsm, milliseconds)
    const rows: TokenRow[] = []
    for (const [index, [work, task]] of tasks.entries()) {
      const alone = await rateOf(token, task, { milliseconds, atOnce: 1 })
      const together = await rateOf(token, task, { milliseconds, atOnce: SESSIONS })
      rows.push({ work, bare: bare[index] ?? NaN, alone, together })
    }
    return rows
  } finally {
    await token.close()
    hsm.remove()
  }
}

/** The rows in Markdown. */
export function tableOfToken(rows: readonly TokenRow[]): string {
  if (rows.length === 0) return 'There was no SoftHSM to measure.'
  const cells = rows.map(({ work, bare, alone, together }) => [
    work,
    ...[bare, alone, together].map((rate) => Math.round(rate).toLocaleString('en')),
  ])
  return table(['work', 'binding alone', 'through the process', 'eight at once'], cells)
}

async function tasksOf(token: Token): Promise<readonly (readonly [string, TokenTask])[]> {
  const secret = objectOf(ObjectClass.SecretKey)
  const privateKey = objectOf(ObjectClass.PrivateKey)
  const uses = [flag('ENCRYPT'), flag('DECRYPT'), flag('TOKEN'), flag('SENSITIVE')]
  const size = { type: CKA.VALUE_LEN[0], value: 32 }
  await token.generate({ type: Mechanism.AES_KEY_GEN }, [...nameOf(secret), size, ...uses])
  await token.generatePair(
    { type: Mechanism.RSA_PKCS_KEY_PAIR_GEN },
    [
      ...nameOf(objectOf(ObjectClass.PublicKey)),
      flag('TOKEN'),
      { type: CKA.MODULUS_BITS[0], value: 2_048 },
      { type: CKA.PUBLIC_EXPONENT[0], value: Uint8Array.of(1, 0, 1) },
    ],
    [...nameOf(privateKey), flag('TOKEN'), flag('SIGN'), flag('SENSITIVE')],
  )
  const parameter = {
    kind: 'gcm',
    iv: new Uint8Array(12),
    associated: new Uint8Array(0),
    tagBits: 128,
  } as const
  const data = Secret.take(new Uint8Array(32))
  const seal = { type: Mechanism.AES_GCM, parameter }
  const sign = { type: Mechanism.SHA256_RSA_PKCS }
  return [
    ['AES-256-GCM, 32 bytes', { use: 'encrypt', mechanism: seal, key: secret, data }],
    ['RSA-2048 signature', { use: 'sign', mechanism: sign, key: privateKey, data }],
  ]
}

function objectOf(objectClass: number): TokenObject {
  const label = new TextEncoder().encode('bench')
  return { objectClass, label, id: label }
}

function nameOf({ label, id }: TokenObject): readonly TokenAttribute[] {
  return [
    { type: CKA.LABEL[0], value: label },
    { type: CKA.ID[0], value: id },
  ]
}

function flag(name: 'ENCRYPT' | 'DECRYPT' | 'TOKEN' | 'SENSITIVE' | 'SIGN'): TokenAttribute {
  return { type: CKA[name][0], value: true }
}

async function rateOf(
  token: Token,
  task: TokenTask,
  { milliseconds, atOnce }: { readonly milliseconds: number; readonly atOnce: number },
): Promise<number> {
  for (let warm = 0; warm < 20; warm += 1) await token.perform(task)
  let count = 0
  const start = performance.now()
  const repeat = async (): Promise<void> => {
    while (performance.now() - start < milliseconds) {
      await token.perform(task)
      count += 1
    }
  }
  await Promise.all(Array.from({ length: atOnce }, repeat))
  return (1_000 * count) / (performance.now() - start)
}

/** Uses in a second of the same keys by pkcs11js and nothing else, in a process of its own. */
function bareRates({ settings, environment }: SoftHsm, milliseconds: number): readonly number[] {
  const args = ['-e', BARE, settings.module, PIN, String(milliseconds)]
  const env = { ...process.env, ...environment }
  const output = execFileSync(process.execPath, args, {
    cwd: import.meta.dirname,
    env,
    encoding: 'utf8',
  })
  return output.trim().split(' ').map(Number)
}

const BARE = `
const binding = require('pkcs11js')
const [, module, pin, milliseconds] = process.argv
const library = new binding.PKCS11()
library.load(module)
library.C_Initialize()
const session = library.C_OpenSession(library.C_GetSlotList(true)[0], 6)
library.C_Login(session, 1, pin)
function find(type) {
  library.C_FindObjectsInit(session, [{ type: binding.CKA_CLASS, value: type }])
  const [found] = library.C_FindObjects(session, 1)
  library.C_FindObjectsFinal(session)
  return found
}
const [secret, privateKey] = [find(4), find(3)]
const data = Buffer.alloc(32)
const iv = Buffer.alloc(12)
const gcm = { type: binding.CK_PARAMS_AES_GCM_v240, iv, ivBits: 96, aad: Buffer.alloc(0), tagBits: 128 }
const steps = [
  () => {
    library.C_EncryptInit(session, { mechanism: binding.CKM_AES_GCM, parameter: gcm }, secret)
    library.C_Encrypt(session, data, Buffer.alloc(64))
  },
  () => {
    library.C_SignInit(session, { mechanism: binding.CKM_SHA256_RSA_PKCS }, privateKey)
    library.C_Sign(session, data, Buffer.alloc(256))
  },
]
const rates = steps.map((step) => {
  for (let warm = 0; warm < 20; warm += 1) step()
  let count = 0
  const start = performance.now()
  while (performance.now() - start < Number(milliseconds)) { step(); count += 1 }
  return (1000 * count) / (performance.now() - start)
})
console.log(rates.join(' '))
`
