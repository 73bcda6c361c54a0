import { KmipFault } from '../fault/fault.ts'
import { LOCAL as NOBODY, type Approval, type Requester } from '../model/approval/approval.ts'
import type { ApprovableCall } from '../model/approval/approvable-call.ts'
import type { ApprovalBook } from '../repository/approval-book.ts'
import type { AdminCaller } from './caller.ts'

/** How a call is to be approved. */
export interface CallRule {
  readonly approvers: number
  /** Within how many seconds it has to be approved and made. */
  readonly expires: number
}

/** What a call asks for: the parts of its request that do not differ when it is repeated. */
export type CallSubject = Readonly<Record<string, unknown>>

export interface CallApprovalsDeps {
  readonly book: ApprovalBook
  /** Undefined for a call that needs none. */
  readonly ruleOf: (call: ApprovableCall) => CallRule | undefined
}

/** Keeps calls of the admin API from being made before they are approved. */
export class CallApprovals {
  readonly #deps: CallApprovalsDeps

  constructor(deps: CallApprovalsDeps) {
    this.#deps = deps
  }

  /**
   * Returns once a call may be made. An approval that it comes with is used then.
   *
   * Throws `APPROVAL_NEEDED`, with the number of the approval that is asked for by that, and `NOT_PERMITTED` where it
   * came with one that is not for exactly this, or not approved.
   */
  async check(call: ApprovableCall, subject: CallSubject, by: AdminCaller): Promise<void> {
    const rule = this.#deps.ruleOf(call)
    if (rule === undefined) return
    const asked = { call, subject, by }
    if (by.approval === undefined) {
      const { statement } = await this.request(call, subject, by)
      const officers = rule.approvers === 1 ? 'an officer' : `${rule.approvers} officers`
      throw new KmipFault(
        'APPROVAL_NEEDED',
        `This needs the approval of ${officers}, asked for as ${statement.id}: ` +
          `repeat it with --approval ${statement.id} once they have approved`,
      )
    }
    await this.#deps.book.use(by.approval, {
      requester: requesterOf(by).id,
      name: call,
      subject: bytesOf(asked),
    })
  }

  /**
   * The same of a call with names in its request, which may come to mean something else: what they mean is looked up when
   * it is asked for, when the approval is used, and once more after that. Throws what `check` and `meaning` throw.
   *
   * @param meaning - the parts of the request, and what its names mean now
   */
  async checkMeant(
    call: ApprovableCall,
    meaning: () => Promise<CallSubject>,
    by: AdminCaller,
  ): Promise<void> {
    if (this.#deps.ruleOf(call) === undefined) return
    const subject = await meaning()
    await this.check(call, subject, by)
    const meant = JSON.stringify(await meaning())
    if (meant === JSON.stringify(subject)) return
    throw new KmipFault('NOT_PERMITTED', 'The request means something else by now')
  }

  /** Asks the officers. Throws `INVALID_FIELD` for what needs no approval, `SERVER_LIMIT`. */
  async request(call: ApprovableCall, subject: CallSubject, by: AdminCaller): Promise<Approval> {
    const rule = this.#deps.ruleOf(call)
    if (rule === undefined) throw new KmipFault('INVALID_FIELD', 'This needs no approval')
    const requester = requesterOf(by)
    return this.#deps.book.request({
      kind: 'call',
      name: call,
      requester,
      subject: bytesOf({ call, subject, by }),
      shown: [`call ${call}`, `asked by ${whoIs(requester)}`, ...linesOf(subject)],
      approvers: rule.approvers,
      seconds: rule.expires,
    })
  }
}

/** Who asks, as approvals know them. */
export function requesterOf(by: AdminCaller): Requester {
  return by.kind === 'local' ? NOBODY : { id: by.id, name: by.name }
}

interface Asked {
  readonly call: ApprovableCall
  readonly subject: CallSubject
  readonly by: AdminCaller
}

function bytesOf({ call, subject, by }: Asked): Uint8Array {
  const members = Object.entries(subject)
    .filter(([, value]) => value !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1))
  return new TextEncoder().encode(JSON.stringify([call, requesterOf(by).id, members]))
}

function whoIs({ id, name }: Requester): string {
  return id === NOBODY.id ? 'whoever runs the server' : `${name} (${id})`
}

/** Lines that people can read to their end; a text of several lines keeps them. */
function linesOf(subject: CallSubject): readonly string[] {
  const lines = Object.entries(subject).flatMap(([name, value]) => {
    if (value === undefined) return []
    const texts = typeof value === 'string' ? value.split('\n') : [JSON.stringify(value)]
    const [only = ''] = texts
    if (texts.length === 1) return [`${name}: ${plain(only)}`]
    return [`${name}:`, ...texts.map((text) => `  ${plain(text)}`)]
  })
  const shown = lines.slice(0, MOST_LINES)
  return lines.length === shown.length
    ? shown
    : [...shown, `and ${lines.length - shown.length} lines more`]
}

/** Text that can neither forge a line nor look like another. */
function plain(text: string): string {
  const cut = text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE)} ...` : text
  return cut.replaceAll(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

const MOST_LINES = 2_000
const LONGEST_LINE = 400
