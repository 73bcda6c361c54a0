import yargs, { type Argv } from 'yargs'
import { approvalApproveCommand } from './command/approval-approve.ts'
import { approvalDenyCommand } from './command/approval-deny.ts'
import { approvalListCommand } from './command/approval-list.ts'
import { approvalShowCommand } from './command/approval-show.ts'
import { approvalWithdrawCommand } from './command/approval-withdraw.ts'
import { auditAcceptCommand } from './command/audit-accept.ts'
import { auditExportCommand } from './command/audit-export.ts'
import { auditProveCommand } from './command/audit-prove.ts'
import { auditPruneCommand } from './command/audit-prune.ts'
import { auditTailCommand } from './command/audit-tail.ts'
import { auditVerifyCommand } from './command/audit-verify.ts'
import { backupCreateCommand } from './command/backup-create.ts'
import { backupRestoreCommand } from './command/backup-restore.ts'
import { backupVerifyCommand } from './command/backup-verify.ts'
import { initCommand } from './command/init.ts'
import { kekRotateCommand } from './command/kek-rotate.ts'
import { kekStatusCommand } from './command/kek-status.ts'
import { namespaceAddCommand } from './command/namespace-add.ts'
import { namespaceDefaultsCommand } from './command/namespace-defaults.ts'
import { namespaceLimitCommand } from './command/namespace-limit.ts'
import { namespaceListCommand } from './command/namespace-list.ts'
import { namespaceRemoveCommand } from './command/namespace-remove.ts'
import { namespaceShowCommand } from './command/namespace-show.ts'
import { objectGiveCommand } from './command/object-give.ts'
import { objectListCommand } from './command/object-list.ts'
import { objectShowCommand } from './command/object-show.ts'
import { objectTrustCommand } from './command/object-trust.ts'
import { policyApplyCommand } from './command/policy-apply.ts'
import { policyCheckCommand } from './command/policy-check.ts'
import { policyExplainCommand } from './command/policy-explain.ts'
import { policyShowCommand } from './command/policy-show.ts'
import { rootRotateCommand } from './command/root-rotate.ts'
import { serveCommand } from './command/serve.ts'
import { statusCommand } from './command/status.ts'
import { storeAcceptCommand } from './command/store-accept.ts'
import { storeVerifyCommand } from './command/store-verify.ts'
import { CommandFailure, wrongUsage } from './failure.ts'
import { accountCommands, authorityCommands, clientCommands } from './identity-commands.ts'
import { VERSION } from './version.ts'

/**
 * Runs one command line.
 *
 * @param words - what stands after the program's name
 * Throws whatever the command fails with; a `CommandFailure` of exit code 2 for a command line that is wrong.
 */
export async function runProgram(words: readonly string[]): Promise<void> {
  // yargs answers completion requests by running through the command line, handlers included.
  if (words.some((word) => word.startsWith('--get-yargs-completions'))) {
    throw wrongUsage('unknown argument: get-yargs-completions')
  }
  await createProgram(words).parseAsync()
}

function createProgram(words: readonly string[]) {
  return yargs([...words])
    .scriptName('kmipd')
    .usage('$0 <command>\n\nA key manager that speaks KMIP.')
    .parserConfiguration(PARSING)
    .locale('en')
    .detectLocale(false)
    .command(initCommand)
    .command(serveCommand)
    .command(statusCommand)
    .command('client', 'Manage the clients that may connect', clientCommands)
    .command('authority', 'Manage the authorities whose clients may connect', authorityCommands)
    .command('account', 'Manage the user names that narrow what clients may do', accountCommands)
    .command('namespace', 'Manage the namespaces that clients can be put into', namespaceCommands)
    .command('object', 'Look after the managed objects', objectCommands)
    .command('approval', 'Decide what needs the approval of officers', approvalCommands)
    .command('policy', 'Say who may do what', policyCommands)
    .command('store', 'Look after the store', (group) =>
      group
        .command(storeVerifyCommand)
        .command(storeAcceptCommand)
        .demandCommand(1, 'name a command: verify or accept'),
    )
    .command('audit', 'Read the audit log, and prove what is in it', (group) =>
      group
        .command(auditTailCommand)
        .command(auditVerifyCommand)
        .command(auditProveCommand)
        .command(auditExportCommand)
        .command(auditPruneCommand)
        .command(auditAcceptCommand)
        .demandCommand(1, 'name a command: tail, verify, prove or export'),
    )
    .command('backup', 'Back up a store, and put a backup back', (group) =>
      group
        .command(backupCreateCommand)
        .command(backupVerifyCommand)
        .command(backupRestoreCommand)
        .demandCommand(1, 'name a command: create, verify or restore'),
    )
    .command('kek', 'Look after the key-encryption keys', (group) =>
      group
        .command(kekRotateCommand)
        .command(kekStatusCommand)
        .demandCommand(1, 'name a command: rotate or status'),
    )
    .command('root', 'Look after the root of trust', (group) =>
      group.command(rootRotateCommand).demandCommand(1, 'name a command: rotate'),
    )
    .demandCommand(1, 'name a command')
    .strict()
    .wrap(100)
    .version(VERSION)
    .help()
    .showHelpOnFail(false)
    .exitProcess(false)
    .fail(refuse)
}

function policyCommands(group: Argv) {
  return group
    .command(policyCheckCommand)
    .command(policyApplyCommand)
    .command(policyShowCommand)
    .command(policyExplainCommand)
    .demandCommand(1, 'name a command: check, apply, show or explain')
}

function objectCommands(group: Argv) {
  return group
    .command(objectListCommand)
    .command(objectShowCommand)
    .command(objectGiveCommand)
    .command(objectTrustCommand)
    .demandCommand(1, 'name a command: list, show, give or trust')
}

function namespaceCommands(group: Argv) {
  return group
    .command(namespaceAddCommand)
    .command(namespaceListCommand)
    .command(namespaceShowCommand)
    .command(namespaceLimitCommand)
    .command(namespaceDefaultsCommand)
    .command(namespaceRemoveCommand)
    .demandCommand(1, 'name a command: add, list, show, limit, defaults or remove')
}

/** Words are taken as they stand. */
const PARSING = {
  'boolean-negation': false,
  'camel-case-expansion': false,
  'dot-notation': false,
  'parse-numbers': false,
  'parse-positional-numbers': false,
  'short-option-groups': false,
} as const

function approvalCommands(group: Argv): Argv {
  return group
    .command(approvalListCommand)
    .command(approvalShowCommand)
    .command(approvalApproveCommand)
    .command(approvalDenyCommand)
    .command(approvalWithdrawCommand)
    .demandCommand(1, 'name a command: list, show, approve, deny or withdraw')
}

/** yargs calls this with its own message, or with what a handler or a coercion threw. */
function refuse(message: string, error: Error | undefined): never {
  if (error !== undefined && (error.name !== 'YError' || error instanceof CommandFailure))
    throw error
  const isShort = message.startsWith('Not enough non-option arguments')
  const text = isShort ? 'a word is missing' : message.replaceAll('\n', ' ')
  throw wrongUsage(text, "'kmipd --help' lists the commands, 'kmipd COMMAND --help' its options")
}
