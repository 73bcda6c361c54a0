import { LoginRequest, Ticketed } from '../message/ticket-request.ts'
import { defineOperation } from './definition.ts'
import { issueTicket } from './shared/ticket-terms.ts'

/** KMIP 2.1 section 6.1.30: a ticket for whoever asks, which permits no more than its client may do without it. */
export const login = defineOperation('Login', {
  request: LoginRequest,
  response: Ticketed,
  async handle(request, context) {
    return Promise.resolve(issueTicket(request, undefined, context))
  },
})
