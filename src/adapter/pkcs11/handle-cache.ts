import type { TokenObject } from '../../port/token.ts'
import type { Connection } from './connection.ts'

const MOST = 10_000

/** Handles of objects that were found before: each is good for the connection that it was found by. */
export class HandleCache {
  #connection: Connection | undefined
  readonly #handles = new Map<string, Uint8Array>()

  find(connection: Connection, object: TokenObject): Uint8Array | undefined {
    return connection === this.#connection ? this.#handles.get(keyOf(object)) : undefined
  }

  keep(connection: Connection, object: TokenObject, handle: Uint8Array): void {
    if (connection !== this.#connection || this.#handles.size >= MOST) this.#handles.clear()
    this.#connection = connection
    this.#handles.set(keyOf(object), handle)
  }

  forget(object: TokenObject): void {
    this.#handles.delete(keyOf(object))
  }
}

function keyOf({ objectClass, label, id }: TokenObject): string {
  return [objectClass, Buffer.from(label).toString('hex'), Buffer.from(id).toString('hex')].join()
}
