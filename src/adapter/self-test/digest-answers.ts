import type { MacRequest } from '../../port/crypto.ts'
import { membersOf } from '../../schema/enumeration.ts'
import { BlockCipherMode as M } from '../../spec/enum/block-cipher-mode.ts'
import { CryptographicAlgorithm as A } from '../../spec/enum/cryptographic-algorithm.ts'
import { HashingAlgorithm as H } from '../../spec/enum/hashing-algorithm.ts'
import { bytesOf, hexOf, publicSecret, utf8Of, type KnownAnswer } from './known-answer.ts'

/** A hash with its digest of `abc`, and its HMAC of a question by Jefe, unless another one was published. */
export interface HashRow {
  readonly hash: H
  readonly source: string
  readonly digest: string
  readonly hmac: {
    readonly source: string
    readonly mac: string
    readonly key?: string
    readonly text?: string
  }
}

/** "Jefe" */
const JEFE = '4a656665'
const QUESTION = 'what do ya want for nothing?'
const SAMPLE = 'Sample message for keylen<blocklen'
const FIPS_180 = 'FIPS 180-4, example values'
const FIPS_202 = 'FIPS 202, example values'
const NIST_HMAC = 'FIPS 198-1, example values with SHA-3'
const COUNTED = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'
const COUNTED_ON = '202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f'

/** Every hash that is served. */
export const HASH_ROWS: readonly HashRow[] = [
  {
    hash: H.MD5,
    source: 'RFC 1321 appendix A.5',
    digest: '900150983cd24fb0d6963f7d28e17f72',
    hmac: { source: 'RFC 2202 case 2', mac: '750c783e6ab0b503eaa86e310a5db738' },
  },
  {
    hash: H.SHA_1,
    source: FIPS_180,
    digest: 'a9993e364706816aba3e25717850c26c9cd0d89d',
    hmac: { source: 'RFC 2202 case 2', mac: 'effcdf6ae5eb2fa2d27416d5f184df9c259a7c79' },
  },
  {
    hash: H.SHA_224,
    source: FIPS_180,
    digest: '23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7',
    hmac: {
      source: 'RFC 4231 case 2',
      mac: 'a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44',
    },
  },
  {
    hash: H.SHA_256,
    source: FIPS_180,
    digest: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    hmac: {
      source: 'RFC 4231 case 2',
      mac: '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    },
  },
  {
    hash: H.SHA_384,
    source: FIPS_180,
    digest:
      'cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7',
    hmac: {
      source: 'RFC 4231 case 2',
      mac: 'af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649',
    },
  },
  {
    hash: H.SHA_512,
    source: FIPS_180,
    digest:
      'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
    hmac: {
      source: 'RFC 4231 case 2',
      mac: '164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737',
    },
  },
  {
    hash: H.RIPEMD_160,
    source: 'RIPEMD-160, Dobbertin, Bosselaers and Preneel, appendix B',
    digest: '8eb208f7e05d987a9b044a8e98c6b087f15a0bfc',
    hmac: { source: 'RFC 2286 section 2 case 2', mac: 'dda6c0213a485a9e24f4742064a7f033b43c4069' },
  },
  {
    hash: H.SHA_512_224,
    source: FIPS_180,
    digest: '4634270f707b6a54daae7530460842e20e37ed265ceee9a43e8924aa',
    hmac: {
      source: 'RFC 4231 case 2, computed with Digest::SHA of Perl',
      mac: '4a530b31a79ebcce36916546317c45f247d83241dfb818fd37254bde',
    },
  },
  {
    hash: H.SHA_512_256,
    source: FIPS_180,
    digest: '53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23',
    hmac: {
      source: 'RFC 4231 case 2, computed with Digest::SHA of Perl',
      mac: '6df7b24630d5ccb2ee335407081a87188c221489768fa2020513b2d593359456',
    },
  },
  {
    hash: H.SHA3_224,
    source: FIPS_202,
    digest: 'e642824c3f8cf24ad09234ee7d3c766fc9a3a5168d0c94ad73b46fdf',
    hmac: {
      source: NIST_HMAC,
      key: COUNTED.slice(0, 56),
      text: SAMPLE,
      mac: '332cfd59347fdb8e576e77260be4aba2d6dc53117b3bfb52c6d18c04',
    },
  },
  {
    hash: H.SHA3_256,
    source: FIPS_202,
    digest: '3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532',
    hmac: {
      source: NIST_HMAC,
      key: COUNTED,
      text: SAMPLE,
      mac: '4fe8e202c4f058e8dddc23d8c34e467343e23555e24fc2f025d598f558f67205',
    },
  },
  {
    hash: H.SHA3_384,
    source: FIPS_202,
    digest:
      'ec01498288516fc926459f58e2c6ad8df9b473cb0fc08c2596da7cf0e49be4b298d88cea927ac7f539f1edf228376d25',
    hmac: {
      source: NIST_HMAC,
      key: `${COUNTED}${COUNTED_ON.slice(0, 32)}`,
      text: SAMPLE,
      mac: 'd588a3c51f3f2d906e8298c1199aa8ff6296218127f6b38a90b6afe2c5617725bc99987f79b22a557b6520db710b7f42',
    },
  },
  {
    hash: H.SHA3_512,
    source: FIPS_202,
    digest:
      'b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0',
    hmac: {
      source: NIST_HMAC,
      key: `${COUNTED}${COUNTED_ON}`,
      text: SAMPLE,
      mac: '4efd629d6c71bf86162658f29943b1c308ce27cdfa6db0d9c3ce81763f9cbce5f7ebe9868031db1a8f8eb7b6b95e5c5e3f657a8996c86a2f6527e307f0213196',
    },
  },
]

const nameOf = (hash: H): string => membersOf(H).nameOf(hash) ?? ''

const DIGESTS: readonly KnownAnswer[] = HASH_ROWS.map(({ hash, source, digest }) => ({
  name: nameOf(hash),
  source,
  expected: digest,
  answer: ({ crypto }) => hexOf(crypto.hashes.hash(hash, utf8Of('abc'))),
}))

const HMACS: readonly KnownAnswer[] = HASH_ROWS.map(({ hash, hmac }) => ({
  name: `HMAC with ${nameOf(hash)}`,
  source: hmac.source,
  expected: hmac.mac,
  answer: ({ crypto }) => {
    const { key = JEFE, text = QUESTION } = hmac
    const parameters = { hashingAlgorithm: hash }
    const request = { algorithm: A.AES, key: publicSecret(key), parameters }
    return hexOf(crypto.macs.mac(request, utf8Of(text)))
  },
}))

interface MacRow {
  readonly name: string
  readonly source: string
  readonly request: Omit<MacRequest, 'key' | 'iv'>
  readonly key: string
  readonly iv?: string
  readonly data: string
  readonly mac: string
}

const RFC_4493 = '6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411'

const MACS: readonly KnownAnswer[] = (
  [
    {
      name: 'CMAC with AES',
      source: 'RFC 4493 example 3',
      request: { algorithm: A.AES, parameters: { blockCipherMode: M.CMAC } },
      key: '2b7e151628aed2a6abf7158809cf4f3c',
      data: RFC_4493,
      mac: 'dfa66747de9ae63030ca32611497c827',
    },
    {
      name: 'CMAC with triple DES',
      source: 'SP 800-38B D.4',
      request: { algorithm: A.DES3, parameters: { blockCipherMode: M.CMAC } },
      key: '8aa83bf8cbda10620bc1bf19fbb6cd58bc313d4a371ca8b5',
      data: '6bc1bee22e409f96',
      mac: '8e8f293136283797',
    },
    {
      name: 'CBC-MAC',
      source: 'FIPS 81 appendix F',
      request: { algorithm: A.DES, parameters: { blockCipherMode: M.CBC_MAC } },
      key: '0123456789abcdef',
      data: '37363534333231204e6f77206973207468652074696d6520666f7220',
      mac: 'f1d30f6849312ca4',
    },
    {
      name: 'GMAC',
      source: 'GMAC test vectors of NIST, AES with 128 bits',
      request: { algorithm: A.AES, parameters: { blockCipherMode: M.GCM } },
      key: '77be63708971c4e240d1cb79e8d77feb',
      iv: 'e0e00f19fed7ba0136a797f3',
      data: '7a43ec1d9c0a5a78a0b16533a6213cab',
      mac: '209fcc8d3675ed938e9c7166709dd946',
    },
    {
      name: 'Poly1305',
      source: 'RFC 8439 section 2.5.2',
      request: { algorithm: A.Poly1305, parameters: {} },
      key: '85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b',
      data: '43727970746f6772617068696320466f72756d2052657365617263682047726f7570',
      mac: 'a8061dc1305136c6c22b8baf0c0127a9',
    },
  ] satisfies MacRow[]
).map((row: MacRow) => ({
  name: row.name,
  source: row.source,
  expected: row.mac,
  answer: ({ crypto }) => {
    const { request, iv } = row
    const key = publicSecret(row.key)
    const whole = iv === undefined ? { ...request, key } : { ...request, key, iv: bytesOf(iv) }
    return hexOf(crypto.macs.mac(whole, bytesOf(row.data)))
  },
}))

/** Digests and the codes that are made with them or with ciphers. */
export const DIGEST_ANSWERS: readonly KnownAnswer[] = [...DIGESTS, ...HMACS, ...MACS]
