import { Buffer } from 'node:buffer'

/** One system call that changes files, or what is told through a pipe, in the order of their ends. */
export type Event =
  | { readonly call: 'open'; readonly fd: number; readonly path: string; readonly flags: OpenFlags }
  | { readonly call: 'close'; readonly fd: number }
  | {
      readonly call: 'write'
      readonly fd: number
      readonly at: number | undefined
      readonly data: Buffer
    }
  | { readonly call: 'seek'; readonly fd: number; readonly at: number }
  | { readonly call: 'truncate'; readonly fd: number; readonly length: number }
  /** What was written before it began is on stable storage when it has ended. */
  | { readonly call: 'sync-begin' | 'sync-end'; readonly fd: number; readonly thread: string }
  | { readonly call: 'rename'; readonly path: string; readonly to: string }
  | { readonly call: 'unlink' | 'mkdir' | 'rmdir'; readonly path: string }

interface OpenFlags {
  readonly create: boolean
  readonly truncate: boolean
  readonly append: boolean
}

/** What strace is to record; io_uring would go past it. */
export const TRACED = [
  'openat,open,creat,close,write,pwrite64,writev,pwritev,lseek,ftruncate,truncate,fsync,fdatasync',
  'rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,rmdir,link,linkat,dup,dup2,dup3',
].join()

/** Arguments that make strace write what {@link eventsIn} reads. */
export function straceArguments(output: string): readonly string[] {
  const flags = ['-f', '--seccomp-bpf', '-qq', '-xx', '-s', '8388608', '-e', 'signal=none']
  return [...flags, '-e', `trace=${TRACED}`, '-o', output]
}

/** Reads what strace wrote. Throws when it holds a call that is not understood, so that nothing is passed over. */
export function* eventsIn(trace: string): Iterable<Event> {
  const begun = new Map<string, string>()
  for (const line of trace.split('\n')) {
    const { thread, text, state } = lineOf(line)
    if (state !== 'resumed' && SYNC.test(text)) {
      yield { call: 'sync-begin', fd: firstNumber(text), thread }
    }
    if (state === 'begun') begun.set(thread, text)
    else yield* eventOf(state === 'resumed' ? `${begun.get(thread) ?? ''}${text}` : text, thread)
  }
}

interface Line {
  readonly thread: string
  readonly text: string
  /** Other threads may do something between the beginning of a call and its end. */
  readonly state: 'whole' | 'begun' | 'resumed'
}

function lineOf(line: string): Line {
  const [, thread = '', text = ''] = /^(\d+)\s+(.*)$/u.exec(line) ?? []
  const [, start] = /^(.*) <unfinished \.\.\.>$/u.exec(text) ?? []
  if (start !== undefined) return { thread, text: start, state: 'begun' }
  const [, rest] = /^<\.\.\. \w+ resumed>(.*)$/u.exec(text) ?? []
  if (rest !== undefined) return { thread, text: rest, state: 'resumed' }
  return { thread, text, state: 'whole' }
}

const SYNC = /^f(?:data)?sync\(/u
const TEXT = /"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?/gu

function* eventOf(text: string, thread: string): Iterable<Event> {
  const [, call = '', result = ''] = /^(\w+)\(.*\)\s+= (-?\d+)/u.exec(text) ?? []
  // What failed changed nothing, and who was killed never got an answer.
  if (call === '' || result.startsWith('-')) return
  const event = EVENTS[call]
  if (event === undefined) throw new Error(`strace wrote a call that is not understood: ${call}`)
  yield event({ text, result: Number(result), thread, fd: firstNumber(text) })
}

interface Call {
  readonly text: string
  readonly result: number
  readonly thread: string
  readonly fd: number
}

const write = ({ text, result, fd }: Call): Event => {
  const data = Buffer.concat(textsIn(text)).subarray(0, result)
  if (data.length !== result) throw new Error('strace cut what was written short')
  const [, at] = /, (\d+)\)\s+= \d+$/u.exec(text) ?? []
  return { call: 'write', fd, at: text.startsWith('pwrite') ? Number(at) : undefined, data }
}

const open = ({ text, result }: Call): Event => ({
  call: 'open',
  fd: result,
  path: pathsIn(text)[0] ?? '',
  flags: {
    create: text.includes('O_CREAT'),
    truncate: text.includes('O_TRUNC'),
    append: text.includes('O_APPEND'),
  },
})

const rename = ({ text }: Call): Event => {
  const [path = '', to = ''] = pathsIn(text)
  return { call: 'rename', path, to }
}

const onPath =
  (call: 'unlink' | 'mkdir' | 'rmdir') =>
  ({ text }: Call): Event => ({ call, path: pathsIn(text)[0] ?? '' })

const sync = ({ fd, thread }: Call): Event => ({ call: 'sync-end', fd, thread })

const EVENTS: Readonly<Record<string, (call: Call) => Event>> = {
  openat: open,
  open,
  close: ({ fd }) => ({ call: 'close', fd }),
  write,
  pwrite64: write,
  writev: write,
  lseek: ({ fd, result }) => ({ call: 'seek', fd, at: result }),
  ftruncate: ({ fd, text }) => {
    const [, length] = /, (\d+)\)/u.exec(text) ?? []
    return { call: 'truncate', fd, length: Number(length) }
  },
  fsync: sync,
  fdatasync: sync,
  rename,
  renameat: rename,
  renameat2: rename,
  unlink: onPath('unlink'),
  unlinkat: (call) => onPath(call.text.includes('AT_REMOVEDIR') ? 'rmdir' : 'unlink')(call),
  mkdir: onPath('mkdir'),
  mkdirat: onPath('mkdir'),
  rmdir: onPath('rmdir'),
}

function firstNumber(text: string): number {
  return Number(/\((\d+)/u.exec(text)?.[1] ?? -1)
}

function pathsIn(text: string): readonly string[] {
  return textsIn(text).map((bytes) => bytes.toString())
}

function textsIn(text: string): readonly Buffer[] {
  return Array.from(text.matchAll(TEXT), ([, hex = '', isCut]) => {
    if (isCut !== undefined) throw new Error('strace cut a text short')
    return Buffer.from(hex.replaceAll('\\x', ''), 'hex')
  })
}
