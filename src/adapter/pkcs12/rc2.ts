/*
 * RC2 (RFC 2268), decryption alone: containers from before AES have their certificates under its 40-bit form, and
 * OpenSSL no longer has it. Nothing is ever written with it.
 */

/** Decrypts CBC blocks; padding is left in. */
export function decryptRc2Cbc(
  key: Uint8Array,
  { iv, effectiveBits }: { readonly iv: Uint8Array; readonly effectiveBits: number },
  ciphertext: Uint8Array,
): Uint8Array {
  const words = expandKey(key, effectiveBits)
  const plaintext = new Uint8Array(ciphertext.length)
  let previous = iv
  for (let at = 0; at < ciphertext.length; at += BLOCK) {
    const block = ciphertext.subarray(at, at + BLOCK)
    const clear = decryptBlock(words, block)
    for (let index = 0; index < BLOCK; index += 1) {
      plaintext[at + index] = (clear[index] ?? 0) ^ (previous[index] ?? 0)
    }
    previous = block
  }
  words.fill(0)
  return plaintext
}

/** RFC 2268 section 2: 64 words of 16 bits. */
function expandKey(key: Uint8Array, effectiveBits: number): Uint16Array {
  const bytes = new Uint8Array(128)
  bytes.set(key)
  for (let index = key.length; index < 128; index += 1) {
    bytes[index] = PI[((bytes[index - 1] ?? 0) + (bytes[index - key.length] ?? 0)) & 255] ?? 0
  }
  const effectiveBytes = Math.ceil(effectiveBits / 8)
  const mask = 255 >> (8 * effectiveBytes - effectiveBits)
  const first = 128 - effectiveBytes
  bytes[first] = PI[(bytes[first] ?? 0) & mask] ?? 0
  for (let index = first - 1; index >= 0; index -= 1) {
    bytes[index] = PI[(bytes[index + 1] ?? 0) ^ (bytes[index + effectiveBytes] ?? 0)] ?? 0
  }
  const words = Uint16Array.from({ length: 64 }, (_, index) => wordAt(bytes, index))
  bytes.fill(0)
  return words
}

function wordAt(bytes: Uint8Array, index: number): number {
  return (bytes[2 * index] ?? 0) | ((bytes[2 * index + 1] ?? 0) << 8)
}

/** RFC 2268 section 4: five mixing rounds backwards, a mashing round, six, a mashing round, five. */
function decryptBlock(words: Uint16Array, block: Uint8Array): Uint8Array {
  const state = [0, 1, 2, 3].map((index) => wordAt(block, index))
  let next = 63
  for (const [rounds, mashes] of [
    [5, true],
    [6, true],
    [5, false],
  ] as const) {
    for (let round = 0; round < rounds; round += 1) {
      unmix(state, words, next)
      next -= 4
    }
    if (mashes) unmash(state, words)
  }
  return Uint8Array.from(state.flatMap((word) => [word & 255, word >> 8]))
}

function unmix(state: number[], words: Uint16Array, last: number): void {
  for (let index = 3; index >= 0; index -= 1) {
    const [one, two, three] = [1, 2, 3].map((back) => state[(index + 4 - back) & 3] ?? 0)
    const turn = TURNS[index] ?? 0
    const word = state[index] ?? 0
    const turned = (word >> turn) | (word << (16 - turn))
    const mixed = ((one ?? 0) & (two ?? 0)) + (~(one ?? 0) & (three ?? 0))
    state[index] = (turned - (words[last - 3 + index] ?? 0) - mixed) & 0xffff
  }
}

function unmash(state: number[], words: Uint16Array): void {
  for (let index = 3; index >= 0; index -= 1) {
    const previous = state[(index + 3) & 3] ?? 0
    state[index] = ((state[index] ?? 0) - (words[previous & 63] ?? 0)) & 0xffff
  }
}

const BLOCK = 8
const TURNS = [1, 2, 3, 5]
const PI = Buffer.from(
  'd978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2' +
    '179a59f587b34f1361456d8d09817d32bd8f40eb86b77b0bf09521225c6b4e82' +
    '54d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb626' +
    '6fbf0eda46690757' +
    '27f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed7' +
    '08e8eade8052eef784aa72ac354d6a2a961ad2715a1549744b9fd05e0418a4ec' +
    'c2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b25559731' +
    '2d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a9' +
    '0d38341bab33ffb0bb480c5fb9b1cd2ec5f3db47e5a59c770aa62068fe7fc1ad',
  'hex',
)
