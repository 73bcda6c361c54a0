import type { Target } from '../../runner/connection.ts'
import type { Peer } from './peer.ts'
import type { Poster } from './poster.ts'
import type { Reader } from './readers/reader.ts'
import type { Answer } from './wire/answer.ts'
import type { Form } from './wire/forms.ts'
import type { Manner } from './wire/wire.ts'

/** Where a script plays: a server, and a client certificate that this card has for itself. */
export interface Stage {
  readonly target: Target
  /** A new connection, closed after the script. */
  connect(reader: Reader, manner?: Manner): Promise<Peer>
  /** A connection over HTTPS, made with the first question and closed after the script. */
  post(form: Form, reader: Pick<Reader, 'check'>): Poster
}

/** Whatever takes a request in TTLV to the server, and its answer back. */
export interface Asker {
  ask(request: Uint8Array): Promise<Answer>
}

/** What one client does with a key manager, one conversation after the other. */
export interface Card {
  /** As `docs/clients.md` names it. */
  readonly product: string
  /** Keys of the configuration file that the client needs and the defaults do not have. */
  readonly config?: Readonly<Record<string, unknown>>
  /** Titles of conversations, and what is said in each; each stands for itself. */
  readonly scripts: Readonly<Record<string, Script>>
}

/** One conversation, or a few that belong together; rejects with what went wrong. */
export type Script = (stage: Stage) => Promise<void>
