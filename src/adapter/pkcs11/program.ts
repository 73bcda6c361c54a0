/**
 * What the process that holds the vendor's library does. A message has calls of the library, one after the other; the
 * answer has of each its value or its return code, up to the first that fails unless each is wanted. Calls that the
 * binding can do beside the loop are done there, so that sessions work at the same time. It goes when its parent has
 * gone. What the library says in words never leaves this process.
 */
export const PROGRAM = `
'use strict'
process.once('disconnect', () => process.exit(1))
let binding
let library

function load({ path, module, parameters }) {
  try {
    binding = require(path)
  } catch {
    return 'binding'
  }
  try {
    library = new binding.PKCS11()
    library.load(module)
    const told = parameters === undefined ? {} : { libraryParameters: parameters }
    library.C_Initialize({ flags: binding.CKF_OS_LOCKING_OK, ...told })
    return 'done'
  } catch {
    return 'library'
  }
}

function bufferOf({ buffer, byteOffset, byteLength }) {
  return Buffer.from(buffer, byteOffset, byteLength)
}

function argument(value) {
  if (value === null || typeof value !== 'object' || Buffer.isBuffer(value)) return value
  if (value instanceof Uint8Array) return bufferOf(value)
  if (Array.isArray(value)) return value.map(argument)
  if (typeof value.room === 'number') return Buffer.alloc(value.room)
  if (value.pin !== undefined) return bufferOf(value.pin).toString('utf8')
  const whole = {}
  for (const [key, part] of Object.entries(value)) {
    whole[key] = key === 'type' && typeof part === 'string' ? binding[part] : argument(part)
  }
  return whole
}

function wipe(value) {
  if (value === null || typeof value !== 'object') return
  if (value instanceof Uint8Array) value.fill(0)
  else for (const part of Object.values(value)) wipe(part)
}

async function call([name, ...given]) {
  try {
    const args = given.map(argument)
    const aside = library[name + 'Async']
    const value = await (aside === undefined ? library[name](...args) : aside.apply(library, args))
    return { value }
  } catch (error) {
    return { code: error instanceof binding.Pkcs11Error ? error.code : 5 }
  }
}

process.on('message', async ({ id, start, calls, each }) => {
  if (start !== undefined) {
    process.send({ id, start: load(start) })
    return
  }
  const results = []
  for (const one of calls) {
    const result = await call(one)
    results.push(result)
    if (result.code !== undefined && !each) break
  }
  process.send({ id, results }, () => {
    wipe(calls)
    wipe(results)
  })
})
`
