import { ParameterWriter } from '../../message/pkcs11/parameter-writer.ts'
import type { ParameterReader } from '../../message/pkcs11/parameter-reader.ts'
import { PKCS_11ReturnCode as RC } from '../../spec/enum/pkcs-11-return-code.ts'
import { SessionFlag, SessionState, UserType } from '../../spec/pkcs11/constant.ts'
import type { Application, Session } from './application.ts'
import { nothing, OK, ofApplication, ofSession } from './call.ts'
import { SLOT } from './general.ts'

/** The pointers for notifications may be left out: nothing calls back over a connection. */
function readOpen(reader: ParameterReader) {
  const opening = { slot: reader.ulong(), flags: reader.ulong() }
  // Either pointer may be sent as null.
  while (reader.remaining > 0 && reader.remaining <= 2) reader.flag()
  return opening
}

export const openSession = ofApplication(readOpen, ({ slot, flags }, { application }) => {
  if (slot !== SLOT) return { code: RC.SLOT_ID_INVALID }
  if ((flags & SessionFlag.Serial) === 0) return { code: RC.SESSION_PARALLEL_NOT_SUPPORTED }
  const session = application.openSession((flags & SessionFlag.ReadWrite) !== 0)
  if (session === undefined) return { code: RC.SESSION_COUNT }
  return { code: RC.OK, output: new ParameterWriter().ulong(session.handle).take() }
})

export const closeSession = ofSession(nothing, (_, { application, session }) => {
  application.closeSession(session)
  return OK
})

export const closeAllSessions = ofApplication(
  (reader) => reader.ulong(),
  (slot, { application }) => {
    if (slot !== SLOT) return { code: RC.SLOT_ID_INVALID }
    application.closeAll()
    return OK
  },
)

export const getSessionInfo = ofSession(nothing, (_, { application, session }) => ({
  code: RC.OK,
  output: new ParameterWriter()
    .ulong(SLOT)
    .ulong(stateOf(application, session))
    .ulong(SessionFlag.Serial | (session.isReadWrite ? SessionFlag.ReadWrite : 0))
    .ulong(0)
    .take(),
}))

function stateOf({ isLoggedIn }: Application, { isReadWrite }: Session): number {
  if (isReadWrite) return isLoggedIn ? SessionState.ReadWriteUser : SessionState.ReadWritePublic
  return isLoggedIn ? SessionState.ReadOnlyUser : SessionState.ReadOnlyPublic
}

/** Who the user is, the certificate has said: there is no PIN that could be right. */
export const login = ofSession(
  (reader) => {
    const user = reader.ulong()
    const pin = reader.secret()
    const { length } = pin
    pin.destroy()
    return { user, length }
  },
  ({ user, length }, { application }) => {
    if (user !== UserType.User) return { code: RC.USER_TYPE_INVALID }
    if (application.isLoggedIn) return { code: RC.USER_ALREADY_LOGGED_IN }
    if (length > 0) return { code: RC.PIN_INCORRECT }
    application.isLoggedIn = true
    return OK
  },
)

export const logout = ofSession(nothing, (_, { application }) => {
  if (!application.isLoggedIn) return { code: RC.USER_NOT_LOGGED_IN }
  application.isLoggedIn = false
  return OK
})

/** What a function that nobody has since PKCS#11 2.0 answers (section 5.20). */
export const notParallel = ofSession(nothing, () => ({ code: RC.FUNCTION_NOT_PARALLEL }))
