import type { Target } from '../../runner/connection.ts'
import type { Peer } from './peer.ts'
import type { Reader } from './readers/reader.ts'
import type { Manner } from './wire/wire.ts'

/** Where a script plays: a server, and a client certificate that this card has for itself. */
export interface Stage {
  readonly target: Target
  /** A new connection, closed after the script. */
  connect(reader: Reader, manner?: Manner): Promise<Peer>
}

/** What one client does with a key manager, one conversation after the other. */
export interface Card {
  /** As `docs/clients.md` names it. */
  readonly product: string
  /** Titles of conversations, and what is said in each; each stands for itself. */
  readonly scripts: Readonly<Record<string, (stage: Stage) => Promise<void>>>
}
