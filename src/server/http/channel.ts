import { Duplex } from 'node:stream'

/** What a channel does with what is written to it. */
export interface ChannelOutlet {
  /** Writes to the peer in one piece and calls back when the socket has taken it. */
  write(bytes: Uint8Array, done: (error?: Error | null) => void): void
  /** Called when nothing more will be written. */
  end(): void
}

/**
 * A stream between the parser of node:http and a connection of ours, which decides what the parser sees and when. The
 * head and the body of an answer are one write.
 */
export class HttpChannel extends Duplex {
  readonly #outlet: ChannelOutlet

  constructor(outlet: ChannelOutlet) {
    super({ allowHalfOpen: true })
    this.#outlet = outlet
    // What goes wrong is the socket's to tell; node:http listens only as long as it parses, which CONNECT ends.
    this.on('error', () => undefined)
  }

  override _read(): void {
    // The connection pushes what is to be read.
  }

  override _write(chunk: Uint8Array, _: string, done: (error?: Error | null) => void): void {
    this.#outlet.write(chunk, done)
  }

  override _writev(
    pieces: readonly { readonly chunk: unknown }[],
    done: (error?: Error | null) => void,
  ): void {
    const chunks = pieces.flatMap(({ chunk }) => (Buffer.isBuffer(chunk) ? [chunk] : []))
    const bytes = Buffer.alloc(chunks.reduce((sum, { length }) => sum + length, 0))
    let at = 0
    for (const chunk of chunks) at += chunk.copy(bytes, at)
    this.#outlet.write(bytes, (error) => {
      bytes.fill(0)
      done(error)
    })
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#outlet.end()
    done()
  }
}
