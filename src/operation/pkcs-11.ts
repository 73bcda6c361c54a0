import { KmipFault } from '../fault/fault.ts'
import { pkcs11Function } from '../message/pkcs11/function.ts'
import { codecError } from '../message/pkcs11/parameter-reader.ts'
import type { Infer } from '../schema/codec.ts'
import { optional, required } from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import { Secret } from '../secret/secret.ts'
import { PKCS_11Function } from '../spec/enum/pkcs-11-function.ts'
import { PKCS_11ReturnCode as RC } from '../spec/enum/pkcs-11-return-code.ts'
import { Tag } from '../spec/tag.ts'
import type { OperationContext } from './context.ts'
import { defineOperation } from './definition.ts'
import { correlationOf } from './pkcs11/applications.ts'
import type { Call, Outcome } from './pkcs11/call.ts'
import { FUNCTIONS } from './pkcs11/module.ts'
import { TOKEN_FUNCTIONS } from './pkcs11/token/functions.ts'

const PKCS11Request = struct({
  interface: optional(Tag.PKCS_11Interface),
  function: required(Tag.PKCS_11Function, pkcs11Function),
  correlationValue: optional(Tag.CorrelationValue),
  inputParameters: optional(Tag.PKCS_11InputParameters),
})
type PKCS11Request = Infer<typeof PKCS11Request>

const PKCS11Response = struct({
  interface: optional(Tag.PKCS_11Interface),
  function: required(Tag.PKCS_11Function),
  correlationValue: optional(Tag.CorrelationValue),
  outputParameters: optional(Tag.PKCS_11OutputParameters),
  returnCode: required(Tag.PKCS_11ReturnCode),
})

/** The interface that every module of PKCS#11 3.0 has, and the one that is meant where a request names none. */
const INTERFACE = 'PKCS 11'

/** The version of the encoding of parameters that C_Initialize states (KMIP Profiles 2.1 section 5.18.1). */
const ENCODING = 1

/**
 * KMIP 2.1 section 6.1.37: the token that the server is configured with, or else the server's own module, whose token
 * holds the managed objects of the client.
 */
export const pkcs11 = defineOperation('PKCS_11', {
  request: PKCS11Request,
  response: PKCS11Response,
  async handle(request, context) {
    if (request.interface !== undefined && request.interface !== INTERFACE) {
      throw new KmipFault('PKCS11_INTERFACE', 'There is no such PKCS#11 interface')
    }
    if (context.run.canBeUndone) {
      throw new KmipFault('UNSUPPORTED_FEATURE', 'What a PKCS#11 function does cannot be undone')
    }
    const { code, output, correlationValue } = await called(request, context)
    return {
      ...(request.interface === undefined ? {} : { interface: request.interface }),
      function: request.function,
      ...(correlationValue === undefined ? {} : { correlationValue }),
      ...outputOf(output, context),
      returnCode: code,
    }
  },
})

/** What a function puts out may be a key: it is zeroed once it is answered. */
function outputOf(output: Uint8Array | undefined, context: OperationContext) {
  if (output === undefined) return {}
  const outputParameters = Secret.take(output)
  context.destroyAfterAnswer(outputParameters)
  return { outputParameters }
}

async function called(
  request: PKCS11Request,
  context: OperationContext,
): Promise<Outcome & { readonly correlationValue?: Uint8Array }> {
  const { cryptoki, identity, now, run } = context
  const application = cryptoki.find(identity.id, request.correlationValue, now)
  if (request.function === PKCS_11Function.C_Initialize) {
    checkEncoding(request)
    if (application !== undefined) return { code: RC.CRYPTOKI_ALREADY_INITIALIZED }
    const begun = cryptoki.begin(identity.id, now)
    return begun === undefined
      ? { code: RC.HOST_MEMORY }
      : { code: RC.OK, correlationValue: correlationOf(begun) }
  }
  const perform = functionsOf(context).get(request.function)
  const isEnd = request.function === PKCS_11Function.C_Finalize
  if (perform === undefined && !isEnd) return { code: RC.FUNCTION_NOT_SUPPORTED }
  if (application === undefined) return { code: RC.CRYPTOKI_NOT_INITIALIZED }
  if (perform === undefined) {
    if ((request.inputParameters?.length ?? 0) > 0) throw codecError()
    cryptoki.end(application)
    return { code: RC.OK }
  }
  const after: Call['after'] = (effect) => {
    cryptoki.whenDone(run, effect)
  }
  const call = { context, application, after }
  const { inputParameters = Secret.take(new Uint8Array(0)) } = request
  try {
    return await inputParameters.expose(async (input) => perform(input, call))
  } finally {
    inputParameters.destroy()
  }
}

/** A configured token takes the place of the server's own module. */
function functionsOf({ hsm }: OperationContext): typeof FUNCTIONS {
  return hsm === undefined ? FUNCTIONS : TOKEN_FUNCTIONS
}

/** The version is a byte; what a version means that nobody has written yet, nobody can know. */
function checkEncoding({ inputParameters }: PKCS11Request): void {
  const version = inputParameters?.expose((bytes) => (bytes.length === 1 ? bytes[0] : 0))
  inputParameters?.destroy()
  if (version !== ENCODING) throw codecError()
}
