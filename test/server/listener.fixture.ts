import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { connect as connectTcp, type Socket } from 'node:net'
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls'
import { Secret } from '../../src/secret/secret.ts'
import type { Identity } from '../../src/model/identity.ts'
import type { CertificateKey, ClientDirectory } from '../../src/port/client-directory.ts'
import type { Log, Loggable } from '../../src/port/log.ts'
import type { MessageHandler } from '../../src/server/handler.ts'
import { hashPublicKey } from '../../src/server/identify.ts'
import { DEFAULT_TRANSPORT_LIMITS, type TransportLimits } from '../../src/server/limits.ts'
import { createListener, type Listener } from '../../src/server/listener.ts'
import type { Ticker } from '../../src/server/ticker.ts'
import type { Announcer } from '../../src/server/turned-connection.ts'
import type { TlsMaterial } from '../../src/server/tls-material.ts'
import { createTestAuthority, type Credential, type TestAuthority } from '../fixtures/authority.ts'
import { MemoryAudit } from '../fixtures/memory-audit.ts'

/** Certificates that all tests share: making them is slow. */
export const authority = createTestAuthority('Test authority')
export const serverCredential = authority.issue({ name: 'server', usage: ['server'] })
export const alice = authority.issue({ name: 'alice', usage: ['client'] })

/** Time that passes only when told to. */
export class ManualTicker implements Ticker {
  #now = 0
  readonly #tasks = new Set<{ readonly every: number; due: number; readonly run: () => void }>()

  now(): number {
    return this.#now
  }

  every(milliseconds: number, run: () => void): () => void {
    const task = { every: milliseconds, due: this.#now + milliseconds, run }
    this.#tasks.add(task)
    return () => this.#tasks.delete(task)
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds
    for (const task of [...this.#tasks]) {
      if (task.due > this.#now) continue
      task.due = this.#now + task.every
      task.run()
    }
  }
}

export interface LogLine {
  readonly level: string
  readonly event: string
  readonly fields: Readonly<Record<string, Loggable>>
}

/** A log that keeps its lines. */
export class MemoryLog implements Log {
  readonly lines: LogLine[]
  readonly #always: Readonly<Record<string, Loggable>>

  constructor(lines: LogLine[] = [], always: Readonly<Record<string, Loggable>> = {}) {
    this.lines = lines
    this.#always = always
  }

  debug = this.#at('debug')
  info = this.#at('info')
  warn = this.#at('warn')
  error = this.#at('error')

  with(fields: Readonly<Record<string, Loggable>>): Log {
    return new MemoryLog(this.lines, { ...this.#always, ...fields })
  }

  /** The reasons with which an event was logged. */
  reasons(event: string): Loggable[] {
    return this.lines.filter((line) => line.event === event).map(({ fields }) => fields['reason'])
  }

  #at(level: string) {
    return (event: string, fields: Readonly<Record<string, Loggable>> = {}): void => {
      this.lines.push({ level, event, fields: { ...this.#always, ...fields } })
    }
  }
}

/** A directory that tests write to. */
export class MemoryDirectory implements ClientDirectory {
  readonly #clients = new Map<string, Identity>()

  identify({ issuer, subject }: CertificateKey): Identity | undefined {
    return this.#clients.get(`${issuer} ${subject}`)
  }

  add(credential: Credential, by: Credential, name: string): void {
    this.#clients.set(keyOf(credential, by), { id: `id-${name}`, name, role: 'user' })
  }

  remove(credential: Credential, by: Credential): void {
    this.#clients.delete(keyOf(credential, by))
  }
}

function keyOf(credential: Credential, by: Credential): string {
  const [issuer, subject] = [by, credential].map(({ cert }) =>
    hashPublicKey(new X509Certificate(cert).publicKey),
  )
  return `${String(issuer)} ${String(subject)}`
}

/** Answers each message with itself. */
export const echo: MessageHandler = {
  handle: async (request) => Promise.resolve({ bytes: Uint8Array.from(request), close: false }),
}

/** node:tls passes on what node:net knows, which its types leave out. */
export type DialOptions = ConnectionOptions & { readonly allowHalfOpen?: boolean }

export interface Bench extends AsyncDisposable {
  readonly listener: Listener
  readonly ticker: ManualTicker
  readonly log: MemoryLog
  readonly clients: MemoryDirectory
  /** What was told. */
  readonly audit: MemoryAudit
  readonly port: number
  /** The port for HTTPS alone, where it was asked for. */
  readonly httpsPort: number | undefined
  /** The time of day that the listener sees, in seconds. */
  wall: number
  connect(options?: DialOptions): Promise<TLSSocket>
  /** Connects without waiting for the handshake. */
  dial(options?: DialOptions): TLSSocket
}

export function materialOf(by: TestAuthority, credential: Credential): TlsMaterial {
  return { key: Secret.copyOf(Buffer.from(credential.key)), cert: credential.cert, ca: by.cert }
}

/** A listener on loopback that knows `alice`. */
export async function startBench(
  options: {
    handler?: MessageHandler
    limits?: Partial<TransportLimits>
    tls?: Partial<TlsMaterial>
    httpsPort?: number
    announcer?: Announcer
  } = {},
): Promise<Bench> {
  const ticker = new ManualTicker()
  const log = new MemoryLog()
  const clients = new MemoryDirectory()
  const audit = new MemoryAudit()
  clients.add(alice, authority, 'alice')
  const state = { wall: Math.floor(Date.now() / 1_000) }
  const listener = createListener({
    tls: { ...materialOf(authority, serverCredential), ...options.tls },
    handler: options.handler ?? echo,
    clients,
    trail: audit.trail,
    limits: { ...DEFAULT_TRANSPORT_LIMITS, ...options.limits },
    log,
    clock: { now: () => state.wall },
    ticker,
    ...(options.announcer && { announcer: options.announcer }),
  })
  const wanted = { host: '127.0.0.1', port: 0, httpsPort: options.httpsPort }
  const { port, httpsPort } = await listener.listen(wanted)
  const sockets: TLSSocket[] = []
  const dial = (more: DialOptions = {}): TLSSocket => {
    const socket = connect({
      port,
      host: '127.0.0.1',
      key: alice.key,
      cert: alice.cert,
      ca: authority.cert,
      ...more,
    })
    socket.on('error', () => undefined)
    // Small writes would otherwise wait for an acknowledgement that the kernel puts off.
    socket.setNoDelay(true)
    sockets.push(socket)
    return socket
  }
  return Object.assign(state, {
    listener,
    ticker,
    log,
    clients,
    audit,
    port,
    httpsPort,
    dial,
    async connect(more?: DialOptions) {
      const before = listener.status().handshakes
      const socket = await secured(dial(more))
      // The client of TLS 1.3 is done before the server is.
      await until(() => listener.status().handshakes > before)
      return socket
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await listener.close({ graceMs: 0 })
    },
  })
}

async function secured(socket: TLSSocket): Promise<TLSSocket> {
  await new Promise((resolve, reject) => {
    socket.once('secureConnect', resolve)
    socket.once('close', () => {
      reject(new Error('closed before the handshake was done'))
    })
  })
  return socket
}

/** A message of so many bytes, filled with `filler`; the first eight are its header. */
export function message(bytes: number, filler = 0): Buffer {
  const made = Buffer.alloc(bytes, filler)
  made.writeUInt32BE(0x42007801, 0)
  made.writeUInt32BE(bytes - 8, 4)
  return made
}

/** Everything a socket receives, once it is `length` bytes or the socket has closed. */
export async function receive(socket: TLSSocket, length = Infinity): Promise<Buffer> {
  const chunks: Buffer[] = []
  let got = 0
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('data', take).off('close', done)
      resolve(Buffer.concat(chunks))
    }
    const take = (chunk: Buffer): void => {
      chunks.push(chunk)
      got += chunk.length
      if (got >= length) done()
    }
    socket.on('data', take).on('close', done)
  })
}

/** Sends a request whatever the handshake says; resolves with what comes back before the connection closes. */
export async function tryRequest(bench: Bench, options: DialOptions): Promise<Buffer> {
  const socket = bench.dial(options)
  socket.write(message(16, 1))
  return receive(socket, 16)
}

/** A TCP connection that does not speak TLS by itself. */
export function dialTcp(bench: Bench): Socket {
  const socket = connectTcp(bench.port, '127.0.0.1')
  return socket.on('error', () => undefined).resume()
}

/** Resolves when the socket has closed. */
export async function closed(socket: Socket): Promise<void> {
  if (!socket.closed) await once(socket.resume(), 'close')
}

/** Why connections were closed, once so many were. */
export async function closeReasons(bench: Bench, count = 1): Promise<readonly Loggable[]> {
  await until(() => bench.log.reasons('connection closed').length >= count)
  return bench.log.reasons('connection closed')
}

/** Lets what has been sent within this process arrive. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 30; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

/** Waits for what happens on another turn of the event loop. */
export async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 2_000; turn += 1) {
    if (condition()) return
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  throw new Error('waited in vain')
}
