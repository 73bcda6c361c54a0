import { DelegatedLoginRequest, Ticketed } from '../message/ticket-request.ts'
import { defineOperation } from './definition.ts'
import { grantedRights, issueTicket } from './shared/ticket-terms.ts'

/** KMIP 2.1 section 6.1.12: a ticket that permits what one of its rights permits, and nothing else. */
export const delegatedLogin = defineOperation('DelegatedLogin', {
  request: DelegatedLoginRequest,
  response: Ticketed,
  async handle(request, context) {
    const rights = grantedRights(request.rights.right, context)
    return Promise.resolve(issueTicket(request, rights, context))
  },
})
