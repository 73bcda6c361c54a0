import { voteOptions } from '../approval-options.ts'
import { defineCommand } from '../define-command.ts'

/** `kmipd approval approve` */
export const approvalApproveCommand = defineCommand({
  command: 'approve <id>',
  describe: 'Agree to a request as an officer, signed with the key of your certificate',
  positionals: { id: { type: 'string', describe: 'number of the approval' } },
  options: voteOptions,
  example: [
    '$0 approval approve 5d2e0a4e-6f0c-4c55-9c1f-5b0f4a3d7e21 --server 127.0.0.1:5697 --cert olga.crt --key olga.key --ca ca.crt',
    'shows the request and asks before it signs',
  ],
  async run(options, { id = '' }) {
    const { decide } = await import('../approval-ceremony.ts')
    await decide(options, { id, verdict: 'approve' })
  },
})
