/** What may be logged: neither a `Secret` nor bytes nor a message fit in. */
export type Loggable =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly Loggable[]
  | { readonly [key: string]: Loggable }

export interface Log {
  debug(event: string, fields?: Readonly<Record<string, Loggable>>): void
  info(event: string, fields?: Readonly<Record<string, Loggable>>): void
  warn(event: string, fields?: Readonly<Record<string, Loggable>>): void
  error(event: string, fields?: Readonly<Record<string, Loggable>>): void
  /** A log that adds these fields to every line. */
  with(fields: Readonly<Record<string, Loggable>>): Log
}
