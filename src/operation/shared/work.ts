import { KmipFault } from '../../fault/fault.ts'
import type { CipherStream, MacStream } from '../../port/crypto.ts'
import { Secret } from '../../secret/secret.ts'
import type { Outcome, Part, Work } from '../streams.ts'

/** @param iv - the one that the server made, to be told once */
export function cipherWork(stream: CipherStream, iv?: Uint8Array): Work {
  let untold = iv
  return {
    gathers: stream.gathers,
    take({ data }) {
      const told = untold === undefined ? {} : { iv: untold }
      untold = undefined
      return data === undefined ? told : { ...told, data: stream.update(data) }
    },
    finish: () => stream.finish(),
    destroy: () => {
      stream.destroy()
    },
  }
}

/** Work on all of the data at once, which is kept until the end. */
export function wholeWork(work: (all: Secret) => Outcome, forget: () => void): Work {
  let kept: Secret[] = []
  const drop = () => {
    for (const data of kept) data.destroy()
    kept = []
  }
  return {
    gathers: true,
    take({ data }) {
      if (data !== undefined) kept.push(data.clone())
      return {}
    },
    finish() {
      const all = gathered(kept)
      try {
        return work(all)
      } finally {
        all.destroy()
      }
    },
    destroy() {
      drop()
      forget()
    },
  }
}

/** The parts as one secret, which is the caller's. */
export function gathered(parts: readonly Secret[]): Secret {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let offset = 0
  for (const part of parts) {
    part.expose((bytes) => {
      all.set(bytes, offset)
    })
    offset += part.length
  }
  return Secret.take(all)
}

/** A stream that data goes into and that ends in bytes of no secrecy. */
export interface ProofStream {
  readonly gathers: boolean
  update(data: Secret): unknown
}

/** The making of a MAC or a signature. */
export function proofWork(
  stream: ProofStream & Pick<MacStream, 'finish'>,
  forget: () => void,
): Work {
  return {
    gathers: stream.gathers,
    take({ data }) {
      if (data !== undefined) stream.update(data)
      return {}
    },
    finish: () => ({ proof: stream.finish() }),
    destroy: forget,
  }
}

/** The check of a MAC or a signature, which may come with any part, once. */
export function checkWork(
  stream: ProofStream & { verify(proof: Uint8Array): boolean },
  forget: () => void,
): Work {
  let expected: Uint8Array | undefined
  return {
    gathers: stream.gathers,
    take({ data, proof }: Part) {
      if (proof !== undefined && expected !== undefined) {
        throw new KmipFault('INVALID_FIELD', 'What is to be verified came before')
      }
      expected ??= proof
      if (data !== undefined) stream.update(data)
      return {}
    },
    finish() {
      if (expected === undefined) {
        throw new KmipFault('MISSING_FIELD', 'What is to be verified is missing')
      }
      return { isValid: stream.verify(expected) }
    },
    destroy: forget,
  }
}
