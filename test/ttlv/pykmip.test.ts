import { describe, expect, test } from 'vitest'
import { vocabulary } from '../../src/spec/vocabulary.ts'
import { decode } from '../../src/ttlv/decode.ts'
import { dump } from '../../src/ttlv/dump.ts'
import { encode } from '../../src/ttlv/encode.ts'
import { Framer } from '../../src/ttlv/framer.ts'
import { decodeJson, encodeJson } from '../../src/ttlv/json.ts'
import { DEFAULT_LIMITS } from '../../src/ttlv/limits.ts'
import { decodeXml, encodeXml } from '../../src/ttlv/xml.ts'
import recorded from '../fixtures/ttlv/pykmip.json' with { type: 'json' }
import { bytesOf } from './spec-examples.ts'

/** Messages that PyKMIP's encoder made; fixtures/ttlv/record-pykmip.py says how. */
const messages = Object.entries(recorded)

describe('bytes of another implementation', () => {
  for (const [name, hex] of messages) {
    test(`${name}: decodes, and encodes to the identical bytes`, () => {
      expect(encode(decode(bytesOf(hex))).toString('hex')).toBe(hex)
    })

    test(`${name}: means the same in XML and JSON`, () => {
      const item = decode(bytesOf(hex))
      expect(decodeXml(encodeXml(item, vocabulary), vocabulary)).toEqual(item)
      expect(decodeJson(encodeJson(item, vocabulary), vocabulary)).toEqual(item)
    })
  }

  test('all in one stream, byte by byte, come out as they are', () => {
    const framer = new Framer(DEFAULT_LIMITS)
    const requests = messages.filter(([name]) => !name.startsWith('big integer'))
    const received: string[] = []
    for (const byte of bytesOf(requests.map(([, hex]) => hex).join(''))) {
      framer.push(Uint8Array.of(byte))
      const message = framer.next()
      if (message !== undefined) received.push(message.toString('hex'))
    }
    expect(received).toEqual(requests.map(([, hex]) => hex))
  })

  test('a Create says what the client was asked for', () => {
    const lines = dump(decode(bytesOf(recorded['create, 2.0'])), vocabulary).split('\n')
    expect(lines.map((line) => line.trim())).toEqual(
      expect.arrayContaining([
        'RequestMessage',
        'ProtocolVersionMajor Integer 2',
        'Operation Enumeration Create',
        'ObjectType Enumeration SymmetricKey',
        'CryptographicAlgorithm Enumeration AES',
        'CryptographicLength Integer 256',
        // The client adds Encrypt and Decrypt of its own accord.
        'CryptographicUsageMask Integer Encrypt|Decrypt',
        'NameValue TextString "a key"',
      ]),
    )
  })

  test('the key in an answer to Get, and the password in a request, are not drawn', () => {
    for (const [name, hex] of messages) {
      const text = dump(decode(bytesOf(hex)), vocabulary)
      expect(text, name).not.toMatch(/opensesame|6f70656e736573616d65|000102030405/)
    }
  })
})
